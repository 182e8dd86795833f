"""From the right to run an audit to its line in the history: run, judge, tell, tidy up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditor.comparison import Comparison, compare
from auditor.config import AuditConfig, NotifySection
from auditor.domain.errors import AuditorError, ConfigError, RunError
from auditor.ports import Clock
from auditor.reviews.store import open_store
from auditor.schedule.changes import FAILED, changes, word
from auditor.schedule.gating import baseline_name, gate_outcome
from auditor.schedule.leases import Claim, Leases
from auditor.schedule.notices import gate_lines, headline_of, notice, tell
from auditor.schedule.repairing import repaired_words
from auditor.schedule.retention import delete_run, surplus
from auditor.schedule.running import PART_WAY, Ended, LeaseLost, Runner
from auditor.schedule.store import ScheduleStore
from auditor.schedule.values import Outcome, Schedule, ScheduledAudit
from auditor.storage.run import Run, open_run

ATTEMPTS = 3
"""An audit that outlives no scheduler is given up."""
GATE_FAILS = 1


@dataclass(frozen=True)
class ScheduleWorker:
    """One process that works on audits, one at a time.

    Attributes:
        store: the schedules and their history.
        leases: of this process.
        clock: tells the time and waits between deliveries.
        environment: holds mail servers and secrets.
        runner: starts audits.
        say: takes a line for the person who watches.
    """

    store: ScheduleStore
    leases: Leases
    clock: Clock
    environment: Mapping[str, str] = field(repr=False)
    runner: Runner = field(default_factory=Runner)
    say: Callable[[str], None] = lambda _line: None

    def work(self, claim: Claim) -> Outcome | None:
        """Bring a claimed audit to its end; None if another process took it over.

        Whatever stops this process (KeyboardInterrupt too) leaves the audit for the next one,
        with what is done of it.
        """
        audit = claim.audit
        again = f", attempt {audit.attempts}" if audit.attempts > 1 else ""
        self.say(f"{audit.schedule}: audit due {audit.due:%Y-%m-%d %H:%M} UTC{again}: {audit.run}")
        try:
            outcome = self._told(claim, self._audited(claim))
        except LeaseLost:
            self.say(f"{audit.schedule}: another process has taken it over")
            return None
        except KeyboardInterrupt:
            with suppress(AuditorError):
                self.leases.release(claim)
            raise
        if not self.leases.finish(claim, outcome, self.clock.now()):
            self.say(f"{audit.schedule}: another process has taken it over")
            return None
        self.say("\n  ".join([f"{audit.schedule}: {outcome.message}", *outcome.notified]))
        self._tidy(claim.schedule)
        return outcome

    def _audited(self, claim: Claim) -> Outcome:
        audit, schedule = claim.audit, claim.schedule
        if audit.attempts > ATTEMPTS:
            lost = f"given up: {ATTEMPTS} processes died or were stopped while it ran"
            return Outcome(None, message=lost)
        out = self.store.runs / audit.run
        ended = self.runner.run(
            schedule.config,
            out,
            schedule.folder,
            renew=lambda: self._renewed(claim),
            timeout=schedule.timeout,
        )
        if ended.code != 0:
            return Outcome(ended.code, message=_failure(ended))
        try:
            run = open_run(out)
        except RunError as error:
            return Outcome(PART_WAY, message=str(error))
        repaired = repaired_words(schedule, run, self.runner, renew=lambda: self._renewed(claim))
        return replace(self._gated(schedule, run), repaired=repaired)

    def _gated(self, schedule: Schedule, run: Run) -> Outcome:
        judged = gate_outcome(schedule, run, self._previous(schedule.name))
        if judged is None:
            return Outcome(0, summary=run.summary)
        holds, failures = judged
        return Outcome(
            0 if holds else GATE_FAILS,
            gate=holds,
            gate_failures=tuple(failures),
            summary=run.summary,
        )

    def _previous(self, name: str) -> Path | None:
        """Where the last finished run of a schedule is or was."""
        whole = [a for a in self.store.history(name) if a.outcome and a.outcome.summary]
        return self.store.runs / whole[-1].run if whole else None

    def _told(self, claim: Claim, outcome: Outcome) -> Outcome:
        past = [a for a in self.store.history(claim.schedule.name) if a.outcome]
        whole = [a for a in past if a.outcome and a.outcome.summary]
        changed = changes(
            past[-1].outcome if past else None,
            whole[-1].outcome if whole else None,
            outcome,
            self._compared(claim) if outcome.summary else None,
        )
        if not outcome.message:
            words = [headline_of(outcome, changed), *changed.lines(), *gate_lines(outcome)]
            words += [outcome.repaired] if outcome.repaired else []
            outcome = replace(outcome, message="; ".join(words))
        request = _notifications(claim.schedule)
        if not request.targets:
            return outcome
        if not (changed.any or request.on == "always" or word(outcome) == FAILED):
            return replace(outcome, notified=("nobody told: nothing changed",))
        if not self._renewed(claim):
            raise LeaseLost
        message = notice(claim.audit, outcome, changed, now=self.clock.now())
        told = tell(message, request.targets, environment=self.environment, clock=self.clock)
        return replace(outcome, notified=told)

    def _compared(self, claim: Claim) -> Comparison | None:
        """None where the older run is not there any more, or is of another task or version."""
        previous = self._previous(claim.schedule.name)
        if previous is None:
            return None
        try:
            return compare(open_run(previous), open_run(self.store.runs / claim.audit.run))
        except RunError as error:
            name = claim.schedule.name
            self.say(f"{name}: not compared with {previous.name}: {error.problem} {error.got}")
            return None

    def _renewed(self, claim: Claim) -> bool:
        return self.leases.renew(claim, self.clock.now())

    def _tidy(self, schedule: Schedule) -> None:
        """Retention; what goes wrong here is said and changes nothing else."""
        if schedule.keep is None:
            return
        old = surplus(self.store.history(schedule.name), schedule.keep)
        if not old:
            return
        try:
            held = self._held(old)
        except AuditorError as error:
            self.say(f"{schedule.name}: no run was deleted: {error.problem}")
            return
        for audit in old:
            why = delete_run(self.store.runs, audit.run, held=held)
            if why is None:
                self.store.note_removed(audit, now=self.clock.now())
            done = f"kept {audit.run}: {why}" if why else f"deleted {audit.run}"
            self.say(f"{schedule.name}: {done}")

    def _held(self, old: Sequence[ScheduledAudit]) -> dict[str, str]:
        """Runs that must stay: people have worked on them, or gates are held against them."""
        reviews = open_store(self.store.runs)
        held = {a.run: "it has reviews" for a in old if reviews.events(a.run)}
        reviews.close()
        baselines = {baseline_name(schedule) for schedule in self.store.all()}
        return held | {a.run: "it is a baseline" for a in old if a.run in baselines}


def _notifications(schedule: Schedule) -> NotifySection:
    """Who is told and when: the schedule's own words before those of the file."""
    try:
        given = AuditConfig.load(schedule.config).notify
    except ConfigError:
        given = NotifySection()
    return NotifySection(
        targets=schedule.notify or given.targets, on=schedule.notify_on or given.on
    )


def _failure(ended: Ended) -> str:
    how = f"stopped by signal {-ended.code}" if ended.code < 0 else f"exit code {ended.code}"
    return f"the audit failed ({how})" + (f": {ended.said}" if ended.said else "")
