"""What a bucket leaves between the steps of a run, and where it waits: in memory, on disk, or nowhere.

State decides nothing: computed again it is the same. So a runner may hold it, write it down, or fold the bucket anew.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from regulars.engine.fold import BucketState, Plan, fold_bucket
from regulars.runners.footing import Footing, footing_of
from regulars.runners.source import FactSource


@dataclass(frozen=True)
class Kept:
    """State of one bucket at the as-of day; ``footing`` only where models are wanted."""

    state: BucketState
    footing: Footing | None


class Keeper(Protocol):
    """Where kept states wait."""

    def put(self, bucket: int, kept: Kept) -> None: ...

    def get(self, bucket: int) -> Kept:
        """What was put for the bucket."""
        ...

    def take(self, bucket: int) -> Kept:
        """The same for the last time: its room is free afterwards."""
        ...


class InMemory:
    """Keeps states in memory: the fastest, as long as there is room."""

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}

    def put(self, bucket: int, kept: Kept) -> None:
        self._kept[bucket] = kept

    def get(self, bucket: int) -> Kept:
        return self._kept[bucket]

    def take(self, bucket: int) -> Kept:
        return self._kept.pop(bucket)


@dataclass(frozen=True)
class OnDisk:
    """Keeps states in files of a folder that belongs to the run."""

    folder: Path

    def put(self, bucket: int, kept: Kept) -> None:
        parts: list[BucketState | Footing] = [kept.state, *([kept.footing] if kept.footing is not None else [])]
        with open(self._path(bucket), "xb") as file:
            for array in (getattr(part, f.name) for part in parts for f in fields(part)):
                np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)

    def get(self, bucket: int) -> Kept:
        arrays: list[NDArray[Any]] = []
        with open(self._path(bucket), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            while file.tell() < size:
                arrays.append(np.lib.format.read_array(file, allow_pickle=False))
        state, footing = arrays[: len(fields(BucketState))], arrays[len(fields(BucketState)) :]
        return Kept(BucketState(*state), Footing(*footing) if footing else None)

    def take(self, bucket: int) -> Kept:
        kept = self.get(bucket)
        self._path(bucket).unlink()
        return kept

    def _path(self, bucket: int) -> Path:
        return self.folder / f"{bucket}.state"


@dataclass(frozen=True)
class Refolded:
    """Keeps nothing and folds again: nothing is lost with a worker, and no worker asks another for anything."""

    source: FactSource
    plan: Plan
    with_spells: bool
    models: bool

    def put(self, bucket: int, kept: Kept) -> None:
        """Nothing to do."""

    def get(self, bucket: int) -> Kept:
        facts = self.source.facts(bucket)
        state, _tally = fold_bucket(facts, self.plan, day_orders=self.with_spells)
        return Kept(state, footing_of(facts, self.plan) if self.models else None)

    def take(self, bucket: int) -> Kept:
        return self.get(bucket)
