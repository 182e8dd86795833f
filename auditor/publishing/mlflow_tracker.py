"""MLflow: metrics, tags and artefacts of one MLflow run. Extra `mlflow`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from auditor.domain.errors import AuditorError
from auditor.publishing.tracker import Tracker

_NOT_IN_NAMES: Final = re.compile(r"[^\w\-. :/]")
MOST_NAME: Final = 250
MOST_TEXT: Final = 5000
ARTEFACTS: Final = "shortcut-audit"


class MlflowTracker:
    """One active run of an MLflow client; where it is stored is MLflow's own configuration."""

    def __init__(self, client: Any, run_id: str) -> None:
        self._client, self._run_id = client, run_id

    def numbers(self, values: Mapping[str, float]) -> None:
        """As metrics; letters that MLflow refuses in names become `_`."""
        for name, value in values.items():
            self._client.log_metric(self._run_id, _name(name), value)

    def facts(self, values: Mapping[str, str]) -> None:
        """As tags."""
        for name, value in values.items():
            self._client.set_tag(self._run_id, _name(name), value[:MOST_TEXT])

    def files(self, folder: Path) -> None:
        """As artefacts below `shortcut-audit`."""
        self._client.log_artifacts(self._run_id, str(folder), ARTEFACTS)

    def close(self) -> str:
        """Ends the MLflow run."""
        self._client.set_terminated(self._run_id)
        return f"MLflow run {self._run_id}"


def open_mlflow(name: str, experiment: str | None) -> Tracker:
    """A new MLflow run; `MLFLOW_TRACKING_URI` says where, as for any MLflow client.

    Raises:
        AuditorError: MLflow is not installed, or its store refuses.
    """
    try:
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
    except ImportError as error:
        raise AuditorError(
            "MLflow is not installed.",
            code="extra.mlflow",
            expected="the extra `mlflow`",
            got=str(error),
            remedy="pip install 'shortcut-auditor[mlflow]'",
        ) from None
    try:
        client = MlflowClient()
        made = client.create_run(_experiment(client, experiment), run_name=name)
    except (MlflowException, OSError) as error:
        raise AuditorError(
            "MLflow refused the run.",
            code="tracker.refused",
            expected="a tracking store that answers, named by MLFLOW_TRACKING_URI",
            got=str(error),
            remedy="see that the address is right; sqlite:///mlflow.db keeps runs in a file",
        ) from None
    return MlflowTracker(client, made.info.run_id)


def _experiment(client: Any, name: str | None) -> str:
    if name is None:
        return "0"
    found = client.get_experiment_by_name(name)
    return str(client.create_experiment(name) if found is None else found.experiment_id)


def _name(name: str) -> str:
    return _NOT_IN_NAMES.sub("_", name)[:MOST_NAME]
