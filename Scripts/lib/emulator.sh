# Starts and stops the AWS emulator (ministack): on this machine only, on a free port, with nothing of the caller's
# environment, so that neither a real AWS credential nor a Docker socket can reach it.
# shellcheck shell=bash

# When a process began, in the kernel's ticks. Together with its number that names one process for good: a number alone
# may belong to somebody else's process by now.
process_begun() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The second field is a name in brackets and may hold blanks; the 22nd of all is the 20th after it.
    stat=${stat##*) }
    cut -d' ' -f20 <<<"$stat"
}

# emulator_alive FOLDER: true if the process noted there is still that very process.
emulator_alive() {
    local pid begun
    [[ -f $1/emulator.process ]] || return 1
    read -r pid begun <"$1/emulator.process" || return 1
    [[ -n $begun && $(process_begun "$pid") == "$begun" ]]
}

# emulator_start FOLDER: starts it, notes its process in FOLDER/emulator.process and its address in FOLDER/endpoint.
emulator_start() {
    local folder=$1 attempt port pid
    mkdir -p "$folder/tmp"
    for attempt in 1 2 3; do
        port=$(free_port)
        env -i PATH=/usr/bin:/bin HOME="$folder" TMPDIR="$folder/tmp" LOG_LEVEL=WARNING \
            BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 \
            DOCKER_HOST=unix:///nonexistent S3_DATA_DIR="$folder/tmp/s3" \
            setsid "$root/.venv/bin/python" -m ministack >"$folder/emulator.log" 2>&1 </dev/null &
        pid=$!
        printf '%s %s\n' "$pid" "$(process_begun "$pid")" >"$folder/emulator.process"
        printf 'http://127.0.0.1:%s\n' "$port" >"$folder/endpoint"
        if emulator_answers "$folder" "$port"; then return 0; fi
        say "the AWS emulator did not start on port $port (attempt $attempt of 3)"
        emulator_stop "$folder"
    done
    tail -n 20 "$folder/emulator.log" >&2
    die "$exit_unavailable" "the AWS emulator does not start; its output is above and in $folder/emulator.log"
}

# Half a minute: the first start compiles its Python files.
emulator_answers() {
    local answer
    for _ in {1..150}; do
        emulator_alive "$1" || return 1
        answer=$( (
            exec 3<>"/dev/tcp/127.0.0.1/$2" && printf 'GET /_ministack/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3 && head -n 1 <&3
        ) 2>/dev/null || true)
        [[ $answer == *" 200"* ]] && return 0
        sleep 0.2
    done
    return 1
}

free_port() {
    "$root/.venv/bin/python" -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

# emulator_stop FOLDER: ends that process, and only that one.
emulator_stop() {
    local pid
    if emulator_alive "$1"; then
        read -r pid _ <"$1/emulator.process"
        kill "$pid" 2>/dev/null || true
        for _ in {1..50}; do
            emulator_alive "$1" || break
            sleep 0.1
        done
        if emulator_alive "$1"; then kill -KILL "$pid" 2>/dev/null || true; fi
    fi
    rm -f "$1/emulator.process" "$1/endpoint"
}
