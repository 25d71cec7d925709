"""Proof that a lake holds what its commits say: checksums, recounted rows, references, keys, the log's sums."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.errors import LakeError
from regulars.lake import faults, kernels, upsert
from regulars.lake.incoming import LoadReport
from regulars.lake.loading import Progress, totals_of
from regulars.lake.parquet import as_column, read_rows
from regulars.lake.records import NOTHING, Record, StoredFile, Totals
from regulars.lake.schema import TABLES, UNATTRIBUTED
from regulars.lake.snapshot import Snapshot

ROWS = ("rows", "used_rows", "rejected_rows", "dropped_rows", "skipped_rows")
LOADS_OF = ("load", "bulk")


@dataclass(frozen=True)
class VerifyReport:
    """``problems`` is empty when the lake is sound. ``rows`` counts what all loads read and what became of it."""

    version: int
    files: int
    bytes: int
    totals: Totals
    problems: tuple[LakeError, ...]
    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        return not self.problems


@dataclass
class _Bucket:
    totals: Totals = NOTHING
    ids: pa.ChunkedArray = field(default_factory=lambda: pa.chunked_array([], pa.string()))
    problems: list[LakeError] = field(default_factory=list)


def verify(snapshot: Snapshot, records: Sequence[Record], workers: int, progress: Progress | None) -> VerifyReport:
    """Check every file of ``snapshot`` and the sums of all versions up to it (``records``, from version 0)."""
    problems = list(_log_problems(records, snapshot))
    files = [file for group in snapshot.files.values() for file in group]
    totals = Totals()
    ids: list[pa.Array] = []
    with ThreadPoolExecutor(workers) as pool:
        broken = [error for wrong in pool.map(lambda file: _file_problem(snapshot, file), files) for error in wrong]
        problems.extend(broken)
        if not broken:
            limits = _code_limits(snapshot)
            numbers = [UNATTRIBUTED, *range(snapshot.buckets)]
            for done, part in enumerate(pool.map(lambda bucket: _bucket(snapshot, bucket, limits), numbers), 1):
                totals += part.totals
                ids.extend(part.ids.chunks)
                problems.extend(part.problems)
                if progress is not None:
                    progress("verify", done, len(numbers))
            problems.extend(_sum_problems(snapshot, totals, pa.chunked_array(ids, pa.string())))
    size = sum(file.size for file in files)
    return VerifyReport(snapshot.version, len(files), size, totals, tuple(problems), rows_read(records))


def rows_read(records: Sequence[Record]) -> dict[str, int]:
    """Rows of all loads, by what became of them; a load that says nothing of rows (a bulk load) counts its orders."""
    found = {"loads": 0, **dict.fromkeys(ROWS, 0)}
    for record in records:
        if record.kind in LOADS_OF:
            counters, orders = record.report["counters"], record.report["orders"]
            told = counters if _tells_rows(counters) else {"rows": orders, "used_rows": orders}
            found["loads"] += 1
            for name in ROWS:
                found[name] += told.get(name, 0)
    return found


def _log_problems(records: Sequence[Record], snapshot: Snapshot) -> Iterator[LakeError]:
    loaded = {
        (row["version"], row["content"])
        for file in snapshot.files_of("loads")
        for row in read_rows(snapshot.storage, file).to_pylist()
    }
    taken_back = {r.report["counters"]["withdrawn_version"] for r in records if r.kind == "withdraw"}
    for before, record in pairwise(records):
        where = f"version {record.version}"
        change = Totals()
        if record.report:
            report = LoadReport.from_json(record.report)
            change = report.added - report.removed
        if record.kind in LOADS_OF:
            if report.orders != report.new + report.replaced + report.identical:
                yield faults.damaged(where, "its orders are not new + replaced + identical ones")
            if change.orders != report.new:
                yield faults.damaged(where, "it has not as many orders more as it brought new ones")
            if not _rows_identity(report.counters):
                yield faults.damaged(where, "its rows are not used + rejected + dropped + skipped ones")
            listed = record.version in taken_back or all(
                (record.version, content) in loaded for content in report.content or (None,)
            )
            if not listed:
                yield faults.damaged(where, "the load is not in the list of loads")
        if before.totals + change != record.totals:
            yield faults.damaged(where, "its sums do not follow from those of the version before")


def _tells_rows(counters: Mapping[str, int]) -> bool:
    return all(name in counters for name in ROWS)


def _rows_identity(counters: Mapping[str, int]) -> bool:
    if not _tells_rows(counters):
        return True
    total, *parts = (counters[name] for name in ROWS)
    return bool(total == sum(parts))


def _file_problem(snapshot: Snapshot, file: StoredFile) -> list[LakeError]:
    path = snapshot.storage.path(file.name)
    try:
        content = snapshot.storage.read(file.name)
    except LakeError as error:
        return [error]
    digest = file.path.rpartition("-")[2].removesuffix(".parquet")
    if len(content) != file.size or hashlib.sha256(content).hexdigest()[:32] != digest:
        return [faults.damaged(path, "its content is not what was written")]
    return []


def _code_limits(snapshot: Snapshot) -> dict[str, int]:
    kinds = ("channel", "campaign", "referrer", "source", "product")
    return {kind: len(snapshot.names(kind)) for kind in kinds}


def _bucket(snapshot: Snapshot, bucket: int, limits: dict[str, int]) -> _Bucket:
    result = _Bucket()
    folder = snapshot.storage.path(f"orders/bucket={bucket}")

    def check(sound: bool, what: str) -> None:
        if not sound:
            result.problems.append(faults.damaged(folder, what))

    try:
        orders, lines = (_checked_rows(snapshot, table, bucket, limits, check) for table in ("orders", "lines"))
        result.totals = totals_of(orders, lines)
        _check_orders(orders, lines, check)
        if bucket != UNATTRIBUTED:
            result.ids = pa.chunked_array([snapshot.customer_ids(bucket)])
            check(result.ids.null_count == 0, "customers without an id")
    except LakeError as error:
        result.problems.append(error)
    return result


def _checked_rows(
    snapshot: Snapshot, table: str, bucket: int, limits: dict[str, int], check: Callable[[bool, str], None]
) -> pa.Table:
    """All rows of a bucket, each file's row count, order, keys and codes checked."""
    parts = []
    for file in snapshot.files_of(table, bucket):
        rows = read_rows(snapshot.storage, file)
        check(rows.num_rows == file.rows, f"{table}: the row count is not the one that was committed")
        keys, days = (as_column(rows.column(name)).array(np.int32) for name in ("customer_key", "day"))
        _, state = kernels.positions(keys, days, snapshot.buckets, bucket)
        check(state == kernels.SORTED, f"{table}: rows of another bucket, or out of order")
        check(len(keys) == 0 or int(keys.max()) < snapshot.n_customers, f"{table}: a customer that does not exist")
        for name, limit in limits.items():
            if name in rows.column_names:
                check((pc.max(rows.column(name)).as_py() or 0) < max(limit, 1), f"{table}: an unknown {name}")
        parts.append(rows)
    empty = pa.schema([item.with_nullable(True) for item in TABLES[table].schema]).empty_table()
    return pa.concat_tables([empty, *parts])


