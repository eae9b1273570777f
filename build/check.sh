#!/bin/sh
# Every check of the house, stopping at the first that fails.
set -eu

cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"

step() {
    printf '\n== %s\n' "$1"
    shift
    "$@"
}

step "format" ruff format --check
step "lint" ruff check
step "types" mypy
step "import contracts" lint-imports --no-cache
step "tests" pytest -n 3 --dist worksteal "$@"
