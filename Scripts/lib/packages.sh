# What the machine must have, looked for by what it can do rather than by package name, so that a PostgreSQL or a
# libcurl that came from elsewhere counts. Only what is missing is installed.
# shellcheck shell=bash

# Prints the Debian packages that are missing, one a line. With "ci" also what only the checks need.
missing_packages() {
    command -v git >/dev/null || echo git
    [[ -s /etc/ssl/certs/ca-certificates.crt ]] || echo ca-certificates
    command -v setpriv >/dev/null || echo util-linux
    if command -v pkg-config >/dev/null; then
        pkg-config --exists libpq || echo libpq-dev
        pkg-config --exists libcurl || echo libcurl4-openssl-dev
        pkg-config --exists expat || echo libexpat1-dev
    else
        printf '%s\n' pkg-config libpq-dev libcurl4-openssl-dev libexpat1-dev
    fi
    have_postgres || echo postgresql
    python_for_venv >/dev/null || printf '%s\n' python3 python3-venv
    if [[ ${1:-} == ci ]]; then
        command -v shellcheck >/dev/null || echo shellcheck
    fi
}

have_postgres() {
    local found
    for found in /usr/lib/postgresql/*/bin/initdb; do
        [[ -x $found ]] && return 0
    done
    command -v initdb >/dev/null && command -v postgres >/dev/null
}

# The first Python that can make a virtual environment (3.10 is what the emulators need). Debian's own python3 comes
# without ensurepip until python3-venv is there; one from pyenv needs nothing.
python_for_venv() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# as_root COMMAND…
as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Says how to get the packages by hand, and stops.
cannot_install() {
    die "$exit_unavailable" "$1" "Install these packages, then run this again: ${*:2}"
}

install_packages() {
    local log pending
    command -v apt-get >/dev/null || cannot_install "this machine has no apt-get." "$@"
    if ((EUID != 0)); then
        command -v sudo >/dev/null || cannot_install "installing packages needs root, and there is no sudo." "$@"
        if [[ ! -t 0 ]] && ! sudo -n true 2>/dev/null; then
            cannot_install "sudo asks for a password, and there is no terminal to type it on." "$@"
        fi
    fi
    say "installing with apt-get (1 to 2 minutes): $*"
    log=$(mktemp)
    trap 'restore_cluster_default' RETURN
    for pending in "$@"; do
        if [[ $pending == postgresql ]]; then keep_cluster_away; fi
    done
    if ! { apt_get update && apt_get install "$@"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        restore_cluster_default
        die "$exit_unavailable" "apt-get failed; its whole output is in $log"
    fi
    rm -f "$log"
}

# apt_get update | apt_get install PACKAGE…
# The lock of the package lists knows no timeout of its own, so a busy one is asked again for two minutes.
apt_get() {
    local attempt output
    local -a words=(update)
    if [[ $1 == install ]]; then words=(install --yes --no-install-recommends "${@:2}"); fi
    for attempt in {1..25}; do
        if output=$(as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -o DPkg::Lock::Timeout=120 "${words[@]}" 2>&1 </dev/null); then
            printf '%s\n' "$output"
            return 0
        fi
        [[ $output == *"Could not get lock"* ]] || break
        if ((attempt == 1)); then say "another program is installing packages; waiting up to two minutes"; fi
        sleep 5
    done
    printf '%s\n' "$output"
    return 1
}

# Debian's package makes and starts a database cluster of its own on installation. Curfew brings up its own where it
# needs one, so this keeps Debian from doing that, for the length of this installation only.
cluster_default=/etc/postgresql-common/createcluster.d/curfew-setup.conf

keep_cluster_away() {
    as_root mkdir -p "${cluster_default%/*}"
    echo 'create_main_cluster = false' | as_root tee "$cluster_default" >/dev/null
}

restore_cluster_default() {
    if [[ -e $cluster_default ]]; then as_root rm -f "$cluster_default"; fi
}
