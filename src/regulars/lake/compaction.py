"""Folding the tails in: every bucket of several files becomes one sorted file. What a version says does not change."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from regulars.lake import dictionary, kernels
from regulars.lake.loading import Progress
from regulars.lake.parquet import as_column, read_rows, write_file
from regulars.lake.records import Change, StoredFile
from regulars.lake.schema import TABLES
from regulars.lake.snapshot import Snapshot
from regulars.lake.storage import Storage

MOST_FILES = 8
"""A load that leaves a bucket with so many files folds its tails: each costs a reading about a millisecond."""

LARGE_TAIL = 10
"""Tails of a tenth of the main file and more are folded into it; smaller ones only into one another, so that a large
file is written again after a tenth of its rows have come, not every few days."""

Place = tuple[str, int]
Folds = Mapping[Place, tuple[StoredFile, ...]]


def everything(snapshot: Snapshot, fewest: int) -> Folds:
    """All files of every bucket that has at least ``fewest``."""
    return {place: files for place, files in snapshot.files.items() if len(files) >= fewest}


def what_slows(snapshot: Snapshot) -> Folds:
    """What the automatic rule folds: nothing until a bucket has ``MOST_FILES``, then all that have half as many."""
    if max(map(len, snapshot.files.values()), default=0) < MOST_FILES:
        return {}
    return {place: _worth_folding(files) for place, files in snapshot.files.items() if len(files) > MOST_FILES // 2}


def _worth_folding(files: tuple[StoredFile, ...]) -> tuple[StoredFile, ...]:
    main = max(files, key=lambda file: file.rows)
    tails = tuple(file for file in files if file is not main)
    large = sum(file.rows for file in tails) * LARGE_TAIL >= main.rows
    return files if large else tails


def compute(
    storage: Storage, snapshot: Snapshot, folds: Folds, workers: int, progress: Progress | None
) -> dict[str, Change]:
    """Write one file in the place of each group of ``folds``; returns the changes to commit, maybe none."""
    changes = {table: Change() for table in TABLES}
    with ThreadPoolExecutor(workers) as pool:
        written = pool.map(lambda place: _merge(storage, snapshot, place, folds[place]), folds)
        for done, ((table, bucket), file) in enumerate(zip(folds, written, strict=True), 1):
            old = changes[table]
            changes[table] = Change((*old.added, file), (*old.removed, *folds[table, bucket]))
            if progress is not None:
                progress("compact", done, len(folds))
    return {table: change for table, change in changes.items() if change}


def still_applies(changes: Mapping[str, Change], snapshot: Snapshot) -> bool:
    """Whether a newer version still has every file that was read, so that the result can be committed on it."""
    present = {file for files in snapshot.files.values() for file in files}
    return all(set(change.removed) <= present for change in changes.values())


def _merge(storage: Storage, snapshot: Snapshot, place: Place, files: tuple[StoredFile, ...]) -> StoredFile:
    table, bucket = place
    if table == "customers" and files == snapshot.files[table, bucket]:
        rows = dictionary.customer_rows(
            storage,
            files,
            bucket=bucket,
            buckets=snapshot.buckets,
            customers=snapshot.n_customers,
            names=TABLES[table].schema.names,
        )
    else:
        rows = pa.concat_tables([read_rows(storage, file) for file in files])
        if table in ("orders", "lines"):
            rows = _sorted(rows)
    return write_file(storage, table, bucket, rows, snapshot.version + 1)


def _sorted(rows: pa.Table) -> pa.Table:
    keys, days = (as_column(rows.column(name)).array(np.int32) for name in ("customer_key", "day"))
    return rows.take(pa.array(kernels.sort_index(keys, days)))
