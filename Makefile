# Everything for people who run or change Answerwell. Needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PYTEST_WORKERS ?= auto

.PHONY: run test test-postgresql check format messages translations lock crash mail-torture screenshots clean

## run: the demo on http://127.0.0.1:8000
run: $(VENV)/.run-ready translations
	@$(BIN)/portal serve --demo --port $(PORT)

## test: the whole test suite
test: $(VENV)/.test-ready translations
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal

## test-postgresql: the tests that use a database, on PostgreSQL
test-postgresql: $(VENV)/.test-ready translations
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal --engine postgresql -m "not browser" -q \
	  tests/agents tests/contact tests/database tests/mail tests/people tests/tickets tests/web \
	  tests/search/learning tests/search/test_following.py tests/search/test_actions.py $(wildcard tests/knowledge_base/test_[aefipqt]*.py)

## check: formatting, lint, types, templates
check: $(VENV)/.test-ready translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates

## format: put every file into shape
format: $(VENV)/.test-ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## messages: collect new texts into the catalogues; translate them afterwards
messages: $(VENV)/.test-ready
	$(BIN)/python -m babel.messages.frontend -q extract -F translations/babel.cfg -k lazy_gettext -k _l --no-location --omit-header -o translations/messages.pot .
	for locale in de fr es pt_BR ar ja zh_Hans; do \
	  $(BIN)/python -m babel.messages.frontend -q update --no-fuzzy-matching --ignore-obsolete -i translations/messages.pot -d translations -l $$locale --init-missing || exit 1; \
	done
	rm translations/messages.pot

## crash: kill web server and worker while clients write and mail comes and goes (the long form; CI runs a short one)
crash: $(VENV)/.test-ready translations
	$(BIN)/python -m tests.crash --submissions 500 --kills 40
	$(BIN)/python -m tests.mail_crash --mails 5000 --kills 300 --inbound-kills 70

## mail-torture: mutants of every sample mail, a mail server with eight faults, loops (the long form)
mail-torture: $(VENV)/.test-ready translations
	$(BIN)/python -m tests.mail_torture --mutants 50000
	$(BIN)/python -m tests.mail_faults --mails 500
	MAIL_LOOP_ROUNDS=1000 MAIL_SAMPLES=all $(BIN)/python -m pytest -n $(PYTEST_WORKERS) tests/tickets/test_loops.py tests/tickets/test_sample_mails.py

## screenshots: every page and state, into screenshots/
screenshots: $(VENV)/.test-ready translations
	$(BIN)/python -m tests.browser.screenshots screenshots

## lock: write the lock files anew
lock: $(VENV)/.test-ready
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --extra postgres --extra redis -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --allow-unsafe --extra postgres --extra redis --extra dev -c requirements.lock -o tests/requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis

translations:
	@$(BIN)/python translations/compile_catalogs.py

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Answerwell needs Python 3.11 or newer; $(PYTHON) is older. Use: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run-ready: $(VENV)/.python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.test-ready: $(VENV)/.run-ready tests/requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@touch $@
