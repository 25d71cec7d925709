"""Products, channels and campaigns: who came with them, who came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_range_abs

from regulars.report.called import products_by_name
from regulars.report.workbook.book import Book
from regulars.report.workbook.figures import Bar, bar_chart
from regulars.report.workbook.page import Block, Column, Page
from regulars.report.workbook.style import STEADY, WORTH_A
from regulars.report.workbook.terms import Translate

TOP = 15

Row = Mapping[str, Any]


def write_products(book: Book) -> None:
    _ = book.translate
    found = products_by_name(book.summary["products"])
    page = Page(book, _("Products"), _("Product ABC, entry products, replenishment"))
    page.title(
        _("Products in the last {days} days").format(days=book.window()),
        _("Second purchase and one-year retention: of the customers whose first purchase held the product."),
    )
    if not found or not found["rows"]:
        page.say(_("The data name no products."))
        page.close()
        return
    if found["total"] > len(found["rows"]):
        text = _("The {n} products with the most profit, of {total}.")
        page.say(text.format(n=len(found["rows"]), total=f"{found['total']:,}"))
    block = _with_months(page, _product_columns(_), found["rows"], main=True)
    _top_chart(page, block, "product", "profit", _("The products with the most profit"), WORTH_A)
    page.close()


def write_sources(book: Book, family: str) -> None:
    """The sheet of "channels" or "campaigns"."""
    _ = book.translate
    channel = family == "channels"
    page = Page(
        book,
        _("Channels") if channel else _("Campaigns"),
        _("Revenue and retention by first channel") if channel else _("Revenue and retention by first campaign"),
    )
    page.title(
        (_("Channels in the last {days} days") if channel else _("Campaigns in the last {days} days")).format(
            days=book.window()
        ),
        _("Second purchase and one-year retention: of the customers whose first purchase came this way."),
    )
    found = book.summary[family]
    if not found or not found["rows"]:
        page.say(_("The data name no channels.") if channel else _("The data name no campaigns."))
        page.close()
        return
    title = _("Channel") if channel else _("Campaign")
    block = _with_months(page, _source_columns(title, _), found["rows"], main=True)
    chart_title = _("Amount by channel") if channel else _("Amount by campaign")
    _top_chart(page, block, "name", "amount", chart_title, STEADY)
    page.close()


def _product_columns(_: Translate) -> list[Column]:
    return [
        Column("product", _("Product")),
        Column("category", _("Category")),
        Column("abc", _("ABC")),
        Column("customers", _("Customers"), "int"),
        Column("orders", _("Orders"), "int"),
        Column("quantity", _("Quantity"), "tenth"),
        Column("amount", _("Amount"), "money"),
        Column("profit", _("Profit"), "money"),
        Column("first_buyers", _("First buyers"), "int"),
        *_return_columns(_),
        Column("repurchase_rate", _("Bought again"), "percent"),
        Column("replenish_days", _("Replenished after, days"), "int"),
        Column("profit_per_first_buyer", _("Profit per first buyer"), "money"),
    ]


def _source_columns(title: str, _: Translate) -> list[Column]:
    return [
        Column("name", title),
        Column("customers", _("Customers"), "int"),
        Column("orders", _("Orders"), "int"),
        Column("amount", _("Amount"), "money"),
        Column("share", _("Share of amount"), "percent"),
        Column("profit", _("Profit"), "money"),
        Column("first_buyers", _("First buyers"), "int"),
        *_return_columns(_),
    ]


def _return_columns(_: Translate) -> list[Column]:
    return [
        Column("second_purchase_rate", _("Second purchase"), "percent"),
        Column("second_purchase_low", _("Second, low"), "percent"),
        Column("second_purchase_high", _("Second, high"), "percent"),
        Column("second_purchase_base", _("Second, n"), "int"),
        Column("retention_1y", _("Retention 1 year"), "percent"),
        Column("retention_1y_base", _("Retention, n"), "int"),
    ]


def _with_months(page: Page, columns: list[Column], rows: Sequence[Row], *, main: bool) -> Block:
    """The table with the last twelve months and a small line drawn from them."""
    _ = page.book.translate
    months = range(1, 13)
    trend = Column("trend", _("12 months"))
    table = [*columns, trend, *(Column(f"m{i}", _month_title(i, _), "money") for i in months)]
    block = page.table(table, [{**row, **_monthly(row)} for row in rows], main=main)
    column = block.columns["trend"]
    page.widen(column, 16)
    page.paper_right = column
    for line, row in enumerate(rows, block.first):
        if any(row.get("monthly") or ()):
            cells = f"'{page.name}'!{_span(line, block.columns['m1'], block.columns['m12'])}"
            page.sheet.add_sparkline(line, column, {"range": cells, "series_color": STEADY, "weight": 1.25})
    return block


def _month_title(index: int, _: Translate) -> str:
    return _("Amount, latest month") if index == 12 else _("{n} months earlier").format(n=12 - index)


def _monthly(row: Row) -> dict[str, float]:
    return {f"m{i}": value for i, value in enumerate(row.get("monthly") or (), 1)}


def _span(row: int, first: int, last: int) -> str:
    return str(xl_range_abs(row, first, row, last))


def _top_chart(page: Page, block: Block, name: str, key: str, title: str, colour: str) -> None:
    top = Block(block.sheet, block.first, min(block.last, block.first + TOP - 1), block.columns)
    bars = [Bar(key, colour, labels="#,##0")]
    chart = bar_chart(page.book, title, top, name, bars, kind="bar", gap=35)
    page.below(chart, width=820, height=120 + 24 * (top.last - top.first + 1))
