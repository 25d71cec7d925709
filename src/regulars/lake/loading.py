"""One load computed against one version: which rows to write and which files they replace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.lake import describing, kernels, upsert
from regulars.lake.dictionary import Names
from regulars.lake.incoming import Incoming, LoadReport
from regulars.lake.parquet import as_column, read_columns, read_rows, write_file
from regulars.lake.records import NOTHING, Change, StoredFile, Totals
from regulars.lake.schema import LINES, NAME_KINDS, NAMES, ORDERS, UNATTRIBUTED
from regulars.lake.snapshot import Snapshot
from regulars.lake.storage import Storage

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Progress = Callable[[str, int, int], None]


@dataclass
class BucketWork:
    """What a load does to one bucket."""

    added: dict[str, list[StoredFile]] = field(default_factory=lambda: {"orders": [], "lines": []})
    removed: dict[str, list[StoredFile]] = field(default_factory=lambda: {"orders": [], "lines": []})
    replaced: int = 0
    identical: int = 0
    plus: Totals = NOTHING
    minus: Totals = NOTHING


@dataclass(frozen=True)
class Load:
    """The rows of a load in stored form, ready to be laid into buckets.

    ``rows`` are sorted by (bucket, customer, day) and carry ``line_first`` and ``line_count`` beside the stored
    columns; ``lines`` carry their product's code.
    """

    storage: Storage
    snapshot: Snapshot
    rows: pa.Table
    lines: pa.Table
    starts: Int64
    version: int

    def bucket(self, bucket: int) -> BucketWork:
        """Write what bucket ``bucket`` (``buckets`` = the unattributed one) gains, and rewrite what it loses."""
        work = BucketWork()
        start, end = int(self.starts[bucket]), int(self.starts[bucket + 1])
        if start == end:
            return work
        number = bucket if bucket < self.snapshot.buckets else UNATTRIBUTED
        rows = self.rows.slice(start, end - start)
        matches = upsert.find_matches(
            self.storage, self.snapshot.files_of("orders", number), rows, self.snapshot.n_customers
        )
        if matches:
            rows = self._replace(number, rows, matches, work)
        if rows.num_rows:
            work.added["orders"].append(
                write_file(self.storage, "orders", number, rows.select(ORDERS.names), self.version)
            )
            lines = self._lines_of(rows)
            if lines.num_rows:
                file = write_file(self.storage, "lines", number, lines.select(LINES.names), self.version)
                work.added["lines"].append(file)
            work.plus += totals_of(rows, lines)
        return work

    def _replace(self, bucket: int, rows: pa.Table, matches: Sequence[upsert.Match], work: BucketWork) -> pa.Table:
        """Drop identical rows from the load and changed ones from their files; returns the rows still to be written."""
        stored = pa.concat_tables([match.stored for match in matches])
        number = np.concatenate([match.incoming for match in matches])
        asked = rows.take(pa.array(number))
        old_lines = self._stored_lines(bucket, stored)
        new_lines = self._lines_of(asked)
        numbered = new_lines.append_column("order", pa.array(_numbering(asked)))
        same = upsert.same_values(stored, asked) & upsert.same_lines(old_lines, numbered, stored.num_rows)
        work.identical, work.replaced = int(same.sum()), int((~same).sum())
        first = 0
        for match in matches:
            changed = ~same[first : first + len(match.place)]
            first += len(match.place)
            if changed.any():
                self._rewrite(match.file, match.place[changed], work)
        gone = pa.array(~same)
        lost = pa.array(np.flatnonzero(~same), pa.int32())
        lost_lines = old_lines.filter(pc.is_in(old_lines.column("order"), value_set=lost))
        if lost_lines.num_rows:
            self._drop_lines(bucket, stored.filter(gone).column("order_key"), work)
        work.minus += totals_of(stored.filter(gone), lost_lines)
        keep = np.ones(rows.num_rows, np.bool_)
        keep[number[same]] = False
        return rows.filter(pa.array(keep))

    def _rewrite(self, file: StoredFile, places: Int64, work: BucketWork) -> None:
        """Replace a file by itself without the rows at ``places``."""
        keep = np.ones(file.rows, np.bool_)
        keep[places] = False
        work.removed[file.table].append(file)
        if keep.any():
            rows = read_rows(self.storage, file).filter(pa.array(keep))
            work.added[file.table].append(write_file(self.storage, file.table, file.bucket, rows, self.version))

    def _drop_lines(self, bucket: int, order_keys: pa.ChunkedArray, work: BucketWork) -> None:
        wanted = order_keys.combine_chunks()
        for file in self.snapshot.files_of("lines", bucket):
            column = read_columns(self.storage, file, ["order_key"])["order_key"].array(np.int64)
            lost = np.flatnonzero(pc.is_in(pa.array(column), value_set=wanted).to_numpy(zero_copy_only=False))
            if len(lost):
                self._rewrite(file, lost, work)

    def _stored_lines(self, bucket: int, orders: pa.Table) -> pa.Table:
        """Lines of stored ``orders``, with the number of the order among them."""
        keys = orders.column("order_key").combine_chunks()
        parts = []
        for file in self.snapshot.files_of("lines", bucket):
            rows = read_rows(self.storage, file)
            order = pc.index_in(rows.column("order_key"), value_set=keys)
            rows = rows.append_column("order", order)
            parts.append(rows.filter(pc.is_valid(order)))
        schema = pa.schema([field.with_nullable(True) for field in LINES]).append(pa.field("order", pa.int32()))
        return pa.concat_tables([schema.empty_table(), *parts])

    def _lines_of(self, rows: pa.Table) -> pa.Table:
        """Lines of ``rows`` in stored form, in their order."""
        count = as_column(rows.column("line_count")).array(np.int32)
        owner = _numbering(rows)
        first = as_column(rows.column("line_first")).array(np.int64)
        begins = np.cumsum(count) - count
        index = np.arange(len(owner)) - begins[owner] + first[owner]
        lines = self.lines.take(pa.array(index))
        inherited = ("customer_key", "day", "order_key", "status")
        columns = {name: rows.column(name).take(pa.array(owner)) for name in inherited}
        return pa.table({**columns, **{name: lines.column(name) for name in upsert.LINE_COLUMNS}})


def _numbering(rows: pa.Table) -> Int32:
    """The row number of the order that each line belongs to."""
    count = as_column(rows.column("line_count")).array(np.int32)
    return np.repeat(np.arange(rows.num_rows, dtype=np.int32), count)


def totals_of(orders: pa.Table, lines: pa.Table | None = None) -> Totals:
    def total(rows: pa.Table, name: str) -> int:
        return pc.sum(rows.column(name)).as_py() or 0

    return Totals(
        orders=orders.num_rows,
        amount=total(orders, "amount"),
        profit=total(orders, "profit"),
        lines=lines.num_rows if lines is not None else 0,
        line_amount=total(lines, "amount") if lines is not None else 0,
    )


def compute(
    storage: Storage, snapshot: Snapshot, next_order: int, incoming: Incoming, workers: int, progress: Progress | None
) -> tuple[dict[str, Change], LoadReport]:
    """Write all files of the load (nobody sees them yet); returns the changes to commit and the report."""
    version = snapshot.version + 1
    names = {kind: snapshot.read_names(kind) for kind in NAME_KINDS}
    keys = describing.assign_keys(snapshot, incoming, workers)
    load = _lay_out(storage, snapshot, next_order, incoming, keys, names)
    works = []
    with ThreadPoolExecutor(workers) as pool:
        for done, work in enumerate(pool.map(load.bucket, range(snapshot.buckets + 1)), 1):
            works.append(work)
            if progress is not None:
                progress("write", done, snapshot.buckets + 1)
    described, changed = describing.write_customers(storage, snapshot, keys, incoming.customers, version, workers)
    report = LoadReport(
        version=version,
        source=incoming.source,
        content=incoming.content,
        orders=incoming.orders.num_rows,
        new=incoming.orders.num_rows - sum(work.replaced + work.identical for work in works),
        replaced=sum(work.replaced for work in works),
        identical=sum(work.identical for work in works),
        customers_new=keys.new,
        customers_changed=changed,
        added=sum((work.plus for work in works), Totals()),
        removed=sum((work.minus for work in works), Totals()),
        counters=incoming.counters,
    )
    changes = {
        table: Change(
            tuple(file for work in works for file in work.added[table]),
            tuple(file for work in works for file in work.removed[table]),
        )
        for table in ("orders", "lines")
    }
    changes["customers"] = Change(tuple(described))
    changes["names"] = write_names(storage, names, version)
    return changes, report


def write_names(storage: Storage, names: Mapping[str, Names], version: int) -> Change:
    rows = [row for kind in names.values() for row in kind.rows_since(version)]
    if not rows:
        return Change()
    return Change((write_file(storage, "names", 0, pa.Table.from_pylist(rows, NAMES), version),))


def _lay_out(
    storage: Storage,
    snapshot: Snapshot,
    next_order: int,
    incoming: Incoming,
    keys: describing.Keys,
    names: Mapping[str, Names],
) -> Load:
    orders, lines = incoming.orders, incoming.lines
    key = keys.of(orders.column("customer_id"))
    rows = _stored_rows(orders, key, next_order, incoming.source, names)
    upsert.refuse_repeated_orders(rows, orders.column("customer_id"))
    buckets = snapshot.buckets
    width = (snapshot.n_customers + keys.new) // buckets + 1
    bucket = np.where(key >= 0, key % buckets, buckets)
    place = (bucket * width + np.where(key >= 0, key // buckets, 0)).astype(np.int32)
    order = kernels.sort_index(place, as_column(rows.column("day")).array(np.int32))
    starts = np.searchsorted(place[order], np.arange(buckets + 2) * width).astype(np.int64)
    product = names["product"].encode(lines.column("product_id"), lines.column("category"))
    for told in incoming.products.to_pylist():
        if told["name"] is not None:
            names["product"].call(told["product_id"], told["name"])
    return Load(
        storage=storage,
        snapshot=snapshot,
        rows=rows.take(pa.array(order)),
        lines=lines.append_column("product", product),
        starts=starts,
        version=snapshot.version + 1,
    )


def _stored_rows(orders: pa.Table, key: Int32, next_order: int, source: str, names: Mapping[str, Names]) -> pa.Table:
    code = names["source"].code(source)
    assert code is not None
    columns: dict[str, Any] = {
        "customer_key": pa.array(key),
        "channel": names["channel"].encode(orders.column("channel")),
        "campaign": names["campaign"].encode(orders.column("campaign_id")),
        "referrer": names["referrer"].encode(orders.column("referrer_id")),
        "source": pa.array(np.full(orders.num_rows, code, np.int32)),
        "order_key": pa.array(next_order + np.arange(orders.num_rows, dtype=np.int64)),
        "order_hash": upsert.order_hashes(orders.column("order_id").combine_chunks(), key, code),
    }
    taken = {name: columns[name] if name in columns else orders.column(name) for name in ORDERS.names}
    return pa.table({**taken, "line_first": orders.column("line_first"), "line_count": orders.column("line_count")})
