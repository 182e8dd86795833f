"""What every page starts from: the run that is looked at and what reviewers said about it."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.errors import AuditorError
from auditor.reviews.events import Review
from auditor.reviews.store import ReviewStore
from auditor.storage.run import Run
from dashboard import access, launch, run_access, state
from dashboard.access import Person
from dashboard.queries import Cases
from dashboard.roles import Role
from dashboard.run_access import Shelf


@dataclass(frozen=True)
class Context:
    """One rerun's view of the world.

    Attributes:
        shelf: the runs there are.
        run: the one in the URL.
        store: the reviews' database, or why there is none.
        reviews: case_id -> what stands.
        person: who looks.
    """

    shelf: Shelf
    run: Run
    store: ReviewStore | AuditorError
    reviews: dict[str, Review]
    person: Person

    @property
    def readonly(self) -> bool:
        """Whether nothing can be decided: no database, or not the role."""
        return isinstance(self.store, AuditorError) or not self.person.may(Role.REVIEWER)

    def decisions(self) -> dict[str, str]:
        """case_id -> latest decision."""
        return {case: review.decision.value for case, review in self.reviews.items()}

    def cases(self) -> Cases:
        """The run's cases with the reviews as they are now."""
        return run_access.cases(self.run, self.decisions())

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
        return Context(shelf, run, store, {}, person)
    try:
        reviews = run_access.latest(store, shelf.folder, run.name)
    except AuditorError as error:
        return Context(shelf, run, error, {}, person)
    return Context(shelf, run, store, reviews, person)
