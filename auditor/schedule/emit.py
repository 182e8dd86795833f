"""A schedule for somebody else's clock: crontab, systemd, Kubernetes."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.domain.errors import ScheduleError
from auditor.schedule.cron import Field
from auditor.schedule.leases import LEASE
from auditor.schedule.values import Schedule

WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
KUBERNETES_NAME = 52
"""A CronJob's name leaves room for what its jobs' names add."""
OWNER = 10001
"""the container's user"""


@dataclass(frozen=True)
class Machine:
    """Where the emitted schedule will run.

    Attributes:
        program: what `schedule once ...` is put behind.
        runs: absolute path of the folder of runs.
        image: container image.
        claim: name of the PersistentVolumeClaim that holds runs, data and models.
    """

    program: Sequence[str]
    runs: Path
    image: str
    claim: str


def crontab(schedule: Schedule, machine: Machine) -> str:
    """Two lines for `crontab -e`: the zone (cronie and others know CRON_TZ) and the job.

    Raises:
        ScheduleError: the cron line has what other schedulers do not know.
    """
    # To cron a % is the end of the command.
    command = shlex.join(_words(schedule, machine)).replace("%", r"\%")
    folder = shlex.quote(str(schedule.folder)).replace("%", r"\%")
    return (
        f"# shortcut-auditor: {schedule.name}\n"
        f"CRON_TZ={schedule.cron.timezone}\n"
        f"{_plain(schedule)} cd {folder} && {command}\n"
    )


def systemd(schedule: Schedule, machine: Machine) -> str:
    """A service and a timer, each behind a comment with its file name.

    Raises:
        ScheduleError: the cron line has what other schedulers do not know.
    """
    unit = f"auditor-{schedule.name}"
    calendar = "\n".join(f"OnCalendar={each}" for each in on_calendar(schedule))
    command = " ".join(_unit_word(word) for word in _words(schedule, machine))
    return f"""\
# {unit}.service
[Unit]
Description=Shortcut audit {schedule.name}

[Service]
Type=oneshot
WorkingDirectory={str(schedule.folder).replace("%", "%%")}
# Servers and secrets: AUDITOR_SMTP_URL, AUDITOR_WEBHOOK_SECRET, AUDITOR_DATABASE_URL...
EnvironmentFile=-/etc/shortcut-auditor.env
ExecStart={command}
# 1: the gate fails. The audit itself went well.
SuccessExitStatus=1

# {unit}.timer
[Unit]
Description=When the shortcut audit {schedule.name} runs

[Timer]
{calendar}
Persistent=true

[Install]
WantedBy=timers.target
"""


