#!/bin/sh
# Makes .venv with the locked packages, and installs the system packages they need.
# Does nothing, quickly, when the lists have not changed since the last time.
set -eu

cd "$(dirname "$0")/.."

PYTHON="${PYTHON:-python3}"
PACKAGE_LIST=build/debian-packages.txt
PYTHON_STAMP=.venv/.python-packages
SYSTEM_STAMP=.venv/.system-packages
TRIES=3
RETRY_PAUSE_S=5

say() { printf '%s\n' "$*"; }
fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

# Runs a command up to TRIES times: a mirror may be busy for a moment.
try() {
    attempt=1
    until "$@"; do
        [ "$attempt" -lt "$TRIES" ] || return 1
        attempt=$((attempt + 1))
        say "setup: that did not work; try $attempt of $TRIES in $RETRY_PAUSE_S s"
        sleep "$RETRY_PAUSE_S"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null 2>&1; }

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"; }

wanted_packages() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$PACKAGE_LIST"; }

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# A library may have been renamed by a transition (libglib2.0-0 -> libglib2.0-0t64).
is_provided() { is_installed "$1" || is_installed "${1}t64"; }

missing_packages() {
    wanted_packages | while read -r package; do
        is_provided "$package" || say "$package"
    done
}

# Fails when something is still missing and another attempt could succeed.
install_system_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        say "setup: there is no apt-get here, so system packages are left to you. Needed, by Debian's names:"
        wanted_packages | sed 's/^/    /'
        say "setup: going on with the Python side"
        return 0
    fi
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    say "== installing system packages: $missing"
    # shellcheck disable=SC2086  # one word for each package
    if can_be_root && try apt_get update && try apt_get install --yes --no-install-recommends $missing; then
        return 0
    fi
    say "setup: could not install them (that needs root or sudo, and a package mirror). To do it by hand:" >&2
    say "    apt-get install --no-install-recommends $missing" >&2
    say "setup: going on; whatever needs them will fail and say so" >&2
    return 1
}

check_python() {
    command -v "$PYTHON" >/dev/null 2>&1 || fail "no $PYTHON here; install Python 3.11 or newer"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$PYTHON is $("$PYTHON" --version 2>&1), and Python 3.11 or newer is needed; name another with PYTHON=..."
}

digest() { sha256sum | cut -d ' ' -f 1; }

wanted_system() { digest <"$PACKAGE_LIST"; }

# Keyed on the interpreter too: what is compiled for one does not fit another.
wanted_python() {
    {
        "$PYTHON" -c 'import sys; print(sys.version, sys.base_prefix)'
        cat requirements/build.txt requirements/dev.txt
    } | digest
}

is_stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

install_python_packages() {
    say "== making .venv with $("$PYTHON" --version 2>&1)"
    rm -rf .venv
    "$PYTHON" -m venv .venv ||
        fail "the virtual environment could not be made (on Debian the package python3-venv is needed)"
    say "== installing the locked Python packages"
    # Build tools first, themselves locked: pyscard is compiled with them and not with whatever is newest.
    try .venv/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/build.txt ||
        fail "the build tools could not be installed"
    try .venv/bin/python -m pip install --quiet --require-hashes --only-binary :all: --no-binary pyscard \
        --no-build-isolation -r requirements/dev.txt ||
        fail "the Python packages could not be installed"
}

check_python
if ! is_stamped "$SYSTEM_STAMP" "$(wanted_system)"; then
    if install_system_packages; then system_complete=yes; else system_complete=no; fi
fi
if ! is_stamped "$PYTHON_STAMP" "$(wanted_python)"; then
    install_python_packages
    wanted_python >"$PYTHON_STAMP"
fi
if [ "${system_complete:-yes}" = yes ]; then wanted_system >"$SYSTEM_STAMP"; fi
