# Needs Python 3.11 or newer and make; everything else is installed into .venv, and everything that runs writes below var.

BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--custom-compile-command "make lock" pyproject.toml
PYTEST := pytest --numprocesses auto --dist worksteal
COVERAGE := var/coverage.json
MANIFEST := var/static/staticfiles.json
# Directories count too: a deleted file changes nothing else.
STATIC_SOURCES := $(shell find patterns/static 2>/dev/null)
DRILLS := $(if $(filter postgres%,$(DATABASE_URL)),postgres cluster edits,crash disk wal rolling backup cut)
PYTHONS := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run install test coverage drills lint format lock bench audit licences sbom

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/.runs $(MANIFEST) ## make ready to serve: .venv, requirements, static files

run: install ## serve the site on 127.0.0.1, on PORT or 8000
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) import_toml --if-empty fixtures/patterns.toml
	@echo
	@echo "Archsite:       $${SITE_URL:-http://127.0.0.1:$${PORT:-8000}}/ (stop it with Ctrl-C)"
	@echo "Make an editor: $(MANAGE) createsuperuser"
	@echo
	@exec $(BIN)/gunicorn --config python:archsite.gunicorn

test: .venv/.develops ## run every test, or those of ARGS, on the database of DATABASE_URL or else SQLite
	$(BIN)/$(PYTEST) $(ARGS)

coverage: .venv/.develops ## the same, and how many of the lines they reach, which takes half as long again
	@mkdir -p var
	$(BIN)/python -m slipcover --json --out $(COVERAGE) -m $(PYTEST) $(ARGS)
	@$(BIN)/python -c 'import json; print("Tests reach {percent_covered:.1f} % of the lines.".format(**json.load(open("$(COVERAGE)"))["summary"]))'

drills: install ## do harm to sites of their own and tell what it cost, in short, on DATABASE_URL or else SQLite
	@# One after the other, whatever --jobs says: what they promise about seconds holds with nothing beside them.
	@for drill in $(DRILLS); do echo "$$drill"; $(MANAGE) drill $$drill --short || exit; done

lint: .venv/.develops .mypy_cache/.made ## check style, types, migrations and deployment settings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	$(BIN)/mypy
	$(MANAGE) makemigrations --check --dry-run
	SITE_URL=https://catalog.example $(MANAGE) check --deploy --fail-level WARNING

format: .venv/.develops ## rewrite Python files and templates in the one style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

lock: .venv/.develops ## write the locks anew from pyproject.toml and .ci/package.json (ARGS=--upgrade: newest versions)
	$(COMPILE) $(ARGS) --output-file requirements.txt
	$(COMPILE) $(ARGS) --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	$(subst pyproject.toml,--group supply,$(COMPILE)) $(ARGS) --constraint requirements-dev.txt --output-file .ci/requirements.txt
	@# Without the names of hosts npm takes no version for the "latest" that a package of Lighthouse asks for.
	cd .ci && npm install --package-lock-only && sed -i 's/: "latest"/: "*"/' package-lock.json

bench: install ## measure everything against its peers, in less than ten minutes; or ARGS="search --entries 1000"
	$(MANAGE) bench $(or $(ARGS),all)

audit: var/supply/.made ## ask for known holes in what is installed; fails too where nobody could be asked, and says so
	@var/supply/bin/pip-audit --disable-pip --require-hashes --requirement requirements-dev.txt --format json \
		--progress-spinner off 2>var/supply/stderr | $(BIN)/python .ci/audit.py

licences: .venv/.develops ## write docs/licences.md anew, after make lock
	$(BIN)/python .ci/licences.py

sbom: var/supply/.made ## write what the site is made of to var/archsite.cdx.json (CycloneDX), the same bytes each time
	@var/supply/bin/python -W ignore -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml \
		--output-reproducible --validate --output-file var/archsite.cdx.json

.venv/.made:
	@for python in $(PYTHONS); do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$python -m venv --clear .venv && touch $@ && exit; \
		fi; \
	done; \
	echo "Archsite needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)." >&2; \
	echo "If it has another name: make PYTHON=/path/to/python3.12 ..." >&2; \
	exit 1

.venv/.runs: requirements.txt .venv/.made
	@echo "Installing what the site needs into .venv"
	@$(PIP) --requirement requirements.txt
	@touch $@

.venv/.develops: requirements-dev.txt .venv/.made
	@echo "Installing what development needs into .venv"
	@$(PIP) --requirement requirements-dev.txt
	@touch $@

# What mypy keeps of other files goes by the types of settings as they were, whatever they are now.
.mypy_cache/.made: archsite/settings.py archsite/environment.py
	@rm -rf .mypy_cache && mkdir .mypy_cache && touch $@

var/supply/.made: .ci/requirements.txt .venv/.made
	@echo "Installing what looks at packages into var/supply"
	@mkdir -p var && $(BIN)/python -m venv --clear var/supply
	@var/supply/$(subst .venv/bin,bin,$(PIP)) --requirement .ci/requirements.txt
	@touch $@

$(MANIFEST): .venv/.runs archsite/settings.py archsite/stylesheets.py $(STATIC_SOURCES)
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@touch $@
