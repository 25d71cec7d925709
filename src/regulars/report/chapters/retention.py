"""Chapter: retention and both churns by month, and every month and quarter as a table."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from regulars.charts import numbers
from regulars.charts import retention as chart
from regulars.charts.drawing import Column, Row, Table
from regulars.report import titles
from regulars.report.chapters.movement import relative_here
from regulars.report.html_tables import rate_with_interval, table_html
from regulars.report.page import Card, CardRows, Chapter, Use
from regulars.report.rich import joined, trusted
from regulars.report.view import View

ALARMS_LISTED = 4


def chapter(view: View) -> Chapter:
    rows: CardRows = (
        ("two", (_stayed(view), _left(view))),
        ("full", (_periods(view),)),
    )
    return Chapter("retention", view.reader.say("Retention & churn"), view.policy_words(view.lead), rows)


def _stayed(view: View) -> Card:
    say, last = view.reader.say, _latest(view.months)
    here: tuple[Use, ...] = (Use("retention_rate"), Use("strict_retention_rate"))
    if last:
        kept = f"({numbers.count(last['E'])} {numbers.MINUS} {numbers.count(last['N'])}) / {numbers.count(last['S'])}"
        strict = numbers.fraction(last["S"] - last["lost"], last["S"])
        between = numbers.interval(last["strict_retention_low"], last["strict_retention_high"])
        month = view.reader.period(last["period"])
        here = (
            Use("retention_rate", ((month, f"{kept} = {numbers.rate(last['retention_rate'])}"),)),
            Use(
                "strict_retention_rate",
                ((month, f"{strict} = {numbers.rate(last['strict_retention_rate'])} ({between})"),),
            ),
        )
    return Card(
        key="retention-months",
        title=titles.monthly_retention(view),
        question=say("Of those active last month, how many still are?"),
        drawing=chart.retention(view.months, view.reader),
        foot=_foot(view, say("grey band: interval of strict retention (95%)"), last),
        uses=here,
    )


def _left(view: View) -> Card:
    say, last = view.reader.say, _latest(view.months)
    uses: tuple[Use, ...] = (Use("absolute_churn"), Use("relative_churn"), Use("alarm"))
    if last:
        between = numbers.interval(last["absolute_churn_low"], last["absolute_churn_high"])
        lost = f"{numbers.fraction(last['lost'], last['S'])} = {numbers.rate(last['absolute_churn'])} ({between})"
        month = view.reader.period(last["period"])
        relative = tuple((month, value) for _, value in relative_here(view, last))
        uses = (Use("absolute_churn", ((month, lost),)), Use("relative_churn", relative), Use("alarm"))
    return Card(
        key="churn-months",
        title=titles.monthly_churn(view),
        question=say("What share of people, and of spend, leaves each month?"),
        drawing=chart.churn(view.months, view.reader),
        body=_alarms(view),
        foot=_foot(view, say("red band: interval (95%)"), last),
        uses=uses,
    )


def _latest(rows: list[Row]) -> Row | None:
    return next((row for row in reversed(rows) if row["drawn"] and row["S"]), None)


def _foot(view: View, band: str, last: Row | None) -> Markup | str:
    parts: list[str | Markup] = [band]
    if last:
        parts.append(
            view.reader.say("n {n} in {month}", n=numbers.count(last["S"]), month=view.reader.period(last["period"]))
        )
    shown = view.months[-chart.MONTHS_SHOWN :]
    if any(not row["fully_observed"] for row in shown):
        parts.append(view.reader.say("hatched: not fully observed"))
    return joined(parts)


def _alarms(view: View) -> Markup | str:
    """The latest alarms in words, ringed in the figures."""
    ringed = [row for row in view.months[-chart.MONTHS_SHOWN :] if row.get("alarm") and row["fully_observed"]]
    if not ringed:
        return ""
    lines = [
        Markup('<li><span class="tri {}" aria-hidden="true"></span>{}</li>').format(
            row["alarm"].get("direction") or "",
            view.reader.say(
                "{period}: {alarm}", period=view.reader.period(row["period"]), alarm=chart.alarm(row, view.reader)
            ),
        )
        for row in ringed[-ALARMS_LISTED:]
    ]
    return Markup('<ul class="alarms">{}</ul>').format(Markup("").join(reversed(lines)))


def _periods(view: View) -> Card:
    say = view.reader.say
    tables = [
        Markup('<div data-step="{}"{}>{}</div>').format(
            step, trusted("" if step == "quarter" else " hidden"), _period_table(view, rows, step)
        )
        for step, rows in (("quarter", view.quarters), ("month", view.months))
    ]
    switch = Markup(
        '<div class="seg" role="group" aria-label="{}">'
        '<button type="button" data-show="quarter" aria-pressed="true">{}</button>'
        '<button type="button" data-show="month" aria-pressed="false">{}</button></div>'
    ).format(say("Period"), say("Quarter"), say("Month"))
    return Card(
        key="periods",
        title=say("Every quarter and every month"),
        question=say("Counts, rates with their intervals, and money, period against the one before"),
        above=switch,
        body=Markup("").join(tables),
        exportable=bool(view.quarters or view.months),
        foot=joined(_period_foot(view)),
        uses=(
            Use("revenue_retention"),
            Use("net_revenue_retention"),
            Use("gross_revenue_retention"),
        ),
    )


def _period_foot(view: View) -> list[str | Markup]:
    parts: list[str | Markup] = [view.reader.say("S − L + Ra + N = E in every row")]
    if any(not row["fully_observed"] for row in view.quarters + view.months):
        parts.append(view.reader.say("hatched: not fully observed"))
    return parts


def interval_labels(view: View) -> tuple[str, str, str]:
    """The labels of the values beside a rate in CSV: low, high, n."""
    return view.reader.say("from (95%)"), view.reader.say("to (95%)"), "n"


def _period_table(view: View, rows: list[Row], step: str) -> Markup:
    if not rows:
        return Markup('<p class="void">{}</p>').format(view.reader.say("No whole period yet after the first."))
    return table_html(
        period_table(view, rows, step),
        view.reader,
        caption=view.reader.say("Movement by period"),
        unobserved=view.reader.say("not fully observed"),
    )


def period_table(view: View, rows: list[Row], step: str) -> Table:
    """Every period, the latest first, each rate with its interval beside it."""
    plain = chart.periods(rows, "quarter" if step == "quarter" else "month", view.reader)
    return _with_intervals(plain, rows, view)


def _with_intervals(table: Table, rows: list[Row], view: View) -> Table:
    """The interval of churn beside it instead of in two columns, and a ring where there is an alarm."""
    columns, keys = [], [column.key for column in table.columns]
    for column in table.columns:
        if column.key == "absolute_churn":
            label = view.reader.say("Absolute churn (95%)")
            columns.append(Column(column.key, label, "rate", interval_labels(view)))
        elif column.key not in ("absolute_churn_low", "absolute_churn_high"):
            columns.append(column)
    made = []
    for values, row in zip(table.rows, reversed(rows), strict=True):
        cells = dict(zip(keys, values, strict=True))
        churn = rate_with_interval(
            cells["absolute_churn"], cells.pop("absolute_churn_low"), cells.pop("absolute_churn_high"), row["S"]
        )
        if row.get("alarm"):
            ring = Markup('<span class="ring" role="img" aria-label="{}"></span>').format(view.reader.say("alarm"))
            churn = replace(churn, html=ring + churn.html)
        cells["absolute_churn"] = churn
        made.append(tuple(cells.values()))
    return Table(tuple(columns), tuple(made), table.hatched, table.doors)
