# make run, test, check, bench, backup and restore; each installs what it needs first. README.md says more.
.DEFAULT_GOAL := run
# So that our own modules are compiled once, and not by every process anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: run test check bench backup restore install requirements

PYTHON ?= python3
PORT ?= 8000
DEMO ?= 1
BIN := .venv/bin
# Ends what it starts when make itself is killed; elsewhere than on Linux, Ctrl-C and SIGTERM do.
TIED := $(if $(shell command -v setpriv),setpriv --pdeathsig=TERM --)

run: .venv/installed
	@exec $(TIED) $(BIN)/python manage.py serve --port=$(PORT) --demo=$(DEMO)

test: install
	$(BIN)/pytest -n 3 --dist worksteal  # one more than CI has cores: there is always one that waits for a browser

# The settings of production, with a key and a database that exist nowhere.
check: PRODUCTION = DEBUG=0 SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_hex(32))") ALLOWED_HOSTS=voortgang.example DATABASE_URL=postgresql://nowhere/none
check: .venv/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: .venv/installed
	$(BIN)/python -m bench

# make backup [TO=folder]; make restore FILE=backup.tar [REPLACE=--replace]
backup: .venv/installed
	@$(BIN)/python manage.py backup $(TO)

restore: .venv/installed
	@$(BIN)/python manage.py restore $(REPLACE) $(or $(FILE),$(error Geef het bestand: make restore FILE=nprz-….tar))

install: .venv/installed
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
		then apt-get update -qq && apt-get install -qq --no-install-recommends chromium-headless-shell; \
		else echo "De browsertests hebben Chromium nodig: sudo apt-get install chromium-headless-shell" >&2; exit 1; fi; }

# The stamp is older than a requirements file that changed since.
.venv/installed: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 of nieuwer is nodig." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	# Also where Python is told to write no bytecode: each process then starts in half the time.
	@$(BIN)/python -m compileall -q -j 0 .venv/lib
	@touch $@

# Adds what the .in files ask for and keeps the other pins; make requirements UPGRADE=--upgrade renews them all.
requirements: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	for name in requirements requirements-dev; do \
		$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 \
			--custom-compile-command "make requirements" $(UPGRADE) $$name.in -o $$name.txt || exit 1; done
