"""What can be told of a file before it is read: its columns, what they seem to be, and what only a person can decide.

The same search as `read_orders` makes, handed out for a page that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.errors import RegularsError
from regulars.ingest import dates
from regulars.ingest.cells import rewritten, strings
from regulars.ingest.date_words import read_date
from regulars.ingest.dates import DateOrder
from regulars.ingest.fields import FIELDS, wordlist
from regulars.ingest.mapping import wishes
from regulars.ingest.money_words import read_decimal
from regulars.ingest.options import IngestOptions, Question
from regulars.ingest.read import _opened, _sheets
from regulars.ingest.sheets import BLANK, TOO_MANY, Loose, Progress, Sheet
from regulars.ingest.sources import Sources

SAMPLES = 3


@dataclass(frozen=True)
class SeenColumn:
    """A column of a file: ``field`` is what it seems to be (None: nothing), ``how`` says what tells (`Mapping.how`)."""

    name: str
    samples: tuple[str, ...]
    field: str | None
    how: str | None


@dataclass(frozen=True)
class Look:
    """One sheet at first sight. ``header`` is the number of its header row (0: there is none), ``role`` orders,
    details, customers or unknown, ``missing`` the required fields that no column was found for.
    """

    file: str
    columns: tuple[SeenColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    role: str
    missing: tuple[str, ...]
    preset: str | None
    encoding: str | None
    delimiter: str | None
    header: int
    questions: tuple[Question, ...]


def look(inputs: Sequence[Path], options: IngestOptions) -> list[Look]:
    """Every sheet of the files at first sight. An open question is listed, never raised."""
    found = []
    with ExitStack() as stack:
        sources = stack.enter_context(Sources(list(inputs)))
        asked: list[Question] = []

        def first(question: Question) -> str:
            asked.append(question)
            return question.choices[0]

        wanted = wishes(options.mapping)
        for entry in _opened(sources.found, wanted, replace(options, ask=first), stack):
            if entry.search.missing and len(sources.found) == 1:
                entry.search.by_content()
            found.append(_looked(entry.sheet, entry.search, tuple(asked)))
            asked.clear()
    return found


def _looked(sheet: Sheet, search: Any, asked: tuple[Question, ...]) -> Look:
    doubtful = {question.subject for question in asked}
    fields: dict[int, str] = {}
    for field, column in search.columns.items():
        fields.setdefault(column, field)
    columns = tuple(
        SeenColumn(
            name,
            tuple(dict.fromkeys(row[i] for row in sheet.rows[:50] if i < len(row) and row[i]))[:SAMPLES],
            None if fields.get(i) in doubtful else fields.get(i),
            search.how.get(fields[i]) if i in fields else None,
        )
        for i, name in enumerate(sheet.names)
    )
    layout = getattr(sheet, "layout", None)
    return Look(
        file=sheet.file,
        columns=columns,
        rows=tuple(tuple(row) for row in sheet.rows[:50]),
        role=search.role,
        missing=tuple(search.missing),
        preset=search.layout.preset if search.layout else None,
        encoding=getattr(sheet, "encoding", None),
        delimiter=layout.delimiter if layout else None,
        header=0 if sheet.header_cells is None else sheet.junk + 1,
        questions=asked,
    )


@dataclass(frozen=True)
class Grid:
    """All cells of one sheet as text: a column of ``table`` for each of ``names`` (c0, c1 …), ``line`` the line of each
    row in the file. Blank rows are left out and counted; ``wide`` are rows with more cells than the header has.
    """

    file: str
    names: tuple[str, ...]
    table: pa.Table
    blank: int
    wide: np.ndarray

    def rows(self, chunk: int) -> Iterator[list[tuple[int, bool, tuple[str, ...]]]]:
        """(line, too wide, cells) of every row, in chunks."""
        first = 0
        for batch in self.table.to_batches(max_chunksize=chunk):
            lines, *columns = (column.to_pylist() for column in batch.columns)
            cells = zip(*columns, strict=True) if columns else ((),) * len(lines)
            wide = self.wide[first : first + len(lines)].tolist()
            first += len(lines)
            yield list(zip(lines, wide, cells, strict=True))


@contextmanager
def grids(inputs: Sequence[Path], options: IngestOptions, progress: Progress | None = None) -> Iterator[list[Grid]]:
    """The cells of all sheets of the files; for tables that are not orders."""
    with ExitStack() as stack:
        sources = stack.enter_context(Sources(list(inputs)))
        pool = stack.enter_context(ThreadPoolExecutor(2))
        sheets = [sheet for source in sources.found for sheet in _sheets(source, options, stack)]
        yield [_grid(sheet, pool, progress) for sheet in sheets]


def _grid(sheet: Sheet, pool: ThreadPoolExecutor, progress: Progress | None) -> Grid:
    count = len(sheet.names)

    def parse(loose: Loose) -> list[pa.ChunkedArray]:
        found = []
        for column in range(count):
            cells = loose.columns[column]
            escaped = loose.escaped.get(column)
            whole = rewritten(cells, escaped, False) if escaped is not None else cells
            found.append(strings(whole, np.arange(len(whole)), null=False))
        return found

    pieces = sheet.read(list(range(count)), parse, pool, progress)
    names = ["line", *(f"c{i}" for i in range(count))]
    parts, wide, blank = [], [], 0
    for piece, columns in pieces:
        keep = piece.fault != BLANK
        blank += int((~keep).sum())
        lines = pa.chunked_array([pa.array(piece.lines(np.arange(piece.rows)))])
        parts.append(pa.table([lines, *columns], names=names).filter(pa.array(keep)))
        wide.append((piece.fault == TOO_MANY)[keep])
    table = pa.concat_tables(parts).combine_chunks()
    return Grid(sheet.file, sheet.names, table, blank, np.concatenate(wide))


def understood(field: str, text: str, order: DateOrder | None, decimal_comma: bool = False) -> str | None:
    """What one cell means as ``field``: a plain number, an ISO day, a word of ours; None when it means nothing."""
    shape = FIELDS.get(field, "text")
    if not text.strip():
        return None
    if shape == "number":
        number = read_decimal(text, decimal_comma)[0]
        return None if number is None else format(number, "f")
    if shape == "date":
        value, form = read_date(text, order)
        return None if form < dates.DAY else _moment(value, form)
    if field == "status":
        if text in wordlist("cancelled"):
            return "cancelled"
        return "unpaid" if text in wordlist("unpaid") else "valid"
    if field == "kind":
        return next((kind for kind in ("organization", "individual") if text in wordlist(kind)), None)
    return text


def _moment(value: int, form: int) -> str | None:
    try:
        text = str(np.datetime64(value, "s"))
    except (ValueError, OverflowError):
        return None
    return text[:10] if form == dates.DAY else text[:16].replace("T", " ")


def decimal_comma(texts: Sequence[str]) -> bool:
    """Whether numbers are written with a decimal comma, told by cells that can be nothing else."""
    with_point = sum(read_decimal(text)[0] is not None for text in texts)
    return sum(read_decimal(text, True)[0] is not None for text in texts) > with_point


def day_orders(texts: Sequence[str]) -> tuple[DateOrder, ...]:
    """The orders of day and month in which all of these can be read; more than one only where it makes a difference."""
    filled = [text for text in texts if text.strip()]
    readings: dict[DateOrder, list[tuple[int, int]]] = {}
    for order in ("dmy", "mdy"):
        found = [read_date(text, order) for text in filled]
        if found and all(form >= dates.DAY for _, form in found):
            readings[order] = found
    if len(readings) == 2 and readings["dmy"] == readings["mdy"]:
        return ()
    return tuple(readings)


def refused(error: RegularsError) -> Mapping[str, Any]:
    """An error as plain data that survives being stored."""
    context = {name: value if isinstance(value, int | float) else str(value) for name, value in error.context.items()}
    context.pop("rejects", None)
    return {
        "code": error.code, "template": error.template, "hint": error.hint_template, "context": context,
        "type": type(error).__name__,
    }  # fmt: skip


__all__ = ["Grid", "Look", "SeenColumn", "day_orders", "decimal_comma", "grids", "look", "refused", "understood"]
