# One command to run the studio, one to check it. Needs python3 >= 3.11 and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Most tests wait for something, so more of them run at once than there are cores. The tests of a file stay in one
# process, because many files start a server for all of theirs: `make test DIST=worksteal` parts them, and
# finds the test that leans on another.
WORKERS ?= 3
DIST ?= loadfile
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist $(DIST)

.DEFAULT_GOAL := help
.PHONY: help run test check lint bench soak docs constraints audit screenshots clean

help: ## Show these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: $(VENV)/.installed ## Start the studio and open its page (sandbox for every vendor without a key)
	@$(BIN)/python app.py --open-browser $(ARGS)

test: $(VENV)/.tested ## Everything that must hold: lint, types, tests, the page in Chromium
	@$(BIN)/python -m tests.support.missing
	$(MAKE) --no-print-directory lint
	$(PYTEST) $(ARGS)

check: $(VENV)/.tested ## What to run before every commit: lint, types and the quick tests, in under two minutes
	@$(BIN)/python -m tests.support.missing
	$(MAKE) --no-print-directory lint
	$(PYTEST) -m "not slow" --ignore=tests/browser --ignore=tests/chaos $(ARGS)

lint: $(VENV)/.tested ## Style and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/python -m tests.js

bench: $(VENV)/.tested ## Measure start-up, page load, picture lag, forms and live pages
	$(BIN)/python -m tests.bench $(ARGS)

soak: $(VENV)/.tested ## Kill a working studio 200 times for each vendor, then at every point of a job's life
	$(BIN)/python -m tests.bench.soak --record $(ARGS)
	STUDIO_TEST_STRIDE=1 STUDIO_TEST_DEPTH=5 $(BIN)/python -m pytest tests/chaos/test_crash.py tests/chaos/test_machine.py

docs: $(VENV)/.tested ## Write the generated tables into README.md, and the records into the scripts' declarations
	$(BIN)/python -m providers.readme
	$(BIN)/python -m ui.declarations
	$(BIN)/python -m tests.bench --readme

constraints: $(VENV)/.tested ## Pin all packages, those that others need too, after a change of requirements (ARGS=--upgrade: the newest)
	$(BIN)/uv pip compile tests/requirements.txt --universal --python-version 3.11 --no-header --no-annotate \
	  --quiet --output-file constraints.txt $(ARGS)

audit: $(VENV)/.tested ## Ask whether a pinned package has a known weakness; fails where nothing was learnt
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.deploy.audit

screenshots: $(VENV)/.tested ## Photograph every tab in three widths, light and dark
	$(BIN)/python -m tests.browser.screenshots --readme $(ARGS)

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis tests/js/node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: install it, or run make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "python3 cannot make a virtual environment. Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.installed: requirements.txt constraints.txt | $(BIN)/python
	@echo "Installing the requirements into $(VENV): once, about a minute."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.tested: requirements.txt tests/requirements.txt constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt -c constraints.txt
	@touch $@ $(VENV)/.installed
