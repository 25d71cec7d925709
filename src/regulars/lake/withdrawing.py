"""Taking one load back: the lake reads as if it had never come, later loads stay.

Every row of a load carries an ``order_key`` of that load's range, so its rows are found wherever compaction moved them.
What the load replaced is read from the version before it; an order that a later load brought again stays as that load
left it. A former order that itself came with a load taken back meanwhile gives way to what that one had replaced.
Nothing is deleted: the versions in between stay readable until vacuum takes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.errors import LakeError
from regulars.lake import kernels, upsert
from regulars.lake.commit import Log
from regulars.lake.incoming import LoadReport
from regulars.lake.loading import Progress, totals_of
from regulars.lake.parquet import as_column, read_rows, write_file
from regulars.lake.records import NOTHING, Change, Record, StoredFile, Totals
from regulars.lake.schema import CUSTOMERS, LOADS, TABLES, UNATTRIBUTED
from regulars.lake.snapshot import Snapshot
from regulars.lake.storage import Storage
from regulars.lake.store import Lake

KIND = "withdraw"
WITHDRAWN = "withdrawn_version"
_MOST_KEYS = 2**62


@dataclass(frozen=True)
class Span:
    """The order keys of one load, and the versions around it."""

    version: int
    first: int
    last: int
    before: Snapshot
    after: Snapshot

    @classmethod
    def of(cls, log: Log, version: int) -> Span:
        before, after = log.record(version - 1), log.record(version)
        span = cls(version, before.next_order, after.next_order, Snapshot.read(log, before), Snapshot.read(log, after))
        span.before.check_files(latest=False)
        return span

    def holds(self, keys: pa.ChunkedArray) -> pa.ChunkedArray:
        inside = pc.and_(pc.greater_equal(keys, self.first), pc.less(keys, self.last))
        return pc.fill_null(inside, False)

    def touches(self, file: StoredFile) -> bool:
        low, high = file.minimum.get("order_key", 0), file.maximum.get("order_key", _MOST_KEYS)
        return low < self.last and high >= self.first

    def replaced(self, bucket: int) -> pa.Table:
        """Orders of ``bucket`` that were there before the load and not after it."""
        old, new = (set(snapshot.files_of("orders", bucket)) for snapshot in (self.before, self.after))
        storage = self.before.storage
        gone = _concat("orders", [read_rows(storage, file) for file in old - new])
        kept = pa.chunked_array(
            [pa.array([], pa.int64()), *(_column(storage, file, "order_key") for file in new - old)], pa.int64()
        )
        lost = pc.invert(pc.is_in(gone.column("order_key"), value_set=kept.combine_chunks()))
        return gone.filter(lost)


@dataclass
class Work:
    """What taking a load back does to one bucket."""

    added: dict[str, list[StoredFile]] = field(default_factory=lambda: {"orders": [], "lines": []})
    removed: dict[str, list[StoredFile]] = field(default_factory=lambda: {"orders": [], "lines": []})
    plus: Totals = NOTHING
    minus: Totals = NOTHING
    gone: int = 0
    back: int = 0
    highest: int = -1


def withdrawn(records: Sequence[Record]) -> dict[int, int]:
    """Version of a load that was taken back -> the version that did it."""
    return {record.report["counters"][WITHDRAWN]: record.version for record in records if record.kind == KIND}


def withdraw(lake: Lake, version: int, *, progress: Progress | None = None) -> LoadReport:
    """Make a version without the load that made ``version``. Taking it back again changes nothing.

    ``removed`` of the report is what went, ``added`` what came back. Raises LakeError when the version was not made by
    a load, or when vacuum has taken what it replaced.
    """
    log = lake._log

    def attempt(base: Record) -> Any:
        records = [log.record(number) for number in range(version + 1, base.version + 1)]
        done = withdrawn(records)
        if version in done:
            return LoadReport.from_json(log.record(done[version]).report)
        if not 1 <= version <= base.version or log.record(version).kind != "load":
            raise _not_a_load(version)
        earlier = withdrawn([log.record(number) for number in range(1, base.version + 1)])
        spans = [Span.of(log, number) for number in sorted({version, *(v for v in earlier if v < version)})]
        changes, report, customers = _compute(lake._storage, log, base, spans, lake._workers, progress)
        record = replace(
            lake._next(base, KIND),
            customers=customers,
            totals=base.totals + report.added - report.removed,
            report=report.to_json(),
        )
        return changes, record

    result = lake._change(attempt)
    return result if isinstance(result, LoadReport) else LoadReport.from_json(result.report)


def _compute(
    storage: Storage, log: Log, base: Record, spans: list[Span], workers: int, progress: Progress | None
) -> tuple[dict[str, Change], LoadReport, int]:
    now, span = Snapshot.read(log, base), spans[-1]
    version = base.version + 1
    buckets = [UNATTRIBUTED, *range(now.buckets)]
    works: list[Work] = []
    with ThreadPoolExecutor(workers) as pool:
        for work in pool.map(lambda bucket: _bucket(storage, now, spans, bucket, version), buckets):
            works.append(work)
            if progress is not None:
                progress("write", len(works), len(buckets))
    changes = {
        table: Change(
            tuple(file for work in works for file in work.added[table]),
            tuple(file for work in works for file in work.removed[table]),
        )
        for table in ("orders", "lines")
    }
    changes["customers"], customers = _customers(storage, now, span, max(work.highest for work in works), version)
    changes["loads"] = _loads(storage, now, span, version)
    made = LoadReport.from_json(log.record(span.version).report)
    gone, back = sum(work.gone for work in works), sum(work.back for work in works)
    report = LoadReport(
        version=version,
        source=made.source,
        added=sum((work.plus for work in works), Totals()),
        removed=sum((work.minus for work in works), Totals()),
        counters={WITHDRAWN: span.version, "orders_removed": gone, "orders_restored": back},
    )
    return changes, report, customers


def _bucket(storage: Storage, now: Snapshot, spans: list[Span], bucket: int, version: int) -> Work:
    work, span = Work(), spans[-1]
    for table in ("orders", "lines"):
        for file in now.files_of(table, bucket):
            if span.touches(file):
                _without(storage, file, span, work, version)
            elif table == "orders" and "customer_key" in file.maximum:
                work.highest = max(work.highest, file.maximum["customer_key"])
    _restore(storage, now, spans, bucket, work, version)
    return work


def _without(storage: Storage, file: StoredFile, span: Span, work: Work, version: int) -> None:
    """Write the file again without the rows of the load, if it has any."""
    rows = read_rows(storage, file)
    mine = span.holds(rows.column("order_key"))
    lost, kept = rows.filter(mine), rows.filter(pc.invert(mine))
    if file.table == "orders" and kept.num_rows:
        work.highest = max(work.highest, pc.max(kept.column("customer_key")).as_py())
    if lost.num_rows == 0:
        return
    work.removed[file.table].append(file)
    if kept.num_rows:
        work.added[file.table].append(write_file(storage, file.table, file.bucket, kept, version))
    if file.table == "orders":
        work.minus += totals_of(lost)
        work.gone += lost.num_rows
    else:
        work.minus += _line_totals(lost)


def _line_totals(lines: pa.Table) -> Totals:
    return Totals(lines=lines.num_rows, line_amount=pc.sum(lines.column("amount")).as_py() or 0)


def _restore(storage: Storage, now: Snapshot, spans: list[Span], bucket: int, work: Work, version: int) -> None:
    """Bring back what the load replaced, unless a later load brought it again."""
    former = _former(spans, bucket)
    for source, rows in former:
        present = _present(storage, now, bucket, spans[-1], rows)
        rows = rows.filter(pc.invert(pc.is_in(_identity_text(rows), value_set=present)))
        if rows.num_rows == 0:
            continue
        work.added["orders"].append(write_file(storage, "orders", bucket, _sorted(rows), version))
        lines = _lines_of(storage, source, bucket, rows.column("order_key").combine_chunks())
        if lines.num_rows:
            work.added["lines"].append(write_file(storage, "lines", bucket, _sorted(lines), version))
        work.plus += totals_of(rows, lines)
        work.back += rows.num_rows
        work.highest = max(work.highest, pc.max(rows.column("customer_key")).as_py())


def _former(spans: list[Span], bucket: int) -> list[tuple[Snapshot, pa.Table]]:
    """The orders that the last span's load replaced, each with the version to read its lines from."""
    found: list[tuple[Snapshot, pa.Table]] = []
    rows = spans[-1].replaced(bucket)
    source = spans[-1].before
    for span in reversed(spans[:-1]):
        stale = span.holds(rows.column("order_key"))
        if not pc.any(stale).as_py():
            continue
        older = span.replaced(bucket)
        wanted = _identity_text(rows.filter(stale))
        found.append((source, rows.filter(pc.invert(stale))))
        rows = older.filter(pc.is_in(_identity_text(older), value_set=wanted))
        source = span.before
    return [*found, (source, rows)]


