"""What every page starts from: the run that is looked at and what reviewers said about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

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
        hidden = self.hidden_flags() if self.blind_left else None
        return run_access.cases(self.run, self.decided, name, self.assigned.to(name), hidden)

    @property
    def settles(self) -> bool:
        """Whether the reader's word may settle what reviewers differ on."""
        return not self.readonly and (
            self.person.may(Role.ADMIN) or self.assigned.settles(self.person.name)
        )

    @property
    def decides_blind(self) -> bool:
        """Whether any case may be `hidden`: what cards tell then depends on who looks."""
        assigned = self.assigned.blind.get(person_id(self.person.name))
        return not self.readonly and (self.blind or assigned is not None)

    def is_blind(self, rank: int) -> bool:
        """Whether the reader is to decide the case before verdict and others' decisions show."""
        asked = self.blind or self.assigned.is_blind(self.person.name, rank)
        return asked and not self.readonly

    def hidden(self, rank: int) -> bool:
        """Whether verdict and others' decisions are kept from the reader, who decides the case
        blind and has not decided it yet."""
        return self.is_blind(rank) and not self.decided.of(self.person.name)[rank]

    @cached_property
    def blind_left(self) -> int:
        """How many cases are `hidden`."""
        return int(np.count_nonzero(self.hidden_flags())) if self.decides_blind else 0

    def hidden_flags(self) -> NDArray[np.bool_]:
        """(cases,) by rank: `hidden`."""
        name = self.person.name
        if not self.decides_blind:
            return np.zeros(len(self.decided.codes), dtype=bool)
        dealt = self.assigned.blind.get(person_id(name))
        asked = np.ones_like(self.decided.differs) if self.blind or dealt is None else dealt
        found: NDArray[np.bool_] = asked & (self.decided.of(name) == 0)
        return found

    def hidden_among(self, case_ids: Iterable[str]) -> frozenset[str]:
        """Those of these cases that are `hidden`."""
        if not self.blind_left:
            return frozenset()
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
    return about(run_access.run_named(catalog, state.run_name(catalog.names())), catalog, person)


def about(run: Run, catalog: RunCatalog, person: Person) -> Context:
    """The context of any run of the catalog."""
    store = connections.store(catalog.folder)
    if isinstance(store, AuditorError):
        return Context(catalog, run, store, run_access.undecided(run), person)
    try:
        decided = run_access.decided(store, catalog.folder, run)
        assigned = assignments.assigned(catalog.folder, run)
    except AuditorError as error:
        return Context(catalog, run, error, run_access.undecided(run), person)
    return Context(catalog, run, store, decided, person, assigned, state.blind())
