# Sourced by every script: where the project is, how to talk, how to fail.
# Progress goes to stderr, results to stdout.
# shellcheck shell=bash disable=SC2034  # each script uses some of these

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
program=$(basename -- "$0")

# A Python of the caller's must not leak into ours.
unset PYTHONHOME PYTHONPATH

# Exit statuses, the same numbers that curfew itself uses.
readonly exit_usage=64 exit_unavailable=69

say() { printf '%s: %s\n' "$program" "$*" >&2; }

# die STATUS TEXT…: every line of TEXT is one argument.
die() {
    local status=$1 line
    shift
    for line in "$@"; do say "$line"; done
    exit "$status"
}

# The help text of a script is the comment at its head, so it cannot be forgotten when the script changes.
show_help() {
    awk 'NR == 1 { next } /^# shellcheck/ { exit } /^#/ { sub(/^# ?/, ""); print; next } { exit }' "$0"
}

usage_error() { die "$exit_usage" "$1" "Try: Scripts/$program --help"; }

# Seconds as people say them: 45 s, 3 min 10 s.
spoken() {
    if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); fi
}

# Nothing here may ever reach a real AWS account: whatever credentials, profiles, endpoints
# and proxies the caller's shell carries are dropped before anything talks to an emulator.
forget_aws() {
    local name
    forgotten_aws=$(compgen -e AWS_ || true)
    for name in $forgotten_aws; do unset "$name"; done
    export NO_PROXY="127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY}"
    export no_proxy=$NO_PROXY
}
