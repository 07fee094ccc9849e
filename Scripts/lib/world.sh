# The demo's world: a folder, an AWS emulator, a database, and the environment variables that lead to them.
# shellcheck shell=bash

demo=$root/.demo

# Everything that leads curfew and the AWS command line into the demo, and nothing that leads out of it.
# Written for any shell, because people source it.
write_demo_env() {
    local name
    {
        echo "# source this: leads curfew and aws to the demo, and to nothing else"
        for name in $({ printf '%s\n' "$forgotten_aws"; printf '%s\n' AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY \
            AWS_SESSION_TOKEN AWS_REGION AWS_ENDPOINT_URL_CLOUDFORMATION AWS_IGNORE_CONFIGURED_ENDPOINT_URLS; } | sort -u | grep .); do
            printf 'unset %s\n' "$name"
        done
        printf 'export %s=%q\n' \
            AWS_CONFIG_FILE "$demo/aws-config" \
            AWS_SHARED_CREDENTIALS_FILE "$demo/aws-credentials" \
            AWS_ENDPOINT_URL "$(<"$demo/endpoint")" \
            AWS_EC2_METADATA_DISABLED true \
            AWS_PAGER cat \
            CURFEW_SETTINGS "$demo/curfew.yaml" \
            CURFEW_DATA_DIR "$(<"$demo/data-folder")"
        # shellcheck disable=SC2016  # the proxies of the shell that sources this
        printf 'export %s="127.0.0.1,localhost${%s:+,$%s}"\n' NO_PROXY NO_PROXY NO_PROXY no_proxy no_proxy no_proxy
    } >"$demo/env"
}

# The emulator takes an access key of 12 digits for the account.
write_aws_profiles() {
    local profile
    for profile in shop=111122223333 payments=444455556666; do
        printf '[profile demo-%s]\nregion = eu-west-1\n' "${profile%=*}" >>"$demo/aws-config"
        printf '[demo-%s]\naws_access_key_id = %s\naws_secret_access_key = demo\n' "${profile%=*}" "${profile#*=}" \
            >>"$demo/aws-credentials"
    done
}

# PostgreSQL refuses to run as root, so curfew runs it as another user, who must be able to reach the folder: a checkout
# below /root is not reachable. And the path of its socket may have 107 bytes at most.
choose_data_folder() {
    local folder=$demo/data
    if ((EUID == 0)) || ((${#folder} > 70)); then
        folder=$(mktemp -d /var/tmp/curfew-demo.XXXXXX)
        chmod 755 "$folder"
        folder=$folder/data
    fi
    printf '%s\n' "$folder" >"$demo/data-folder"
}

make_world() {
    mkdir -p "$demo/json"
    chmod 700 "$demo"
    choose_data_folder
    write_aws_profiles
    emulator_start "$demo"
    sed -e "s|@LOGIN@|$(id -un)|" -e "s|@ENDPOINT@|$(<"$demo/endpoint")|" "$root/Scripts/fleet/curfew.yaml" >"$demo/curfew.yaml"
    cp "$root/Scripts/fleet/policy.yaml" "$demo/policy.yaml"
    write_demo_env
}

# Ends what the demo started and removes what it wrote; nothing else is touched. Fine to call when nothing is there.
end_world() {
    local folder=''
    [[ -d $demo ]] || return 0
    if [[ -f $demo/data-folder ]]; then folder=$(<"$demo/data-folder"); fi
    if [[ -f $demo/env && -d $folder && -x $root/.build/debug/curfew ]]; then
        # shellcheck disable=SC1091
        (source "$demo/env" && "$root/.build/debug/curfew" database stop) >/dev/null 2>&1 || true
    fi
    if [[ -d $folder ]]; then end_postgres_below "$folder"; fi
    emulator_stop "$demo"
    # Only these two places are ever chosen; anything else in that file is not ours.
    case $folder in
        /var/tmp/curfew-demo.??????/data) rm -rf "${folder%/data}" ;;
    esac
    rm -rf "$demo"
}

# For a server that curfew could not stop, because its program is gone or broken: its own note says which process it is.
end_postgres_below() {
    local note pid
    while IFS= read -r note; do
        pid=$(head -n 1 "$note")
        [[ $pid =~ ^[0-9]+$ && $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) == *"${note%/postmaster.pid}"* ]] || continue
        kill -INT "$pid" 2>/dev/null || true
        for _ in {1..100}; do
            [[ -d /proc/$pid ]] || break
            sleep 0.1
        done
    done < <(find "$1" -name postmaster.pid -type f 2>/dev/null)
}
