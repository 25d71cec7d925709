"""RFM: the grid of recency and frequency scores, and the eight groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.report.workbook.book import Book
from regulars.report.workbook.figures import Bar, bar_chart
from regulars.report.workbook.page import Column, Page
from regulars.report.workbook.style import WORTH_A, WORTH_B, WORTH_PALE
from regulars.report.workbook.terms import RFM_GROUPS, class_names


def write_rfm(book: Book) -> None:
    _ = book.translate
    page = Page(book, _("RFM"), _("Recency and frequency grid, and the eight groups"))
    means = book.summary["rfm"]["means"]
    page.title(
        _("RFM"),
        _(
            "R days since the last purchase, F orders and M net amount in the last {days} days, scored 1 (worst) to "
            "{best} by the share of customers strictly worse; ties share a score."
        ).format(days=book.window(), best=book.rule("rfm_scores")),
    )
    _groups(page, means)
    grid = book.summary["rfm"]["grid"]
    if not grid:
        page.say(_("There are no customers to score."))
    else:
        _grid(page, grid, "customers", _("Customers by score: R across, F down"), "int")
        _grid(page, grid, "profit", _("Profit in the window by score: R across, F down"), "money")
    page.close()


def _groups(page: Page, means: Mapping[str, Any]) -> None:
    book, _ = page.book, page.book.translate
    sums, names = book.summary["customers"]["rfm_group"], class_names(_)["rfm_group"]
    profit = sum(row["profit"] for row in sums.values())
    people = sum(row["customers"] for row in sums.values())
    page.section(
        _("Eight groups"),
        _("High when at least as good as the mean: R ≤ {r:.1f} days, F ≥ {f:.2f} orders, M ≥ {m:,.2f}.").format(**{
            key: float(means[key] or 0) for key in ("r", "f", "m")
        }),
    )  # fmt: skip
    rows = [
        {
            "group": names[key], "rfm": "".join("↑" if letter == "H" else "↓" for letter in key), **sums[key],
            "share": sums[key]["customers"] / people if people else None,
            "profit_share": sums[key]["profit"] / profit if profit > 0 else None,
        }
        for key in RFM_GROUPS if key in sums
    ]  # fmt: skip
    columns = [
        Column("group", _("Group")),
        Column("rfm", _("R F M")),
        Column("customers", _("Customers"), "int"),
        Column("share", _("Share of customers"), "percent"),
        Column("amount", _("Amount in the window"), "money"),
        Column("profit", _("Profit in the window"), "money"),
        Column("profit_share", _("Share of profit"), "percent"),
    ]
    head = page.row
    block = page.table(columns, rows, main=True)
    if people:
        bars = [Bar("share", WORTH_B), Bar("profit_share", WORTH_A)]
        page.beside(
            bar_chart(book, _("Eight groups: share of customers and of profit"), block, "group", bars, kind="bar",
                      number="0%", gap=50), at=head, height=400,
        )  # fmt: skip


def _grid(page: Page, grid: Sequence[Mapping[str, Any]], key: str, title: str, look: str) -> None:
    """A square matrix, the highest frequency on top; a cell nobody is in stays empty."""
    _ = page.book.translate
    page.section(title)
    best = int(page.book.rule("rfm_scores"))
    scores = range(1, best + 1)
    values = {(row["r"], row["f"]): row for row in grid}
    page.keep_together(best + 1)
    page.grid(page.row, 0, _("F \\ R"), "header")
    for r in scores:
        page.grid(
            page.row,
            r,
            {1: _("R 1, long ago"), best: _("R {n}, recent").format(n=best)}.get(r, f"R {r}"),
            "header",
            right=True,
        )
    for place, f in enumerate(reversed(scores), page.row + 1):
        page.grid(place, 0, {1: _("F 1, rare"), best: _("F {n}, often").format(n=best)}.get(f, f"F {f}"), "header")
        for r in scores:
            cell = values.get((r, f))
            page.grid(place, r, cell[key] if cell and cell["customers"] else None, look)
    scale = {"type": "2_color_scale", "min_color": WORTH_PALE, "max_color": WORTH_B}
    page.sheet.conditional_format(page.row + 1, 1, page.row + best, best, scale)
    page.row += best + 2
