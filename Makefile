# The verbs of this project; the same on a desk and in CI. A fresh machine needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BROWSER := $(VENV)/.browser
.DEFAULT_GOAL := help
.PHONY: help generate check test test-browser lint format golden bench clean

help: ## Show the verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "authscribe needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $(STAMP)

generate: $(STAMP) ## Generate output/ from schemes/
	$(BIN)/authscribe generate

check: lint test test-browser ## Everything that CI runs
	$(BIN)/authscribe check --output-format github

test: $(STAMP) ## Run all tests but those that need a browser
	$(BIN)/python -m pytest --ignore=tests/browser

$(BROWSER): $(STAMP)
	$(BIN)/python -m pip install --quiet --group browser
	@touch $@

# Debian's own browser; where it cannot be installed, the tests are skipped and say why.
test-browser: $(BROWSER) ## Run the tests of the catalogue page in Chromium
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && \
		apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || true
	$(BIN)/python -m pytest tests/browser -rs

lint: $(STAMP) ## Check style and types
	$(BIN)/ruff check generator tests benchmarks
	$(BIN)/black --check --quiet generator tests benchmarks
	$(BIN)/mypy generator/authscribe
	$(BIN)/mypy output/python/connector_auth

format: $(STAMP) ## Format the code
	$(BIN)/ruff check --fix generator tests benchmarks
	$(BIN)/black --quiet generator tests benchmarks

golden: $(STAMP) ## Renew the expected results of the cases in tests/cases; review the diff
	$(BIN)/python -m pytest tests/test_cases.py --update-golden

bench: $(STAMP) ## Measure, and compare with floors measured in the same run
	$(BIN)/python benchmarks/run.py

clean: ## Remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
