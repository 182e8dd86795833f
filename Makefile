# One command for developers, pre-commit and CI: `make check`.
PYTHON ?= python

.PHONY: check lint types layers container lock test

check: lint types layers container test

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	$(PYTHON) -m mypy

layers:
	$(PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

container:
	hadolint Dockerfile

test:
	$(PYTHON) -m pytest

lock:
	$(PYTHON) deploy/lock.py > requirements.lock.new && mv requirements.lock.new requirements.lock
