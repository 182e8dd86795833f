"""What every page starts from: the run that is looked at and what reviewers said about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auditor.domain.errors import AuditorError
from auditor.reviews.events import person_id
from auditor.reviews.store import ReviewStore
from auditor.storage.run import Run
from dashboard import launch
from dashboard.runs import access as run_access
from dashboard.runs import assignments, connections
from dashboard.runs.access import RunCatalog
from dashboard.runs.assigned import Assigned
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
        assigned: whose cases these are.
        blind: whether the reader asked to decide blind.
    """

    catalog: RunCatalog
    run: Run
    store: ReviewStore | AuditorError
    decided: Decided
    person: Person
    assigned: Assigned = field(default_factory=Assigned)
    blind: bool = False

    @property
    def readonly(self) -> bool:
        """Whether nothing can be decided: no database, or not the role."""
        return isinstance(self.store, AuditorError) or not self.person.may(Role.REVIEWER)

    def cases(self) -> Cases:
        """The run's cases with the reviews as they are now."""
        name = self.person.name
        return run_access.cases(self.run, self.decided, name, self.assigned.to(name))

    @property
    def settles(self) -> bool:
        """Whether the reader's word may settle what reviewers differ on."""
        return not self.readonly and (
            self.person.may(Role.ADMIN) or self.assigned.settles(self.person.name)
        )

    @property
    def decides_blind(self) -> bool:
        """Whether any case may be `hidden`: what cards tell then hangs on who looks."""
        assigned = self.assigned.blind.get(person_id(self.person.name))
        return not self.readonly and (self.blind or assigned is not None)

    def hidden(self, rank: int) -> bool:
        """Whether verdict and others' decisions are kept from the reader, who decides the case
        blind and has not decided it yet."""
        name = self.person.name
        asked = self.blind or self.assigned.is_blind(name, rank)
        return asked and not self.readonly and not self.decided.of(name)[rank]

    def hidden_flags(self) -> NDArray[np.bool_]:
        """(cases,) by rank: `hidden`."""
        name = self.person.name
        if not self.decides_blind:
            return np.zeros(len(self.decided.codes), dtype=bool)
        blind = self.assigned.blind.get(person_id(name))
        asked = np.ones_like(self.decided.differs) if self.blind or blind is None else blind
        found: NDArray[np.bool_] = asked & (self.decided.of(name) == 0)
        return found

    def hidden_among(self, case_ids: Iterable[str]) -> frozenset[str]:
        """Those of these cases that are `hidden`."""
        places = run_access.ranking(self.run).places(case_ids)
        return frozenset(case for case, rank in places.items() if self.hidden(rank))

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
    store = connections.store(catalog.folder)
    if isinstance(store, AuditorError):
        return Context(catalog, run, store, run_access.undecided(run), person)
    try:
        decided = run_access.decided(store, catalog.folder, run)
        assigned = assignments.assigned(catalog.folder, run)
    except AuditorError as error:
        return Context(catalog, run, error, run_access.undecided(run), person)
    return Context(catalog, run, store, decided, person, assigned, state.blind())
