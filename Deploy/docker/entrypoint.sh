#!/bin/sh
# Runs curfew. Settings that come as text, as from a parameter store, become a file that only this container has.
set -eu
if [ -n "${CURFEW_SETTINGS_TEXT:-}" ]; then
    umask 077
    CURFEW_SETTINGS=/tmp/curfew.yaml
    printf '%s\n' "$CURFEW_SETTINGS_TEXT" >"$CURFEW_SETTINGS"
    export CURFEW_SETTINGS
    unset CURFEW_SETTINGS_TEXT
fi
exec curfew "$@"
