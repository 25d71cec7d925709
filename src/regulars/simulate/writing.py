"""Columns of text as CSV or XLSX files. Every text is the simulator's own: none of them begins like a formula."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

_BATCH = 50_000


def write_rows_csv(
    path: Path, header: list[str], columns: list[pa.Array], above: list[str], footer: list[str], encoding: str
) -> None:
    """Lines above the header, header, rows, a last line; fields that need it are quoted."""
    with path.open("w", encoding=encoding, newline="") as stream:
        for line in above:
            stream.write(line + "\n")
        stream.write(",".join(header) + "\n")
        for batch in _batches([_quoted(column) for column in columns]):
            lines = pc.binary_join_element_wise(*batch, ",").to_pylist()
            stream.write("\n".join(lines))
            stream.write("\n")
        if footer:
            stream.write(",".join(f'"{cell}"' if "," in cell else cell for cell in footer) + "\n")


def _quoted(column: pa.Array) -> pa.Array:
    wants = pc.match_substring_regex(column, '[",\n]')
    if not pc.any(wants).as_py():
        return column
    inside = pc.replace_substring(column, '"', '""')
    return pc.if_else(wants, pc.binary_join_element_wise('"', inside, '"', ""), column)


def _batches(columns: list[pa.Array]) -> Iterator[list[pa.Array]]:
    for start in range(0, len(columns[0]), _BATCH):
        yield [column.slice(start, _BATCH) for column in columns]


def write_rows_xlsx(
    path: Path, header: list[str], columns: list[pa.Array], above: list[str], footer: list[str]
) -> None:
    """The same rows as text cells of one sheet."""
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = workbook.add_worksheet()
    row = 0
    for line in above:
        sheet.write_string(row, 0, line)
        row += 1
    for cells in _rows(header, columns, footer):
        for place, cell in enumerate(cells):
            if cell:
                sheet.write_string(row, place, cell)
        row += 1
    workbook.close()


def _rows(header: list[str], columns: list[pa.Array], footer: list[str]) -> Iterator[list[str]]:
    yield header
    for batch in _batches(columns):
        yield from map(list, zip(*(column.to_pylist() for column in batch), strict=True))
    if footer:
        yield footer
