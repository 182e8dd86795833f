# One command for developers, pre-commit and CI: `make check`.
PYTHON ?= python

.PHONY: check lint types layers container docs lock hashes digests sbom messages test slow newest dashboard-wheel

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

slow:
	$(PYTHON) -m pytest -m slow

newest:
	.ci/newest

lock:
	$(PYTHON) deploy/lock.py > requirements.lock.new && mv requirements.lock.new requirements.lock
	$(MAKE) sbom

# A bill of materials (CycloneDX) of what the lock pins; the wheel carries it, images make their own.
sbom:
	$(PYTHON) deploy/sbom.py > deploy/sbom.cdx.json.new && mv deploy/sbom.cdx.json.new deploy/sbom.cdx.json

# Asks the package index which files the dashboard image installs on each kind of machine.
HASHED = $(PYTHON) -m pip install --dry-run --ignore-installed --only-binary=:all: --python-version 3.11 \
	--target build/none -c requirements.lock -r deploy/dashboard-requirements.txt
hashes:
	mkdir -p build
	for machine in x86_64 aarch64; do \
		$(HASHED) --platform manylinux2014_$$machine --platform manylinux_2_28_$$machine \
			--report build/$$machine.json --quiet || exit 1; done
	$(PYTHON) deploy/hashes.py build/x86_64.json build/aarch64.json > deploy/dashboard.lock

# The same packages without torch, for who only reads runs (decision 22).
dashboard-wheel:
	$(PYTHON) deploy/dashboard_wheel.py dist

# Asks the registries for the digests of the images that the containers are built from.
digests:
	$(PYTHON) deploy/digests.py

messages:
	PYTHONPATH=. $(PYTHON) scripts/messages.py
