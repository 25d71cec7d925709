"""The fact store: a folder of Delta tables that only ever moves from one whole version to the next."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from regulars.errors import CurrencyError, LakeError
from regulars.lake import bulk, compaction, faults, loading, retention, verify
from regulars.lake.commit import ATTEMPTS, Clock, Conflict, Log, utc_now
from regulars.lake.identity import Identity
from regulars.lake.incoming import Incoming, LoadReport
from regulars.lake.loading import Progress
from regulars.lake.parquet import read_rows, write_file
from regulars.lake.probe import probe
from regulars.lake.records import Change, Record
from regulars.lake.schema import FORMAT, IDENTITY, LOADS, SIDE_TABLES
from regulars.lake.snapshot import Snapshot
from regulars.lake.storage import Storage, storage_at
from regulars.lake.versions import Version, describe, known_at

Computed = tuple[dict[str, Change], Record]


class Lake:
    """A fact store in a folder or an object store. Any number of processes may read and write it at once.

    Every method that changes the lake makes exactly one new version, or none; a process that dies at any moment leaves
    the version before. A writer that finds the lake changed reads again and computes again.
    """

    def __init__(self, storage: Storage, *, workers: int = 2, clock: Clock = utc_now) -> None:
        self._storage = storage
        self._log = Log(storage)
        self._workers = max(1, workers)
        self._clock = clock
        self._format = FORMAT
        self._may_write = False

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        *,
        buckets: int = 64,
        currency: str | None = None,
        timezone: str = "Asia/Shanghai",
        durable: bool = True,
        workers: int = 2,
        clock: Clock = utc_now,
        storage_options: Mapping[str, str] | None = None,
    ) -> Lake:
        """A new, empty lake (version 0) in a folder or at ``s3://bucket/prefix``.

        ``durable`` false skips fsync, for a lake that need not survive a power cut; ``storage_options`` (see
        ``objects.KEYS``) go before the environment. Raises LakeError when there is a lake already, and when the place
        cannot be written, or not safely by several writers.
        """
        if buckets < 1:
            raise ValueError("buckets must be at least 1")
        storage = storage_at(path, durable=durable, options=storage_options)
        lake = cls(storage, workers=workers, clock=clock)
        lake._check_store()
        lake._log.create(
            Record(
                version=0,
                kind="create",
                at=clock().astimezone(UTC).isoformat(),
                tables=dict.fromkeys(SIDE_TABLES, 0),
                buckets=buckets,
                currency=currency,
                timezone=timezone,
            )
        )
        return lake

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        durable: bool = True,
        workers: int = 2,
        clock: Clock = utc_now,
        storage_options: Mapping[str, str] | None = None,
    ) -> Lake:
        """An existing lake. Raises LakeError when there is none, one of a newer format, or no way to reach it."""
        lake = cls(storage_at(path, durable=durable, options=storage_options), workers=workers, clock=clock)
        lake._format = lake._log.format()
        return lake

    @property
    def path(self) -> str:
        """The lake's folder, absolute, or its address."""
        return self._storage.root

    @staticmethod
    def exists(path: str | os.PathLike[str], storage_options: Mapping[str, str] | None = None) -> bool:
        """Whether there is something in ``path`` that ``open`` would try to open."""
        return storage_at(path, options=storage_options).exists("orders/_delta_log")

    # --- reading -----------------------------------------------------------------------------------------------------

    def snapshot(self, version: int | None = None) -> Snapshot:
        """The latest version, or any earlier one.

        Raises LakeError when it never existed, when vacuum took it, and when a file is missing or has another size.
        """
        latest = self._log.latest()
        snapshot = Snapshot.read(self._log, latest if version is None else self._log.record(version))
        snapshot.check_files(latest=snapshot.version == latest.version)
        return snapshot

    def versions(self) -> list[Version]:
        """All versions, oldest first."""
        return [describe(record) for record in self._records()]

    def version_at(self, moment: date | datetime) -> int:
        """The version as known at a moment. A date, or a time without zone, is in the lake's; a date includes its day.

        Raises LakeError when the lake is younger.
        """
        return known_at(self._records(), moment)

    def rows_read(self, version: int | None = None) -> dict[str, int]:
        """Rows of all loads up to a version, by what became of them (``verify.ROWS``), and how many ``loads``."""
        return verify.rows_read(self._records(version))

    def taken(self, content: Collection[str], source: str) -> frozenset[str]:
        """Which of these content hashes were loaded before from ``source``."""
        return self._taken(self.snapshot(), content, source)

    # --- writing -----------------------------------------------------------------------------------------------------

    def load(
        self,
        orders: pa.Table,
        lines: pa.Table | None = None,
        customers: pa.Table | None = None,
        *,
        source: str,
        content: Sequence[str] = (),
        counters: Mapping[str, int] | None = None,
        currency: str | None = None,
        products: pa.Table | None = None,
        progress: Progress | None = None,
    ) -> LoadReport:
        """Add one load: new orders, replacements of known ones (with their lines), customers and their attributes.

        ``orders``, ``lines``, ``customers`` and ``products`` have the columns of ``schema.INCOMING_…``; ``content``
        are the hashes of the files read. When all of them were loaded before from ``source``, nothing changes and no
        version is made. Where a load leaves many small files, they are folded together in a version of its own
        (``compaction.MOST_FILES``). Raises LakeError (rows not to be stored, an order twice, files partly taken
        while orders without an id are among the rows, a busy lake, a full disk) and CurrencyError.
        """
        incoming = Incoming.check(orders, lines, customers, source, content, counters, products)

        def attempt(base: Record) -> Computed | LoadReport:
            _check_currency(base.currency, currency)
            snapshot = Snapshot.read(self._log, base)
            taken = self._taken(snapshot, incoming.content, source)
            if incoming.content and len(taken) == len(incoming.content):
                return LoadReport(base.version, source, incoming.content, unchanged=True, counters=incoming.counters)
            if taken and incoming.orders.column("order_id").null_count:
                raise faults.partly_taken(len(taken), len(incoming.content))
            changes, report = loading.compute(
                self._storage, snapshot, base.next_order, incoming, self._workers, progress
            )
            return self._loaded(base, "load", changes, report, currency)

        done = self._change(attempt)
        if isinstance(done, Record):
            with suppress(LakeError):  # the load stands; the next one tries again
                self._fold(compaction.what_slows, progress)
        return self._load_report(done)

    def bulk_load(
        self,
        batches: Iterable[pa.RecordBatch],
        customer_ids: pa.Array | pa.ChunkedArray | None = None,
        *,
        source: str = "bulk",
        content: Sequence[str] = (),
        memory: int = 1 << 31,
        progress: Progress | None = None,
    ) -> LoadReport:
        """Fill an empty lake from a stream of rows customer_key (int32, dense from 0; -1 unattributed), day, amount,
        profit (nullable, or absent). Rows have no order ids, lines or dimensions.

        ``customer_ids[k]`` is the id of key k; without them it is the key in digits. ``memory`` bounds, in bytes, what
        is held back for sorting; the rest goes to disk. Raises LakeError when the lake is not empty.
        """
        self._make_ready()
        base = self._log.latest()
        if base.customers or base.totals.orders:
            raise faults.not_empty(self._storage.root)
        chunks = bulk.Chunks(self._storage.scratch, memory)
        try:
            bulk.read_chunks(batches, chunks, base.buckets, self._workers, progress)
            ids = bulk.checked_ids(customer_ids, chunks.customers)
            count = chunks.customers if ids is None else len(ids)
            changes, totals = bulk.write(self._storage, base, chunks, ids, count, source, self._workers, progress)
        finally:
            chunks.close()
        report = LoadReport(
            version=base.version + 1,
            source=source,
            content=tuple(sorted(set(content))),
            orders=totals.orders,
            new=totals.orders,
            customers_new=count,
            added=totals,
        )

        def attempt(current: Record) -> Computed:
            if current.version != base.version:
                raise faults.not_empty(self._storage.root)
            return self._loaded(base, "bulk", changes, report, None)

        return self._load_report(self._change(attempt))

    def identify(self, canonical: Mapping[str, str]) -> int:
        """From the new version on, read the facts of each customer id as those of another; an id itself undoes it.

        Returns the version. Raises LakeError for unknown ids and for circles.
        """
        ids = pa.array(sorted({*canonical, *canonical.values()}), pa.string())

        def attempt(base: Record) -> Computed:
            snapshot = Snapshot.read(self._log, base)
            keys = dict(zip(ids.to_pylist(), snapshot.find_keys(ids, self._workers).tolist(), strict=True))
            if unknown := [name for name, key in keys.items() if key < 0]:
                raise faults.identity_problem(f"there is no customer {unknown[0]}")
            pairs = {keys[left]: keys[right] for left, right in canonical.items()}
            stored = [read_rows(self._storage, file) for file in snapshot.files_of("identity")]
            new = pa.table([list(pairs), list(pairs.values()), [base.version + 1] * len(pairs)], schema=IDENTITY)
            Identity.from_rows(pa.concat_tables([*stored, new], promote_options="permissive").sort_by("since"))
            file = write_file(self._storage, "identity", 0, new, base.version + 1)
            return {"identity": Change((file,))}, self._next(base, "identity")

        return int(self._change(attempt).version)

    def compact(self, *, fewest: int = 2, progress: Progress | None = None) -> int:
        """Fold buckets of at least ``fewest`` files into one file each; returns the version (the latest when nothing
        was to do). What the lake says does not change, and loads may go on meanwhile.
        """
        return self._fold(lambda snapshot: compaction.everything(snapshot, max(2, fewest)), progress)

    def _fold(self, choose: Callable[[Snapshot], compaction.Folds], progress: Progress | None) -> int:
        changes: dict[str, Change] | None = None

        def attempt(current: Record) -> Computed | int:
            nonlocal changes
            snapshot = Snapshot.read(self._log, current)
            if changes is None or not compaction.still_applies(changes, snapshot):
                changes = compaction.compute(self._storage, snapshot, choose(snapshot), self._workers, progress)
            return (changes, self._next(current, "compact")) if changes else current.version

        done = self._change(attempt)
        return done if isinstance(done, int) else int(done.version)

    # --- care --------------------------------------------------------------------------------------------------------

    def verify(self, version: int | None = None, *, progress: Progress | None = None) -> verify.VerifyReport:
        """Recompute checksums, counts, sums, keys and references of a version (the latest)."""
        record = self._log.latest() if version is None else self._log.record(version)
        snapshot = Snapshot.read(self._log, record)
        return verify.verify(snapshot, self._records(snapshot.version), self._workers, progress)

    def vacuum(
        self,
        retention_time: timedelta = timedelta(days=30),
        *,
        pinned: Collection[int] = (),
        grace: float = retention.GRACE_SECONDS,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> retention.VacuumReport:
        """Delete files that only versions older than ``retention_time`` need; the latest and ``pinned`` stay whole.

        A version counts as old from the moment it was superseded. ``grace`` (seconds) protects the files of writers
        that have not committed yet. Raises LakeError, before anything is deleted, for a pinned version that does not
        exist or cannot be read any more.
        """
        records = self._records()
        for version in pinned:
            self._check_kept(version)
        oldest = self._clock().astimezone(UTC) - retention_time
        ends = [record.time for record in records[1:]]
        kept = [record for record, end in zip(records, ends, strict=False) if end >= oldest or record.version in pinned]
        return retention.vacuum(self._storage, self._log, [*kept, records[-1]], grace, dry_run, progress)

    def _check_kept(self, version: int) -> None:
        try:
            self.snapshot(version)
        except LakeError as error:
            raise faults.already_gone(version) if error.code == "lake_version_gone" else error from error

    # --- how a version is made ---------------------------------------------------------------------------------------

    def _change(self, attempt: Callable[[Record], Any]) -> Any:
        """Run ``attempt`` on the latest version until what it computed is committed; other results pass through."""
        self._make_ready()
        for number in range(ATTEMPTS):
            base = self._log.latest()
            computed = attempt(base)
            if not isinstance(computed, tuple):
                return computed
            changes, record = computed
            try:
                return self._log.commit(base, changes, record)
            except Conflict:
                _wait(number)
        raise faults.busy(ATTEMPTS)

    def _make_ready(self) -> None:
        """Before the first change of a process: a place that several writers can share, a lake of today's format."""
        if not self._may_write:
            self._check_store()
        for number in range(ATTEMPTS):
            if self._format == FORMAT:
                return
            base = self._log.latest()
            self._format = self._log.format()
            try:
                if self._format != FORMAT:
                    self._log.migrate(base, self._next(base, "migrate"))
            except Conflict:
                _wait(number)

    def _check_store(self) -> None:
        if self._storage.durable:
            probe(self._storage)
        self._may_write = True

    def _next(self, base: Record, kind: str) -> Record:
        at = max(self._clock().astimezone(UTC), base.time)
        return replace(base, version=base.version + 1, kind=kind, at=at.isoformat(), report={})

    def _loaded(
        self, base: Record, kind: str, changes: dict[str, Change], report: LoadReport, currency: str | None
    ) -> Computed:
        record = self._next(base, kind)
        text = json.dumps(report.to_json())
        rows = [
            {"version": record.version, "at": record.at, "source": report.source, "content": content, "report": text}
            for content in report.content or (None,)
        ]
        listed = write_file(self._storage, "loads", 0, pa.Table.from_pylist(rows, LOADS), record.version)
        return {**changes, "loads": Change((listed,))}, replace(
            record,
            currency=base.currency or currency,
            customers=base.customers + report.customers_new,
            next_order=base.next_order + report.orders,
            totals=base.totals + report.added - report.removed,
            report=report.to_json(),
        )

    def _load_report(self, done: Any) -> LoadReport:
        return LoadReport.from_json(done.report) if isinstance(done, Record) else done

    def _taken(self, snapshot: Snapshot, content: Collection[str], source: str) -> frozenset[str]:
        rows = [
            row
            for file in snapshot.files_of("loads")
            for row in read_rows(self._storage, file, ["source", "content"]).to_pylist()
        ]
        return frozenset(row["content"] for row in rows if row["source"] == source) & frozenset(content)

    def _records(self, last: int | None = None) -> list[Record]:
        end = self._log.latest().version if last is None else last
        with ThreadPoolExecutor(16 if self._storage.remote else 1) as pool:
            return list(pool.map(self._log.record, range(end + 1)))


def _wait(number: int) -> None:
    """A random while before attempt ``number`` + 1, at most a second: those who collided do not collide again."""
    time.sleep(random.uniform(0, min(1.0, 0.01 * 2**number)))  # noqa: S311


def _check_currency(lake: str | None, load: str | None) -> None:
    if lake is not None and load is not None and lake != load:
        raise CurrencyError(
            "lake_currency",
            "The lake holds amounts in {lake}, the new file has {load}.",
            "Keep a lake for each currency.",
            lake=lake,
            load=load,
        )
