"""What an order of a new and of an old customer brings and costs, and what referrals bring."""

from __future__ import annotations

from regulars.report.workbook.book import Book
from regulars.report.workbook.figures import Bar, bar_chart
from regulars.report.workbook.page import Column, Page, Shown
from regulars.report.workbook.style import SLIP, STEADY


def write_tenure(book: Book) -> None:
    _ = book.translate
    page = Page(book, _("New and old customers"), _("Profit and discount an order, and referrals"))
    page.title(
        _("Margin by tenure"),
        _("New: orders within {days} days of the customer's first purchase; old: later ones.").format(
            days=book.rule("new_customer_days")
        ),
    )
    _margin(page)
    _referral(page)
    page.close()


def _margin(page: Page) -> None:
    book, _ = page.book, page.book.translate
    found = book.summary["tenure_margin"]
    if not found or not any(row["orders"] for row in found.values()):
        page.say(_("There are no orders to compare."))
        return
    names = {"new": _("New customers"), "old": _("Old customers")}
    rows = [
        {"who": names[key], **found[key], "discount_per_order": _ratio(found[key]["discount"], found[key]["orders"])}
        for key in names
    ]
    columns = [
        Column("who", _("Whose orders")),
        Column("orders", _("Orders"), "int"),
        Column("amount", _("Amount"), "money"),
        Column("profit", _("Profit"), "money"),
        Column("profit_per_order", _("Profit per order"), "money"),
        Column("discount", _("Discount"), "money"),
        Column("discount_per_order", _("Discount per order"), "money"),
        Column("discount_rate", _("Discount rate"), "percent"),
    ]
    block = page.table(columns, rows, main=True)
    bars = [Bar("profit_per_order", STEADY, labels="#,##0.00"), Bar("discount_per_order", SLIP, labels="#,##0.00")]
    chart = bar_chart(book, _("Profit and discount per order"), block, "who", bars, gap=80)
    page.below(chart)


def _ratio(part: float | None, whole: float) -> float | None:
    return part / whole if whole and part is not None else None


def _referral(page: Page) -> None:
    _ = page.book.translate
    found = page.book.summary["referral"]
    page.section(_("Referral"))
    if not found:
        page.say(_("The data name no referrers."))
        return
    rows = [
        (_("New customers"), Shown(found["new_customers"], "int")),
        (_("of them referred"), Shown(found["referred"], "int")),
        (_("Share referred"), Shown(found["share"], "percent")),
        (_("Value of a referred customer"), Shown(found["referred_value"], "money")),
        (_("Value of the others"), Shown(found["other_value"], "money")),
        (_("Second purchase of the referred"), Shown(found["referred_second_purchase_rate"], "percent")),
        (_("Second purchase of the others"), Shown(found["other_second_purchase_rate"], "percent")),
    ]
    columns = [Column("name", _("Figure")), Column("value", _("Value"), "decimal")]
    page.table(columns, [{"name": name, "value": value} for name, value in rows])
