"""The command line: `auditor`, `python -m auditor`. Commands, messages and exit codes only."""

from __future__ import annotations


def main() -> None:
    """Run the command that argv names; never returns."""
    from auditor.light_imports import import_without_compiler
    from auditor.threads import choose_threads

    choose_threads()  # before anything loads a numeric library
    import_without_compiler()  # before anything loads torchvision

    from auditor.cli.app import run_command_line

    run_command_line()
