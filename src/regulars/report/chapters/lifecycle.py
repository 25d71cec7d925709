"""Chapter: the lifecycle in both views, and over time."""

from __future__ import annotations

from regulars.charts import lifecycle as chart
from regulars.charts import numbers
from regulars.report import titles
from regulars.report.page import Card, CardRows, Chapter, Use
from regulars.report.rich import joined
from regulars.report.view import View


def chapter(view: View) -> Chapter:
    rows: CardRows = (("full", (_flow(view),)), ("full", (_history(view),)))
    return Chapter("lifecycle", view.reader.say("Lifecycle"), "", rows)


def _flow(view: View) -> Card:
    say = view.reader.say
    rows = view.part("lifecycle_flow") or []
    return Card(
        key="lifecycle",
        title=titles.lifecycle(view),
        question=say("Left: the stage by rhythm and money; right: how many times they bought"),
        drawing=chart.flow(rows, view.reader),
        foot=joined(
            [
                say("n {n}", n=numbers.count(sum(row["customers"] for row in rows))),
                _decline(view),
            ]
        ),
        uses=(Use("lifecycle"), Use("lifecycle_b")),
    )


def _decline(view: View) -> str:
    """The rule of the stage that needs one, with the parameters in force."""
    late, falling = view.rules.late_percentile, view.rules.falling_share
    return view.reader.say(
        "decline: lateness percentile ≥ {late}, or money down to {share} of the half window before",
        late=numbers.ratio(float(late)),
        share=numbers.share(float(falling)),
    )


def _history(view: View) -> Card:
    say = view.reader.say
    return Card(
        key="lifecycle-history",
        title=titles.stage_history(view),
        question=say("Of all who had bought by then, how many were in which stage?"),
        drawing=chart.history(view.part("lifecycle_history"), view.reader),
        foot=say("each month end as it was known then"),
        uses=(Use("lifecycle_history"),),
    )
