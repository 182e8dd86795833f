# syntax=docker/dockerfile:1@sha256:ecfaec9ed6d810b56388c508f4121597bfbba70d41a6dfeee4d8cad5f295fc32
# Targets: `audit` (the default), `dashboard` (reads runs: no torch, no GPU), `notebook`.
# A GPU is used where there is one (--gpus all). For a machine without:
#   --build-arg BASE=debian:bookworm-slim@sha256:88200866dfff7ea7f5cbcb6ec7c8a701889efe6fe859fe64d6990e4b07ea4171 \
#   --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cpu
# Nothing but /tmp and /audits/runs is written to: --read-only --tmpfs /tmp. See docs/container.md.
ARG BASE=nvidia/cuda:12.8.1-runtime-ubuntu24.04@sha256:ebef3c171eeef0298e4eb2e4be843105edf3b8b0ac45e0b43acee358e8046867
ARG DASHBOARD_BASE=debian:bookworm-slim@sha256:88200866dfff7ea7f5cbcb6ec7c8a701889efe6fe859fe64d6990e4b07ea4171


FROM ${DASHBOARD_BASE} AS dashboard

SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 auditor \
    && install -d -o 10001 -g 10001 /audits /audits/runs \
    && python3 -m venv /opt/auditor

ENV PATH=/opt/auditor/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp/cache

COPY deploy/dashboard.lock /src/
RUN pip install --no-cache-dir --require-hashes --no-deps -r /src/dashboard.lock && pip check
COPY deploy/sbom.py deploy/sbom.cdx.json /src/deploy/
COPY pyproject.toml README.md LICENSE NOTICE /src/
COPY auditor /src/auditor
COPY dashboard /src/dashboard
COPY sample_data /src/sample_data
RUN pip install --no-cache-dir --no-deps --no-build-isolation /src \
    && python /src/deploy/sbom.py --installed > /opt/auditor/sbom.cdx.json

USER 10001
WORKDIR /audits
VOLUME /audits/runs
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

# Runs are for this user and its group (0750, 0640), the reviews' database for this user (0600).
ENTRYPOINT ["/bin/sh", "-c", "umask 027; exec auditor \"$@\"", "auditor"]
# Without team mode (docs/team.md) the address that the log shows carries a token.
CMD ["dashboard", "runs", "--address", "0.0.0.0", "--exposed"]


FROM ${BASE} AS command

SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# torch's own wheels carry CUDA; the CUDA base brings what the driver's hook expects of a container.
# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 auditor \
    && install -d -o 10001 -g 10001 /audits /audits/runs \
    && python3 -m venv /opt/auditor

ENV PATH=/opt/auditor/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp/cache \
    CUDA_CACHE_PATH=/tmp/cuda \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility

ARG TORCH_INDEX=
COPY requirements.lock deploy/torch.lock deploy/audit.lock /src/
# Another index has other builds of these two than the lock knows, and nothing else that is needed.
RUN if [ -z "${TORCH_INDEX}" ]; then \
        pip install --no-cache-dir --require-hashes --no-deps -r /src/torch.lock; \
    else \
        pip install --no-cache-dir --no-deps -c /src/requirements.lock \
            --index-url "${TORCH_INDEX}" torch torchvision; \
    fi
RUN pip install --no-cache-dir --require-hashes --no-deps -r /src/audit.lock && pip check
# Extras besides those of the lock are installed by version, without hashes.
ARG EXTRAS=
COPY deploy/sbom.py deploy/sbom.cdx.json /src/deploy/
COPY pyproject.toml README.md LICENSE NOTICE /src/
COPY auditor /src/auditor
COPY dashboard /src/dashboard
COPY sample_data /src/sample_data
RUN pip install --no-cache-dir --no-deps --no-build-isolation /src \
    && if [ -n "${EXTRAS}" ]; then \
        pip install --no-cache-dir -c /src/requirements.lock "/src[${EXTRAS}]"; fi \
    && python /src/deploy/sbom.py --installed > /opt/auditor/sbom.cdx.json

WORKDIR /audits
VOLUME /audits/runs
EXPOSE 8501


FROM command AS notebook

COPY deploy/notebook.lock /src/
RUN pip install --no-cache-dir --require-hashes --no-deps -r /src/notebook.lock && pip check \
    && ln -s /src/sample_data /audits/sample_data
COPY examples/notebooks /audits/examples/notebooks
USER 10001
EXPOSE 8888
ENV JUPYTER_CONFIG_DIR=/tmp/jupyter \
    JUPYTER_DATA_DIR=/tmp/jupyter-data \
    IPYTHONDIR=/tmp/ipython
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8888/api', timeout=4)"]
ENTRYPOINT ["/bin/sh", "-c", "umask 027; exec jupyter lab --ip=0.0.0.0 --no-browser \"$@\"", "jupyter"]


FROM command AS audit

USER 10001
# An audit ends and leaves an exit code; what is long-lived is the scheduler, and its database is
# what can fail. The dashboard's check is in its own target.
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 \
    CMD ["auditor", "schedule", "list", "--quiet"]
ENTRYPOINT ["/bin/sh", "-c", "umask 027; exec auditor \"$@\"", "auditor"]
CMD ["--help"]
