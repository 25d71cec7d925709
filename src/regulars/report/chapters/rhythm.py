"""Chapter: who is late by their own rhythm."""

from __future__ import annotations

from markupsafe import Markup

from regulars.charts import numbers
from regulars.charts import rhythm as chart
from regulars.charts.words import LATE, RHYTHM, RHYTHM_COLOUR
from regulars.report import titles
from regulars.report.page import Card, Chapter, Use
from regulars.report.rich import joined, rich
from regulars.report.view import View


def chapter(view: View) -> Chapter:
    sub = view.reader.say("days since the last purchase ÷ own typical gap")
    return Chapter("rhythm", view.reader.say("Rhythm"), sub, (("full", (_states(view),)),))


def _states(view: View) -> Card:
    say, rhythm = view.reader.say, view.part("rhythm") or {}
    drawing = chart.states(view.classes("rhythm"), rhythm.get("population_gap"), view.reader)
    drawn = drawing.option is not None
    return Card(
        key="rhythm",
        title=titles.late(view),
        question=say("In which state are customers, and {profit}?", profit=view.reader.profit),
        drawing=drawing,
        body=_key(view) + _next(view) if drawn else "",
        foot=_foot(view) if drawn else "",
        uses=(Use("rhythm", _here(view)), Use("typical_gap"), Use("lateness"), Use("next_purchase")),
    )


def _key(view: View) -> Markup:
    states = view.classes("rhythm")
    items = Markup("").join(
        Markup('<span><i class="k-{}"></i>{} ({}) <b>{}</b></span>').format(
            RHYTHM_COLOUR[key],
            view.reader.say(name),
            bound,
            view.opened(numbers.count((states.get(key) or {"customers": 0})["customers"]), f"rhythm:{key}"),
        )
        for (key, name), bound in zip(RHYTHM.items(), _bounds(view), strict=True)
    )
    return Markup('<div class="key">{}</div>').format(items)


def _bounds(view: View) -> list[str]:
    """≤ 1, ≤ 1.5, … > 4: the lateness up to which each state reaches."""
    cuts = [f"{float(cut):g}" for cut in view.rules.rhythm_cuts]
    return [*(f"≤ {cut}" for cut in cuts), f"> {cuts[-1]}"]


def _next(view: View) -> Markup:
    """The valuable among the late, and when they were due."""
    late = view.late_valuable
    if not late["customers"]:
        return Markup("")
    words = rich(
        view.reader,
        "Of the late, {n} are class A, with {money} of {profit}. The contact list says when each of them was due.",
        n=view.late_door(),
        money=view.reader.money(late["profit"]),
        profit=view.span_of_profit,
    )
    return Markup('<p class="aside">{}</p>').format(words)


def _foot(view: View) -> Markup:
    rhythm = view.part("rhythm") or {}
    parts: list[str | Markup] = []
    if rhythm.get("population_gap") is not None:
        gap = view.reader.days(rhythm["population_gap"], decimals=1)
        parts.append(view.reader.say("g₀ {gap}", gap=gap))
    if rhythm.get("ratio_q1") is not None:
        window = f"{numbers.ratio(rhythm['ratio_q1'])}–{numbers.ratio(rhythm['ratio_q3'])}"
        parts.append(view.reader.say("half of all returns fall at {window} of the own gap", window=window))
    if rhythm.get("gaps"):
        parts.append(view.reader.say("n {n} completed gaps", n=numbers.count(rhythm["gaps"])))
    return joined(parts)


def _here(view: View) -> tuple[tuple[str, str], ...]:
    states = view.classes("rhythm")
    total = sum(row["customers"] for row in states.values())
    if not total:
        return ()
    late = sum((states.get(key) or {"customers": 0})["customers"] for key in LATE)
    share = f"{numbers.fraction(late, total)} = {numbers.rate(late / total)}"
    return ((view.reader.say("slipping or later"), share),)