def _present(storage: Storage, now: Snapshot, bucket: int, span: Span, wanted: pa.Table) -> pa.Array:
    """The keys of the orders in ``now`` that are not of the load."""
    if wanted.num_rows == 0:
        return pa.array([], pa.large_string())
    names = ["customer_key", "source", "order_id", "order_key", "order_hash"]
    parts = [read_rows(storage, file, names) for file in now.files_of("orders", bucket)]
    empty = pa.schema([TABLES["orders"].schema.field(name).with_nullable(True) for name in names]).empty_table()
    rows = pa.concat_tables([empty, *parts])
    near = pc.is_in(rows.column("order_hash"), value_set=wanted.column("order_hash").combine_chunks())
    return _identity_text(rows.filter(pc.and_(near, pc.invert(span.holds(rows.column("order_key"))))))


def _identity_text(rows: pa.Table) -> pa.Array:
    """Source, customer and order id as one text."""
    source = rows.column("source").cast(pa.large_string())
    text = pc.binary_join_element_wise(source, upsert.key_text(rows), pa.scalar("\x1f", pa.large_string()))
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def _lines_of(storage: Storage, snapshot: Snapshot, bucket: int, order_keys: pa.Array) -> pa.Table:
    parts = []
    for file in snapshot.files_of("lines", bucket):
        rows = read_rows(storage, file)
        parts.append(rows.filter(pc.is_in(rows.column("order_key"), value_set=order_keys)))
    return _concat("lines", parts)


