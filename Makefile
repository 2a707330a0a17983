# What one does with a checkout. Everything lives in .venv; only installing needs a network.
#
# A stamp file stands for "installed"; it is older than pyproject.toml or constraints.txt exactly when
# something must be installed anew. `make test` installs what tests need on top of what the demo needs,
# in either order.

PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --constraint constraints.txt
PINS := pyproject.toml constraints.txt

# Models come with packages: whatever a library may try, a run asks no hub.
RUN := HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install demo demo-short test check lint types contracts tests tests-slow bench-reading format clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

install: $(VENV)/.installed-demo ## install what running needs, the sample library included

demo: $(VENV)/.installed-demo ## write a synthetic library, index it, ask, evaluate (about five minutes)
	@echo "== demo: everything goes to .demo/full"
	@$(RUN) $(BIN)/covenant demo --folder .demo

demo-short: $(VENV)/.installed-demo ## the same on three deals (about a minute)
	@echo "== short demo: everything goes to .demo/short"
	@$(RUN) $(BIN)/covenant demo --short --folder .demo

test: check tests ## lint, types, import contracts, tests

check: lint types contracts ## the same without the tests

lint: $(VENV)/.installed-dev
	@echo "== format and lint"
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check

types: $(VENV)/.installed-dev
	@echo "== types"
	@$(BIN)/mypy

contracts: $(VENV)/.installed-dev
	@echo "== import contracts"
	@$(BIN)/lint-imports

tests: $(VENV)/.installed-dev
	@echo "== tests"
	@$(RUN) OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

tests-slow: $(VENV)/.installed-dev ## the tests that take minutes: an ingest killed at every single step
	@echo "== slow tests"
	@COVENANT_ALL_KILLS=1 $(RUN) $(BIN)/python -m pytest tests/ingest/test_kill.py

bench-reading: $(VENV)/.installed-dev ## measure how documents are read, on the sets under COVENANT_DATA (about ten minutes)
	@for name in reading memory coverage sections facts links tables; do \
	  echo "== $$name" && $(RUN) $(BIN)/python -m benchmarks.$$name || exit 1; done

format: $(VENV)/.installed-dev ## put code in the one format, repair what lint can repair
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

clean: ## remove what the targets made: .venv, .demo, caches
	rm -rf $(VENV) .demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache .grimp_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer found; run make PYTHON=/path/to/it" >&2; exit 1; }
	@echo "== making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed-demo: $(VENV)/.made $(PINS)
	@echo "== installing what running needs (once; a few minutes on a slow line)"
	@$(PIP) --editable '.[demo]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made $(PINS)
	@echo "== installing what tests need (once; a few minutes on a slow line)"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.installed-demo
