# The worlds in which Scripts/bench measures: each stands for one round, with a database of its own.
# shellcheck shell=bash disable=SC2154  # Scripts/bench says where things are

# leave_world: ends what the round started, and removes what it wrote.
leave_world() {
    if [[ -f $demo/env ]]; then
        # shellcheck disable=SC1091
        (source "$demo/env" && "$curfew" database stop) >/dev/null 2>&1 || true
    fi
    end_world
}

# round SCRIPT AWS ARGUMENT…: one measurement; AWS is emulator, or replay where the script starts a server of its own.
round() {
    local script=$here/lib/$1 aws=$2
    shift 2
    say "measuring: $*"
    mkdir -p "$demo"
    chmod 700 "$demo"
    choose_data_folder
    case $aws in
        emulator)
            write_aws_profiles
            emulator_start "$demo"
            ;;
        # Until the script has put its own address there: a port at which nobody listens.
        replay) printf 'http://127.0.0.1:9\n' >"$demo/endpoint" ;;
    esac
    write_demo_env
    # shellcheck disable=SC1091
    (source "$demo/env" && "$python" "$script" round "$curfew" "$@") >>"$work/rounds"
    leave_world
}

bench_teardown() {
    round bench_teardown.py emulator chains 20 counted
    for _ in 1 2 3; do
        round bench_teardown.py emulator chains 20 timed
        round bench_teardown.py emulator chains 1 timed
    done
    round bench_teardown.py emulator wide 250 counted
    round bench_teardown.py emulator wide 1000 counted
}

# Accounts, regions in each, stacks in each of these, owners: 10,000 environments in 200 targets, a quarter of that in
# 50 targets, and a small house in which each of 500 owners has one environment.
bench_night() {
    for _ in 1 2 3; do
        round bench_night.py replay all 50 4 50 500
        round bench_night.py replay nights 50 1 50 125
    done
    round bench_night.py replay page 5 2 50 500
}

# What an emulator says of the demo's templates, for the replay server to repeat.
record_stacks() {
    say "recording what ministack says of stacks"
    emulator_start "$work/recording"
    "$python" "$here/lib/recorded_stacks.py" "$(<"$work/recording/endpoint")" "$work/recorded.json"
    emulator_stop "$work/recording"
}

# Those that curfew is measured beside, in an environment of their own.
install_peers() {
    local wanted=$root/Scripts/requirements-bench.txt stamp
    peers=$root/.venv-bench
    stamp=$(sha256sum <"$wanted" | cut -d' ' -f1)-$peers
    if [[ -x $peers/bin/python && -f $peers/stamp && $(<"$peers/stamp") == "$stamp" ]]; then return 0; fi
    say "Python packages of the peers into .venv-bench (about 20 seconds)"
    rm -rf "$peers"
    "$(python_for_venv)" -m venv "$peers"
    PIP_USER=0 "$peers/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --requirement "$wanted" >&2 \
        || die "$exit_unavailable" "pip could not install Scripts/requirements-bench.txt (see above)."
    printf '%s\n' "$stamp" >"$peers/stamp"
}

# Accounts, regions in each, stacks in each of these.
bench_scan() {
    install_peers
    record_stacks
    for _ in 1 2 3 4 5; do
        for shape in "1 1 1000" "1 1 5000" "1 1 20000" "4 4 64" "4 4 1250"; do
            # shellcheck disable=SC2086  # three words
            round bench_scan.py replay "$peers" "$work/recorded.json" $shape
        done
    done
}

bench_record() {
    record_stacks
    for _ in 1 2 3 4 5; do
        round bench_record.py replay "$work/recorded.json" 20000
        round bench_record.py replay "$work/recorded.json" 100000
    done
    if [[ $million == yes ]]; then round bench_record.py replay "$work/recorded.json" 1000000; fi
}

# How long a program of two lines takes to start that links what every program of Swift with Foundation does.
make_bare_program() {
    bare=$work/bare
    printf 'import Foundation\nprint(ProcessInfo.processInfo.processName)\n' >"$bare.swift"
    swiftc -O -static-stdlib "$bare.swift" -o "$bare" >&2 || die "$exit_unavailable" "swiftc could not build two lines (see above)."
}

bench_policy() {
    install_peers
    make_bare_program
    for _ in 1 2 3 4 5; do
        round bench_policy.py replay "$peers" "$bare" 10000 few
        round bench_policy.py replay "$peers" "$bare" 100000
    done
    if [[ $million == yes ]]; then round bench_policy.py replay "$peers" "$bare" 1000000 few; fi
}
