"""Our own Parquet files: rows in order, the content's hash in the name, columns that carry nothing left unread.

``write_deltalake`` loses row order, so files are written here and registered in the log. A name is
``<version it was written for>-<random>-<SHA-256 of the content, 128 bits>.parquet``: sorting names sorts by age, no two
writers collide, and verification needs nothing but the file. Pages carry CRC-32 checksums that every read compares.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regulars.lake import faults
from regulars.lake.records import StoredFile
from regulars.lake.schema import ROW_GROUP, TABLES, TableSpec
from regulars.lake.storage import Storage

Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Column:
    """A number column of one file or several: an array, one constant, or nothing at all.

    ``values`` is None when every row is null (``constant`` None) or equal (``constant``); ``known`` is None when no row
    is null, and ``values`` is 0 where it is False.
    """

    rows: int
    values: Numbers | None
    known: npt.NDArray[np.bool_] | None = None
    constant: int | None = None

    @property
    def empty(self) -> bool:
        return self.values is None and self.constant is None

    def array(self, dtype: Any) -> Numbers:
        if self.values is not None:
            return self.values
        return np.full(self.rows, self.constant or 0, dtype)

    def known_array(self) -> npt.NDArray[np.bool_]:
        return np.full(self.rows, not self.empty) if self.known is None else self.known

    def take(self, index: npt.NDArray[Any]) -> Column:
        return Column(
            len(index) if index.dtype != np.bool_ else int(index.sum()),
            None if self.values is None else self.values[index],
            None if self.known is None else self.known[index],
            self.constant,
        )


def write_file(storage: Storage, table: str, bucket: int, rows: pa.Table, version: int) -> StoredFile:
    """Write ``rows``, in their order and in the columns of the table's schema, as one file of ``bucket``."""
    spec = TABLES[table]
    nulls = {name: rows.column(name).null_count for name in rows.column_names}
    present = [name for name in rows.column_names if nulls[name] < rows.num_rows]
    minimum, maximum = _bounds(rows, spec, present)
    varied = [name for name in spec.few_values if minimum.get(name, 0) != maximum.get(name, 1)]
    sink = pa.BufferOutputStream()
    _encode(rows.select(present), spec, varied, sink)
    content = sink.getvalue()
    digest = hashlib.sha256(content).hexdigest()[:32]
    folder = f"bucket={bucket}/" if spec.partitioned else ""
    path = f"{folder}{version:010}-{os.urandom(6).hex()}-{digest}.parquet"
    storage.write(f"{table}/{path}", content)
    absent = {name: rows.num_rows for name in spec.schema.names if name not in nulls}
    return StoredFile(table, path, bucket, content.size, rows.num_rows, minimum, maximum, nulls | absent)


def _encode(rows: pa.Table, spec: TableSpec, dictionary: Sequence[str], sink: Any) -> None:
    pq.write_table(
        rows,
        sink,
        row_group_size=ROW_GROUP,
        compression="lz4",
        use_dictionary=[name for name in dictionary if name in rows.column_names],
        column_encoding={name: "DELTA_BINARY_PACKED" for name in spec.packed if name in rows.column_names},
        write_page_checksum=True,
        store_schema=False,
    )


def _bounds(rows: pa.Table, spec: TableSpec, present: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    low: dict[str, int] = {}
    high: dict[str, int] = {}
    for name in present:
        if pa.types.is_integer(spec.schema.field(name).type):
            bounds = pc.min_max(rows.column(name))
            low[name], high[name] = bounds["min"].as_py(), bounds["max"].as_py()
    return low, high


def open_file(storage: Storage, file: StoredFile) -> pq.ParquetFile:
    """LakeError when the file is missing, has another size or is no Parquet file."""
    source = storage.map(file.name)
    if source.size() != file.size:
        raise faults.wrong_size(storage.path(file.name))
    try:
        return pq.ParquetFile(source, page_checksum_verification=True, pre_buffer=storage.remote)
    except (pa.ArrowException, OSError) as error:
        raise faults.damaged(storage.path(file.name), "it cannot be read as Parquet") from error


def read_rows(
    storage: Storage, file: StoredFile, names: Sequence[str] | None = None, groups: Sequence[int] | None = None
) -> pa.Table:
    """Columns ``names`` (all: None) as Arrow, of all row groups or of ``groups``; absent columns come as nulls."""
    schema = TABLES[file.table].schema
    wanted = schema.names if names is None else list(names)
    parquet = open_file(storage, file)
    present = [name for name in wanted if name in parquet.schema_arrow.names]
    try:
        if groups is None:
            rows = parquet.read(present, use_threads=False)
        else:
            rows = parquet.read_row_groups(list(groups), present, use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise faults.damaged(storage.path(file.name), "its pages do not match their checksums") from error
    columns = [
        rows.column(name).cast(schema.field(name).type)
        if name in present
        else pa.nulls(rows.num_rows, schema.field(name).type)
        for name in wanted
    ]
    return pa.table(columns, schema=pa.schema([schema.field(name).with_nullable(True) for name in wanted]))


def read_columns(storage: Storage, file: StoredFile, names: Sequence[str]) -> dict[str, Column]:
    """Number columns as arrays, without copies; what the statistics settle is not read."""
    result: dict[str, Column] = {}
    for name in names:
        if file.all_null(name):
            result[name] = Column(file.rows, None)
        elif (constant := file.constant(name)) is not None:
            result[name] = Column(file.rows, None, constant=constant)
    remaining = [name for name in names if name not in result]
    if remaining:
        rows = read_rows(storage, file, remaining)
        if rows.num_rows != file.rows:
            raise faults.damaged(storage.path(file.name), f"{rows.num_rows} rows where {file.rows} were committed")
        result.update((name, as_column(rows.column(name))) for name in remaining)
    return result


def as_column(values: pa.ChunkedArray) -> Column:
    """An Arrow number column as NumPy, zero-copy when it is one chunk without nulls."""
    chunks = values.chunks or [pa.array([], values.type)]
    array = chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)
    if array.null_count == 0:
        return Column(len(array), array.to_numpy(zero_copy_only=True))
    known = array.is_valid().to_numpy(zero_copy_only=False)
    return Column(len(array), array.fill_null(0).to_numpy(zero_copy_only=True), known)
