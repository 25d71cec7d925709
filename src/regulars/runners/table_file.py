"""A Parquet file that grows bucket by bucket."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 65_536  # small groups cost more to encode than their rows


class TableFile:
    """A Parquet file that grows bucket by bucket. Rows are encoded in a thread of their own, at most one group behind,
    while the next buckets are computed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.RecordBatch] = []
        self._encoder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")
        self._encoding: Future[None] | None = None

    def __enter__(self) -> TableFile:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_details: object) -> None:
        try:
            if failure is None:
                self._flush()
                self._settle()
        finally:
            self._encoder.shutdown(wait=True)
            if self._writer is not None:
                self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        if sum(b.num_rows for b in self._waiting) >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        self._settle()
        if self._waiting:
            rows, self._waiting = pa.Table.from_batches(self._waiting), []
            self._encoding = self._encoder.submit(self._encode, rows)

    def _settle(self) -> None:
        """Wait for the rows on their way; what went wrong with them is told here."""
        if self._encoding is not None:
            self._encoding.result()
            self._encoding = None

    def _encode(self, rows: pa.Table) -> None:
        if self._writer is None:
            coded = [field.name for field in rows.schema if pa.types.is_dictionary(field.type)]
            self._writer = pq.ParquetWriter(
                self.path, rows.schema, compression="lz4", use_dictionary=coded, store_decimal_as_integer=True,
                write_statistics=False,
            )  # fmt: skip
        self._writer.write_table(rows, row_group_size=ROW_GROUP * 2)

    def read(self) -> pa.Table:
        return pq.read_table(self.path)
