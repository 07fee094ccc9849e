# The Python side: emulators of AWS and of a mail server, and the AWS command line, in .venv of the project.
# shellcheck shell=bash

venv=$root/.venv
requirements=$root/Scripts/requirements.txt

# One line that changes whenever the environment must be made anew: what is asked for, where it stands
# (its programs carry absolute paths), and which Swift was found good.
venv_stamp() {
    printf '%s %s %s\n' "$(sha256sum <"$requirements" | cut -d' ' -f1)" "$venv" "$(swift_path)"
}

venv_is_ready() {
    [[ -x $venv/bin/python && -f $venv/curfew-stamp && $(<"$venv/curfew-stamp") == "$(venv_stamp)" ]]
}

make_venv() {
    local python
    say "Python packages for the AWS emulators into .venv (about 1 minute)"
    python=$(python_for_venv)
    rm -rf "$venv"
    "$python" -m venv "$venv"
    # Compiling 20,000 files ahead of time would take longer than everything else here.
    PIP_USER=0 "$venv/bin/python" -m pip install --quiet --no-input --no-compile --disable-pip-version-check \
        --requirement "$requirements" >&2 \
        || die "$exit_unavailable" "pip could not install Scripts/requirements.txt (see above)." \
            "Check that this machine reaches its Python package index, then run this again."
    venv_stamp >"$venv/curfew-stamp"
}
