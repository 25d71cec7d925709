"""Chapter: whom to contact, with the reason in words and the money at stake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import floor, sqrt
from typing import Any

from markupsafe import Markup

from regulars.charts import numbers
from regulars.charts.drawing import Row
from regulars.charts.reader import mark
from regulars.charts.words import RHYTHM
from regulars.report.cells import guarded
from regulars.report.page import Card, Chapter, Use
from regulars.report.rich import joined, rich
from regulars.report.view import View

ROWS_AT_ONCE = 20
SMALLEST_BAR, LARGEST_BAR = 5, 16
CSV_COLUMNS = (
    "customer_id",
    "name",
    "abc",
    "rhythm",
    "typical_gap",
    "recency_days",
    "lateness",
    "lateness_percentile",
    "last_purchase",
    "next_purchase_from",
    "next_purchase_to",
    "profit_window",
    "amount_window",
    "orders_window",
)
RISK_COLUMNS = ("p_alive", "clv_12m", "value_at_risk")


def chapter(view: View) -> Chapter:
    sub = view.reader.say("slipping or later by their own clock, most {profit} first", profit=view.reader.profit)
    if view.by_risk:
        sub = view.reader.say("slipping or later by their own clock, most value at risk first")
    return Chapter("contacts", view.reader.say("Customers to contact"), sub, (("full", (_list(view),)),))


def _list(view: View) -> Card:
    say = view.reader.say
    uses = [Use("contacts"), Use("lateness"), Use("lateness_percentile"), Use("next_purchase")]
    if view.by_risk:
        uses = [uses[0], Use("value_at_risk"), Use("p_alive"), Use("clv_12m"), *uses[1:]]
    if not view.contacts:
        body = Markup('<p class="void">{}</p>').format(
            say("Nobody who brings {profit} is late today.", profit=view.reader.profit)
        )
        return Card(key="contacts", title=say("Customers to contact"), body=body, uses=tuple(uses))
    foot: list[str | Markup] = [say("sorted by {profit}", profit=view.span_of_profit)]
    if view.by_risk:
        foot = [
            say("sorted by value at risk: what the lateness has cost of the value of {n} months", n=view.months_ahead)
        ]
    if view.late_total > len(view.contacts):
        foot.append(say("the first {n} are in this file", n=numbers.count(len(view.contacts))))
    return Card(
        key="contacts",
        title=_title(view),
        question=say("Who is worth a call, and why now?"),
        body=Markup('<div data-contacts data-size="{}"></div>').format(ROWS_AT_ONCE),
        foot=joined(foot),
        uses=tuple(uses),
    )  # fmt: skip


def _title(view: View) -> Markup:
    """How many are late, and what is at stake: value at risk, else the profit of the window."""
    found = view.part("contacts") or {}
    if view.by_risk:
        message = mark("1 customer is late, with {money} at risk")
        if view.late_total > 1:
            message = mark("{n} customers are late, with {money} at risk")
        money = view.reader.money(found.get("value_at_risk"))
        return rich(view.reader, message, n=numbers.count(view.late_total), money=money)
    message = mark("1 customer is late, with {money} of {profit}")
    if view.late_total > 1:
        message = mark("{n} customers are late, with {money} of {profit}")
    return rich(
        view.reader,
        message,
        n=numbers.count(view.late_total),
        money=view.reader.money(found.get("profit")),
        profit=view.span_of_profit,
    )


def csv_columns(view: View) -> tuple[str, ...]:
    """The columns of the download."""
    return (*CSV_COLUMNS, *RISK_COLUMNS) if view.by_risk else CSV_COLUMNS


def embedded(view: View) -> list[dict[str, Any]]:
    """The contacts that are independent of language, for the browser: raw values, days and amounts of the strip."""
    return [_embedded_row(view, row) for row in view.contacts]


def _embedded_row(view: View, row: Row) -> dict[str, Any]:
    since = list(row["purchases_recent"] or ())
    start, end = due_window(view, row)
    raw = {**row, "next_purchase_from": start}
    made = {
        "csv": [_plain(raw.get(key)) for key in csv_columns(view)],
        "days": since,
        "sizes": bar_heights(list(row.get("amounts_recent") or ()), len(since)),
        "due": [_days_before(view, start), _days_before(view, end)] if start and end else None,
    }
    texts = {key: row[key] or "" for key in ("customer_id", "name")}
    unguarded = {key: text for key, text in texts.items() if guarded(text) != text}
    return {**made, **unguarded}


def bar_heights(amounts: Sequence[float], days: int) -> list[int]:
    """Pixels of the bars of a strip, their height ∝ √amount; all alike where the amounts are not known."""
    if len(amounts) != days or not amounts:
        return [12] * days
    most = sqrt(max(1.0, *amounts))
    return [SMALLEST_BAR + round((LARGEST_BAR - SMALLEST_BAR) * sqrt(max(0.0, amount)) / most) for amount in amounts]


def worded(view: View) -> list[list[str]]:
    """What is said of each contact in the reader's language: reason, when due, then the columns of `stakes`."""
    return [_worded_row(view, row) for row in view.contacts]


def _worded_row(view: View, row: Row) -> list[str]:
    start, end = due_window(view, row)
    due = numbers.day_span(start, end, view.reader.lang) if start and end else numbers.ABSENT
    if view.by_risk:
        risk, value = (None if row.get(key) is None else float(row[key]) for key in ("value_at_risk", "clv_12m"))
        chance = numbers.rate(row.get("p_alive"), decimals=0)
        return [reason(view, row), due, view.reader.money(risk), chance, view.reader.money(value)]
    return [reason(view, row), due, view.reader.money(float(row["profit_window"])), numbers.ratio(row["lateness"])]


def stakes(view: View) -> list[list[str]]:
    """Class and heading of the columns that say what is at stake."""
    say = view.reader.say
    if view.by_risk:
        return [["money", say("At risk")], ["more", say("P(alive)")], ["more", say("12 months")]]
    return [["money", view.reader.profit_title], ["lateness", say("Lateness")]]


def reason(view: View, row: Row) -> str:
    """Usually every 21 days, now 38; later than 84% of returns."""
    if row.get("typical_gap") is None:
        return ""
    usual = view.reader.days(row["typical_gap"])
    words = {"usual": usual, "now": numbers.count(row["recency_days"])}
    percentile = row.get("lateness_percentile")
    if percentile is None:
        return view.reader.say("Usually every {usual}, now {now}", **words)
    if percentile >= 1:
        return view.reader.say("Usually every {usual}, now {now}; later than every return so far", **words)
    share = f"{floor(percentile * 100 + 1e-9)}%"
    return view.reader.say("Usually every {usual}, now {now}; later than {share} of returns", share=share, **words)


def due_window(view: View, row: Row) -> tuple[Any, Any]:
    """First and last day of the next purchase window; the first is worked out where the table has only the last."""
    end = row.get("next_purchase_to")
    start = row.get("next_purchase_from")
    quartile = (view.part("rhythm") or {}).get("ratio_q1")
    if start is None and end is not None and quartile is not None and row.get("typical_gap") is not None:
        start = row["last_purchase"] + timedelta(floor(row["typical_gap"] * quartile + 0.5))
    return start, end


def _days_before(view: View, day: Any) -> int:
    return (date.fromisoformat(view.as_of) - day).days


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    return value if isinstance(value, int | float) else float(value) if isinstance(value, Decimal) else str(value)


def state_names(view: View) -> dict[str, str]:
    return {key: view.reader.say(name) for key, name in RHYTHM.items()}
