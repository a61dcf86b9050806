# `make` prints the targets.  All of them work in .venv, which `make setup` creates.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCKED_INSTALL = $(BIN)/python -m pip install -qq --require-hashes --no-deps --no-build-isolation
PYTEST := $(BIN)/python -m pytest $(PYTEST_ARGS)

ifneq ($(origin LOCKED),undefined)
ifeq ($(filter cpu cuda,$(LOCKED)),)
$(error LOCKED is "$(LOCKED)"; use LOCKED=cpu or LOCKED=cuda, or leave it out to install without checking hashes)
endif
endif

.DEFAULT_GOAL := help
ROOM ?=# of `make mutants`: all
COUNT ?= 12
SEED ?= 0

.PHONY: audit lock fuzz mutants help house setup study test check test-slow test-exhaustive test-drills test-slurm test-browser bench clean

test test-slow test-exhaustive test-drills test-slurm test-browser bench fuzz: export OMP_NUM_THREADS = 1# threads of two processes only disturb each other
test check test-slow test-exhaustive test-drills test-slurm test-browser: export PYTHONDONTWRITEBYTECODE =# else each process compiles all of the tests anew

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name help; do printf '  %-14s %s\n' "$$name" "$$help"; done

setup: $(STAMP) ## create .venv, install segaug with the exact versions of constraints.txt; LOCKED=cpu or cuda: check every hash

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "segaug needs Python 3.11 or later, %s is %s: make setup PYTHON=python3.12" % (sys.executable, sys.version.split()[0]))'
	@echo "installing into $(VENV), about 1 GB and a few minutes ..."
	@$(PYTHON) -m venv $(VENV)
ifdef LOCKED
	@$(LOCKED_INSTALL) -r dependencies/locked-build.txt
	@$(LOCKED_INSTALL) -r dependencies/locked-main.txt
	@$(LOCKED_INSTALL) -r dependencies/locked-$(LOCKED).txt
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check
else
	@$(BIN)/python -m pip install -qq -c constraints.txt --upgrade pip
	@$(BIN)/python -m pip install -qq -c constraints.txt -e ".[dev]"
endif
	@touch $@
	@echo "done; now: source $(BIN)/activate"

study: setup ## train, fit, compare and report the quick study: what deformation is worth on generated hearts, in minutes
	$(BIN)/segaug train study=quick
	$(BIN)/segaug fit quick
	$(BIN)/segaug compare quick
	$(BIN)/segaug report quick

test: setup ## run the fast tests (CPU, offline)
	$(PYTEST) -n 2 --dist worksteal

check: setup ## run format, lint, type and layer checks: the same here, before a commit and in CI
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(PYTEST) -q tests/house tests/test_layers.py tests/test_repository.py

house: setup ## draw the rooms and arrows of CONTRIBUTING.md (docs/house.svg) and print their numbers
	@$(BIN)/python -m tests.house --draw

test-slow: setup ## run the tests that take more than a few seconds
	$(PYTEST) -m slow -n 2 --dist worksteal

test-exhaustive: setup ## run what says of every odd study what test-slow says of some; some minutes more
	$(PYTEST) -m "slow or exhaustive" -n 2 --dist worksteal

test-drills: setup ## kill, fill, garble and double: prove that nothing is lost, and count the faults
	$(PYTEST) -q tests/drills -m "drill or not drill" -n 2 --dist loadfile
	$(PYTEST) -q --ignore=tests/drills -m drill

test-slurm: setup ## run studies on a real Slurm of one node, which this starts (root, Debian)
	$(PYTEST) -m slurm tests/slurm

test-browser: setup ## open the report in headless Chromium
	$(PYTEST) -m browser

fuzz: setup ## hand spoiled files to every reader for SEGAUG_FUZZ_SECONDS (600), and count them
	$(BIN)/python -m tests.fuzz.long

audit: setup ## look for known vulnerabilities among the packages, online; OFFLINE=1: by the committed list alone
ifdef OFFLINE
	@$(BIN)/python dependencies/audit.py --offline
else
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/pip install -qq pip-audit==2.10.1 || true # the next line fails where it is missing
	@$(BIN)/python dependencies/audit.py $(VENV)/audit/bin/pip-audit
endif

lock: setup ## write the hashes of all packages again; WHEELS="FILE ...": torch's CPU build
	@$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install -qq uv==0.13.9
	@$(BIN)/python dependencies/lock.py $(VENV)/lock/bin/uv $(WHEELS)

mutants: setup ## change the code in one place at a time and print the changes no test sees; ROOM=law COUNT=12 SEED=0
	@$(PYTHON) -m venv $(VENV)/mutants && $(VENV)/mutants/bin/pip install -qq cosmic-ray==8.7.0
	@$(BIN)/python -m tests.mutants.survivors $(VENV)/mutants/bin/cosmic-ray $(ROOM) --count $(COUNT) --seed $(SEED)

bench: setup ## print the table of speeds, ours beside peers, in 10 minutes; fails where a bound is broken. ONLY="GROUP ..."
	@$(BIN)/python benchmarks/bench.py $(if $(ONLY),--only $(ONLY))

clean: ## remove .venv, caches and builds; results stay
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
