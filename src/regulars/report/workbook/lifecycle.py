"""Both views of the lifecycle, how they map to each other, and the stages over time."""

from __future__ import annotations

from typing import Any

from regulars.report.workbook.book import Book
from regulars.report.workbook.figures import Bar, bar_chart
from regulars.report.workbook.page import Block, Column, Page
from regulars.report.workbook.terms import LIFECYCLE, LIFECYCLE_B, class_names


def write_lifecycle(book: Book) -> None:
    _ = book.translate
    page = Page(book, _("Lifecycle"), _("Stages by rhythm and money, and by number of purchases"))
    page.title(
        _("Lifecycle in both views"),
        _(
            "View A: growth up to {growth} purchase days, maturity more, decline late by the own rhythm or money "
            "fallen, churned not active by the policy. View B: loyal {loyal} or more purchase days and active."
        ).format(growth=book.rule("growth_max_days"), loyal=book.rule("loyal_min_days")),
    )
    head = page.row
    block = _stages(page, "lifecycle", _("View A"), tuple(LIFECYCLE), main=True)
    _stages(page, "lifecycle_b", _("View B"), tuple(LIFECYCLE_B), main=False)
    _flow(page)
    if any(row["customers"] for row in book.summary["customers"]["lifecycle"].values()):
        bars = [Bar("customers", colours=tuple(LIFECYCLE.values()), labels="#,##0")]
        page.beside(bar_chart(book, _("Customers by stage (view A)"), block, "class", bars), at=head, height=300)
    _history(page)
    page.close()


def _stages(page: Page, family: str, title: str, order: tuple[str, ...], *, main: bool) -> Block:
    _ = page.book.translate
    names, sums = class_names(_)[family], page.book.summary["customers"][family]
    page.section(title)
    columns = [
        Column("class", _("Stage")),
        Column("customers", _("Customers"), "int"),
        Column("amount", _("Amount in the window"), "money"),
        Column("profit", _("Profit in the window"), "money"),
    ]
    return page.table(columns, [{"class": names[key], **sums[key]} for key in order if key in sums], main=main)


def _flow(page: Page) -> None:
    _ = page.book.translate
    names = class_names(_)
    page.section(_("View A against view B"))
    flow = page.book.summary["lifecycle_flow"]
    if not flow:
        page.say(_("There are no customers to place."))
        return
    columns = [
        Column("a", _("View A")),
        Column("b", _("View B")),
        Column("customers", _("Customers"), "int"),
        Column("profit", _("Profit in the window"), "money"),
    ]
    page.table(
        columns, [{**row, "a": names["lifecycle"][row["a"]], "b": names["lifecycle_b"][row["b"]]} for row in flow]
    )


def _history(page: Page) -> None:
    book, _ = page.book, page.book.translate
    history: list[dict[str, Any]] | None = book.summary["lifecycle_history"]
    page.section(_("Stages at the month ends (view A)"), _("Each month as it was then known."))
    if not history:
        page.say(_("No month is over yet: there is no course over time."))
        return
    names = class_names(_)["lifecycle"]
    head = page.row
    columns = [Column("month", _("Month")), *(Column(key, names[key], "int") for key in LIFECYCLE)]
    block = page.table(columns, history)
    bars = [Bar(key, colour) for key, colour in LIFECYCLE.items()]
    chart = bar_chart(book, _("Stages over time, share of customers"), block, "month", bars, subtype="percent_stacked",
                      gap=8)  # fmt: skip
    page.beside(chart, at=head)
