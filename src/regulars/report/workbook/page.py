"""One sheet while it is being written: title, tables, sentences, charts, widths and print setup."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from regulars.report.cells import put
from regulars.report.workbook.book import Book
from regulars.report.workbook.paper import Pages, set_print
from regulars.report.workbook.style import RIGHT, ROW_HEIGHT

_ROW_PIXELS = ROW_HEIGHT * 4 // 3
_WIDEST = {"wrap": 72.0, "text": 40.0}
_PAGE_ROWS = 40  # a table longer than this has its header repeated on paper
_TEXT_SPAN = 116.0  # width, in characters, that a sentence may take


@dataclass(frozen=True)
class Column:
    """A column of a table: key of the row's value, title, and how the value is shown."""

    key: str
    title: str
    kind: str = "text"


@dataclass(frozen=True)
class Shown:
    """A value with its own way of being shown, in a column of mixed kinds."""

    value: Any
    kind: str


@dataclass(frozen=True)
class Block:
    """Where a table stands: rows of its data, column of every key."""

    sheet: str
    first: int
    last: int
    columns: Mapping[str, int]

    def ref(self, key: str, first: int | None = None) -> list[Any]:
        """The cells of a column, as a chart wants them; ``first`` skips rows at the top."""
        column = self.columns[key]
        return [self.sheet, self.first + (first or 0), column, self.last, column]

    def name(self, key: str) -> list[Any]:
        """The header cell of a column."""
        return [self.sheet, self.first - 1, self.columns[key]]


