"""The first load of a large lake from a stream: rows with ready customer keys, sorted into buckets in bounded memory.

Rows are grouped by bucket a million at a time, in the narrowest types that hold them (14 bytes a row as a rule); groups
beyond the memory allowed go to an unnamed file on disk, which dies with the process. Then every bucket is gathered,
put in order by a counting sort over its dense keys, and written.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.lake import faults, kernels
from regulars.lake.dictionary import Names, customers_in
from regulars.lake.loading import Progress, totals_of, write_names
from regulars.lake.parquet import as_column, write_file
from regulars.lake.records import Change, Record, StoredFile, Totals
from regulars.lake.schema import ATTRIBUTES, CUSTOMERS, UNATTRIBUTED
from regulars.lake.storage import Storage

CHUNK_ROWS = 1 << 20
Numbers = npt.NDArray[Any]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Spilled:
    """A column that lies in the spill file."""

    handle: int
    offset: int
    dtype: np.dtype[Any]

    def __getitem__(self, rows: slice) -> Numbers:
        size = self.dtype.itemsize
        data = os.pread(self.handle, (rows.stop - rows.start) * size, self.offset + rows.start * size)
        return np.frombuffer(data, self.dtype)


@dataclass(frozen=True)
class Chunk:
    """Rows grouped by bucket: bucket b has rows ``starts[b]:starts[b + 1]``, the last one is the unattributed."""

    starts: Int64
    columns: Mapping[str, Numbers | Spilled]

    def slice(self, name: str, bucket: int) -> Numbers:
        return self.columns[name][slice(int(self.starts[bucket]), int(self.starts[bucket + 1]))]


@dataclass
class Chunks:
    """All rows read so far; what exceeds ``memory`` bytes is on disk."""

    folder: str
    memory: int
    chunks: list[Chunk] = field(default_factory=list)
    rows: int = 0
    customers: int = 0
    has_profit: bool = False
    _bytes: int = 0
    _spill: IO[bytes] | None = None

    def add(self, chunk: Chunk, customers: int) -> None:
        self.rows += int(chunk.starts[-1])
        self.customers = max(self.customers, customers)
        self.has_profit |= "profit" in chunk.columns
        size = sum(values.nbytes for values in chunk.columns.values() if isinstance(values, np.ndarray))
        if self._bytes + size > self.memory:
            chunk = self._spilled(chunk)
        else:
            self._bytes += size
        self.chunks.append(chunk)

    def _spilled(self, chunk: Chunk) -> Chunk:
        try:
            if self._spill is None:
                self._spill = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115
            columns: dict[str, Numbers | Spilled] = {}
            for name, values in chunk.columns.items():
                assert isinstance(values, np.ndarray)
                columns[name] = Spilled(self._spill.fileno(), self._spill.tell(), values.dtype)
                self._spill.write(values.data)
            self._spill.flush()
        except OSError as error:
            raise faults.cannot_write(self.folder, error.strerror or str(error)) from error
        return Chunk(chunk.starts, columns)

    def gather(self, bucket: int, name: str, dtype: Any, missing: int = 0) -> Numbers:
        """One column of one bucket from all chunks; ``missing`` where a chunk has no such column."""
        sizes = [int(chunk.starts[bucket + 1] - chunk.starts[bucket]) for chunk in self.chunks]
        out = np.empty(sum(sizes), dtype)
        end = 0
        for chunk, size in zip(self.chunks, sizes, strict=True):
            out[end : end + size] = chunk.slice(name, bucket) if name in chunk.columns else missing
            end += size
        return out

    def has(self, name: str) -> bool:
        return any(name in chunk.columns for chunk in self.chunks)

    def close(self) -> None:
        self.chunks.clear()
        if self._spill is not None:
            self._spill.close()


def read_chunks(
    batches: Iterable[pa.RecordBatch], chunks: Chunks, buckets: int, workers: int, progress: Progress | None
) -> None:
    """Group all batches (customer_key, day, amount, profit or none) by bucket. LakeError for rows not to be stored."""
    waiting: list[Future[tuple[Chunk, int]]] = []

    def collect(most: int) -> None:
        while len(waiting) > most:
            chunks.add(*waiting.pop(0).result())
            if progress is not None:
                progress("read", chunks.rows, 0)

    with ThreadPoolExecutor(workers) as pool:
        for table in _large_tables(batches):
            collect(workers)
            waiting.append(pool.submit(_group, table, buckets))
        collect(0)


def _large_tables(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows >= CHUNK_ROWS:
            yield pa.Table.from_batches(held)
            held, rows = [], 0
    if rows:
        yield pa.Table.from_batches(held)


def _group(table: pa.Table, buckets: int) -> tuple[Chunk, int]:
    keys = _numbers(table, "customer_key", pa.int32())
    try:
        starts, destination = kernels.partition(keys, buckets)
    except ValueError:
        raise faults.wrong_column("batches", "customer_key", "it is below -1") from None
    position = np.where(keys >= 0, keys // buckets, 0)
    columns = {"position": kernels.scatter(position, destination, np.int32)}
    for name, kind, narrow in (("day", pa.int32(), np.int16), ("amount", pa.int64(), np.int32)):
        columns[name] = _narrowed(_numbers(table, name, kind), destination, narrow)
    if "profit" in table.column_names and table.column("profit").null_count < table.num_rows:
        profit = as_column(_cast(table, "profit", pa.int64()))
        columns["profit"] = _narrowed(profit.array(np.int64), destination, np.int32)
        if profit.known is not None:
            columns["known"] = kernels.scatter(profit.known, destination, np.bool_)
    return Chunk(starts, columns), int(keys.max()) + 1 if len(keys) else 0


def _numbers(table: pa.Table, name: str, kind: pa.DataType) -> Numbers:
    column = as_column(_cast(table, name, kind))
    if column.known is not None:
        raise faults.wrong_column("batches", name, "it has empty rows")
    return column.array(kind.to_pandas_dtype())


def _cast(table: pa.Table, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise faults.wrong_column("batches", name, "it is missing")
    try:
        return table.column(name).cast(kind)
    except (pa.ArrowException, ValueError) as error:
        raise faults.wrong_column("batches", name, str(error).splitlines()[0]) from error


def _narrowed(values: Numbers, destination: Numbers, narrow: Any) -> Numbers:
    bounds = np.iinfo(narrow)
    fits = len(values) == 0 or (int(values.min()) >= bounds.min and int(values.max()) <= bounds.max)
    return kernels.scatter(values, destination, narrow if fits else values.dtype)


@dataclass(frozen=True)
class BulkWriter:
    """Writes gathered buckets and their dictionary. ``source`` is the code of the load's source."""

    storage: Storage
    chunks: Chunks
    buckets: int
    customers: int
    ids: pa.ChunkedArray | None
    source: int
    version: int

    def orders(self, bucket: int) -> tuple[StoredFile | None, Totals]:
        """Gather, sort and write one bucket (``buckets`` = the unattributed one)."""
        position = self.chunks.gather(bucket, "position", np.int32)
        if len(position) == 0:
            return None, Totals()
        day = self.chunks.gather(bucket, "day", np.int32)
        index = kernels.sort_index(position, day)
        number = bucket if bucket < self.buckets else UNATTRIBUTED
        key = kernels.gather(position, index) * self.buckets + bucket
        if number == UNATTRIBUTED:
            key[:] = UNATTRIBUTED
        columns = {"customer_key": pa.array(key), "day": pa.array(kernels.gather(day, index))}
        del position, day, key
        columns["amount"] = pa.array(kernels.gather(self.chunks.gather(bucket, "amount", np.int64), index))
        columns["profit"] = self._profit(bucket, index)
        for name, value, kind in (
            ("profit_source", int(self.chunks.has_profit), np.int8),
            ("status", 0, np.int8),
            ("source", self.source, np.int32),
        ):
            columns[name] = pa.array(np.full(len(index), value, kind))
        rows = pa.table(columns)
        return write_file(self.storage, "orders", number, rows, self.version), totals_of(rows)

    def _profit(self, bucket: int, index: Numbers) -> pa.Array:
        if not self.chunks.has_profit:
            return pa.nulls(len(index), pa.int64())
        values = kernels.gather(self.chunks.gather(bucket, "profit", np.int64), index)
        if not self.chunks.has("known") and all("profit" in chunk.columns for chunk in self.chunks.chunks):
            return pa.array(values)
        return pa.array(values, mask=~kernels.gather(self._known(bucket), index))

    def _known(self, bucket: int) -> Numbers:
        parts = []
        for chunk in self.chunks.chunks:
            size = int(chunk.starts[bucket + 1] - chunk.starts[bucket])
            same = np.full(size, "profit" in chunk.columns)
            parts.append(chunk.slice("known", bucket) if "known" in chunk.columns else same)
        return np.concatenate(parts)

    def dictionary(self, bucket: int) -> StoredFile | None:
        """Write the customers of one bucket."""
        count = customers_in(bucket, self.buckets, self.customers)
        if count == 0:
            return None
        key = bucket + np.arange(count, dtype=np.int32) * self.buckets
        keys = pa.array(key.astype(np.int32))
        ids = keys.cast(pa.string()) if self.ids is None else self.ids.take(keys)
        columns = {name: pa.nulls(count, ATTRIBUTES.field(name).type) for name in ATTRIBUTES.names}
        since = pa.array(np.full(count, self.version, np.int32))
        rows = pa.table({**columns, "customer_key": keys, "customer_id": ids, "since": since}).select(CUSTOMERS.names)
        return write_file(self.storage, "customers", bucket, rows, self.version)


