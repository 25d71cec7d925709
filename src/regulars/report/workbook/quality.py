"""Data quality: what was read, used, rejected, and what the figures rest on."""

from __future__ import annotations

from typing import Any

from regulars.report.workbook.book import Book, iso_date
from regulars.report.workbook.page import Column, Page, Shown


def write_quality(book: Book) -> None:
    _ = book.translate
    page = Page(book, _("Data quality"), _("What was read, used and rejected"))
    page.title(_("Data quality"), _identity(book))
    columns = [Column("name", _("Figure")), Column("value", _("Value"), "int")]
    page.table(columns, [{"name": name, "value": value} for name, value in _figures(book)], main=True)
    _rejected(page)
    _warnings(page)
    page.section(_("Files read"))
    page.table([Column("file", _("File"))], [{"file": name} for name in book.summary["sources"]])
    page.close()


def _identity(book: Book) -> str:
    _, read = book.translate, book.summary["input"]
    parts = {key: f"{read[key + '_rows']:,}" for key in ("used", "rejected", "dropped", "skipped")}
    return _("Read {rows} rows = used {used} + rejected {rejected} + dropped {dropped} + skipped {skipped}.").format(
        rows=f"{read['rows']:,}", **parts
    )


def _figures(book: Book) -> list[tuple[str, Any]]:
    _, read, quality = book.translate, book.summary["input"], book.summary["quality"]
    titles = {
        "rows": _("Rows"),
        "used_rows": _("used"),
        "rejected_rows": _("rejected"),
        "dropped_rows": _("dropped as duplicates"),
        "skipped_rows": _("skipped (headers, footers, blank lines)"),
        "orders": _("Orders"),
        "purchases": _("Purchases"),
        "returns": _("Returns"),
        "cancelled_orders": _("Cancelled orders"),
        "unpaid_orders": _("Unpaid orders"),
        "customers": _("Customers"),
        "unattributed_orders": _("Orders without a customer"),
        "duplicate_rows": _("Identical rows"),
        "profit_fallback_orders": _("Orders whose profit came from the next basis"),
        "split_orders": _("Order ids under two customers"),
    }
    rows = [(title, read.get(key)) for key, title in titles.items()]
    return [
        *rows,
        (_("Identical rows dropped"), int(quality["duplicates_dropped"] or 0)),
        (_("Amount without a customer"), Shown(read.get("unattributed_amount"), "money")),
        (_("Share of amount without a customer"), Shown(quality["unattributed_share"], "percent")),
        (_("Share of orders without a known profit"), Shown(quality["no_profit_share"], "percent")),
        (_("First day"), Shown(iso_date(read.get("first_day")), "date")),
        (_("Last day"), Shown(iso_date(read.get("last_day")), "date")),
        (_("Currency"), Shown(read.get("currency"), "int")),
    ]


def _rejected(page: Page) -> None:
    _ = page.book.translate
    reasons = page.book.summary["quality"]["rejected_reasons"]
    page.section(_("Rejected rows by reason"), _("Each row with file, line, column and value is in rejects.csv."))
    if not reasons:
        page.say(_("No row was rejected."))
        return
    page.table([Column("reason", _("Reason")), Column("rows", _("Rows"), "int")], reasons)


def _warnings(page: Page) -> None:
    _ = page.book.translate
    warnings = page.book.summary["quality"]["warnings"]
    page.section(_("Warnings"))
    if not warnings:
        page.say(_("There are none."))
        return
    page.table([Column("code", _("Code")), Column("message", _("Message"), "wrap")], warnings)
