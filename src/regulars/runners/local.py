"""The local runner: buckets in threads of this process, within a bound of memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from regulars.engine.fold import Plan
from regulars.engine.parameters import Parameters
from regulars.runners.buckets import BucketMap, ThreadMap
from regulars.runners.course import Course
from regulars.runners.keeping import InMemory, Keeper, OnDisk
from regulars.runners.memory import Allotment, Load, allot, give_back_at_once
from regulars.runners.pool import Progress, default_threads
from regulars.runners.population import Population, Sink
from regulars.runners.source import FactSource
from regulars.runners.steps import Assigned, AssignStep
from regulars.staging import TEMPORARY, scratch, sweep


@dataclass(frozen=True)
class LocalRunner:
    """Runs the engine over a fact source on this machine; ``models`` adds the forecasts, ``tracks`` the
    columns by which bars of past periods are opened (engine/tracks.py).

    ``memory`` (bytes) bounds what the process takes, None: what the machine can spare; ``folder`` is where states wait
    that find no room, None: that for temporary files. Neither these nor the threads decide any figure.
    """

    source: FactSource
    parameters: Parameters
    as_of: int
    digits: int = 2
    models: bool = False
    threads: int = field(default_factory=default_threads)
    progress: Progress | None = None
    memory: int | None = None
    folder: Path | None = None
    tracks: bool = False

    @property
    def map(self) -> BucketMap:
        return ThreadMap(self._allotment.threads, self.progress, self._allotment.batch)

    @cached_property
    def _allotment(self) -> Allotment:
        source = self.source
        load = Load(source.orders, source.customers, len(source.buckets), self.models)
        return allot(load, self.threads, self.memory)

    def run(self, customers: Sink, spells: Sink | None = None, *, contacts: int = 0) -> Population:
        """Compute everything; ``customers`` and ``spells`` receive their tables bucket by bucket, in bucket order."""
        with ExitStack() as stack:
            keeper: Keeper = InMemory()
            if self.memory is not None:
                give_back_at_once()
            if self._allotment.spill:
                home = self.folder if self.folder is not None else Path(tempfile.gettempdir())
                sweep(home, TEMPORARY)
                keeper = OnDisk(stack.enter_context(scratch(home, TEMPORARY)))
            workshop = _Threads(self.map, keeper)
            course = Course(
                self.source, self.parameters, self.as_of, self.digits, self.models, workshop, self.progress, self.tracks
            )
            return course.run(customers, spells, contacts=contacts)


@dataclass(frozen=True)
class _Threads:
    map: BucketMap
    kept: Keeper

    def keeper(self, source: FactSource, plan: Plan, *, with_spells: bool, models: bool) -> Keeper:
        return self.kept

    def assigned(self, step: AssignStep, groups: Sequence[Sequence[int]]) -> Iterator[Assigned]:
        return self.map.each("assign", step, [bucket for group in groups for bucket in group])
