"""Workbooks, Parquet files and data frames as sheets: every cell is turned into text and read by the same code.

A workbook's own types are not trusted: type inference turns late text dates and "¥" amounts into nothing.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regulars.errors import FileProblem, MappingError
from regulars.ingest.arena import Arena, Place
from regulars.ingest.cells import Cells, cells_of, equal_cells, mix_cells
from regulars.ingest.header import column_names, find_header, first_row
from regulars.ingest.layout import MOST_COLUMNS, no_rows, too_wide
from regulars.ingest.schema import Note, note
from regulars.ingest.sheets import BLANK, WHOLE, Loose, Piece, Progress
from regulars.ingest.sources import Source
from regulars.ingest.suggest import did_you_mean

T = TypeVar("T")

_ROWS = 1 << 17
_SAMPLE_ROWS = 400


class TableSheet:
    """Columns of text. ``line`` is the number by which people know the first row: of a worksheet, or counted from 1."""

    def __init__(
        self,
        file: str,
        columns: list[Cells],
        names: tuple[str, ...],
        header: tuple[str, ...] | None,
        line: int,
        junk: int,
    ) -> None:
        self.file, self.names, self.header_cells, self.junk, self._line = file, names, header, junk, line
        self._columns = columns
        self.notes: tuple[Note, ...] = ()
        self._rows = len(columns[0]) if columns else 0
        if not self._rows:
            raise no_rows(file)
        self.rows: Sequence[Sequence[str]] = [
            [column.text(i) for column in columns] for i in range(min(self._rows, _SAMPLE_ROWS))
        ]

    def read(
        self, wanted: list[int], parse: Callable[[Loose], T], pool: ThreadPoolExecutor, progress: Progress | None
    ) -> list[tuple[Piece, T]]:
        """Every slice of rows in order, with what ``parse`` makes of it."""
        arena = Arena(self._rows)

        def work(first: int) -> tuple[Piece, T]:
            last = min(first + _ROWS, self._rows)
            slices = [Cells(c.data, c.start[first:last], c.stop[first:last]) for c in self._columns]
            blank = ~np.logical_or.reduce([cells.filled for cells in slices])
            fault = np.where(blank, BLANK, WHOLE).astype(np.uint8)
            piece = Piece(slices[0], fault, np.arange(last - first, dtype=np.int32), first + self._line)
            columns = {column: slices[column] for column in wanted}
            return piece, parse(Loose(columns, {}, Place(arena, first, last - first)))

        results = []
        for found in pool.map(work, range(0, self._rows, _ROWS)):
            results.append(found)
            if progress:
                progress("read", min(len(results) * _ROWS, self._rows), self._rows)
        return results

    def cells_at(self, piece: Piece, rows: np.ndarray, column: int) -> Cells:
        """The cells of one column in some rows of a piece."""
        return self._columns[column].take(rows + (piece.base - self._line))

    def row_hashes(self, pieces: list[Piece]) -> np.ndarray:
        """A hash of all cells of every row."""
        hashes = np.zeros(self._rows, np.uint64)
        for cells in self._columns:
            mix_cells(cells.data, cells.start, cells.stop, hashes)
        return hashes

    def same_rows(self, pieces: list[Piece], first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Whether pairs of rows hold the same cells."""
        return np.logical_and.reduce([equal_cells(cells, first, second) for cells in self._columns])

    def row_cells(self, piece: Piece, row: int) -> list[str]:
        """All cells of a row, as text."""
        i = piece.base - self._line + row
        return [column.text(i) for column in self._columns]


def table_sheet(table: pa.Table, name: str, line: int = 1) -> TableSheet:
    """The sheet of an Arrow table whose columns have names. Raises FileProblem for columns that hold no plain
    values."""
    if table.num_columns > MOST_COLUMNS:
        raise too_wide(name, table.num_columns)
    columns = [cells_of(_as_text(table.column(i), table.column_names[i], name)) for i in range(table.num_columns)]
    return TableSheet(name, columns, column_names(table.column_names, len(columns)), tuple(table.column_names), line, 0)


