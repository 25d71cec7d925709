"""Quadrants a–e: the classes, the two-dimensional histogram, and who moved where in a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.report.workbook.book import Book
from regulars.report.workbook.figures import Bar, bar_chart
from regulars.report.workbook.page import Column, Page
from regulars.report.workbook.style import COHORT_FULL, COHORT_PALE, WORTH_B, WORTH_PALE
from regulars.report.workbook.terms import QUADRANT, Translate, class_names

ORDER = ("e", "d", "c", "b", "dormant")


def write_quadrants(book: Book) -> None:
    _ = book.translate
    page = Page(book, _("Quadrants"), _("Frequency by mean order value, and the moves of a year"))
    found = book.summary["quadrants"]
    page.title(_("Quadrants and migration"), _cuts(book, found))
    head = page.row
    names = class_names(_)["quadrant"]
    sums = book.summary["customers"]["quadrant"]
    rows = [{"class": names[key], **sums[key]} for key in ORDER if key in sums]
    columns = [
        Column("class", _("Quadrant")),
        Column("customers", _("Customers"), "int"),
        Column("amount", _("Amount in the window"), "money"),
        Column("profit", _("Profit in the window"), "money"),
    ]
    block = page.table(columns, rows, main=True)
    _migration(page, names)
    if any(row["customers"] for row in sums.values()):
        colours = tuple(QUADRANT[key] for key in ORDER if key in sums)
        for key, title in (("customers", _("Customers by quadrant")), ("profit", _("Profit by quadrant"))):
            bars = [Bar(key, colours=colours, labels="#,##0")]
            page.beside(bar_chart(book, title, block, "class", bars, kind="bar", gap=40), at=head, height=300)
    page.clear_charts()
    _histogram(page, found)
    page.close()


def _cuts(book: Book, found: Mapping[str, Any]) -> str:
    _ = book.translate
    if found["frequency_cut"] is None:
        return _("Nobody bought in the window: there are no quadrants.")
    return _(
        "Orders against mean order value in the last {days} days; high from the mean on: {f:.2f} orders, "
        "{v:,.2f} an order."
    ).format(days=book.window(), f=found["frequency_cut"], v=found["value_cut"])


def _migration(page: Page, names: Mapping[str, str]) -> None:
    _ = page.book.translate
    moves = page.book.summary["migration"]
    page.section(
        _("Migration from {start} to {end}").format(start=moves["from"], end=moves["to"]),
        _("With the thresholds of the earlier day; who bought first after it comes from a."),
    )
    if not moves["rows"]:
        page.say(_("There were no thresholds at the earlier day: no moves to show."))
        return
    _matrix(page, moves["rows"], "customers", _("Customers, from the row to the column"), "int", names)
    _matrix(page, moves["rows"], "profit", _("Profit in the window, from the row to the column"), "money", names)
    columns = [
        Column("from", _("From quadrant")),
        Column("to", _("To quadrant")),
        Column("customers", _("Customers"), "int"),
        Column("profit", _("Profit in the window"), "money"),
    ]
    page.table(columns, [{**row, "from": names[row["from"]], "to": names[row["to"]]} for row in moves["rows"]])


def _matrix(page: Page, rows: Sequence[Mapping[str, Any]], key: str, title: str, look: str,
            names: Mapping[str, str]) -> None:  # fmt: skip
    values = {(row["from"], row["to"]): row[key] for row in rows}
    page.keep_together(len(ORDER) + 3)
    page.grid(page.row, 0, title, "header")
    for column, target in enumerate(ORDER, 1):
        page.grid(page.row, column, names[target], "header", right=True)
    page.set_height(page.row, 32)
    sources = ("a", *ORDER)
    for line, source in enumerate(sources, page.row + 1):
        page.grid(line, 0, names[source], "text")
        for column, target in enumerate(ORDER, 1):
            page.grid(line, column, values.get((source, target)), look)
    scale = {"type": "2_color_scale", "min_color": WORTH_PALE, "max_color": WORTH_B}
    page.sheet.conditional_format(page.row + 1, 1, page.row + len(sources), len(ORDER), scale)
    page.row += len(sources) + 2


def _histogram(page: Page, found: Mapping[str, Any]) -> None:
    """Money upwards, orders to the right; the edges of a bin stand in its headers."""
    _ = page.book.translate
    if not found["cells"]:
        return
    page.section(_("How many customers: mean order value (rows) by orders in the window (columns)"))
    across, up = found["x_edges"], found["y_edges"]
    counts = {(cell["x"], cell["y"]): cell["customers"] for cell in found["cells"]}
    page.keep_together(len(up) + 1)
    page.grid(page.row, 0, _("From … to under …"), "header")
    for x in range(len(across) - 1):
        page.grid(page.row, x + 1, _edges(across[x], across[x + 1], _), "header", right=True)
    for line, y in enumerate(reversed(range(len(up) - 1)), page.row + 1):
        page.grid(line, 0, _edges(up[y], up[y + 1], _), "header")
        for x in range(len(across) - 1):
            page.grid(line, x + 1, counts.get((x, y)), "int")
    last = page.row + len(up) - 1
    scale = {"type": "2_color_scale", "min_color": COHORT_PALE, "max_color": COHORT_FULL}
    page.sheet.conditional_format(page.row + 1, 1, last, len(across) - 1, scale)
    page.row = last + 2


def _edges(low: float, high: float, _: Translate) -> str:
    return f"{_edge(low)}–{_edge(high)}"


def _edge(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"
