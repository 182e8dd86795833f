"""Words for what no command foresaw: the system's own limits, and a fault of the program."""

from __future__ import annotations

from auditor.domain.errors import AuditorError


def words_for(error: Exception) -> tuple[str, int]:
    """What happened, with expected, got and remedy, and the exit code."""
    match error:
        case OSError(filename=name, strerror=why) if why:
            return _words(
                "The system refused a file or a connection.",
                expected="files and folders that can be read and written, with room on the disk",
                got=f"{why}: {name}" if name else why,
                remedy="see to permissions, space and the path; an audit goes on with --resume",
                code=AuditorError.exit_code,
            )
        case MemoryError():
            return _words(
                "The memory does not suffice.",
                expected="enough memory for the command",
                got=str(error) or "none was left",
                remedy="lower --batch-size and --workers, or give it more memory; an audit goes on "
                "with --resume",
                code=STOPPED,
            )
        case RecursionError() | UnicodeError():
            return _words(
                "The input cannot be understood.",
                expected="text and nesting as people and programs write them",
                got=f"{type(error).__name__}: {error}",
                remedy="look at the file that was named last, or run again with --debug",
                code=AuditorError.exit_code,
            )
    return _words(
        "The program met a fault of its own.",
        expected="the command to finish or to say what is wrong with its input",
        got=f"{type(error).__name__}: {error}",
        remedy="run it again with --debug and report the traceback",
        code=STOPPED,
    )


STOPPED = 3


def _words(problem: str, *, expected: str, got: str, remedy: str, code: int) -> tuple[str, int]:
    return str(AuditorError(problem, expected=expected, got=got, remedy=remedy)), code
