"""One customer told in words and figures, from the columns of the published run; tested rules, no guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.charts import numbers
from regulars.crm.insights.metric_columns import CHOICES
from regulars.language import Language
from regulars.web.templatetags import regulars as words

LATE = ("slipping", "dormant", "lost")


@dataclass(frozen=True)
class Kept:
    """What one kept run said of the customer, as then known."""

    as_of: date
    row: Any


@dataclass(frozen=True)
class Figure:
    name: str
    value: str
    more: str
    definition: str


def named(column: str, value: Any) -> str:
    """A class or a state by its name."""
    return str(dict(CHOICES.get(column, ())).get(value, value)) if value is not None else words.NOTHING


def percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def statement(row: Any) -> SafeString | str:
    """The sentence on top: usual gap, silence now, and how late that is."""
    if row is None:
        return _("No purchase yet.")
    silent = words.days(row.recency_days)
    if row.purchase_days is not None and row.purchase_days < 2:
        return format_html(_("One purchase so far, <b>{silent}</b> ago."), silent=silent)
    usual = words.days(row.typical_gap)
    if row.typical_gap is None or row.rhythm is None:
        return format_html(_("The last purchase was <b>{silent}</b> ago."), silent=silent)
    if row.rhythm == "on_rhythm":
        text = _("Usually back every <b>{usual}</b>; the last purchase was <b>{silent}</b> ago, in rhythm.")
        return format_html(text, usual=usual, silent=silent)
    if row.rhythm == "due":
        return format_html(
            _("Usually back every <b>{usual}</b>, now silent for <b>{silent}</b>: due these days."),
            usual=usual,
            silent=silent,
        )
    text = _(
        "Usually back every <b>{usual}</b>, now silent for <b>{silent}</b>: later than {share} of all returns,"
        " each by its own clock."
    )
    return format_html(text, usual=usual, silent=silent, share=percent(row.lateness_percentile or 0))


def figures(row: Any, history: Sequence[Kept], currency: str, lang: Language) -> list[Figure]:
    """The six figures, each with its date, its change, or how it came about."""
    before = history[1].row if len(history) > 1 else None
    return [
        _at_risk(row, currency),
        Figure(
            _("RFM"),
            f"{row.r_score}-{row.f_score}-{row.m_score}" if row.r_score else words.NOTHING,
            named("rfm_group", row.rfm_group),
            "rfm",
        ),
        Figure(_("Lifecycle"), named("lifecycle", row.lifecycle), stage_since(history), "lifecycle"),
        _alive(row, before, history),
        _next(row, history[0].as_of, lang),
        _clv(row, currency),
    ]


def _at_risk(row: Any, currency: str) -> Figure:
    value = getattr(row, "value_at_risk", None)
    if value is None:
        late = row.rhythm in LATE
        shown = words.money(row.profit_window if late else 0, currency)
        more = _("profit, 12 months, of who is late") if late else _("not late")
        return Figure(_("Value at risk"), shown, more, "value_at_risk")
    share = float(value) / float(row.clv_12m) if row.clv_12m else 0.0
    more = _("{clv} × {share} lost chance").format(clv=words.money(row.clv_12m, currency), share=percent(share))
    return Figure(_("Value at risk"), words.money(value, currency), more, "value_at_risk")


def _alive(row: Any, before: Any, history: Sequence[Kept]) -> Figure:
    value = getattr(row, "p_alive", None)
    if value is None:
        return Figure(_("P(alive)"), words.NOTHING, no_forecast(row), "p_alive")
    earlier = getattr(before, "p_alive", None)
    more = ""
    if earlier is not None:
        more = _("{value} on {day}").format(value=words.decimal(earlier), day=words.day_near(history[1].as_of))
    return Figure(_("P(alive)"), words.decimal(value), more, "p_alive")


def no_forecast(row: Any) -> str:
    note = getattr(row, "clv_note", None)
    return named("clv_note", note) if note else _("too few purchases for a forecast")


def _next(row: Any, as_of: date, lang: Language) -> Figure:
    if row.next_purchase_from is None:
        return Figure(_("Next purchase"), words.NOTHING, _("no rhythm yet"), "next_purchase_window")
    span = numbers.day_span(row.next_purchase_from, row.next_purchase_to, lang)
    if as_of > row.next_purchase_to:
        more = _("{days} past it").format(days=words.days((as_of - row.next_purchase_to).days))
    elif as_of < row.next_purchase_from:
        more = _("in {days}").format(days=words.days((row.next_purchase_from - as_of).days))
    else:
        more = _("now")
    return Figure(_("Next purchase"), span, more, "next_purchase_window")


def _clv(row: Any, currency: str) -> Figure:
    value = getattr(row, "clv_12m", None)
    if value is None:
        return Figure(_("CLV, 12 months"), words.NOTHING, no_forecast(row), "clv_12m")
    low, high = row.clv_12m_low, row.clv_12m_high
    more = _("80 %: {low}–{high}").format(low=words.count(low), high=words.count(high)) if low is not None else ""
    return Figure(_("CLV, 12 months"), words.money(value, currency), more, "clv_12m")


def stage_since(history: Sequence[Kept]) -> str:
    """Out of which stage, and when that was first seen."""
    now = history[0].row.lifecycle
    seen = history[0].as_of
    for kept in history[1:]:
        if kept.row is None:
            break
        if kept.row.lifecycle != now:
            return _("from {stage}, {day}").format(
                stage=named("lifecycle", kept.row.lifecycle), day=words.day_near(seen)
            )
        seen = kept.as_of
    return _("as of {day}").format(day=words.day_near(history[0].as_of))


@dataclass(frozen=True)
class Reasoning:
    """The arithmetic of value at risk."""

    clv: str
    share: str
    value: str


def reasoning(row: Any, currency: str) -> Reasoning | None:
    value, clv = getattr(row, "value_at_risk", None), getattr(row, "clv_12m", None)
    if not value or not clv:
        return None
    return Reasoning(
        words.money(clv, currency), f"× {percent(float(value) / float(clv))}", words.money(value, currency)
    )


def changes(history: Sequence[Kept]) -> list[tuple[date, str, str]]:
    """What the judgement of a run changed against the one before: (day, tone, text)."""
    found = []
    for now, before in pairwise(history):
        if now.row is None or before.row is None:
            continue
        if now.row.lifecycle != before.row.lifecycle:
            pair = named("lifecycle", before.row.lifecycle), named("lifecycle", now.row.lifecycle)
            found.append((now.as_of, "slip", _("{before} → {after}").format(before=pair[0], after=pair[1])))
        if now.row.abc != before.row.abc:
            found.append(
                (now.as_of, "vA", _("Profit class {before} → {after}").format(before=before.row.abc, after=now.row.abc))
            )
    return found
