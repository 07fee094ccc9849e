# Swift is the one thing that is not installed by itself: it is a toolchain, and which one is the owner's choice.
# shellcheck shell=bash

swift_path() { readlink -f "$(command -v swift)" 2>/dev/null || true; }

require_swift() {
    local version
    if ! command -v swift >/dev/null; then
        die "$exit_unavailable" "Swift is missing. Install the Swift 6.3 toolchain (for example with swiftly), put it on PATH, and run this again."
    fi
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1 || true)
    if [[ ! $version =~ ^([0-9]+)\.([0-9]+)$ ]]; then
        die "$exit_unavailable" "swift --version does not work here. Repair or install the Swift 6.3 toolchain (for example with swiftly) and run this again."
    fi
    if ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] < 603)); then
        die "$exit_unavailable" "Swift $version is too old. Install the Swift 6.3 toolchain (for example with swiftly) and run this again."
    fi
}
