"""The analysis pages: which figures of a run stand on which page, with whom each number opens.

Figures, titles and sentences are those of the report (report/chapters): the same rules make the same findings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from regulars.charts import movement as drawn
from regulars.charts import numbers
from regulars.charts.drawing import Column, Table
from regulars.charts.words import quadrant
from regulars.crm.insights import drill
from regulars.crm.insights.models import Run
from regulars.language import Language
from regulars.report import sentences
from regulars.report.chapters import (
    cohorts,
    concentration,
    lifecycle,
    movement,
    offers,
    quadrants,
    quality,
    retention,
    rfm,
    rhythm,
    value,
)
from regulars.report.page import Card, CardRows, Chapter, Thing, Use
from regulars.report.rich import kept
from regulars.report.view import View

Rule = Callable[[View], Thing | None]


class WebView(View):
    """A view whose sentences open people: their doors lead to the list of customers."""

    run: Run

    def late_door(self) -> Markup:
        shown = numbers.count(self.late_valuable["customers"])
        return kept(self.opened(shown, "late:A") if self.late_valuable["customers"] else shown)

    def opened(self, shown: str, who: str) -> str | Markup:
        """``shown`` as a door to the customers behind ``who``; as it is where they cannot be named."""
        where = drill.door(who, self.summary, self.run) if shown != "0" else None
        return Markup('<a class="n nw" href="{}">{}</a>').format(where, shown) if where else shown


@dataclass(frozen=True)
class PageKind:
    """``route``: its place in the address; ``chapters``: what stands on it; ``says``: rules for its first sentence."""

    key: str
    label: Any
    chapters: tuple[Callable[[View], Chapter], ...]
    says: tuple[Rule, ...] = ()


def _quadrant_table(view: View) -> Chapter:
    """The quadrants with their customers, whom the corners of the map only count."""
    classes = view.classes("quadrant")
    columns = (
        Column("name", gettext("Quadrant")),
        Column("customers", view.reader.say("Customers"), "count"),
        Column("amount", view.reader.say("Amount"), "money"),
        Column("profit", view.reader.profit_title, "money"),
    )
    shown = [key for key in (*"edcb", "dormant") if key in classes]
    rows = tuple((quadrant(view.reader, k), *(classes[k][c] for c in ("customers", "amount", "profit"))) for k in shown)
    table = Table(columns, rows, doors={(at, 1): f"quadrant:{key}" for at, key in enumerate(shown)})
    card = Card("quadrant-classes", gettext("Quadrants"), table=table, uses=(Use("quadrant"),))
    return Chapter("quadrant-classes", "", "", (("full", (card,)),))


def _periods(view: View) -> Chapter:
    """Every quarter and every month, each a table of its own."""
    cards = []
    for step, rows, name in (
        ("quarter", view.quarters, gettext("By quarter")),
        ("month", view.months, gettext("By month")),
    ):
        table = retention.period_table(view, rows, step)
        empty = (
            ""
            if rows
            else Markup('<p class="void">{}</p>').format(view.reader.say("No whole period yet after the first."))
        )
        cards.append(
            Card(
                key=f"{step}s",
                title=name,
                question=view.reader.say(
                    "Counts, rates with their intervals, and money, period against the one before"
                ),
                table=table if rows else None,
                first=12,
                body=empty,
                foot=view.reader.say("S − L + Ra + N = E in every row"),
                uses=(Use("revenue_retention"), Use("net_revenue_retention"), Use("gross_revenue_retention")),
            )
        )
    return Chapter("periods", "", "", tuple(("full", (card,)) for card in cards))


def _movement(view: View) -> Chapter:
    """The year's bridge, and beside it its equation with a door at every number."""
    whole = movement.chapter(view)
    row = view.bridge
    if not row or not row["S"]:
        return whole
    lines = (
        ("", gettext("Active at start S"), "S", "start"),
        ("−", gettext("Lost L"), "lost", "lost"),
        ("+", gettext("Came back Ra"), "reactivated", "reactivated"),
        ("+", gettext("New N"), "N", "new"),
        ("=", gettext("Active at end E"), "E", "end"),
    )
    body = Markup("").join(
        Markup("<dt>{}</dt><dt>{}</dt><dd>{}</dd>").format(
            sign, name, view.opened(numbers.count(row[key]), f"move:year.{what}") if row[key] else "0"
        )
        for sign, name, key, what in lines
    )
    strict = numbers.rate_interval(row["strict_retention_low"], row["strict_retention_high"], row["S"])
    foot = gettext("Strict retention, without those who came back: {rate} ({interval})").format(
        rate=numbers.rate(row["strict_retention_rate"], row["S"]), interval=strict
    )
    title = gettext("It reconciles, difference 0") if drawn.reconciles(row) else gettext("It does not reconcile")
    question = gettext("Counted customer by customer, not by subtracting totals")
    card = Card("equation", title, question, body=Markup('<dl class="equation">{}</dl>').format(body), foot=foot)
    first = whole.rows[0][1][0]
    return replace(whole, rows=(("wide", (first, card)),))


