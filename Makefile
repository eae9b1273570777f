# `make` alone says what there is. Every target makes what it needs first.

SHELL := /bin/sh
PY := .venv/bin/python
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup test check bench kills explore months demo run-kiosk run-center run-bench fix fonts lock clean

help:  ## this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## system packages and .venv; quick when nothing has changed
	@sh build/setup.sh

.venv: setup

demo: setup  ## head office, bench and kiosk together; without a display it tells purchases, a bill, a cash clearing
	@$(PY) -m bench demo $(ARGS)

test: setup  ## format, lint, types, import contracts, tests (ARGS=... goes to pytest)
	@sh build/check.sh $(ARGS)

check: test  ## the same

bench: setup  ## measure the product and print the figures
	@$(PY) -m bench measure $(ARGS)

kills: setup  ## kill the kiosk at every moment of a purchase and a clearing, and judge (about 15 minutes)
	@$(PY) -m bench kills $(ARGS)

explore: setup  ## simulate purchases and faults for ten minutes, and judge them (ARGS="--seconds 60")
	@$(PY) -m bench explore $(ARGS)

months: setup  ## live a hundred random months of trading and clearing; they reconcile to the fen
	@$(PY) -m tests.center.cash.months $(ARGS)

run-kiosk: setup  ## the kiosk alone
	@$(PY) -m kiosk $(ARGS)

run-center: setup  ## the head office alone
	@$(PY) -m center $(ARGS)

run-bench: setup  ## the virtual bench alone
	@$(PY) -m bench $(ARGS)

fix: setup  ## format and repair what can be repaired by itself
	@.venv/bin/ruff check --fix --quiet || true
	@.venv/bin/ruff format

fonts: setup  ## make assets/fonts from their source again
	@$(PY) build/fonts.py

lock: setup  ## resolve pyproject.toml into requirements/*.txt again (ARGS=--upgrade for newer versions)
	@sh build/lock.sh $(ARGS)

clean:  ## remove .venv, caches and everything that running leaves
	rm -rf .venv .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build/out dist var
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
