# syntax=docker/dockerfile:1
# GPU by default; for a machine without one: --build-arg BASE=debian:bookworm-slim
# torch's own wheels carry CUDA; the CUDA base brings what the driver's hook expects of a container.
ARG BASE=nvidia/cuda:12.8.1-runtime-ubuntu24.04
FROM ${BASE}

SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 auditor

ENV PATH=/opt/auditor/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility

WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY auditor auditor
COPY dashboard dashboard
COPY sample_data sample_data
RUN python3 -m venv /opt/auditor \
    && pip install --no-cache-dir . \
    && rm -rf /src/*

USER 10001
WORKDIR /home/auditor
VOLUME /home/auditor/runs
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

ENTRYPOINT ["auditor"]
CMD ["dashboard", "runs", "--address", "0.0.0.0"]
