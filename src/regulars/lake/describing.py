"""The customers of a load: keys for new ids, in order of first appearance, and rows for new or changed attributes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.lake import faults
from regulars.lake.incoming import Incoming
from regulars.lake.parquet import as_column, write_file
from regulars.lake.records import StoredFile
from regulars.lake.schema import ATTRIBUTES, CUSTOMERS, MAX_CUSTOMERS, UNATTRIBUTED
from regulars.lake.snapshot import Snapshot
from regulars.lake.storage import Storage
from regulars.lake.upsert import same_values

Int32 = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Keys:
    """``ids`` (distinct, by first appearance) and their ``keys``; ``known`` is how many keys the lake had before."""

    ids: pa.Array
    keys: Int32
    known: int

    @property
    def new(self) -> int:
        return int((self.keys >= self.known).sum())

    def of(self, ids: pa.ChunkedArray) -> Int32:
        """Key of each row, -1 (unattributed) where the id is null."""
        place = as_column(pc.fill_null(pc.index_in(ids, value_set=self.ids), len(self.keys)))
        return np.append(self.keys, np.int32(UNATTRIBUTED))[place.array(np.int32)]


def assign_keys(snapshot: Snapshot, incoming: Incoming, workers: int) -> Keys:
    """Look every id up and give unknown ones the next keys."""
    columns = [table.column("customer_id") for table in (incoming.orders, incoming.customers)]
    chunks = [chunk for column in columns for chunk in column.cast(pa.large_string()).chunks]
    ids = pc.unique(pa.chunked_array(chunks, pa.large_string())).drop_null()
    keys = snapshot.find_keys(ids, workers)
    unknown = np.flatnonzero(keys < 0)
    if snapshot.n_customers + len(unknown) > MAX_CUSTOMERS:
        raise faults.too_many_customers(snapshot.n_customers + len(unknown), MAX_CUSTOMERS)
    keys[unknown] = snapshot.n_customers + np.arange(len(unknown), dtype=np.int32)
    return Keys(ids, keys, snapshot.n_customers)


def write_customers(
    storage: Storage, snapshot: Snapshot, keys: Keys, told: pa.Table, version: int, workers: int
) -> tuple[list[StoredFile], int]:
    """Write rows for new customers and for known ones of whom something new is told; files, and how many of the latter.

    ``told`` is the load's customers table. A value it leaves empty does not erase what was known.
    """
    described = _one_row_each(told, keys)
    order = np.lexsort((keys.keys, keys.keys % snapshot.buckets))
    bucket_of = (keys.keys % snapshot.buckets)[order]
    concerned = (keys.keys >= keys.known) | pc.is_valid(described.column("told")).to_numpy()

    def write(bucket: int) -> tuple[StoredFile | None, int]:
        rows = order[np.searchsorted(bucket_of, bucket) : np.searchsorted(bucket_of, bucket, "right")]
        rows = rows[concerned[rows]]
        table = described.take(pa.array(rows)).drop_columns(["told"])
        table, changed = _only_news(snapshot, bucket, table)
        if table.num_rows == 0:
            return None, 0
        since = pa.array(np.full(table.num_rows, version, np.int32))
        table = table.append_column("since", since).select(CUSTOMERS.names)
        return write_file(storage, "customers", bucket, table, version), changed

    with ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(write, np.unique(bucket_of[concerned[order]]).tolist()))
    return [file for file, _ in done if file is not None], sum(changed for _, changed in done)


def _one_row_each(told: pa.Table, keys: Keys) -> pa.Table:
    """Keys, ids and attributes of all ``keys``, null where nothing is told; ``told`` marks who is in the table."""
    told = told.set_column(0, "customer_id", told.column("customer_id").cast(pa.large_string()))
    if pc.count_distinct(told.column("customer_id")).as_py() < told.num_rows:
        grouped = told.group_by("customer_id", use_threads=False)
        told = grouped.aggregate([(name, "last") for name in ATTRIBUTES.names])
        told = told.rename_columns([name.removesuffix("_last") for name in told.column_names])
    place = pc.index_in(keys.ids, value_set=told.column("customer_id").combine_chunks())
    columns = {name: told.column(name).take(place).cast(ATTRIBUTES.field(name).type) for name in ATTRIBUTES.names}
    return pa.table({"customer_key": pa.array(keys.keys), "customer_id": keys.ids, **columns, "told": place})


def _only_news(snapshot: Snapshot, bucket: int, rows: pa.Table) -> tuple[pa.Table, int]:
    """Rows of new customers, and rows of known ones completed from what is stored where they differ from it."""
    keys = as_column(rows.column("customer_key")).array(np.int32)
    old = keys < snapshot.n_customers
    if not old.any():
        return rows, 0
    asked = rows.filter(pa.array(old))
    stored = snapshot.attributes(bucket).take(pa.array(keys[old] // snapshot.buckets))
    for name in ATTRIBUTES.names:
        place = asked.column_names.index(name)
        asked = asked.set_column(place, name, pc.coalesce(asked.column(name), stored.column(name)))
    changed = asked.filter(pa.array(~same_values(stored, asked, ATTRIBUTES.names)))
    merged = pa.concat_tables([changed, rows.filter(pa.array(~old))])
    return merged.sort_by("customer_key"), changed.num_rows
