"""A Parquet file that grows bucket by bucket."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 65_536  # small groups cost more to encode than their rows


class TableFile:
    """A Parquet file that grows bucket by bucket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.RecordBatch] = []

    def __enter__(self) -> TableFile:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        if sum(b.num_rows for b in self._waiting) >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        rows, self._waiting = pa.Table.from_batches(self._waiting), []
        if self._writer is None:
            coded = [field.name for field in rows.schema if pa.types.is_dictionary(field.type)]
            self._writer = pq.ParquetWriter(
                self.path, rows.schema, compression="lz4", use_dictionary=coded, store_decimal_as_integer=True,
                write_statistics=False,
            )  # fmt: skip
        self._writer.write_table(rows, row_group_size=ROW_GROUP * 2)

    def read(self) -> pa.Table:
        return pq.read_table(self.path)
