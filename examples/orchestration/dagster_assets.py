"""A Dagster asset, the run, and a check of it, the gate.

    AUDIT_CONFIG=audit.toml AUDIT_RUN=runs/nightly \\
        dagster dev -f examples/orchestration/dagster_assets.py
"""

import json
import os
import subprocess

from dagster import AssetCheckResult, Definitions, MaterializeResult, asset, asset_check

CONFIG, RUN = os.environ["AUDIT_CONFIG"], os.environ["AUDIT_RUN"]


def auditor(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["auditor", *arguments, "--json"], check=False, capture_output=True, text=True
    )


@asset
def audit_run() -> MaterializeResult:
    """What is done of a stopped audit is kept: another materialisation goes on with it."""
    done = auditor("run", CONFIG, "--out", RUN, "--resume")
    if done.returncode:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr}")
    told = json.loads(done.stdout)
    return MaterializeResult(metadata={"run": RUN, "summary": json.dumps(told)})


@asset_check(asset=audit_run)
def no_class_is_confirmed() -> AssetCheckResult:
    """Exit code 0: the gate holds; 1: it fails; anything else is an error of the check."""
    done = auditor("gate", RUN, "--max-confirmed", "0")
    if done.returncode not in (0, 1):
        raise RuntimeError(f"exit {done.returncode}: {done.stderr}")
    return AssetCheckResult(passed=done.returncode == 0, metadata={"gate": done.stdout})


definitions = Definitions(assets=[audit_run], asset_checks=[no_class_is_confirmed])
