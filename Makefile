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

# Asks the package index which files the images install (`pip install uv`).
EXTRAS = timm medical automask postgres team
PYLOCK = uv pip compile --quiet --universal --python-version 3.11 --only-binary :all: --format pylock.toml \
	-c requirements.lock deploy/build-requirements.txt
hashes:
	mkdir -p build
	$(PYLOCK) deploy/dashboard-requirements.txt -o build/pylock.dashboard.toml
	$(PYLOCK) pyproject.toml $(EXTRAS:%=--extra %) -o build/pylock.audit.toml
	$(PYLOCK) pyproject.toml $(EXTRAS:%=--extra %) deploy/notebook-requirements.txt -o build/pylock.notebook.toml
	$(PYTHON) deploy/hashes.py build/pylock.dashboard.toml > deploy/dashboard.lock
	$(PYTHON) deploy/hashes.py build/pylock.audit.toml --torch only > deploy/torch.lock
	$(PYTHON) deploy/hashes.py build/pylock.audit.toml --torch without > deploy/audit.lock
	$(PYTHON) deploy/hashes.py build/pylock.notebook.toml --torch without --without deploy/audit.lock \
		> deploy/notebook.lock

# The same packages without torch, for who only reads runs (decision 22).
dashboard-wheel:
	$(PYTHON) deploy/dashboard_wheel.py dist

# Asks the registries for the digests of the images that the containers are built from.
digests:
	$(PYTHON) deploy/digests.py

messages:
	PYTHONPATH=. $(PYTHON) scripts/messages.py
