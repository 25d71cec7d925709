"""Arrays for a whole sheet that worker threads fill piece by piece, so that nothing has to be copied together at
the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np


@dataclass
class Arena:
    """One array of ``size`` rows for every key that asks. Memory is only touched where it is written."""

    size: int
    _arrays: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def array(self, key: tuple[str, str], kind: type) -> np.ndarray:
        with self._lock:
            if key not in self._arrays:
                self._arrays[key] = np.empty(self.size, kind)
            return self._arrays[key]


@dataclass(frozen=True)
class Place:
    """Where the rows of a piece are expected to lie in the sheet's arrays; None in ``arena`` means arrays of its
    own."""

    arena: Arena | None
    first: int
    rows: int

    def new(self, field_name: str, part: str, kind: type) -> np.ndarray:
        """An array for the rows of the piece."""
        if self.arena is None:
            return np.empty(self.rows, kind)
        return self.arena.array((field_name, part), kind)[self.first : self.first + self.rows]


def joined_arrays(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The parts one after the other; without a copy where they already lie so in one array."""
    if len(parts) == 1:
        return parts[0]
    base = parts[0].base
    if base is not None and all(part.base is base for part in parts):
        size = base.itemsize
        begin = parts[0].__array_interface__["data"][0]
        at = begin
        for part in parts:
            if part.size and part.__array_interface__["data"][0] != at:
                break
            at += part.size * size
        else:
            first = (begin - base.__array_interface__["data"][0]) // size
            return base[first : first + sum(part.size for part in parts)]
    return np.concatenate(parts)
