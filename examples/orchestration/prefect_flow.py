"""A Prefect flow: audit a network, hold it to the gate, fail where the gate fails.

python examples/orchestration/prefect_flow.py audit.toml runs/nightly [runs/before]
"""

import json
import subprocess
import sys

from prefect import flow, task


def auditor(*arguments: str) -> str:
    """Run a command of the auditor; its errors are the task's."""
    done = subprocess.run(
        ["auditor", *arguments, "--json"], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout


@task(retries=2, retry_delay_seconds=60)
def audit(config: str, run: str) -> dict:
    """What is done of a stopped audit is kept: a retry goes on with it."""
    return json.loads(auditor("run", config, "--out", run, "--resume"))


@task
def gate(run: str, baseline: str | None = None) -> dict:
    against = ["--baseline", baseline] if baseline else []
    return json.loads(auditor("gate", run, "--max-confirmed", "0", *against))


@flow
def audit_and_gate(config: str, run: str, baseline: str | None = None) -> dict:
    audit(config, run)
    return gate(run, baseline)


if __name__ == "__main__":
    print(audit_and_gate(*sys.argv[1:]))
