"""Rows of a long sheet, made column by column: ten times as fast as cell by cell, and never all in memory.

XlsxWriter writes a cell in about 5 µs of Python; 100,000 customers with 50 columns would take half a minute. Here the
SpreadsheetML of a batch of rows is put together by Arrow's string kernels and streamed into the sheet when it is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from regulars.report.cells import cell_xml, starts_a_formula

BATCH = 8_192
_EPOCH_SERIAL = 25_569  # 1970-01-01 as Excel counts days


@dataclass(frozen=True)
class BulkColumn:
    """A column of an Arrow table with its formats; ``words`` renames values, True and False included."""

    name: str
    style: Any
    quoted: Any
    words: Mapping[Any, str] = field(default_factory=dict)


class BulkSheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose rows below the header come as ready SpreadsheetML."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: Callable[[], Iterable[str]] = tuple

    def stream_rows(self, table: pa.Table, columns: Sequence[BulkColumn], first_row: int) -> None:
        """Have the rows of ``table`` written from ``first_row`` (from 0) on when the workbook is saved."""
        self._check_dimensions(first_row + table.num_rows - 1, len(columns) - 1)
        self._chunks = lambda: row_chunks(table, columns, first_row)

    def _write_rows(self) -> None:
        super()._write_rows()
        for chunk in self._chunks():
            self.fh.write(chunk)


def row_chunks(table: pa.Table, columns: Sequence[BulkColumn], first_row: int) -> Iterator[str]:
    """``<row>`` elements, a batch at a time."""
    for start in range(0, table.num_rows, BATCH):
        part = table.slice(start, BATCH)
        last = first_row + start + part.num_rows
        numbers = pc.cast(pa.array(range(first_row + start + 1, last + 1), pa.int32()), pa.string())
        cells = [
            _cells(part.column(column.name).combine_chunks(), column, xl_col_to_name(place), numbers)
            for place, column in enumerate(columns)
        ]
        rows = _joined('<row r="', numbers, '">', *cells, "</row>")
        yield "".join(rows.to_pylist())


def _cells(values: Any, column: BulkColumn, letter: str, numbers: Any) -> Any:
    """One cell a row; an absent value has none."""
    if column.words or pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        body = _text_bodies(values, column)
    else:
        body = _joined(f'" s="{column.style._get_xf_index()}"><v>', _number_text(values), "</v></c>")
    return pc.fill_null(_joined(f'<c r="{letter}', numbers, body), "")


def _joined(*parts: Any) -> Any:
    return pc.binary_join_element_wise(*parts, "", null_handling="emit_null")


def _number_text(values: Any) -> Any:
    if pa.types.is_date32(values.type):
        values = pc.add(values.cast(pa.int32()), _EPOCH_SERIAL)
    elif pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_finite(values), values, None)
    elif pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    return values.cast(pa.string())


def _text_bodies(values: Any, column: BulkColumn) -> Any:
    encoded = values.dictionary_encode()
    bodies = [_text_body(word, column) for word in encoded.dictionary.to_pylist()]
    return pa.array(bodies, pa.string()).take(encoded.indices)


def _text_body(word: Any, column: BulkColumn) -> str:
    text = column.words.get(word, str(word))
    style = column.quoted if starts_a_formula(text) else column.style
    inside = cell_xml(text)
    return f'" s="{style._get_xf_index()}" t="inlineStr"><is><t xml:space="preserve">{inside}</t></is></c>'
