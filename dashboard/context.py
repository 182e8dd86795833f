"""What every page starts from: the run that is looked at and what reviewers said about it."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.errors import AuditorError
from auditor.reviews.store import ReviewStore
from auditor.storage.run import Run
from dashboard import access, launch, run_access, state
from dashboard.access import Person
from dashboard.queries import Cases
from dashboard.ranks import Decided
from dashboard.roles import Role
from dashboard.run_access import Shelf


@dataclass(frozen=True)
class Context:
    """One rerun's view of the world.

    Attributes:
        shelf: the runs there are.
        run: the one in the URL.
        store: the reviews' database, or why there is none.
        decided: what reviewers said of its cases.
        person: who looks.
    """

    shelf: Shelf
    run: Run
    store: ReviewStore | AuditorError
    decided: Decided
    person: Person

    @property
    def readonly(self) -> bool:
        """Whether nothing can be decided: no database, or not the role."""
        return isinstance(self.store, AuditorError) or not self.person.may(Role.REVIEWER)

    def cases(self) -> Cases:
        """The run's cases with the reviews as they are now."""
        return run_access.cases(self.run, self.decided)

    def version(self) -> tuple[str, int]:
        """Changes when another run is looked at, or this one was made anew."""
        return self.run.name, run_access.stamp(self.run.path)


def current() -> Context:
    """The context of the run that the sidebar shows.

    Raises:
        AuditorError: whoever looks may not, or the run cannot be read.
    """
    person = access.looker()
    shelf = run_access.shelf(launch.runs_folder())
    run = run_access.run_named(shelf, state.run_name(shelf.names()))
    store = run_access.store(shelf.folder)
    if isinstance(store, AuditorError):
        return Context(shelf, run, store, run_access.undecided(run), person)
    try:
        decided = run_access.decided(store, shelf.folder, run)
    except AuditorError as error:
        return Context(shelf, run, error, run_access.undecided(run), person)
    return Context(shelf, run, store, decided, person)
