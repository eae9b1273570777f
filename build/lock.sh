#!/bin/sh
# Resolves pyproject.toml into requirements/*.txt: exact versions with the hash of every published file,
# for every platform, and no word about where they were found.
# Versions that are there already are kept, unless the first argument is --upgrade.
set -eu

cd "$(dirname "$0")/.."
PYTHON="${PYTHON:-python3}"
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT

"$PYTHON" -m venv "$tools/venv"
"$tools/venv/bin/python" -m pip install --quiet uv

resolve() {
    "$tools/venv/bin/uv" pip compile --quiet --no-config --universal --python-version 3.11 \
        --generate-hashes --no-header --no-annotate "$@"
}

# Everything first; a kiosk and a center then get exactly the versions that were tested together.
resolve pyproject.toml "$@" --extra dev --output-file requirements/dev.txt
resolve pyproject.toml --extra kiosk --constraint requirements/dev.txt --output-file requirements/kiosk.txt
resolve pyproject.toml --extra center --constraint requirements/dev.txt --output-file requirements/center.txt
resolve build/build-tools.in --constraint requirements/dev.txt --output-file requirements/build.txt
resolve build/font-source.in --no-deps --output-file requirements/fonts.txt
