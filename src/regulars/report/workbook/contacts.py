"""The customers to contact: late and valuable, with the reason and the money at stake."""

from __future__ import annotations

from typing import Any

from regulars.report.workbook.book import Book
from regulars.report.workbook.page import Column, Page
from regulars.report.workbook.terms import Translate, class_names, contact_reason

MOST = 20_000  # rows that a person could still work through; all of them are in contacts.csv


def write_contacts(book: Book) -> None:
    _ = book.translate
    page = Page(book, _("Customers to contact"), _("Late by the own rhythm and valuable, with the reason"))
    found, table = book.summary["contacts"], book.result.contacts
    by_risk = found["rule"] == "value_at_risk"
    words = {"n": f"{found['total']:,}", "days": book.window(), "profit": found["profit"]}
    note = _(
        "{n} customers who brought a profit in the last {days} days are slipping or later by their own rhythm; "
        "together it was {profit:,.2f}, the most stands first."
    )
    if by_risk:
        words["risk"] = found["value_at_risk"]
        note = _(
            "{n} customers who brought a profit in the last {days} days are slipping or later by their own rhythm; "
            "their value at risk is {risk:,.2f}, the most stands first."
        )
    page.title(_("Customers to contact"), note.format(**words))
    shown = min(table.num_rows, MOST)
    if shown == 0:
        page.say(_("Nobody valuable is late today."))
        page.close()
        return
    if found["total"] > shown:
        page.say(_("The first {n} by money at stake; the others are left out here.").format(n=f"{shown:,}"))
    page.table(_columns(_, by_risk=by_risk), [_row(row, _) for row in table.slice(0, shown).to_pylist()], main=True)
    page.close()


def _columns(_: Translate, *, by_risk: bool) -> list[Column]:
    at_risk = [
        Column("value_at_risk", _("Value at risk"), "money"),
        Column("p_alive", _("P(alive)"), "percent"),
        Column("clv_12m", _("CLV 12 months"), "money"),
    ]
    return [
        Column("customer_id", _("Customer id")),
        Column("name", _("Name")),
        Column("abc", _("Class")),
        Column("rhythm", _("State")),
        Column("reason", _("Reason"), "wrap"),
        *(at_risk if by_risk else []),
        Column("profit_window", _("Profit in the window"), "money"),
        Column("amount_window", _("Amount in the window"), "money"),
        Column("orders_window", _("Orders in the window"), "int"),
        Column("last_purchase", _("Last purchase"), "date"),
        Column("next_purchase_to", _("Was due by"), "date"),
        Column("recency_days", _("Days since"), "int"),
        Column("typical_gap", _("Typical gap, days"), "tenth"),
        Column("lateness", _("Lateness"), "decimal"),
    ]


def _row(row: dict[str, Any], _: Translate) -> dict[str, Any]:
    names = class_names(_)
    return {
        **row,
        "abc": names["abc"].get(row["abc"], row["abc"]),
        "rhythm": names["rhythm"].get(row["rhythm"], row["rhythm"]),
        "reason": contact_reason(row, _),
    }
