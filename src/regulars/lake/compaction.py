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


def compute(
    storage: Storage, snapshot: Snapshot, fewest: int, workers: int, progress: Progress | None
) -> dict[str, Change]:
    """Write one file for each bucket of at least ``fewest`` files; returns the changes to commit, maybe none."""
    crowded = [place for place, files in snapshot.files.items() if len(files) >= fewest]
    changes = {table: Change() for table in TABLES}
    with ThreadPoolExecutor(workers) as pool:
        written = pool.map(lambda place: _merge(storage, snapshot, *place), crowded)
        for done, ((table, bucket), file) in enumerate(zip(crowded, written, strict=True), 1):
            old = changes[table]
            changes[table] = Change((*old.added, file), (*old.removed, *snapshot.files[table, bucket]))
            if progress is not None:
                progress("compact", done, len(crowded))
    return {table: change for table, change in changes.items() if change}


def still_applies(changes: Mapping[str, Change], snapshot: Snapshot) -> bool:
    """Whether a newer version still has every file that was read, so that the result can be committed on it."""
    present = {file for files in snapshot.files.values() for file in files}
    return all(set(change.removed) <= present for change in changes.values())


def _merge(storage: Storage, snapshot: Snapshot, table: str, bucket: int) -> StoredFile:
    files = snapshot.files[table, bucket]
    if table == "customers":
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
        if TABLES[table].partitioned:
            rows = _sorted(rows)
    return write_file(storage, table, bucket, rows, snapshot.version + 1)


def _sorted(rows: pa.Table) -> pa.Table:
    keys, days = (as_column(rows.column(name)).array(np.int32) for name in ("customer_key", "day"))
    return rows.take(pa.array(kernels.sort_index(keys, days)))
