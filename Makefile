# make run   the portal with a demo on http://127.0.0.1:8000 (DEMO=0 starts empty)
# make test  everything that must hold
# Both make their own environment first; they need git, make and Python 3.11 or newer with venv.

PYTHON ?= python3
export PORT ?= 8000
export DEMO ?= 1
BIN := .venv/bin

.PHONY: run codes setup test lint translations bench crash mutate clean
.DEFAULT_GOAL := run

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv is needed (Debian: apt-get install python3-venv)"; exit 1; }

# uv reads the same locked file and is quicker; pip is there on every machine.
define install
	@if command -v uv >/dev/null 2>&1; \
	  then uv pip install --quiet --python .venv/bin/python --require-hashes -r $(1); \
	  else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); fi
	@touch $@
endef

.venv/run.stamp: .lock/run.txt | .venv/bin/python
	@echo "Installing what the portal needs ..."
	$(call install,.lock/run.txt)

.venv/dev.stamp: .lock/dev.txt | .venv/bin/python
	@echo "Installing what the tests need ..."
	$(call install,.lock/dev.txt)
	@touch .venv/run.stamp

translations/zh_Hans_CN/LC_MESSAGES/messages.mo: translations/zh_Hans_CN/LC_MESSAGES/messages.po | .venv/run.stamp
	@$(BIN)/python -m babel.messages.frontend -q compile -d translations

translations: translations/zh_Hans_CN/LC_MESSAGES/messages.mo

setup: .venv/run.stamp translations

run: setup
	@exec $(BIN)/flask serve

# The next second-factor codes of the demo's staff.
codes: setup
	@$(BIN)/flask demo sign-ins

test: .venv/dev.stamp translations lint
	@.ci/with-chromium $(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered $(ARGS)
	@$(BIN)/python .ci/coverage_floor.py

lint: .venv/dev.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy

bench: .venv/dev.stamp
	@$(BIN)/python -m benchmarks.search

# 5,000 people file while everything is killed with SIGKILL; make crash DATABASE=postgresql ARGS="--kills 40"
crash: .venv/dev.stamp translations
	@$(BIN)/python -m benchmarks.crash --database $(or $(DATABASE),sqlite) $(ARGS)

mutate: .venv/dev.stamp
	@$(BIN)/python .ci/mutate.py

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis mutants .coverage*
