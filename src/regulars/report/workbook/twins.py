"""Tables that the HTML report shows beside its figures, put on a sheet: the same rows under the same words."""

from __future__ import annotations

from datetime import date
from typing import Any

from regulars.charts.drawing import Column as Given
from regulars.charts.drawing import Kind, Table
from regulars.charts.reader import Reader
from regulars.report.html_tables import Shown
from regulars.report.view import View
from regulars.report.workbook.book import Book
from regulars.report.workbook.page import Block, Column, Page
from regulars.report.workbook.page import Shown as Own

LOOKS: dict[Kind, str] = {
    "text": "text",
    "count": "int",
    "money": "money",
    "each": "money",
    "rate": "percent",
    "days": "tenth",
    "ratio": "decimal",
    "day": "date",
    "period": "text",
}


def view_of(book: Book) -> View:
    """The analysis as the chapters of the report read it."""
    return View(book.summary, (), Reader.of(book.summary, book.lang))


def put_twin(page: Page, table: Table, *, main: bool = False) -> Block:
    """``table`` at the cursor; a cell that holds several values takes a column for each."""
    columns: list[Column] = []
    for given in table.columns:
        columns.append(Column(given.key, given.label, LOOKS[given.kind]))
        columns += [Column(f"{given.key}_{place}", label, LOOKS[given.kind]) for place, label in _more(given)]
    rows = [_row(table.columns, values) for values in table.rows]
    return page.table(columns, rows, main=main)


def _more(column: Given) -> list[tuple[int, str]]:
    return list(enumerate(column.more, start=1))


def _row(columns: tuple[Given, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column, value in zip(columns, values, strict=True):
        parts = value.values if isinstance(value, Shown) else (value,)
        look = value.look if isinstance(value, Shown) else ""
        row[column.key] = Own(parts[0], look) if look else _plain(parts[0], column.kind)
        for place, _label in _more(column):
            row[f"{column.key}_{place}"] = _plain(parts[place], column.kind) if place < len(parts) else None
    return row


def _plain(value: Any, kind: Kind) -> Any:
    if kind == "day" and isinstance(value, str):
        return date.fromisoformat(value)
    return round(value) if kind == "count" and isinstance(value, float) else value
