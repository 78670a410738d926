# The verbs of this project; the same on a desk and in CI. A fresh machine needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
MANUAL := .venv-docs
MANUAL_STAMP := $(MANUAL)/.installed
CODE := generator tests benchmarks docs
.DEFAULT_GOAL := help
.PHONY: help generate check test test-manual lint format golden docs screenshots bench clean

help: ## Show the verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "authscribe needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $(STAMP)

$(MANUAL_STAMP): pyproject.toml
	$(PYTHON) -m venv $(MANUAL)
	$(MANUAL)/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(MANUAL)/bin/python -m pip install --quiet --editable . --group docs
	@touch $(MANUAL_STAMP)

generate: $(STAMP) ## Generate output/ from schemes/
	$(BIN)/authscribe generate

check: lint test test-manual docs ## Everything that CI runs
	$(BIN)/authscribe check --output-format github

test: $(STAMP) ## Run all tests but those of the manual
	$(BIN)/python -m pytest --ignore tests/test_manual.py

test-manual: $(STAMP) $(MANUAL_STAMP) ## Run every command of the README and of the manual
	$(BIN)/python -m pytest tests/test_manual.py

lint: $(STAMP) ## Check style and types
	$(BIN)/ruff check $(CODE)
	$(BIN)/black --check --quiet $(CODE)
	$(BIN)/mypy generator/authscribe
	$(BIN)/mypy output/python/connector_auth

format: $(STAMP) ## Format the code
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/black --quiet $(CODE)

golden: $(STAMP) $(MANUAL_STAMP) ## Renew the expected results of the cases and of the manual; review the diff
	$(BIN)/python -m pytest tests/test_cases.py tests/test_manual.py --update-golden

docs: $(MANUAL_STAMP) ## Build the manual in build/manual; a warning is an error
	$(MANUAL)/bin/mypy docs/_ext docs/screenshots.py
	$(MANUAL)/bin/sphinx-build -W -n --keep-going --fresh-env --quiet -b html docs build/manual

screenshots: $(MANUAL_STAMP) ## Take the pictures of the manual again; needs chromium
	$(MANUAL)/bin/python docs/screenshots.py

bench: $(STAMP) ## Measure, and compare with floors measured in the same run
	$(BIN)/python benchmarks/run.py

clean: ## Remove the environment and caches
	rm -rf $(VENV) $(MANUAL) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
