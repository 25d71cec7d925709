"""Chapter: who came and who went within the last 365 days."""

from __future__ import annotations

from datetime import date, timedelta

from markupsafe import Markup

from regulars.charts import movement as chart
from regulars.charts import numbers
from regulars.charts.drawing import Row
from regulars.report import titles
from regulars.report.page import Card, Chapter, Use
from regulars.report.rich import joined, rich
from regulars.report.view import View


def chapter(view: View) -> Chapter:
    return Chapter(
        "movement", view.reader.say("Movement"), view.policy_words(view.bridge_policy), (("full", (card(view),)),)
    )


def card(view: View) -> Card:
    """The bridge as a waterfall with its equation; whoever came and went between the two days is a line below."""
    say, row = view.reader.say, view.bridge
    return Card(
        key="movement",
        title=titles.movement(view),
        question=say("Within one year, who came and who went?"),
        drawing=chart.waterfall(row, view.reader),
        foot=_foot(view, row),
        uses=_uses(view, row),
    )


def _foot(view: View, row: Row | None) -> Markup | str:
    if not row or not row["S"]:
        return ""
    parts: list[str | Markup] = [Markup('<span class="nw">{}</span>').format(equation(row))]
    if chart.reconciles(row):
        parts.append(view.reader.say("Reconciles, difference 0"))
    parts.append(f"{view.reader.day(_day_before(row['start']))} → {view.reader.day(row['end'])}")
    if row["new_and_lost"]:
        gone = view.opened(numbers.count(row["new_and_lost"]), "move:year.new_and_lost")
        parts.append(rich(view.reader, "came new and were gone again: {n}", n=gone))
    if not row.get("fully_observed", True):
        parts.append(view.reader.say("hatched: not fully observed"))
    return joined(parts)


def _day_before(day: str) -> str:
    """A row starts on the day after D0."""
    return (date.fromisoformat(day) - timedelta(1)).isoformat()


def equation(row: Row) -> str:
    """S − L + Ra + N = E in digits."""
    s, lost, back, new, end = (numbers.count(row[key]) for key in ("S", "lost", "reactivated", "N", "E"))
    return f"{s} {numbers.MINUS} {lost} + {back} + {new} = {end}"


def _uses(view: View, row: Row | None) -> tuple[Use, ...]:
    if not row or not row["S"]:
        return (Use("movement_bridge"),)
    churn = (
        f"{numbers.fraction(row['lost'], row['S'])} = {numbers.rate(row['absolute_churn'])}"
        f" ({numbers.interval(row['absolute_churn_low'], row['absolute_churn_high'])})"
    )
    return (
        Use("movement_bridge", ((view.reader.say("here"), equation(row)),)),
        Use("absolute_churn", ((view.reader.say("here"), churn),)),
        Use("relative_churn", relative_here(view, row)),
    )


def relative_here(view: View, row: Row) -> tuple[tuple[str, str], ...]:
    """Relative churn with this page's numbers: what the lost had spent of what all at the start had."""
    if row["relative_churn"] is None or row.get("spend_start") is None:
        return ()
    spent = f"{view.reader.money(row['spend_lost'])} / {view.reader.money(row['spend_start'])}"
    return ((view.reader.say("here"), f"{spent} = {numbers.rate(row['relative_churn'])}"),)