def _as_text(column: pa.ChunkedArray, label: str, name: str) -> pa.Array:
    try:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_floating(column.type):
            column = pc.if_else(pc.is_nan(column), None, column)
        if pa.types.is_null(column.type):
            return pa.nulls(len(column), pa.large_string())
        if pa.types.is_nested(column.type):
            column = pa.chunked_array(
                [pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.string())]
            )
        text = column.cast(pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise FileProblem(
            "column_unreadable",
            "The column {column} of {file} cannot be read as text: {why}.",
            "Leave it out, or save it as text.",
            column=label,
            file=name,
            why=str(error).splitlines()[0],
        ) from error
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def parquet_sheet(source: Source) -> TableSheet:
    """The sheet of a Parquet file."""
    try:
        table = pq.read_table(source.path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise FileProblem(
            "parquet_corrupt",
            "{file} cannot be read as Parquet: {why}.",
            "Write or copy the file again.",
            file=source.name,
            why=str(error).splitlines()[0],
        ) from error
    return table_sheet(table, source.name)


def workbook_sheets(source: Source, wanted: str | int | None) -> list[TableSheet]:
    """The worksheets to read: the one the user named, else the first with rows and all others with the same columns."""
    assert source.path is not None
    try:
        book = fastexcel.read_excel(str(source.path))
        if wanted is not None:
            return [_worksheet(source, book, _position(source, book.sheet_names, wanted), alone=True)]
        sheets: list[TableSheet] = []
        left_out = []
        for position, title in enumerate(book.sheet_names):
            try:
                sheet = _worksheet(source, book, position, alone=len(book.sheet_names) == 1)
            except FileProblem as error:
                if error.code in ("no_rows", "empty_sheet") and len(book.sheet_names) > 1:
                    continue
                raise
            if not sheets or sheet.names == sheets[0].names:
                sheets.append(sheet)
            else:
                left_out.append(title)
    except (fastexcel.FastExcelError, pa.ArrowInvalid) as error:
        raise FileProblem(
            "workbook_corrupt",
            "{file} cannot be opened as a workbook: {why}.",
            "Open it in a spreadsheet and save it again; a password must be taken off.",
            file=source.name,
            why=str(error).splitlines()[0],
        ) from error
    if not sheets:
        raise FileProblem("empty_file", "{file} is empty.", "Export the orders again.", file=source.name)
    if left_out:
        sheets[0].notes = (
            note(
                "sheets_left_out",
                "{file}: the worksheets {sheets} have other columns and were left out; --sheet reads one of them.",
                file=source.name,
                sheets=", ".join(left_out),
            ),
        )
    return sheets


def _position(source: Source, titles: list[str], wanted: str | int) -> int:
    if isinstance(wanted, str) and wanted in titles:
        return titles.index(wanted)
    if str(wanted).isdigit() and 1 <= int(wanted) <= len(titles):
        return int(wanted) - 1
    raise MappingError(
        "unknown_sheet",
        "{file} has no worksheet {sheet}.{suggestion}",
        "Its worksheets are: {sheets}.",
        file=source.name,
        sheet=repr(wanted),
        suggestion=did_you_mean(str(wanted), titles),
        sheets=", ".join(titles),
    )


def _worksheet(source: Source, book: Any, position: int, *, alone: bool) -> TableSheet:
    name = source.name if alone else f"{source.name} [{book.sheet_names[position]}]"
    table = pa.table(book.load_sheet(position, header_row=None, dtypes="string").to_arrow())
    if table.num_columns > MOST_COLUMNS:
        raise too_wide(name, table.num_columns)
    if table.num_rows == 0 or table.num_columns == 0:
        raise FileProblem("empty_sheet", "{file} is empty.", "Export the orders again.", file=name)
    columns = [cells_of(column.combine_chunks()) for column in table.columns]
    top = [[column.text(i) for column in columns] for i in range(min(table.num_rows, _SAMPLE_ROWS))]
    offset = _first_used_row(source, position)
    header = find_header(top)
    begin = first_row(top) if header is None else header + 1
    names = column_names(None if header is None else top[header], len(columns))
    rest = [Cells(c.data, c.start[begin:], c.stop[begin:]) for c in columns]
    junk = begin if header is None else header
    return TableSheet(name, rest, names, None if header is None else tuple(top[header]), begin + offset, junk)


def _first_used_row(source: Source, position: int) -> int:
    """Number of the first used row of a worksheet: the reader drops the empty ones above it without saying so."""
    assert source.path is not None
    try:
        with zipfile.ZipFile(source.path) as archive:
            book = _part(archive, "xl/workbook.xml")
            links = _part(archive, "xl/_rels/workbook.xml.rels")
            ids = re.findall(r'<sheet\b[^>]*?\br:id="([^"]+)"', book)
            link = next(tag for tag in re.findall(r"<Relationship\b[^>]*>", links) if f'Id="{ids[position]}"' in tag)
            target = re.search(r'Target="/?(?:xl/)?([^"]+)"', link)
            assert target is not None
            with archive.open(f"xl/{target[1]}") as sheet:
                row = re.search(rb'<row\b[^>]*?\br="(\d+)"', sheet.read(1 << 18))
    except (zipfile.BadZipFile, KeyError, IndexError, StopIteration):
        return 1
    return int(row[1]) if row else 1


def _part(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        return part.read(1 << 22).decode("utf-8", "replace")
