"""Several sorted files of a bucket read as one: the largest as it is, the small tails sorted and merged into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.lake import faults, interleaving, kernels
from regulars.lake.parquet import Column

Int32 = npt.NDArray[np.int32]
Columns = Mapping[str, Column]


@dataclass(frozen=True)
class Run:
    """Rows of one file: ``position`` in the bucket, ``day``, and the other columns; ``name`` for messages."""

    name: str
    position: Int32
    day: Int32
    columns: Columns

    def take(self, index: npt.NDArray[Any]) -> Run:
        columns = {name: column.take(index) for name, column in self.columns.items()}
        return Run(self.name, self.position[index], self.day[index], columns)


def as_run(name: str, columns: Columns, buckets: int, bucket: int) -> Run:
    """Check what was read and put it in order when it is not. LakeError for keys of another bucket."""
    keys, days = columns["customer_key"].array(np.int32), columns["day"].array(np.int32)
    position, state = kernels.positions(keys, days, buckets, bucket)
    if state == kernels.FOREIGN:
        raise faults.damaged(name, "it holds customers of another bucket")
    others = {key: value for key, value in columns.items() if key not in ("customer_key", "day")}
    run = Run(name, position, days, others)
    return run if state == kernels.SORTED else run.take(kernels.sort_index(position, days))


def merge(runs: Sequence[Run], types: Mapping[str, Any]) -> Run:
    """All runs as one in (position, day) order. ``types`` gives the NumPy type of each column."""
    if len(runs) == 1:
        return runs[0]
    main = max(runs, key=lambda run: len(run.day))
    tail = _concatenate([run for run in runs if run is not main], types)
    tail = tail.take(kernels.sort_index(tail.position, tail.day))
    at = interleaving.places(main.position, main.day, tail.position, tail.day)
    columns = {name: _interleave(main.columns[name], tail.columns[name], at, types[name]) for name in types}
    return Run(
        main.name,
        interleaving.interleave(main.position, tail.position, at),
        interleaving.interleave(main.day, tail.day, at),
        columns,
    )


def _concatenate(runs: Sequence[Run], types: Mapping[str, Any]) -> Run:
    if len(runs) == 1:
        return runs[0]
    return Run(
        runs[0].name,
        np.concatenate([run.position for run in runs]),
        np.concatenate([run.day for run in runs]),
        {name: _concatenate_column([run.columns[name] for run in runs], dtype) for name, dtype in types.items()},
    )


def _concatenate_column(parts: Sequence[Column], dtype: Any) -> Column:
    rows = sum(part.rows for part in parts)
    if (uniform := _uniform(parts, rows)) is not None:
        return uniform
    known = None if _all_known(parts) else np.concatenate([part.known_array() for part in parts])
    return Column(rows, np.concatenate([part.array(dtype) for part in parts]), known)


def _interleave(main: Column, tail: Column, at: Int32, dtype: Any) -> Column:
    rows = main.rows + tail.rows
    if (uniform := _uniform((main, tail), rows)) is not None:
        return uniform
    known = None
    if not _all_known((main, tail)):
        known = interleaving.interleave(main.known_array(), tail.known_array(), at)
    return Column(rows, interleaving.interleave(main.array(dtype), tail.array(dtype), at), known)


def _uniform(parts: Sequence[Column], rows: int) -> Column | None:
    first = parts[0]
    if all(part.values is None and part.constant == first.constant for part in parts):
        return Column(rows, None, constant=first.constant)
    return None


def _all_known(parts: Sequence[Column]) -> bool:
    return all(part.known is None and not part.empty for part in parts)