def _rates_only(view: View) -> Chapter:
    """Retention and both churns by month, without the table that the page shows in two."""
    whole = retention.chapter(view)
    return replace(whole, rows=whole.rows[:1])


def _levels(view: View) -> Chapter:
    """Customers by frequency and by amount: high, middle, low."""
    names = {
        "high": gettext("High"),
        "mid": gettext("Middle"),
        "low": gettext("Low"),
        "none": gettext("None in the window"),
    }
    cards = []
    for part, title in (("frequency_class", gettext("By frequency")), ("amount_class", gettext("By amount"))):
        classes = view.classes(part)
        columns = (
            Column("name", view.reader.say("Class")),
            Column("customers", view.reader.say("Customers"), "count"),
            Column("amount", view.reader.say("Amount"), "money"),
            Column("profit", view.reader.profit_title, "money"),
        )
        shown = [key for key in names if key in classes]
        rows = tuple((names[k], *(classes[k][c] for c in ("customers", "amount", "profit"))) for k in shown)
        table = Table(columns, rows, doors={(at, 1): f"{part}:{key}" for at, key in enumerate(shown)})
        foot = gettext("thirds of the buyers of {span}; ties share a class").format(span=view.span)
        cards.append(Card(part.replace("_", "-"), title, table=table, foot=foot, uses=(Use(part),)))
    return Chapter("levels", "", "", (("two", tuple(cards)),))


PAGES: dict[str, PageKind] = {
    page.key: page
    for page in (
        PageKind("overview", _("Overview"), (_movement, rhythm.chapter)),
        PageKind("retention", _("Retention and churn"), (_movement, _rates_only, _periods)),
        PageKind("classes", _("Classes ABC"), (concentration.chapter, _levels), (sentences.concentration,)),
        PageKind("rfm", _("RFM"), (rfm.chapter,)),
        PageKind(
            "quadrants",
            _("Quadrants and migration"),
            (quadrants.chapter, _quadrant_table),
            (sentences.best_gone_quiet,),
        ),
        PageKind("lifecycle", _("Lifecycle"), (lifecycle.chapter,)),
        PageKind("rhythm", _("Purchase rhythm"), (rhythm.chapter,), (sentences.late_valuable, sentences.late_now)),
        PageKind("cohorts", _("Cohorts"), (cohorts.chapter,), (sentences.second_purchase,)),
        PageKind("value", _("Value and calibration"), (value.chapter,), (sentences.value_at_risk,)),
        PageKind("products", _("Products and channels"), (offers.chapter,), (sentences.best_product,)),
        PageKind("quality", _("Data quality"), (quality.chapter,), (sentences.unattributed,)),
    )
}  # fmt: skip
# Where the chapters of the report are on the pages; "contacts" is Today.
PLACE_OF = {
    "movement": "retention", "retention": "retention", "abc": "classes", "rfm": "rfm", "quadrants": "quadrants",
    "lifecycle": "lifecycle", "rhythm": "rhythm", "cohorts": "cohorts", "value": "value", "offers": "products",
    "contacts": "today", "quality": "quality",
}  # fmt: skip


def view_of(run: Run, lang: Language) -> WebView:
    """A run in one language; remembered, as a published run never changes."""
    return _view(run.public_id, lang)


def view_by_key(run: str, lang: Language) -> WebView:
    """The same by the run's public id."""
    return _view(run, lang)


@lru_cache(maxsize=24)
def _view(run: str, lang: Language) -> WebView:
    found = Run.objects.get(public_id=run)
    base = View.of(_Analysis(found.summary), lang)
    made = WebView(base.summary, base.contacts, base.reader, base.warnings)
    object.__setattr__(made, "run", found)
    return made


@dataclass(frozen=True)
class _Analysis:
    summary: Any

    @property
    def contacts(self) -> Any:
        import pyarrow as pa

        return pa.table({})


@lru_cache(maxsize=256)
def _rows(run: str, key: str, lang: Language) -> CardRows:
    view = _view(run, lang)
    return tuple(row for chapter in PAGES[key].chapters for row in chapter(view).rows)


def rows_of(run: Run, key: str, lang: Language) -> CardRows:
    """The rows of cards of a page."""
    return _rows(run.public_id, key, lang)


def card_of(run: Run, page: str, key: str, lang: Language) -> Card | None:
    return next((card for _layout, cards in rows_of(run, page, lang) for card in cards if card.key == key), None)


def says(view: View, key: str) -> Markup | None:
    """The sentence that a page opens with, where a rule holds with a clear margin."""
    for rule in PAGES[key].says:
        thing = rule(view)
        if thing is not None:
            return thing.sentence
    return None


def forget() -> None:
    """Drop what is remembered of runs; for tests, which give ids out again."""
    _view.cache_clear()
    _rows.cache_clear()
