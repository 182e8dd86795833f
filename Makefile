# One command for developers, pre-commit and CI: `make check`.
PYTHON ?= python

.PHONY: check lint types layers container docs lock messages test

check: lint types layers container docs test

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	$(PYTHON) -m mypy

layers:
	$(PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

container:
	hadolint Dockerfile

docs:
	NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build --strict --quiet --site-dir site

test:
	$(PYTHON) -m pytest

lock:
	$(PYTHON) deploy/lock.py > requirements.lock.new && mv requirements.lock.new requirements.lock

messages:
	PYTHONPATH=. $(PYTHON) scripts/messages.py