def checked_ids(ids: Any, customers: int) -> pa.ChunkedArray | None:
    """The ids by key. LakeError when there are fewer than keys, or one is missing or comes twice."""
    if ids is None:
        return None
    column = ids if isinstance(ids, pa.ChunkedArray) else pa.chunked_array([ids])
    column = column.cast(pa.large_string())
    if len(column) < customers:
        raise faults.wrong_column("customer_ids", "customer_id", f"{len(column)} ids for {customers} keys")
    if column.null_count or len(column.unique()) < len(column):
        raise faults.wrong_column("customer_ids", "customer_id", "an id is missing or comes twice")
    return column


def write(
    storage: Storage,
    base: Record,
    chunks: Chunks,
    ids: pa.ChunkedArray | None,
    customers: int,
    source: str,
    workers: int,
    progress: Progress | None,
) -> tuple[dict[str, Change], Totals]:
    """Write all buckets; returns the changes to commit and what the rows add up to."""
    names = Names("source", [], [])
    code = names.code(source)
    assert code is not None
    writer = BulkWriter(storage, chunks, base.buckets, customers, ids, code, base.version + 1)
    files: list[StoredFile] = []
    totals = Totals()
    with ThreadPoolExecutor(workers) as pool:
        described = pool.map(writer.dictionary, range(base.buckets))
        for done, (file, part) in enumerate(pool.map(writer.orders, range(base.buckets + 1)), 1):
            files.extend([file] if file is not None else [])
            totals += part
            if progress is not None:
                progress("write", done, base.buckets + 1)
        changes = {
            "orders": Change(tuple(files)),
            "customers": Change(tuple(file for file in described if file is not None)),
            "names": write_names(storage, {"source": names}, base.version + 1),
        }
    return changes, totals
