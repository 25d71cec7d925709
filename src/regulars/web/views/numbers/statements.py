"""The sentence a page opens with, its numbers doors; and what must be known before the first figure."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from markupsafe import Markup, escape

from regulars.charts import numbers
from regulars.charts.drawing import Row
from regulars.crm.insights import pages, targets
from regulars.crm.insights.pages import WebView
from regulars.report.html_page import notes_of
from regulars.report.noise import counts_differ
from regulars.report.rich import kept
from regulars.report.titles import ENOUGH
from regulars.web.views.numbers.shown import safe

GREW = gettext_noop(
    "Of the {start} customers who were active a year ago, {lost} did not come back: {churn} of the people, with {spend}"
    " of the money. {new} came new in the same time; the active grew by {change}."
)
SHRANK = gettext_noop(
    "Of the {start} customers who were active a year ago, {lost} did not come back: {churn} of the people, with {spend}"
    " of the money. {new} came new in the same time; the active shrank by {change}."
)
ABOUT_SAME = gettext_noop(
    "Of the {start} customers who were active a year ago, {lost} did not come back: {churn} of the people, with {spend}"
    " of the money. {new} came new in the same time; the number of the active hardly changed."
)


def filled(message: str, **values: object) -> Markup:
    """A message of the catalogue with escaped values that never break across lines."""
    return Markup(str(escape(_(message)))).format(**{key: kept(value) for key, value in values.items()})  # noqa: S704


def statement(view: WebView, key: str) -> SafeString:
    if key == "retention":
        made = movement(view)
    elif key == "overview":
        made = whole(view)
    else:
        made = pages.says(view, key)
    return safe(made) if made else SafeString("")


def movement(view: WebView) -> Markup | None:
    """Who left within the year, with what money, and who came; None where that cannot be told yet."""
    row = view.bridge
    if not row or row["S"] < 1 or row["absolute_churn"] is None or row["relative_churn"] is None:
        return None
    if not row.get("fully_observed", True) and view.bridge_policy == "window":
        return None
    message = ABOUT_SAME
    if row["S"] >= ENOUGH and counts_differ(row["N"] + row["reactivated"], row["lost"]):
        message = GREW if row["E"] > row["S"] else SHRANK
    return filled(
        message,
        start=view.opened(numbers.count(row["S"]), "move:year.start"),
        lost=view.opened(numbers.count(row["lost"]), "move:year.lost"),
        new=view.opened(numbers.count(row["N"]), "move:year.new"),
        churn=Markup("<b>{}</b>").format(numbers.share(row["absolute_churn"])),
        spend=Markup("<b>{}</b>").format(numbers.share(row["relative_churn"])),
        change=numbers.share(abs(row["E"] - row["S"]) / row["S"]),
    )


def whole(view: WebView) -> Markup:
    """How many customers there are, how many are active, what they brought."""
    customers: Row = dict(view.summary.get("customers") or {})
    totals: Row = dict(view.summary.get("window_totals") or {})
    return filled(
        gettext_noop(
            "{all} customers have bought so far; {active} are active. In {span} they brought {money} of {profit}."
        ),
        all=view.opened(numbers.count(int(customers.get("total") or 0)), "all:"),
        active=view.opened(numbers.count(int(customers.get("active") or 0)), "active:"),
        span=view.span,
        money=Markup("<b>{}</b>").format(view.reader.money(totals.get("profit") or 0.0)),
        profit=view.reader.profit,
    )


def notes(view: WebView) -> tuple[Markup, ...]:
    """What a reader must know first: data too young for a window, revenue for want of profit."""
    return notes_of(view)


def thin(view: WebView) -> str:
    """What so few customers allow to be said; empty where there are enough."""
    total = int((view.summary.get("customers") or {}).get("total") or 0)
    if total == 1:
        return _(
            "There is one customer so far. Shares and classes say nothing yet; what the customer bought is on their"
            " page."
        )
    if total < numbers.THIN_BASE:
        return _(
            "{n} customers so far: too few for rates. Counts are shown, intervals would be too wide to tell."
        ).format(n=total)
    return ""


def targets_of(key: str) -> list[Any]:
    """Targets whose measure stands on a page."""
    return [target for target in targets.current() if targets.PAGE_OF[target.measure] == key]
