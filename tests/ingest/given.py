"""What the tests of ingest start from: small files, and a reader with a fixed clock."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

from regulars.ingest import Ingested, IngestOptions, read_orders

TODAY = date(2026, 1, 10)
BASIC = ("customer_id", "order_id", "ordered_at", "amount")


def read(inputs: Any, **options: Any) -> Ingested:
    """read_orders with the clock at 2026-01-10."""
    return read_orders(inputs, IngestOptions(**{"today": TODAY, **options}))


def csv_text(columns: Any, rows: Any, **dialect: Any) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", **dialect)
    if columns:
        writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def csv_file(
    folder: Path, columns: Any, rows: Any, name: str = "orders.csv", encoding: str = "utf-8", **dialect: Any
) -> Path:
    path = folder / name
    path.write_bytes(csv_text(columns, rows, **dialect).encode(encoding))
    return path


def orders(found: Ingested, *columns: str) -> list[Any]:
    """The columns of the orders as rows; the values alone for a single column."""
    table = found.orders.select(list(columns)).to_pylist()
    return [row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns) for row in table]


def reasons(found: Ingested) -> list[tuple[int, str, str]]:
    """(line, value, reason) of the rejects."""
    return [(row["line"], row["value"], row["reason"]) for row in found.rejects.to_pylist()]


def codes(found: Ingested) -> set[str]:
    """Codes of the notes."""
    return {note.code for note in found.warnings}


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def reconciled(found: Ingested) -> bool:
    c = found.counters
    return c.rows == c.used_rows + c.rejected_rows + c.dropped_rows + c.skipped_rows
