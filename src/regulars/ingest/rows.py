"""One sheet -> columns of values: the kernels' pass, the decisions that need the whole column, and what they left over."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from regulars.errors import InputError
from regulars.ingest import dates, money
from regulars.ingest.cells import FLOAT, OTHER, POWER, Cells, joined, no_cells, rewritten
from regulars.ingest.columns import Dates, Numbers, Parsed, Words, join_dates, join_numbers, join_words, parser
from regulars.ingest.date_words import read_date
from regulars.ingest.dates import DateOrder, possible_orders, settle_dates
from regulars.ingest.fields import FIELDS, unit_in_name
from regulars.ingest.mapping import Mapping
from regulars.ingest.money_words import read_number
from regulars.ingest.options import IngestOptions, Question
from regulars.ingest.recognise import bad_answer
from regulars.ingest.schema import Note, note
from regulars.ingest.sheets import Piece, Progress, Sheet

_EXAMPLES = 3


@dataclass(frozen=True)
class Rows:
    """All rows of one sheet, by field. Fields without a column are absent from the dictionaries."""

    sheet: Sheet
    mapping: Mapping
    columns: dict[str, int]
    pieces: list[Piece]
    numbers: dict[str, Numbers]
    dates: dict[str, Dates]
    words: dict[str, Words]
    cells: dict[str, Cells]
    notes: tuple[Note, ...]

    @cached_property
    def first(self) -> np.ndarray:
        """Number of the first row of every piece, and the count of rows."""
        return np.cumsum([0] + [piece.rows for piece in self.pieces])

    def __len__(self) -> int:
        return int(self.first[-1])

    @cached_property
    def fault(self) -> np.ndarray:
        return np.concatenate([piece.fault for piece in self.pieces])

    @cached_property
    def hash(self) -> np.ndarray:
        return np.concatenate([piece.hash for piece in self.pieces])

    def locate(self, row: int) -> tuple[Piece, int]:
        """(piece, row in it)."""
        i = int(np.searchsorted(self.first, row, side="right")) - 1
        return self.pieces[i], row - int(self.first[i])

    def line(self, row: int) -> int:
        piece, i = self.locate(row)
        return int(piece.line[i])

    def raw(self, field: str, row: int) -> str:
        """The cell as it stands in the file, but for surrounding blanks."""
        piece, i = self.locate(row)
        return piece.columns[self.columns[field]].text(i)

    def row_cells(self, row: int) -> list[str]:
        """All cells of a row, as text."""
        piece, i = self.locate(row)
        return self.sheet.row_cells(piece, i)

    def prefix(self, row: int) -> bytes:
        """The first two bytes of a row, in lower case."""
        piece, i = self.locate(row)
        start = int(piece.lead.start[i])
        return piece.lead.data[start : min(start + 2, int(piece.lead.stop[i]))].tobytes().lower()


def read_rows(
    sheet: Sheet, mapping: Mapping, options: IngestOptions, pool: ThreadPoolExecutor, progress: Progress | None
) -> Rows:
    """Read every row of the sheet by the mapping."""
    columns = {field: sheet.names.index(name) for field, name in mapping.columns.items()}
    points = dict.fromkeys(columns, mapping.decimal or ".")
    wanted = sorted(set(columns.values()))
    found = sheet.read(wanted, parser(columns, points), pool, progress)
    if mapping.decimal is None:
        other = _with_comma([parsed for _, parsed in found])
        if other:
            points.update(dict.fromkeys(other, ","))
            found = sheet.read(wanted, parser(columns, points), pool, None)
            mapping = mapping.settled(decimal=",")
    pieces, parts = [piece for piece, _ in found], [parsed for _, parsed in found]
    rows = Rows(sheet, mapping, columns, pieces, {}, {}, {}, {}, sheet.notes)
    jobs: list[Callable[[], list[Note]]] = []
    for field in columns:
        shape = FIELDS[field]
        if shape == "number":
            rows.numbers[field] = Numbers.empty(0)
        jobs.append(_job(rows, parts, field, points.get(field, ".")))
    notes = [n for made in pool.map(lambda job: job(), jobs) for n in made]
    for field, column in rows.dates.items():
        order = _settled_order(rows, field, column, options)
        if order and field == "ordered_at":
            rows = replace(rows, mapping=rows.mapping.settled(date_order=order))
        _read_left_dates(rows, field, column, order)
    return replace(rows, notes=(*rows.notes, *notes))


def _job(rows: Rows, parts: list[Parsed], field: str, point: str) -> Callable[[], list[Note]]:
    """The work that joins the pieces of one column."""

    def work() -> list[Note]:
        shape = FIELDS[field]
        if shape == "number":
            column = join_numbers([part.numbers[field] for part in parts])
            rows.numbers[field] = _finished(rows, field, column, point)
        elif shape == "date":
            rows.dates[field] = join_dates([part.dates[field] for part in parts])
        elif shape == "word":
            rows.words[field] = join_words([part.words[field] for part in parts])
        else:
            return _join_cells(rows, parts, field)
        return []

    return work


def _with_comma(parts: list[Parsed]) -> list[str]:
    """The number fields whose values show that the comma is the decimal sign."""
    fields = parts[0].numbers if parts else {}
    tallies = {field: np.sum([part.numbers[field].tally for part in parts], axis=0) for field in fields}
    return [
        field
        for field, tally in tallies.items()
        if tally[money.AGAINST] and not tally[money.FRACTIONS] and not tally[money.GROUPED]
    ]


def _finished(rows: Rows, field: str, column: Numbers, point: str) -> Numbers:
    """The column with its left-over cells read the slow way, and scaled as its name says (万元)."""
    left = np.flatnonzero(column.state == money.LEFT)
    known: dict[str, tuple[int, int, int, int]] = {}
    for row in left.tolist():
        text = rows.raw(field, row)
        if text not in known:
            known[text] = read_number(text, decimal_comma=point == ",")
        column.mantissa[row], column.decimals[row], column.state[row], column.symbol[row] = known[text]
    power = unit_in_name(rows.mapping.columns[field])[1]
    if not power:
        return column
    decimals = column.decimals.astype(np.int64) - power
    lift = np.maximum(-decimals, 0)
    large = np.abs(column.mantissa) > 10**17 // 10**lift
    state = np.where(large & (column.state == money.FINE), money.LARGE, column.state).astype(np.int8)
    mantissa = np.where(large, 0, column.mantissa) * 10**lift
    return replace(column, mantissa=mantissa, decimals=np.maximum(decimals, 0).astype(np.int8), state=state)


def _join_cells(rows: Rows, parts: list[Parsed], field: str) -> list[Note]:
    """Join a column of ids or texts; digits of a float column are made whole."""
    column = rows.columns[field]
    cells = joined([piece.columns[column] for piece in rows.pieces])
    escaped = [piece.escaped.get(column) for piece in rows.pieces]
    flags = np.zeros(len(cells), np.uint8)
    if any(part is not None for part in escaped):
        sizes = [piece.rows for piece in rows.pieces]
        flags = np.concatenate(
            [np.zeros(size, np.uint8) if part is None else part for part, size in zip(escaped, sizes, strict=True)]
        )
    floats, notes = False, []
    if FIELDS[field] == "id":
        shapes = np.sum([part.shapes[field] for part in parts], axis=0)
        floats = bool(shapes[FLOAT]) and not shapes[OTHER] and not shapes[POWER]
        if shapes[POWER] and not shapes[OTHER]:
            notes.append(_mangled(rows, field, cells))
    if floats or flags.any():
        cells = rewritten(cells, flags, floats)
    rows.cells[field] = cells
    return notes


def _mangled(rows: Rows, field: str, cells: Cells) -> Note:
    examples = [text for text in (cells.text(i) for i in range(min(len(cells), 10_000))) if "+" in text]
    return note(
        "ids_in_powers",
        "{file}: ids in the column {column} look like {examples}: a spreadsheet has rounded them, and different ids may have "
        "become one. Export them as text.",
        file=rows.sheet.file,
        column=rows.mapping.columns[field],
        examples=", ".join(dict.fromkeys(examples[:_EXAMPLES])),
    )


def _settled_order(rows: Rows, field: str, column: Dates, options: IngestOptions) -> DateOrder | None:
    """The order of day and month of a column; None when no value needs one. Asks, or raises, when nothing tells."""
    given = options.date_order or rows.mapping.date_order
    if not column.tally[dates.OPEN]:
        return given
    orders = possible_orders(column.tally)
    if given is None and len(orders) == 1:
        given = orders[0]
    if given is None:
        given = _asked(rows, field, column, orders, options)
    settle_dates(column.value, column.form, given)
    return given


def _asked(rows: Rows, field: str, column: Dates, orders: list[DateOrder], options: IngestOptions) -> DateOrder:
    open_rows = np.flatnonzero(column.form >= dates.LAST_DAY)
    file, name = rows.sheet.file, rows.mapping.columns[field]
    if not orders:
        packed = column.value[open_rows] // 86400
        examples = []
        for big in (packed // 1000000 > 12, packed // 10000 % 100 > 12):
            if big.any():
                row = int(open_rows[np.argmax(big)])
                examples.append(f"{rows.raw(field, row)} ({file}:{rows.line(row)})")
        raise InputError(
            "mixed_date_order",
            "The column {column} of {file} mixes day-first and month-first dates: {examples}.",
            "Write the dates in one way, best as 2024-01-31. To read all in one order and reject the rest, pass --date-order.",
            column=name,
            file=file,
            examples=", ".join(examples),
        )
    samples = list(dict.fromkeys(rows.raw(field, int(row)) for row in open_rows[:50]))[:_EXAMPLES]
    if options.ask is None:
        raise InputError(
            "unclear_date_order",
            "Nothing in the column {column} of {file} tells whether day or month comes first: {examples}.",
            "Pass --date-order {orders}.",
            column=name,
            file=file,
            examples=", ".join(samples),
            orders="|".join(orders),
        )
    answer = options.ask(Question("date_order", file, tuple(orders), dict.fromkeys(orders, tuple(samples)), "--date-order"))
    for order in orders:
        if order == answer:
            return order
    raise bad_answer(answer, orders)


def _read_left_dates(rows: Rows, field: str, column: Dates, order: DateOrder | None) -> None:
    """Read the slow way what the kernel could not; a column that is at midnight throughout has days, not times."""
    known: dict[str, tuple[int, int]] = {}
    for row in np.flatnonzero(column.form == dates.BAD).tolist():
        text = rows.raw(field, row)
        if text not in known:
            known[text] = read_date(text, order)
        column.value[row], column.form[row] = known[text]
    timed = column.form == dates.LOCAL
    if timed.any() and not (column.value[timed] % 86400).any() and not (column.form == dates.INSTANT).any():
        column.form[timed] = dates.DAY


def cells_or_none(rows: Rows, field: str) -> Cells:
    return rows.cells.get(field) or no_cells(len(rows))
