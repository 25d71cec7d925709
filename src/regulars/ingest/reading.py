"""One sheet -> its rows: the kernels' pass, the decisions that need the whole column, and what the kernels left
over."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from regulars.errors import InputError
from regulars.ingest import dates, money
from regulars.ingest.cells import FLOAT, OTHER, POWER, Cells
from regulars.ingest.columns import Dates, Numbers, Parsed, join_dates, join_numbers, join_words, parser
from regulars.ingest.date_words import read_date
from regulars.ingest.dates import DateOrder, possible_orders, settle_dates
from regulars.ingest.fields import FIELDS, unit_in_name
from regulars.ingest.mapping import Mapping
from regulars.ingest.money_words import read_number
from regulars.ingest.options import IngestOptions, Question
from regulars.ingest.preset_files import matching_layout
from regulars.ingest.recognise import bad_answer
from regulars.ingest.rows import Rows
from regulars.ingest.schema import Note, note
from regulars.ingest.sheets import Progress, Sheet

_EXAMPLES = 3


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
    floats, notes = _id_shapes(sheet, mapping, columns, parts)
    rows = Rows(
        sheet, mapping, columns, pieces, {}, {}, {}, [part.texts for part in parts],
        _spelled(parts), floats, _missing_words(sheet, mapping), (*sheet.notes, *notes),
    )  # fmt: skip
    jobs = [_job(rows, parts, field, points[field]) for field in columns if FIELDS[field] not in ("id", "text")]
    for _ in pool.map(lambda job: job(), jobs):
        pass
    for field, column in rows.dates.items():
        order = _settled_order(rows, field, column, options)
        if order and field == "ordered_at":
            rows = replace(rows, mapping=rows.mapping.settled(date_order=order))
        _read_left_dates(rows, field, column, order)
    return replace(rows, notes=(*rows.notes, *_unread(rows)))


def _spelled(parts: list[Parsed]) -> int:
    found = 0
    for part in parts:
        found |= part.spellings.get("customer_id", 0)
    return found


def _job(rows: Rows, parts: list[Parsed], field: str, point: str) -> Callable[[], None]:
    """The work that joins the pieces of one column."""

    def work() -> None:
        shape = FIELDS[field]
        if shape == "number":
            column = join_numbers([part.numbers[field] for part in parts])
            rows.numbers[field] = _finished(rows, field, column, point)
        elif shape == "date":
            rows.dates[field] = join_dates([part.dates[field] for part in parts])
        else:
            rows.words[field] = join_words([part.words[field] for part in parts])

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
    known = dict.fromkeys(rows.missing, (0, 0, money.EMPTY, 0))
    for row, text in zip(left.tolist(), rows.texts(field, left), strict=True):
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


def _id_shapes(
    sheet: Sheet, mapping: Mapping, columns: dict[str, int], parts: list[Parsed]
) -> tuple[frozenset[str], list[Note]]:
    """(id fields that hold numbers such as 13085.0, notes on ids that a spreadsheet has rounded)."""
    floats, notes = set(), []
    for field in columns:
        if FIELDS[field] != "id":
            continue
        shapes = np.sum([part.shapes[field] for part in parts], axis=0)
        if shapes[OTHER]:
            continue
        if shapes[POWER]:
            notes.append(_mangled(sheet, mapping.columns[field], [part.texts[field].cells for part in parts[:1]]))
        elif shapes[FLOAT]:
            floats.add(field)
    return frozenset(floats), notes


def _mangled(sheet: Sheet, column: str, pieces: list[Cells]) -> Note:
    texts = (cells.text(i) for cells in pieces for i in range(min(len(cells), 10_000)))
    examples = list(dict.fromkeys(text for text in texts if "+" in text))[:_EXAMPLES]
    return note(
        "ids_in_powers",
        "{file}: ids in the column {column} look like {examples}: a spreadsheet has rounded them, and different ids "
        "may have become one. Export them as text.",
        file=sheet.file,
        column=column,
        examples=", ".join(examples) or "1.3E+10",
    )


def _missing_words(sheet: Sheet, mapping: Mapping) -> tuple[str, ...]:
    """Words that stand for a missing value in this file: only a preset says so."""
    layout = matching_layout(sheet.names, mapping.preset) if mapping.preset else None
    return layout.missing if layout else ()


def _unread(rows: Rows) -> list[Note]:
    """Notes on cells that hold something unreadable where an order can do without it."""
    stated = {"amount", "order_amount"} & set(rows.columns)
    notes = []
    for field in ("quantity", "unit_price", "profit", "cost", "discount", "refunded_at", "created_at"):
        if field in rows.numbers and (stated or field not in ("quantity", "unit_price")):
            bad = np.flatnonzero(rows.numbers[field].state > money.EMPTY)
        elif field in rows.dates:
            bad = np.flatnonzero(rows.dates[field].form < dates.EMPTY)
        else:
            continue
        if bad.size:
            notes.append(
                note(
                    "cells_unreadable",
                    "{file}: {count} cells of the column {column} cannot be read and were taken as empty: {examples}.",
                    file=rows.sheet.file,
                    count=int(bad.size),
                    column=rows.mapping.columns[field],
                    examples=", ".join(f"{text[:40]!r}" for text in dict.fromkeys(rows.texts(field, bad[:_EXAMPLES]))),
                )
            )
    return notes


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
            "Write the dates in one way, best as 2024-01-31. To read all in one order and reject the rest, pass "
            "--date-order.",
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
    answer = options.ask(
        Question("date_order", file, tuple(orders), dict.fromkeys(orders, tuple(samples)), "--date-order")
    )
    for order in orders:
        if order == answer:
            return order
    raise bad_answer(answer, orders)


def _read_left_dates(rows: Rows, field: str, column: Dates, order: DateOrder | None) -> None:
    """Read the slow way what the kernel could not; a column that is at midnight throughout has days, not times."""
    known = dict.fromkeys(rows.missing, (0, dates.EMPTY))
    left = np.flatnonzero(column.form == dates.BAD)
    for row, text in zip(left.tolist(), rows.texts(field, left), strict=True):
        if text not in known:
            known[text] = read_date(text, order)
        column.value[row], column.form[row] = known[text]
    if (column.value[:1000][column.form[:1000] == dates.LOCAL] % 86400).any():
        return
    timed = column.form == dates.LOCAL
    if timed.any() and not (column.value[timed] % 86400).any() and not (column.form == dates.INSTANT).any():
        column.form[timed] = dates.DAY
