"""Every customer of the analysis, one row each, as far as a sheet of Excel reaches."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from regulars.report.cells import put
from regulars.report.workbook.book import Book
from regulars.report.workbook.bulk import BulkColumn, BulkSheet
from regulars.report.workbook.page import display_width
from regulars.report.workbook.paper import set_print
from regulars.report.workbook.style import RIGHT
from regulars.report.workbook.terms import Translate, class_names

MONEY = {
    "amount_total", "profit_total", "amount_window", "profit_window", "mean_order_value", "expected_spend", "clv_12m",
    "clv_12m_low", "clv_12m_high", "value_at_risk", "potential_12m",
}  # fmt: skip
SHARES = {"lateness_percentile", "p_alive", "p_active_30", "p_active_90", "p_active_365"}
_WIDTHS = {"money": 15.0, "percent": 11.0, "date": 12.0, "int": 10.0, "decimal": 11.0, "text": 15.0}


def write_customers(book: Book) -> None:
    """The sheet of all customers: the header in row 1, nothing but data below, ready for a pivot table."""
    _ = book.translate
    name = _("Customer list")
    sheet = book.workbook.add_worksheet(name, worksheet_class=BulkSheet)
    book.contents.append((name, _("Every customer with all figures")))
    table = book.result.customers
    shown = table.slice(0, min(table.num_rows, book.most_rows))
    kinds = {field.name: kind_of(field) for field in table.schema}
    _header(book, sheet, kinds)
    sheet.hide_gridlines(2)
    sheet.freeze_panes(1, 1)
    set_print(sheet, book, 0)
    if shown.num_rows == 0:
        put(sheet, 1, 0, _("There are no customers."), book.styles.get("text"), book.styles.get("text"))
        return
    sheet.autofilter(0, 0, shown.num_rows, len(kinds) - 1)
    sheet.stream_rows(shown, _columns(book, kinds), 1)


def left_out(book: Book) -> str | None:
    """What to say when the customers are more than a sheet holds."""
    _ = book.translate
    total = book.result.customers.num_rows
    if total <= book.most_rows:
        return None
    return _("The customer list holds the first {shown} customers; {rest} more do not fit in a sheet of Excel. "
             "All of them are in customers.parquet.").format(
        shown=f"{book.most_rows:,}", rest=f"{total - book.most_rows:,}"
    )  # fmt: skip


def kind_of(field: pa.Field) -> str:
    """How a column of the customers table is shown."""
    if field.name in MONEY:
        return "money"
    if field.name in SHARES:
        return "percent"
    if pa.types.is_date(field.type):
        return "date"
    if pa.types.is_integer(field.type):
        return "int"
    if pa.types.is_floating(field.type) or pa.types.is_decimal(field.type):
        return "decimal"
    return "text"


def _header(book: Book, sheet: Any, kinds: dict[str, str]) -> None:
    titles = column_titles(book.translate)
    sheet.set_row(0, 36)
    for place, (name, kind) in enumerate(kinds.items()):
        title = titles.get(name, name)
        look = book.styles.get("header", right=kind in RIGHT)
        put(sheet, 0, place, title, look, look)
        sheet.set_column(place, place, max(_WIDTHS[kind], display_width(title) / 2 + 4))


def _columns(book: Book, kinds: dict[str, str]) -> list[BulkColumn]:
    _, styles = book.translate, book.styles
    words: dict[str, dict[Any, str]] = dict(class_names(_).items())
    words["active"] = {True: _("yes"), False: _("no")}
    words["clv_note"] = {
        "no_repeat": _("bought on one day: value of customers like this one"),
        "new": _("no value: bought once, only recently"),
        "no_spend": _("no value: returns ate the repeat purchases"),
        "not_published": _("no forecast"),
    }
    return [
        BulkColumn(name, styles.get(kind), styles.get(kind, quoted=True), words.get(name, {}))
        for name, kind in kinds.items()
    ]


def column_titles(_: Translate) -> dict[str, str]:
    """Titles of the columns of customers.parquet, those of the probability models included."""
    return {
        "customer_id": _("Customer id"),
        "name": _("Name"),
        "first_purchase": _("First purchase date"),
        "last_purchase": _("Last purchase"),
        "recency_days": _("Days since"),
        "tenure_days": _("Days as a customer"),
        "orders": _("Orders to date"),
        "purchase_days": _("Purchase days"),
        "amount_total": _("Amount to date"),
        "profit_total": _("Profit to date"),
        "orders_window": _("Orders in the window"),
        "amount_window": _("Amount in the window"),
        "profit_window": _("Profit in the window"),
        "mean_order_value": _("Mean order value"),
        "active": _("Active"),
        "abc": _("Class"),
        "frequency_class": _("By frequency"),
        "amount_class": _("By amount"),
        "r_score": _("R score"),
        "f_score": _("F score"),
        "m_score": _("M score"),
        "rfm_group": _("RFM group"),
        "quadrant": _("Quadrant"),
        "lifecycle": _("Stage, view A"),
        "lifecycle_b": _("Stage, view B"),
        "typical_gap": _("Typical gap, days"),
        "lateness": _("Lateness"),
        "lateness_percentile": _("Lateness percentile"),
        "rhythm": _("Rhythm state"),
        "next_purchase_from": _("Next purchase from"),
        "next_purchase_to": _("Next purchase to"),
        **_model_titles(_),
    }


def _model_titles(_: Translate) -> dict[str, str]:
    titles = {
        "p_alive": _("P(alive)"),
        "expected_spend": _("Expected spend"),
        "overdue_on": _("Overdue on"),
        "clv_12m": _("CLV 12 months"),
        "clv_12m_low": _("CLV 12 months, low"),
        "clv_12m_high": _("CLV 12 months, high"),
        "value_at_risk": _("Value at risk"),
        "potential_12m": _("Potential 12 months"),
        "clv_note": _("Note on CLV"),
    }
    for days in (30, 90, 365):
        titles[f"p_active_{days}"] = _("P(active in {days} days)").format(days=days)
        titles[f"expected_purchases_{days}"] = _("Expected purchases, {days} days").format(days=days)
        titles[f"expected_purchases_{days}_low"] = _("Expected purchases, {days} days, low").format(days=days)
        titles[f"expected_purchases_{days}_high"] = _("Expected purchases, {days} days, high").format(days=days)
    return titles
