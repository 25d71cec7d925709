"""Chapter: quadrants a–e and where customers moved within a year."""

from __future__ import annotations

from markupsafe import Markup

from regulars.charts import migration, numbers
from regulars.charts import quadrants as chart
from regulars.charts.words import QUADRANT_COLOUR, quadrant
from regulars.report import titles
from regulars.report.page import Card, Chapter, Use
from regulars.report.rich import joined, rich
from regulars.report.view import View


def chapter(view: View) -> Chapter:
    return Chapter("quadrants", view.reader.say("Quadrants & migration"), "", (("two", (_map(view), _moves(view))),))


def _map(view: View) -> Card:
    say, cuts = view.reader.say, view.part("quadrants")
    drawing = chart.quadrant_map(cuts, view.classes("quadrant"), view.reader)
    question = say("How often, and how much at a time? Dashes: the cuts")
    foot: list[str | Markup] = []
    if drawing.option is not None and cuts:
        fewest = chart.first_frequent(cuts)
        orders = numbers.ratio(cuts["frequency_cut"])
        value = view.reader.each(cuts["value_cut"])
        foot = [
            say("n {n}", n=numbers.count(view.buyers)),
            rich(
                view.reader,
                "cuts at the means: {orders} orders (so {n} or more), {value}",
                orders=orders,
                n=str(fewest),
                value=value,
            ),
        ]
    return Card(
        key="quadrant-map",
        title=titles.quadrants(view),
        question=question,
        drawing=drawing,
        body=_outside(view),
        foot=joined(foot),
        uses=(Use("quadrant"),),
    )


def _outside(view: View) -> Markup:
    """Those who are in no corner: known and never bought, or quiet in the window."""
    classes = view.classes("quadrant")
    chips = [
        Markup('<span><i class="k-{}"></i>{} {}</span>').format(
            QUADRANT_COLOUR[key],
            quadrant(view.reader, key),
            view.opened(numbers.count(classes[key]["customers"]), f"quadrant:{key}"),
        )
        for key in ("a", "dormant")
        if classes.get(key)
    ]
    return Markup('<div class="key">{}</div>').format(Markup("").join(chips)) if chips else Markup("")


def _moves(view: View) -> Card:
    say, moved = view.reader.say, view.part("migration") or {}
    rows = list(moved.get("rows") or ())
    return Card(
        key="migration",
        title=titles.moved(view),
        question=say("A year ago at the left, today at the right"),
        drawing=migration.sankey(view.part("migration"), view.reader),
        body=_in_words(view, rows),
        foot=joined([say("orange: gone quiet; violet: up to e"), say("cuts of a year ago")]) if rows else "",
        uses=(Use("migration"),),
    )


def _in_words(view: View, rows: list[dict[str, object]]) -> Markup:
    """What the flows leave out: who first bought since, and who stayed quiet."""
    new = sum(int(str(row["customers"])) for row in rows if row["from"] == "a")
    quiet = sum(int(str(row["customers"])) for row in rows if row["from"] == row["to"] == "dormant")
    if not new and not quiet:
        return Markup("")
    words = rich(
        view.reader,
        "Not drawn: {new} bought for the first time since, {quiet} were and stayed quiet.",
        new=numbers.count(new),
        quiet=numbers.count(quiet),
    )
    return Markup('<p class="aside">{}</p>').format(words)
