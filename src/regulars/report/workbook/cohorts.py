"""Cohorts by month of first purchase: shares, customers and money, as heat maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.report.workbook.book import Book
from regulars.report.workbook.page import Page
from regulars.report.workbook.style import COHORT_FULL, COHORT_PALE

SMALL = 20  # cohorts under this size are shown in grey

Row = Mapping[str, Any]


def write_cohorts(book: Book) -> None:
    _ = book.translate
    page = Page(book, _("Cohorts"), _("Who of a month's first buyers buys again, month by month"))
    rows = book.summary["cohorts"]
    page.title(
        _("Cohorts by month of first purchase"),
        _("A row is the customers who first bought in that month; a column is months since. Striped cells: the month "
          "is not over. Grey: fewer than {n} customers.").format(n=SMALL),
    )  # fmt: skip
    if not rows:
        page.say(_("There are no cohorts yet."))
        page.close()
        return
    cells = {(row["cohort"], row["offset"]): row for row in rows}
    names = sorted({row["cohort"] for row in rows})
    width = max(row["offset"] for row in rows)
    _heat(
        page,
        cells,
        names,
        range(1, width + 1),
        "share",
        "whole_percent",
        _("Share of the cohort that bought"),
        main=True,
    )
    _heat(page, cells, names, range(width + 1), "customers", "int", _("Customers who bought"), main=False)
    _heat(page, cells, names, range(width + 1), "amount", "money", _("Net amount"), main=False)
    page.close()


def _heat(page: Page, cells: Mapping[tuple[str, int], Row], names: Sequence[str], offsets: range, key: str, look: str,
          title: str, *, main: bool) -> None:  # fmt: skip
    _ = page.book.translate
    page.section(title)
    if not offsets:
        page.say(_("Only one month so far: nobody could come back in a later one."))
        return
    head = page.row
    page.keep_together(len(names) + 2)
    for column, text in enumerate((_("Cohort"), _("Customers"), *(f"+{offset}" for offset in offsets))):
        page.grid(head, column, text, "header", right=column > 0)
    for line, name in enumerate(names, head + 1):
        size = cells[name, 0]["cohort_size"]
        page.grid(line, 0, name, "text")
        page.grid(line, 1, size, "int")
        for column, offset in enumerate(offsets, 2):
            cell = cells.get((name, offset))
            if cell is not None:
                page.grid(line, column, cell[key], look, hatched=not cell["complete"], grey=size < SMALL)
    last = head + len(names)
    scale = {"type": "2_color_scale", "min_color": COHORT_PALE, "max_color": COHORT_FULL}
    later = 3 if offsets[0] == 0 else 2  # the month of the first purchase is 100 % and would drown the others
    if len(offsets) + 2 > later:
        page.sheet.conditional_format(head + 1, later, last, 1 + len(offsets), scale)
    if key == "share":
        _mean_row(page, last + 1, cells, names, offsets)
        last += 1
    if main:
        page.head = head
        page.sheet.freeze_panes(head + 1, 2)
    page.row = last + 3


def _mean_row(
    page: Page, line: int, cells: Mapping[tuple[str, int], Row], names: Sequence[str], offsets: range
) -> None:
    """Share over all complete cells of a column, each cohort by its size."""
    _ = page.book.translate
    page.grid(line, 0, _("All, months that are over"), "text", strong=True)
    page.grid(line, 1, None, "int")
    for column, offset in enumerate(offsets, 2):
        full = [cells[name, offset] for name in names if (name, offset) in cells and cells[name, offset]["complete"]]
        size = sum(cell["cohort_size"] for cell in full)
        bought = sum(cell["customers"] for cell in full)
        page.grid(line, column, bought / size if size else None, "whole_percent", strong=True)
