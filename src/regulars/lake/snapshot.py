"""One version of a lake, for reading. A snapshot is plain data: it can be sent to another process or machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.errors import ParameterError
from regulars.lake import dictionary, faults, histories, merging
from regulars.lake.commit import Log
from regulars.lake.histories import BucketFacts, BucketLines
from regulars.lake.identity import Identity
from regulars.lake.parquet import Column, as_column, open_file, read_columns, read_rows
from regulars.lake.records import Record, StoredFile, Totals
from regulars.lake.schema import ATTRIBUTES, IDENTITY, MAIN_TABLE, NAME_KINDS, NAMES, TABLES, UNATTRIBUTED
from regulars.lake.storage import Storage

Bools = npt.NDArray[np.bool_]
Int32 = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Snapshot:
    """A version of a lake. Reading is safe from several threads at once."""

    storage: Storage
    version: int
    at: datetime
    buckets: int
    currency: str | None
    timezone: str
    n_customers: int
    totals: Totals
    files: Mapping[tuple[str, int], tuple[StoredFile, ...]]
    identity: Identity

    @classmethod
    def read(cls, log: Log, record: Record) -> Snapshot:
        files: dict[tuple[str, int], tuple[StoredFile, ...]] = {}
        for name in TABLES:
            version = record.version if name == MAIN_TABLE else record.tables[name]
            for file in log.files(name, version) if version else ():
                files[name, file.bucket] = (*files.get((name, file.bucket), ()), file)
        return cls(
            storage=log.storage,
            version=record.version,
            at=record.time,
            buckets=record.buckets,
            currency=record.currency,
            timezone=record.timezone,
            n_customers=record.customers,
            totals=record.totals,
            files=files,
            identity=Identity.from_rows(_all_rows(log.storage, files.get(("identity", 0), ()), IDENTITY)),
        )

    def files_of(self, table: str, bucket: int = 0) -> tuple[StoredFile, ...]:
        """Files of a bucket, older first; those of a table without buckets are under bucket 0."""
        return self.files.get((table, bucket), ())

    def all_files(self, table: str) -> list[StoredFile]:
        return [file for (name, _), files in self.files.items() if name == table for file in files]

    def check_files(self, *, latest: bool) -> None:
        """LakeError when a file is missing or has another size than was committed.

        A file that an earlier version (``latest`` false) misses was taken by vacuum.
        """
        for table in {name for name, _ in self.files}:
            files = self.all_files(table)
            stored = self.storage.sizes(table, [file.name for file in files])
            for file in files:
                if file.name not in stored:
                    path = self.storage.path(file.name)
                    raise faults.missing_file(path) if latest else faults.version_gone(self.version)
                if stored[file.name] != file.size:
                    raise faults.wrong_size(self.storage.path(file.name))

    def customers_in(self, bucket: int) -> int:
        return dictionary.customers_in(bucket, self.buckets, self.n_customers) if bucket >= 0 else 0

    def facts(self, bucket: int, columns: Sequence[str] = ("profit", "status")) -> BucketFacts:
        """Orders of ``bucket`` (0 … buckets - 1). ``columns`` names optional columns of ``BucketFacts``."""
        self._check_bucket(bucket)
        return BucketFacts(bucket, self.customers_in(bucket), **self._read("orders", bucket, columns))

    def unattributed(self, columns: Sequence[str] = ("profit", "status")) -> BucketFacts:
        """Orders without a customer, sorted by day; ``customer`` is 0 throughout and ``customers`` is 0."""
        return BucketFacts(UNATTRIBUTED, 0, **self._read("orders", UNATTRIBUTED, columns))

    def lines(self, bucket: int, columns: Sequence[str] = ("product", "quantity", "profit", "status")) -> BucketLines:
        """Order lines of ``bucket``, -1 for those of unattributed orders."""
        if bucket != UNATTRIBUTED:
            self._check_bucket(bucket)
        return BucketLines(bucket, self.customers_in(bucket), **self._read("lines", bucket, columns))

    def customer_ids(self, bucket: int) -> pa.Array:
        """The text id of each position (string)."""
        column = self._customer_rows(bucket, ["customer_id"]).column("customer_id")
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)

    def attributes(self, bucket: int) -> pa.Table:
        """customer_id and the attributes as last told (``schema.ATTRIBUTES``), one row a position."""
        return self._customer_rows(bucket, ["customer_id", *ATTRIBUTES.names])

    def merged_away(self, bucket: int) -> Bools | None:
        """True for positions whose facts are read as another customer's; None when there are none."""
        leaving = self.identity.leaving(bucket, self.buckets)
        if len(leaving) == 0:
            return None
        result = np.zeros(self.customers_in(bucket), np.bool_)
        result[leaving // self.buckets] = True
        return result

    def names(self, kind: str) -> pa.Array:
        """Text by code (string) of ``product``, ``channel``, ``campaign``, ``referrer`` or ``source``."""
        return pa.array(self.read_names(kind).names, pa.string())

    def categories(self) -> pa.Array:
        """Category by product code (string, null when none was told)."""
        return pa.array(self.read_names("product").categories, pa.string())

    def read_names(self, kind: str) -> dictionary.Names:
        if kind not in NAME_KINDS:
            raise _unknown("kind of name", kind, NAME_KINDS)
        return dictionary.read_names(_all_rows(self.storage, self.files_of("names"), NAMES), kind)

    def find_keys(self, ids: pa.Array, workers: int = 2) -> Int32:
        """customer_key of each id (int32), -1 where it is unknown."""
        return dictionary.find_keys(self.storage, self.all_files("customers"), ids, workers)

    def orders_of(self, key: int) -> pa.Table:
        """Every order of one customer in stored form, sorted by day, merged customers included."""
        return self._rows_of("orders", key)

    def lines_of(self, key: int) -> pa.Table:
        """Every order line of one customer in stored form, sorted by day."""
        return self._rows_of("lines", key)

    def _customer_rows(self, bucket: int, names: Sequence[str]) -> pa.Table:
        self._check_bucket(bucket)
        return dictionary.customer_rows(
            self.storage,
            self.files_of("customers", bucket),
            bucket=bucket,
            buckets=self.buckets,
            customers=self.n_customers,
            names=names,
        )

    def _check_bucket(self, bucket: int) -> None:
        if not 0 <= bucket < self.buckets:
            raise _unknown("bucket", str(bucket), (f"0 … {self.buckets - 1}",))

    def _read(self, table: str, bucket: int, columns: Sequence[str]) -> dict[str, Any]:
        allowed = histories.optional_columns(table)
        if unknown := [name for name in columns if name not in allowed]:
            raise _unknown("column", unknown[0], allowed)
        wanted = list(dict.fromkeys(["amount", *(name for name in columns if name != "day")]))
        return histories.arrays(table, self._run(table, bucket, wanted))

    def _run(self, table: str, bucket: int, names: Sequence[str]) -> merging.Run:
        """Columns of a bucket, merged and seen through the identity."""
        leaving = self.identity.leaving(bucket, self.buckets) if bucket >= 0 else self.identity.source[:0]
        runs = []
        for file in self.files_of(table, bucket):
            run = merging.as_run(
                self.storage.path(file.name),
                read_columns(self.storage, file, ["customer_key", "day", *names]),
                self.buckets,
                bucket,
            )
            if len(leaving):
                run = run.take(~np.isin(run.position, leaving // self.buckets))
            runs.append(run)
        if bucket >= 0:
            runs.extend(self._arriving(table, bucket, names))
        if not runs:
            runs = [self._no_rows(names)]
        return merging.merge(runs, {name: histories.numpy_type(table, name) for name in names})

    def _no_rows(self, names: Sequence[str]) -> merging.Run:
        empty = np.empty(0, np.int32)
        return merging.Run("", empty, empty, {name: Column(0, None) for name in names})

    def _arriving(self, table: str, bucket: int, names: Sequence[str]) -> list[merging.Run]:
        """Rows stored under other keys that are read as customers of ``bucket``."""
        sources, targets = self.identity.arriving(bucket, self.buckets)
        runs = []
        for home in np.unique(sources % self.buckets):
            for file in self.files_of(table, int(home)):
                rows = rows_of_keys(self.storage, file, sources, ["customer_key", "day", *names])
                columns = {name: as_column(rows.column(name)) for name in rows.column_names}
                keys = columns["customer_key"].array(np.int32)
                canonical = targets[np.searchsorted(sources, keys)] if len(keys) else keys
                columns["customer_key"] = Column(len(keys), canonical)
                runs.append(merging.as_run(file.name, columns, self.buckets, bucket))
        return runs

    def _rows_of(self, table: str, key: int) -> pa.Table:
        members = np.sort(self.identity.members(key))
        homes = np.unique(np.where(members >= 0, members % self.buckets, UNATTRIBUTED))
        parts = [
            rows_of_keys(self.storage, file, members, None)
            for home in homes
            for file in self.files_of(table, int(home))
        ]
        schema = pa.schema([field.with_nullable(True) for field in TABLES[table].schema])
        rows = pa.concat_tables([schema.empty_table(), *parts])
        order = ["day", "order_key"]
        return rows.take(pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in order]))


def rows_of_keys(storage: Storage, file: StoredFile, keys: Int32, names: Sequence[str] | None) -> pa.Table:
    """Rows of the (sorted) customer keys, reading only the row groups whose statistics allow for one of them."""
    metadata = open_file(storage, file).metadata
    place = next(i for i in range(metadata.num_columns) if metadata.schema.column(i).name == "customer_key")
    groups = []
    for number in range(metadata.num_row_groups):
        bounds = metadata.row_group(number).column(place).statistics
        if np.searchsorted(keys, bounds.min, "left") < np.searchsorted(keys, bounds.max, "right"):
            groups.append(number)
    rows = read_rows(storage, file, names, groups)
    return rows.filter(pc.is_in(rows.column("customer_key"), value_set=pa.array(keys, pa.int32())))


def _all_rows(storage: Storage, files: Sequence[StoredFile], schema: pa.Schema) -> pa.Table:
    """All rows of a table of versioned facts, older first."""
    empty = pa.schema([field.with_nullable(True) for field in schema]).empty_table()
    rows = pa.concat_tables([empty, *(read_rows(storage, file) for file in files)])
    return rows.take(pc.sort_indices(rows, sort_keys=[("since", "ascending")]))


def _unknown(what: str, value: str, allowed: Sequence[str]) -> ParameterError:
    return ParameterError(
        "lake_argument",
        "The lake has no {what} {value}.",
        "There are: {allowed}.",
        what=what,
        value=value,
        allowed=", ".join(allowed),
    )
