# Development tasks, the same locally and in CI. The only prerequisites are make and Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest --numprocesses auto
SUITE := python -m pytest --numprocesses auto --dist worksteal --ignore tests/browser --ignore tests/sphinxext \
	--ignore tests/tools --ignore tests/test_manual.py
# What runs again on other Pythons and with other versions: the tests that can differ there. `make test-lowest AGAIN=` runs
# all of them, apart from those with the marker `once`.
AGAIN := $(addprefix tests/test_, $(addsuffix .py, authenticate cases cli convert docs encoders generated_python git names \
	name_kinds readers yaml_encoder))
BROWSER := $(VENV)/.browser
MANUAL := .venv-docs
MANUAL_STAMP := $(MANUAL)/.installed
TOOLS := .venv-tools
SPHINX := .venv-sphinx
SPHINX_OLDEST := .venv-sphinx-oldest
LOWEST := .venv-lowest
FUZZ := .venv-fuzz
PEERS := .venv-bench
LOCKER := .venv-lock
# Install what a lock names, if its hashes match, and the package, built by what the lock names. The pip of .venv installs into
# every environment: to set up its own would take as long as most installations. Most modules are never imported; the rest are
# compiled when they first are.
INSTALL = $(BIN)/python -m pip --python $(@D)/bin/python install --quiet --no-compile
INSTALL_LOCKED = $(INSTALL) --require-hashes --requirement requirements/pip.txt --requirement
INSTALL_PACKAGE = $(INSTALL) --no-deps --no-build-isolation --editable .
unexport PYTHONDONTWRITEBYTECODE
RUNS := 10000
# Beside the Python of .venv.
PYTHONS := $(filter-out $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'),3.11 3.12 3.13)
CODE := generator tests benchmarks docs requirements
.DEFAULT_GOAL := help
.PHONY: help generate check test test-browser test-manual test-sphinx test-tools test-pythons test-lowest lint format golden docs screenshots bench faults fuzz gate lock dist clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

$(STAMP): requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "authscribe needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(@D)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/pip.txt
	$(INSTALL_LOCKED) $<
	$(INSTALL_PACKAGE)
	@touch $@

.venv-%/.installed: requirements/%.txt | $(STAMP)
	$(PYTHON) -m venv --without-pip $(@D)
	$(INSTALL_LOCKED) $<
	@touch $@

# Sphinx supports new docutils releases late, while the tests need the newest; hence a separate environment.
$(addsuffix /.installed, $(MANUAL) $(LOWEST) $(FUZZ)): .venv-%/.installed: requirements/%.txt pyproject.toml | $(STAMP)
	$(PYTHON) -m venv --without-pip $(@D)
	$(INSTALL_LOCKED) $<
	$(INSTALL_PACKAGE)
	@touch $@

# Created only if Python 3.9 is installed; without it, the tests are skipped with that reason. It needs an older pip.
$(SPHINX_OLDEST)/.installed: INSTALL = $(@D)/bin/python -m pip install --quiet --no-compile
$(SPHINX_OLDEST)/.installed: requirements/sphinx-oldest.txt
	@for python in python3.9 "$$HOME"/.pyenv/versions/3.9*/bin/python3.9; do \
	  "$$python" -c '' 2>/dev/null || continue; \
	  "$$python" -m venv $(@D) && $(INSTALL_LOCKED) $< && touch $@; exit; \
	done

.PRECIOUS: .venv-python-%/.installed
# Created only if this Python is installed.
.venv-python-%/.installed: requirements/dev.txt pyproject.toml | $(STAMP)
	@for python in python$* "$$HOME"/.pyenv/versions/$*.*/bin/python$*; do \
	  "$$python" -c '' 2>/dev/null || continue; \
	  "$$python" -m venv --without-pip $(@D) && $(INSTALL_LOCKED) $< && $(INSTALL_PACKAGE) && touch $@; exit; \
	done

faults: $(STAMP) ## Fail and kill runs at each of their calls to the file system
	AUTHSCRIBE_NO_CACHE=1 $(BIN)/python tests/faults.py

gate: $(STAMP) ## Plant defects in the checks of texts and paths; tests must notice them
	$(BIN)/python tests/gate_mutations.py

fuzz: $(FUZZ)/.installed ## Feed mutated documents to every reader, RUNS for each
	mkdir -p build
	cd build && ../$(FUZZ)/bin/python ../tests/fuzz.py -runs=$(RUNS)

generate: $(STAMP) ## Generate output/ from schemes/
	$(BIN)/authscribe generate

check: lint docs test test-browser test-manual test-sphinx test-tools test-pythons test-lowest ## Run everything that CI runs
	$(BIN)/authscribe check --output-format github

test: $(STAMP) ## Run the tests, apart from those of the other test targets
	$(BIN)/$(SUITE)

test-manual: $(STAMP) $(MANUAL_STAMP) ## Run every command in the README and the manual
	$(PYTEST) --dist worksteal tests/test_manual.py

test-sphinx: $(STAMP) $(SPHINX)/.installed $(SPHINX_OLDEST)/.installed ## Test the Sphinx extension on the newest and oldest Sphinx
	$(BIN)/mypy --python-executable $(SPHINX)/bin/python generator/authscribe/sphinxext.py
	$(PYTEST) --dist worksteal -rs tests/sphinxext

test-pythons: $(STAMP) $(PYTHONS:%=test-python-%) ## Run the tests on every other Python, and compare what it generates
	$(BIN)/python -m pytest -rs tests/test_determinism.py

test-python-%: .venv-python-%/.installed
	@test -e $< || { echo "skipped: there is no Python $*"; exit 0; }; AUTHSCRIBE_EXAMPLES=20 $(<D)/bin/$(SUITE) -m 'not once' $(AGAIN)

test-lowest: $(LOWEST)/.installed ## Run the tests with the lowest version of every dependency
	AUTHSCRIBE_EXAMPLES=20 $(LOWEST)/bin/$(SUITE) -m 'not once' $(AGAIN)

NPM = PATH="$(CURDIR)/$(TOOLS)/bin:$$PATH" npm install --silent
# Versions that tests import from folders of their own.
BESIDE_TOOLS := airbyte-cdk settings-2.12 settings-2.13
# The environment in `package` has no pip: it holds only what users install, for the bill of materials.
# What cannot be installed, for want of npm for example, is a skipped test with the reason.
$(TOOLS)/.installed: requirements/tools.txt requirements/package.txt $(BESIDE_TOOLS:%=requirements/%.txt) \
		$(wildcard requirements/npm/*.json) | $(STAMP)
	$(PYTHON) -m venv --without-pip $(@D)
	$(INSTALL_LOCKED) $< || true
	$(PYTHON) -m venv --without-pip $(@D)/package
	$(BIN)/python -m pip --python $(@D)/package install --quiet --no-compile --require-hashes \
		--requirement requirements/package.txt || rm -r $(@D)/package
	for name in $(BESIDE_TOOLS); do \
		$(INSTALL) --require-hashes --requirement requirements/$$name.txt --no-deps --target $(@D)/$$name; done || true
	cp requirements/npm/*.json $(@D)
	$(NPM) --no-save --prefix $(@D) || true
	@touch $@

test-tools: $(STAMP) $(TOOLS)/.installed ## Test reports, hooks, the action and stubs with the tools that read them
	$(PYTEST) --dist loadfile -rs tests/tools

$(BROWSER): requirements/browser.txt $(STAMP)
	$(INSTALL_LOCKED) $<
	@touch $@

# Uses Debian's chromium package; if it cannot be installed, the tests are skipped with that reason.
test-browser: $(BROWSER) ## Test the catalogue page in Chromium
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && \
		apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || true
	$(BIN)/python -m pytest tests/browser -rs

lint: $(STAMP) ## Check style and types
	$(BIN)/ruff check $(CODE)
	$(BIN)/black --check --quiet $(CODE)
	$(BIN)/mypy generator/authscribe requirements/bill_of_materials.py
	$(BIN)/mypy output/python/connector_auth

format: $(STAMP) ## Format the code
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/black --quiet $(CODE)

golden: $(STAMP) $(MANUAL_STAMP) ## Update the expected results of cases and manual; review the diff
	$(BIN)/python -m pytest tests/test_cases.py tests/test_manual.py --update-golden

docs: $(MANUAL_STAMP) ## Build the manual into build/manual; warnings are errors
	$(MANUAL)/bin/mypy docs/_ext docs/screenshots.py
	$(MANUAL)/bin/authscribe generate --target catalogue --out-dir build/catalogue --output-format concise
	$(MANUAL)/bin/sphinx-build -W -n --keep-going --fresh-env --quiet -b html docs build/manual

screenshots: $(MANUAL_STAMP) ## Retake the manual's screenshots; needs chromium
	$(MANUAL)/bin/python docs/screenshots.py

bench: $(STAMP) $(PEERS)/.installed ## Run the benchmarks; writes benchmarks/results.md
	$(BIN)/python benchmarks/run.py $(PEERS)/bin

# One lock for each group, for the package alone, and for the tests with the lowest version of each of its dependencies.
LOCK := $(LOCKER)/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate \
	--custom-compile-command 'make lock' $(UPGRADE) --python-version
lock: $(LOCKER)/.installed $(TOOLS)/.installed ## Lock what pyproject.toml requires; UPGRADE=--upgrade renews all versions
	$(LOCK) 3.11 pyproject.toml --output-file requirements/package.txt
	set -e; for group in dev fuzz; do $(LOCK) 3.11 pyproject.toml --group $$group \
		--constraint requirements/package.txt --output-file requirements/$$group.txt; done
	set -e; for group in browser build; do $(LOCK) 3.11 --group $$group \
		--constraint requirements/dev.txt --output-file requirements/$$group.txt; done
	set -e; for group in bench lock settings-2.12 settings-2.13 sphinx tools; do $(LOCK) 3.11 --group $$group \
		--output-file requirements/$$group.txt; done
	$(LOCK) 3.11 pyproject.toml --group docs --output-file requirements/docs.txt
	$(LOCK) 3.11 --group airbyte-cdk --no-deps --output-file requirements/airbyte-cdk.txt
	set -e; for group in pip sphinx-oldest; do $(LOCK) 3.9 --group $$group \
		--output-file requirements/$$group.txt; done
	$(LOCK) 3.11 pyproject.toml --resolution lowest-direct --upgrade --output-file $(LOCKER)/lowest.txt
	$(LOCK) 3.11 pyproject.toml --group dev --constraint $(LOCKER)/lowest.txt --output-file requirements/lowest.txt
	$(NPM) --package-lock-only --omit-lockfile-registry-resolved --prefix requirements/npm

dist: $(STAMP) $(TOOLS)/.installed ## Build the wheel, the source distribution and the bill of materials into dist/
	rm -rf dist
	$(BIN)/hatchling build
	$(TOOLS)/bin/python requirements/bill_of_materials.py dist/*.whl

clean: ## Remove environments, caches and builds
	rm -rf $(VENV) $(MANUAL) $(TOOLS) $(SPHINX) $(SPHINX_OLDEST) $(LOWEST) $(FUZZ) $(PEERS) $(LOCKER) .venv-python-* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