class Page:
    """A sheet with a cursor that moves down as things are put on it."""

    def __init__(self, book: Book, name: str, shows: str) -> None:
        self.book, self.name = book, name
        self.sheet = book.workbook.add_worksheet(name)
        self.row, self.right = 0, 0
        self.paper_right: int | None = None  # last column that goes on paper, when not all do
        self.head: int | None = None
        self._widths: dict[int, float] = {}
        self._sentences: list[tuple[int, str, str]] = []
        self._beside_row: int | None = None
        self._heights: dict[int, float] = {}
        self._alone, self._long = True, False
        self._section_row: int | None = None
        self._whole: list[tuple[int, int]] = []
        self._reach = self._beside_width = 0.0
        self.sheet.hide_gridlines(2)
        self.sheet.set_default_row(ROW_HEIGHT)
        book.contents.append((name, shows))

    def title(self, text: str, *notes: str) -> None:
        self.set_height(self.row, 28)
        self._text(self.row, 0, text, "title")
        self.row += 1
        for note in notes:
            self._sentence(note, "note")
        self.row += 1

    def section(self, text: str, *notes: str) -> None:
        self._section_row = self.row
        self._alone = self.head is None
        self.set_height(self.row, 22)
        self._text(self.row, 0, text, "section")
        self.row += 1
        for note in notes:
            self._sentence(note, "note")

    def say(self, text: str) -> None:
        """A sentence in place of a figure, or beside one."""
        self._sentence(text, "say")
        self.row += 1

    def table(self, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], *, left: int = 0, main: bool = False,
              hatched: Callable[[Mapping[str, Any]], bool] | None = None,
              strong: Callable[[Mapping[str, Any]], bool] | None = None) -> Block:  # fmt: skip
        """A header and its rows at the cursor; ``main`` freezes the header and gives it a filter."""
        head = self.row
        self._fit(left, columns, rows)
        self._header(columns, left)
        for number, values in enumerate(rows, head + 1):
            looks = {"hatched": bool(hatched and hatched(values)), "strong": bool(strong and strong(values))}
            self._values(number, left, columns, values, looks)
        self.row = head + len(rows) + 2
        self.right = max(self.right, left + len(columns))
        self._alone = self._alone and (main or self.head is None)
        self._whole.append((self._section_row if self._section_row is not None else head, head + len(rows) + 1))
        self._section_row = None
        block = Block(self.name, head + 1, head + len(rows), {c.key: left + i for i, c in enumerate(columns)})
        if main:
            self._main_table(head, left, len(columns), len(rows))
        return block

    def _main_table(self, head: int, left: int, columns: int, rows: int) -> None:
        self.head, self._long = head, rows > _PAGE_ROWS
        self.sheet.freeze_panes(head + 1, left + 1)
        if rows:
            self.sheet.autofilter(head, left, head + rows, left + columns - 1)

    def _header(self, columns: Sequence[Column], left: int) -> None:
        lines = 1
        for index, column in enumerate(columns, left):
            look = self.book.styles.get("header", right=column.kind in RIGHT)
            put(self.sheet, self.row, index, column.title, look, look)
            wide = display_width(column.title)
            self._widen(index, min(wide, max(14.0, wide / 2)) + 3)
            lines = max(lines, math.ceil(wide / max(self._widths[index] - 3, 1)))
        self.set_height(self.row, 8 + 14 * min(lines, 3))

    def _fit(self, left: int, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> None:
        """Widen the columns of a table to what they will show."""
        for index, column in enumerate(columns, left):
            most = _WIDEST.get(column.kind, 24.0)
            for row in rows:
                self._widen(index, min(_shown_width(*_unpacked(row.get(column.key), column.kind)) + 2, most))

    def _values(self, row: int, left: int, columns: Sequence[Column], values: Mapping[str, Any], looks: Any) -> None:
        lines, styles = 1, self.book.styles
        for index, column in enumerate(columns, left):
            value, kind = _unpacked(values.get(column.key), column.kind)
            text = isinstance(value, str) and kind in RIGHT
            look, style = "text" if text else kind, {"right": text, **looks}
            put(self.sheet, row, index, value, styles.get(look, **style), styles.get(look, quoted=True, **style))
            if kind == "wrap":
                lines = max(lines, math.ceil(_shown_width(value, kind) / (self._widths[index] - 2)))
        if lines > 1:
            self.set_height(row, 6 + 14 * lines)

    def grid(self, row: int, column: int, value: Any, look: str, **style: bool) -> None:
        """One cell of a matrix."""
        styles = self.book.styles
        put(self.sheet, row, column, value, styles.get(look, **style), styles.get(look, quoted=True, **style))
        self._widen(column, min(_shown_width(value, look) + 2, 24.0))
        self.right = max(self.right, column + 1)

    def below(self, *charts: Any, width: int = 620, height: int = 320) -> None:
        """Charts in a line under what has been written so far."""
        for place, chart in enumerate(charts):
            chart.set_size({"width": width, "height": height})
            self.sheet.insert_chart(self.row, 0, chart, {"x_offset": place * (width + 16), "y_offset": 4})
        self._reach = max(self._reach, len(charts) * (width + 16))
        rows = height // _ROW_PIXELS + 2
        self._whole.append((self.row, self.row + rows))
        self.row += rows

    def beside(self, chart: Any, *, at: int, width: int = 620, height: int = 340) -> None:
        """A chart to the right of the tables, which filtering rows does not squash; from row ``at`` on, in a column."""
        start = max(at, self._beside_row or 0, -1 if self.head is None else self.head + 1)
        chart.set_size({"width": width, "height": height})
        self.sheet.insert_chart(start, self.right + 1, chart, {"object_position": 3, "y_offset": 4})
        self._beside_row = start + height // _ROW_PIXELS + 2
        self._beside_width = max(self._beside_width, width)
        self._whole.append((start, self._beside_row))

    def clear_charts(self) -> None:
        """Move the cursor below the charts at the side."""
        self.row = max(self.row, self._beside_row or 0)

    def keep_together(self, rows: int) -> None:
        """The next rows, with the section's title above them, stay on one page."""
        first = self.row if self._section_row is None else self._section_row
        self._whole.append((first, self.row + rows))
        self._section_row = None

    def print_to_here(self) -> None:
        """Nothing below the cursor goes on paper."""
        beside = 2 + int(self._beside_width // 60) if self._beside_width else 0
        self.sheet.print_area(0, 0, self.row - 1, self.right - 1 + beside)

    def widen(self, column: int, width: float) -> None:
        self._widen(column, width)

    def close(self) -> None:
        """Widths, merged sentences and print setup: when everything is on the sheet."""
        for column, width in self._widths.items():
            self.sheet.set_column(column, column, width)
        for row, text, look in self._sentences:
            self._place_sentence(row, text, look)
        self._print_setup()

    def _sentence(self, text: str, look: str) -> None:
        self._sentences.append((self.row, text, look))
        self.row += 1

    def _place_sentence(self, row: int, text: str, look: str) -> None:
        last, span = 0, self._widths.get(0, 9.0)
        while span < _TEXT_SPAN and last < 40:
            last += 1
            span += self._widths.get(last, 9.0)
        style = self.book.styles.get(look)
        if last:
            self.sheet.merge_range(row, 0, row, last, "", style)
        put(self.sheet, row, 0, text, style, style)
        size = 15 if look == "note" else 17
        self.set_height(row, 4 + size * math.ceil(display_width(text) * (size / 14) / (span - 4)))

    def _text(self, row: int, column: int, text: str, look: str) -> None:
        styles = self.book.styles
        put(self.sheet, row, column, text, styles.get(look), styles.get(look, quoted=True))

    def _widen(self, column: int, width: float) -> None:
        self._widths[column] = max(self._widths.get(column, 9.0), width)

    def _print_setup(self) -> None:
        head = self.head if self._alone or self._long else None
        set_print(self.sheet, self.book, head)
        columns = self.right + bool(self._beside_width)
        if self.paper_right is not None:
            columns = self.paper_right + 1
            self.sheet.print_area(0, 0, self.row, self.paper_right)
        wide = sum(_pixels(self._widths.get(column, 9.0)) for column in range(columns))
        pages = Pages(max(wide + self._beside_width, self._reach), self._heights, head)
        self.sheet.set_h_pagebreaks(pages.breaks(self._whole))

    def set_height(self, row: int, height: float) -> None:
        self._heights[row] = height
        self.sheet.set_row(row, height)


def display_width(text: str) -> float:
    """Width of a text in digits: a Chinese character takes two."""
    return sum(2.0 if unicodedata.east_asian_width(char) in "WF" else 1.06 for char in text)


def _unpacked(value: Any, kind: str) -> tuple[Any, str]:
    return (value.value, value.kind) if isinstance(value, Shown) else (value, kind)


def _pixels(width: float) -> float:
    return 7 * width + 5


def _shown_width(value: Any, kind: str) -> float:
    if value is None:
        return 0.0
    if isinstance(value, str):
        return display_width(value)
    if isinstance(value, date):
        return 11.0
    if kind in ("percent", "whole_percent"):
        return 7.0
    text = f"{value:,.2f}" if kind in ("money", "decimal") else f"{value:,.1f}" if kind == "tenth" else f"{value:,}"
    return len(text) + (3.0 if kind == "money" else 1.0)


def present(rows: Iterable[Mapping[str, Any]], key: str) -> list[float]:
    """The values of a column that are not absent."""
    return [float(row[key]) for row in rows if row.get(key) is not None]
