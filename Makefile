# The verbs of this project; the same on a desk and in CI. A fresh machine needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SPHINX := .venv-sphinx
SPHINX_OLDEST := .venv-sphinx-oldest
.DEFAULT_GOAL := help
.PHONY: help generate check test test-sphinx lint format golden bench clean

help: ## Show the verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "authscribe needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $(STAMP)

# Sphinx lags behind docutils, which the other tests want new; hence environments of their own.
$(SPHINX)/.installed: tests/sphinxext/current.txt
	$(PYTHON) -m venv $(SPHINX)
	$(SPHINX)/bin/python -m pip install --quiet --requirement $<
	@touch $@

# Only where there is a Python 3.9; the tests say so where there is none.
$(SPHINX_OLDEST)/.installed: tests/sphinxext/oldest.txt
	@for python in python3.9 "$$HOME"/.pyenv/versions/3.9*/bin/python3.9; do \
	  "$$python" -c '' 2>/dev/null || continue; \
	  "$$python" -m venv $(SPHINX_OLDEST) && $(SPHINX_OLDEST)/bin/python -m pip install --quiet --requirement $< && \
	  touch $@; exit; \
	done

generate: $(STAMP) ## Generate output/ from schemes/
	$(BIN)/authscribe generate

check: lint test test-sphinx ## Everything that CI runs
	$(BIN)/authscribe check --output-format github

test: $(STAMP) ## Run all tests
	$(BIN)/python -m pytest --ignore tests/sphinxext

test-sphinx: $(STAMP) $(SPHINX)/.installed $(SPHINX_OLDEST)/.installed ## Build pages with the current and the oldest Sphinx
	$(BIN)/mypy --python-executable $(SPHINX)/bin/python generator/authscribe/sphinxext.py
	$(BIN)/python -m pytest -rs tests/sphinxext

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
	rm -rf $(VENV) $(SPHINX) $(SPHINX_OLDEST) .pytest_cache .mypy_cache .ruff_cache .hypothesis