def _sorted(rows: pa.Table) -> pa.Table:
    keys, days = (as_column(rows.column(name)).array(np.int32) for name in ("customer_key", "day"))
    return rows.take(pa.array(kernels.sort_index(keys, days)))


def _customers(storage: Storage, now: Snapshot, span: Span, highest: int, version: int) -> tuple[Change, int]:
    """The dictionary without what only the load said: its last customers go where nobody refers to them."""
    known = span.before.n_customers
    added, removed = [], []
    touched = [file for file in now.all_files("customers") if _may_hold(file, span.version, known)]
    loaded = {file: read_rows(storage, file) for file in touched}
    for rows in loaded.values():
        later = rows.filter(pc.not_equal(rows.column("since"), span.version))
        highest = max(highest, pc.max(later.column("customer_key")).as_py() or -1)
    for keys in (now.identity.source, now.identity.target):
        highest = max(highest, int(keys.max(initial=-1)))
    count = max(known, highest + 1)
    for file, rows in loaded.items():
        key = rows.column("customer_key")
        said = pc.and_(pc.equal(rows.column("since"), span.version), pc.less(key, known))
        gone = pc.or_(said, pc.greater_equal(key, count))
        if not pc.any(gone).as_py():
            continue
        back = _described_before(span.before, file.bucket, key.filter(said))
        kept = pa.concat_tables([rows.filter(pc.invert(gone)), back]).sort_by("customer_key")
        removed.append(file)
        if kept.num_rows:
            added.append(write_file(storage, "customers", file.bucket, kept.select(CUSTOMERS.names), version))
    return Change(tuple(added), tuple(removed)), count


def _may_hold(file: StoredFile, version: int, known: int) -> bool:
    told = file.minimum.get("since", 0) <= version <= file.maximum.get("since", version)
    return told or file.maximum.get("customer_key", known) >= known


def _described_before(before: Snapshot, bucket: int, keys: pa.ChunkedArray) -> pa.Table:
    """Rows of known customers as the version before the load described them."""
    schema = pa.schema([item.with_nullable(True) for item in CUSTOMERS])
    if len(keys) == 0:
        return schema.empty_table()
    rows = before._customer_rows(bucket, CUSTOMERS.names)
    return rows.take(pc.divide(keys, before.buckets)).cast(schema)


def _loads(storage: Storage, now: Snapshot, span: Span, version: int) -> Change:
    """The list of loads without this one, so that the same files can come again."""
    added, removed = [], []
    for file in now.files_of("loads"):
        rows = read_rows(storage, file)
        kept = rows.filter(pc.not_equal(rows.column("version"), span.version))
        if kept.num_rows == rows.num_rows:
            continue
        removed.append(file)
        if kept.num_rows:
            added.append(write_file(storage, "loads", 0, kept.select(LOADS.names), version))
    return Change(tuple(added), tuple(removed))


def _concat(table: str, parts: Sequence[pa.Table]) -> pa.Table:
    schema = pa.schema([item.with_nullable(True) for item in TABLES[table].schema])
    return pa.concat_tables([schema.empty_table(), *parts])


def _column(storage: Storage, file: StoredFile, name: str) -> pa.Array:
    return read_rows(storage, file, [name]).column(name).combine_chunks()


def _not_a_load(version: int) -> LakeError:
    return LakeError(
        "lake_not_a_load",
        "Version {version} of the lake was not made by a load, so there is nothing to take back.",
        "regulars lake info lists the loads.",
        version=version,
    )
