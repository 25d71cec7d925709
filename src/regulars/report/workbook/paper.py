"""How a sheet goes on paper: set-up, and page breaks that do not cut a chart in two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regulars.report.cells import sheet_text
from regulars.report.workbook.book import Book
from regulars.report.workbook.style import ROW_HEIGHT

_WIDTH, _HEIGHT = 1040.0, 500.0  # printable part of A4 across: pixels wide at full size, points high


@dataclass(frozen=True)
class Pages:
    """Where the pages of a sheet end, when it is shrunk to one page's width."""

    width: float
    heights: Mapping[int, float]
    head: int | None

    def breaks(self, whole: Sequence[tuple[int, int]]) -> list[int]:
        """Rows to begin a page at, so that none of the spans ``whole`` (first row, row after) is cut."""
        room = _HEIGHT / min(1.0, _WIDTH / max(self.width, 1.0))
        spans = sorted(span for span in whole if self._height(*span) <= room)
        breaks: list[int] = []
        used, row = 0.0, 0
        last = max((end for _, end in spans), default=0)
        while row < last:
            ends = [end for first, end in spans if first <= row < end]
            begins = any(first == row for first, _ in spans)
            needed = self._height(row, max(ends)) if begins else self._height(row, row + 1)
            inside = any(first < row < end for first, end in spans)
            if used and used + needed > room and not inside:
                breaks.append(row)
                used = self.heights.get(self.head, ROW_HEIGHT) if self.head is not None else 0.0
            used += self._height(row, row + 1)
            row += 1
        return breaks

    def _height(self, first: int, end: int) -> float:
        return sum(self.heights.get(row, ROW_HEIGHT) for row in range(first, end))


def set_print(sheet: Any, book: Book, head: int | None) -> None:
    """Landscape A4, one page wide, the header row on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    safe = sheet_text(book.title).replace("&", "&&")[:100]
    sheet.set_footer(f"&L&8{safe} · {book.as_of}&C&8&A&R&8&P / &N")
    if head is not None:
        sheet.repeat_rows(head)
