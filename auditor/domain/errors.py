"""The one error tree. Every message says what was expected, what was got, and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class AuditorError(Exception):
    """Any failure that the user can fix.

    Args:
        problem: one short sentence.
        expected: what would have been right.
        got: what was found instead.
        remedy: what to do about it.
        code: stable id of the fault, such as `run.unknown_case`, for programs and tests: sentences
            may be improved, codes stay.
    """

    exit_code = 2

    def __init__(
        self, problem: str, *, expected: str, got: str, remedy: str, code: str = ""
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected
        self.got = got
        self.remedy = remedy
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors of other processes keep their attributes when they are pickled."""
        return _again, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        return (
            f"{self.problem}\n"
            f"  expected: {self.expected}\n"
            f"  got:      {self.got}\n"
            f"  remedy:   {self.remedy}"
        )


def _again(kind: type[AuditorError], args: tuple[Any, ...], state: dict[str, Any]) -> AuditorError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ConfigError(AuditorError):
    """The configuration is wrong; `faults` holds every fault, not only the first."""

    def __init__(self, faults: Sequence[str], *, source: str) -> None:
        self.faults = tuple(faults)
        listed = "\n    ".join(self.faults)
        super().__init__(
            f"The configuration has {len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}.",
            expected="a configuration as `auditor run --print-config` writes it",
            got=f"in {source}:\n    {listed}",
            remedy="fix the lines listed above; nothing was written",
            code="config.faults",
        )


class DataError(AuditorError):
    """The dataset cannot be read as a whole (single unreadable images are skipped instead)."""


class ModelError(AuditorError):
    """The network cannot be built, loaded or explained."""


class RunError(AuditorError):
    """A run folder is missing, incomplete, already there, or of another schema."""


class ScheduleError(AuditorError):
    """A schedule is wrong, missing, already there, or busy."""


class NotificationError(AuditorError):
    """A message could not be delivered. It never makes an audit fail.

    Args:
        again: whether a later try may succeed.
    """

    def __init__(
        self,
        problem: str,
        *,
        expected: str,
        got: str,
        remedy: str,
        code: str = "",
        again: bool = False,
    ) -> None:
        super().__init__(problem, expected=expected, got=got, remedy=remedy, code=code)
        self.again = again


class AuditInterrupted(AuditorError):  # noqa: N818 - no error of anybody: it can go on
    """An audit stopped part-way; what is done is kept and `--resume` goes on."""

    exit_code = 3
