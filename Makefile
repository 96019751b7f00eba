# Everything is set up on first use and again only when what it depends on has changed.
# Needs: Python 3.11 or newer, make, and a package registry. `make` alone prints the targets.

PYTHON ?= python3
BIN := .venv/bin
FAST := $(wildcard tests/unit tests/contract tests/property tests/architecture)
# Directories too: their time tells when a file is gone.
UI_SOURCES := $(shell find ui/. -name node_modules -prune -o -print 2>/dev/null)
UI := $(if $(wildcard hatch_build.py),.make/ui)

.DELETE_ON_ERROR:
.PHONY: help install ui demo test test-fast check bench crash crash-long planted pictures dist rebuild

help:
	@echo 'make demo [BOT=file.py]  the application and an offline X side by side, with a bot'
	@echo 'make install             what ./roost needs, nothing more'
	@echo 'make ui                  the pages of desk, phone and stage, where their sources have changed'
	@echo 'make test                every test, those in a browser too'
	@echo 'make test-fast           those that need no browser and no processes; under a minute'
	@echo 'make check               format, lint, types, import layers, dependencies, budgets'
	@echo 'make crash               only the tests that kill processes'
	@echo 'make crash-long          the same, thirty times as long: 10,000 kills, 10,000 power cuts, 100,000 sends, every point of every journal'
	@echo 'make planted             plants faults in the application and says by what they are found'
	@echo 'make bench               benchmarks; each prints a ratio measured side by side'
	@echo 'make pictures            the pictures in the documentation'
	@echo 'make dist                wheel and source archive in dist/'

install: .make/run $(UI)

ui: $(UI)

demo: install
	@./roost demo $(if $(BOT),--bot '$(BOT)')

# ROOST_BROWSER=none: none can be had, which was said, and the tests need not try again.
# Compiled first, like all that is installed: hundreds of processes are started, some environments let Python
# keep no bytecode (PYTHONDONTWRITEBYTECODE), and then two thirds of what a process's start takes is compiling.
test: .make/dev $(UI)
	@$(BIN)/python -m compileall -q src tests
	@browser=$$($(BIN)/python -m roost.testing.browser) || browser=none; \
	ROOST_BROWSER=$$browser $(BIN)/pytest -rs tests

test-fast: .make/dev
	$(BIN)/pytest -m 'not browser and not crash' $(FAST)

check: .make/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/vulture
	$(BIN)/pytest -q tests/architecture

crash: .make/dev
	$(BIN)/pytest -rs -s -m crash tests

# Each fault in a copy of the source, which the ledger then has to find.
planted: .make/dev
	$(BIN)/python -m tests.crash.planting

# Hours; each prints its seed first and the ledger's counts last.
crash-long: .make/dev
	$(BIN)/python -m tests.crash.kills --kills 10000
	$(BIN)/python -m tests.crash.power --cuts 10000
	$(BIN)/python -m tests.crash.sends --sends 100000
	$(BIN)/python -m tests.crash.kills --kills 2000 --postgresql
	$(BIN)/python -m tests.crash.restores --rounds 20
	CRASH_RESTARTS=20 $(BIN)/pytest -rs -s -m crash tests/crash/test_stopping.py
	$(BIN)/python -m tests.crash.dialogs
	$(BIN)/python -m tests.crash.dialogs --postgresql
	$(BIN)/python -m tests.contract.live_cuts --cuts 1000
	$(BIN)/python -m tests.contract.live_cuts --cuts 1000 --postgresql
	DESK_CUTS=1000 $(BIN)/pytest -s tests/browser/test_desk_cuts.py -k again

bench: .make/dev
	$(BIN)/python bench/intake.py
	$(BIN)/python bench/limits.py
	$(BIN)/python bench/turn.py
	$(BIN)/python bench/simulator.py
	$(BIN)/python bench/growth.py
	$(BIN)/python bench/desk_growth.py
	$(BIN)/python bench/desk.py
	$(BIN)/python bench/idle.py
	$(BIN)/python bench/start.py
	$(BIN)/python bench/engine.py
	$(BIN)/python bench/dialogs.py

pictures: .make/dev $(UI)
	$(BIN)/python docs/pictures/make.py

dist: .make/dev
	rm -rf dist
	$(BIN)/uv build --out-dir dist

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo 'error: $(PYTHON) is not Python 3.11 or newer: install one, or name it: make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo 'error: $(PYTHON) cannot make virtual environments: install python3-venv (Debian, Ubuntu) or a whole Python' >&2; exit 1; }
	@echo 'making .venv'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet uv

.make/run: $(BIN)/uv pyproject.toml constraints.txt
	@echo 'installing what roost runs on'
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -e . --group ui -c constraints.txt
	@mkdir -p .make && touch $@

.make/dev: .make/run
	@echo 'installing what tests and checks run on'
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -e . --group dev -c constraints.txt
	@touch $@

# The pages of desk and phone; made again where the built ones are gone.
.make/ui: .make/run hatch_build.py $(UI_SOURCES) $(if $(wildcard src/roost/_ui/*),,rebuild)
	@echo 'building the pages'
	@$(BIN)/python hatch_build.py
	@touch $@