def kubernetes(schedule: Schedule, machine: Machine) -> str:
    """A CronJob. Runs, data and models are in one volume, mounted where they are here.

    Raises:
        ScheduleError: the cron line has what other schedulers do not know.
    """
    mounted = _common(schedule, machine)
    inside = schedule.folder.is_relative_to(mounted)
    folder = schedule.folder if inside else schedule.config.parent
    name = re.sub(r"[^a-z0-9-]+", "-", f"auditor-{schedule.name}".lower())
    # A pod that replaces a lost one has to wait until that one's lease has run out.
    wait = str(int(1.25 * LEASE.total_seconds()))
    arguments = ["schedule", "once", schedule.name, "--runs", str(machine.runs), "--wait", wait]
    return f"""\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {name[:KUBERNETES_NAME].rstrip("-")}
  labels: {{app.kubernetes.io/name: shortcut-auditor}}
spec:
  schedule: {json.dumps(_plain(schedule))}
  timeZone: {json.dumps(schedule.cron.timezone)}
  concurrencyPolicy: Forbid
  # A time missed by less than a day is made up for.
  startingDeadlineSeconds: 86400
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 2
      # 1: the gate fails, 2: bad input. Trying again changes neither.
      podFailurePolicy:
        rules:
          - action: FailJob
            onExitCodes: {{operator: In, values: [1, 2]}}
      template:
        spec:
          restartPolicy: Never
          automountServiceAccountToken: false
          securityContext:
            runAsUser: {OWNER}
            runAsNonRoot: true
            fsGroup: {OWNER}
            seccompProfile: {{type: RuntimeDefault}}
          containers:
            - name: auditor
              image: {json.dumps(machine.image)}
              workingDir: {json.dumps(str(folder))}
              args: {json.dumps(arguments)}
              envFrom:
                # AUDITOR_DATABASE_URL, AUDITOR_SMTP_URL, AUDITOR_WEBHOOK_SECRET...
                - secretRef: {{name: shortcut-auditor, optional: true}}
              securityContext:
                readOnlyRootFilesystem: true
                allowPrivilegeEscalation: false
                capabilities: {{drop: [ALL]}}
              resources:
                requests: {{cpu: "1", memory: 4Gi}}
              volumeMounts:
                - {{name: work, mountPath: {json.dumps(str(mounted))}}}
                - {{name: scratch, mountPath: /tmp}}
                # The processes that decode hand their batches on through shared memory.
                - {{name: shared-memory, mountPath: /dev/shm}}
          volumes:
            - name: work
              persistentVolumeClaim: {{claimName: {json.dumps(machine.claim)}}}
            - {{name: scratch, emptyDir: {{}}}}
            - {{name: shared-memory, emptyDir: {{medium: Memory, sizeLimit: 2Gi}}}}
"""


def on_calendar(schedule: Schedule) -> list[str]:
    """systemd's calendar expressions: two where either kind of day suffices, else one.

    Raises:
        ScheduleError: the cron line has what other schedulers do not know.
    """
    minute, hour, day, month, weekday = schedule.cron.fields
    time = f"{_joined(hour)}:{_joined(minute)}:00 {schedule.cron.timezone}"
    any_day = f"*-{_joined(month)}-* {time}"
    on_days = f"*-{_joined(month)}-{_joined(day)} {time}"
    names = "" if weekday is None else ",".join(WEEKDAYS[number] for number in weekday) + " "
    if day is not None and weekday is not None:
        return [on_days, f"{names}{any_day}"]
    return [f"{names}{on_days}"]


def _plain(schedule: Schedule) -> str:
    """The cron line as numbers and stars alone, which all crons read in the same way.

    To some a field that begins with a star (`*/2`) changes how days are joined.
    """
    return " ".join(_joined(field) for field in schedule.cron.fields)


def _joined(field: Field) -> str:
    return "*" if field is None else ",".join(map(str, field))


def _words(schedule: Schedule, machine: Machine) -> list[str]:
    return [*machine.program, "schedule", "once", schedule.name, "--runs", str(machine.runs)]


def _unit_word(word: str) -> str:
    """A word of ExecStart: systemd expands % and $, and reads quotes like C."""
    plain = word.replace("%", "%%").replace("$", "$$")
    return (
        plain if re.fullmatch(r"[\w@%+=:,./$-]+", plain) else json.dumps(plain, ensure_ascii=False)
    )


def _common(schedule: Schedule, machine: Machine) -> Path:
    """The smallest folder that holds the runs, the configuration and what a repair is trained on:
    what has to be mounted."""
    needed = [schedule.config]
    if schedule.repair is not None:
        needed += schedule.repair.paths
    for folder in (machine.runs, *machine.runs.parents):
        if all(path.is_relative_to(folder) for path in needed) and len(folder.parts) > 1:
            return folder
    raise ScheduleError(
        "Runs and configuration share no folder that could be mounted.",
        code="schedule.no_shared_folder",
        expected="both below one folder, as /audits/runs and /audits/audit.toml",
        got=f"{machine.runs} and {schedule.config}",
        remedy="move one of them, or write the manifest by hand from --format crontab",
    )
