"""Chapter: recency, frequency, money."""

from __future__ import annotations

from regulars.charts import numbers
from regulars.charts import rfm as chart
from regulars.report import titles
from regulars.report.page import Card, Chapter, Use
from regulars.report.rich import joined
from regulars.report.view import View


def chapter(view: View) -> Chapter:
    return Chapter("rfm", "RFM", "", (("wide", (_grid(view), _groups(view))),))


def _grid(view: View) -> Card:
    say = view.reader.say
    total = sum(cell["customers"] for cell in (view.part("rfm") or {}).get("grid") or [])
    return Card(
        key="rfm-grid",
        title=titles.rfm_grid(view),
        question=say("Who came lately and often? Customers and share of {profit}", profit=view.reader.profit),
        drawing=chart.grid(view.part("rfm"), view.reader),
        foot=joined(
            [say("n {n}", n=numbers.count(total)), say("shade is {profit}, not people", profit=view.reader.profit)]
        ),
        uses=(Use("rfm_scores"),),
    )


def _groups(view: View) -> Card:
    say, means = view.reader.say, (view.part("rfm") or {}).get("means") or {}
    foot = ""
    if means.get("r") is not None:
        foot = say(
            "high is at least as good as the mean: {r} ago, {f} orders, {m}",
            r=view.reader.days(means["r"]),
            f=numbers.ratio(means["f"]),
            m=view.reader.each(means["m"]),
        )
    return Card(
        key="rfm-groups",
        title=say("Eight groups"),
        table=chart.groups(view.classes("rfm_group"), view.reader),
        foot=foot,
        uses=(Use("rfm_group"),),
    )