def _check_orders(orders: pa.Table, lines: pa.Table, check: Callable[[bool, str], None]) -> None:
    numbers = orders.column("order_key").drop_null()
    check(len(numbers.unique()) == len(numbers), "an order key comes twice")
    check(
        pc.all(pc.is_in(lines.column("order_key"), value_set=numbers.combine_chunks())).as_py() is not False,
        "lines of an order that does not exist",
    )
    check(not _repeated(orders), "an order comes twice")


def _repeated(orders: pa.Table) -> bool:
    """Whether two rows have one key (source, order_id, customer_id)."""
    named = orders.filter(pc.is_valid(orders.column("order_id")))
    for source in named.column("source").unique().to_pylist():
        rows = named.filter(pc.equal(named.column("source"), source))
        text = upsert.key_text(rows)
        if len(text.unique()) < len(text):
            return True
    return False


def _sum_problems(snapshot: Snapshot, totals: Totals, ids: pa.ChunkedArray) -> Iterable[LakeError]:
    root = snapshot.storage.root
    if totals != snapshot.totals:
        yield faults.damaged(root, f"the rows add up to {totals}, the version says {snapshot.totals}")
    if len(ids) != snapshot.n_customers:
        yield faults.damaged(root, f"{len(ids)} customers where the version says {snapshot.n_customers}")
    if len(ids.unique()) < len(ids):
        yield faults.damaged(root, "a customer id comes twice in the dictionary")
