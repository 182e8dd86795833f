"""What every page starts from: the run that is looked at and what reviewers said about it."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.errors import AuditorError
from auditor.reviews.store import ReviewStore
from auditor.storage.run import Run
from dashboard import launch
from dashboard.runs import access as run_access
from dashboard.runs.access import RunCatalog
from dashboard.runs.queries import Cases
from dashboard.runs.ranks import Decided
from dashboard.session import access, state
from dashboard.session.access import Person
from dashboard.session.roles import Role


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

    catalog: RunCatalog
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
    catalog = run_access.catalog(launch.runs_folder())
    run = run_access.run_named(catalog, state.run_name(catalog.names()))
    store = run_access.store(catalog.folder)
    if isinstance(store, AuditorError):
        return Context(catalog, run, store, run_access.undecided(run), person)
    try:
        decided = run_access.decided(store, catalog.folder, run)
    except AuditorError as error:
        return Context(catalog, run, error, run_access.undecided(run), person)
    return Context(catalog, run, store, decided, person)
