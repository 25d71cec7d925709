"""Chapter: what becomes of customers by month of first purchase, and who buys again."""

from __future__ import annotations

from markupsafe import Markup

from regulars.charts import cohorts as chart
from regulars.charts import numbers
from regulars.engine.intervals import wilson
from regulars.report import titles
from regulars.report.page import Card, CardRows, Chapter, Use
from regulars.report.rich import joined
from regulars.report.view import View


def chapter(view: View) -> Chapter:
    rows: CardRows = (("full", (_map(view),)), ("two", (_second(view), _again(view))))
    return Chapter("cohorts", view.reader.say("Cohorts & repurchase"), "", rows)


def _map(view: View) -> Card:
    say, cells = view.reader.say, view.part("cohorts") or []
    drawing = chart.heat_map(cells, view.reader)
    foot: list[str | Markup] = []
    if drawing.option is not None:
        foot.append(say("size of the cohort at the left; months that are not over are hatched"))
        if any(0 < cell["cohort_size"] < chart.THIN_COHORT for cell in cells):
            foot.append(say("grey digits: under {n} customers", n=str(chart.THIN_COHORT)))
    return Card(
        key="cohorts",
        title=titles.cohort_map(view),
        question=say("A row is a month of first purchase; cells: of 100 of them, how many bought in that month"),
        drawing=drawing,
        foot=joined(foot),
        uses=(Use("cohort"), Use("cohort_share")),
    )


def _second(view: View) -> Card:
    rates = view.part("repurchase") or {}
    days = view.reader.days(rates.get("second_purchase_days") or 90)
    return _rate_card(
        view,
        "second_purchase_rate",
        view.reader.say("Second purchase"),
        view.reader.say("Of new customers, how many return within {days}?", days=days),
        view.reader.say("first purchase at least {days} ago", days=days),
    )


def _again(view: View) -> Card:
    return _rate_card(
        view,
        "repurchase_rate",
        view.reader.say("Repurchase"),
        view.reader.say("Of the buyers of {span}, how many bought on two days or more?", span=view.span),
        view.reader.say("buyers of {span}", span=view.span),
    )


def _rate_card(view: View, key: str, title: str, question: str, base_words: str) -> Card:
    """A rate as a headline figure with its interval, numerator and denominator; words where it cannot be told."""
    rates = view.part("repurchase") or {}
    rate, base = rates.get(key), int(rates.get(key.replace("rate", "base")) or 0)
    if rate is None or not base:
        body = Markup('<p class="void">{}</p>').format(view.reader.say("Nobody has been here long enough to tell."))
        return Card(key=key.replace("_", "-"), title=title, question=question, body=body, uses=(Use(key),))
    hits = round(rate * base)
    between = wilson(hits, base)
    low, high = between or (None, None)
    counts = numbers.fraction(hits, base)
    shown = numbers.rate(rate, base)
    interval = numbers.rate_interval(low, high, base)
    body = Markup('<p class="big">{}{}</p><p class="dim">{}</p>').format(
        _unit(shown),
        Markup('<span class="ci">{}</span>').format(interval) if interval else "",
        joined([counts] if base >= numbers.THIN_BASE else [view.reader.say("too few to tell more")]),
    )
    foot = joined([base_words, view.reader.say("interval (95%)") if interval else ""])
    here = ((view.reader.say("here"), f"{counts} = {numbers.rate(rate)} ({numbers.interval(low, high)})"),)
    return Card(key=key.replace("_", "-"), title=title, question=question, body=body, foot=foot, uses=(Use(key, here),))


def _unit(shown: str) -> Markup:
    return (
        Markup("{}<span class='u'>%</span>").format(shown[:-1]) if shown.endswith("%") else Markup("{}").format(shown)
    )
