"""An Airflow DAG: an audit every night, then the gate. Put it into the folder of DAGs."""

import pendulum
from airflow.sdk import dag, task


@dag(schedule="0 2 * * *", start_date=pendulum.datetime(2026, 1, 1, tz="UTC"), catchup=False)
def shortcut_audit() -> None:
    @task.bash(retries=2)
    def audit() -> str:
        """What is done of a stopped audit is kept: a retry goes on with it."""
        return "auditor run /data/audit.toml --out /data/runs/{{ ds }} --resume"

    @task.bash
    def gate() -> str:
        """Exit code 1, and so a failed task, where the gate does not hold."""
        return "auditor gate /data/runs/{{ ds }} --max-confirmed 0"

    audit() >> gate()


shortcut_audit()
