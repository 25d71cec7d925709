"""Chapter: what was read, what was left out, and with which parameters the figures were made."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from regulars.charts import numbers
from regulars.charts.drawing import Column, Table
from regulars.charts.reader import mark
from regulars.ingest.reasons import reason_text
from regulars.report.html_definitions import with_unit
from regulars.report.html_tables import labelled_rows, table_html
from regulars.report.page import Card, CardRows, Chapter, Use
from regulars.report.rich import joined, kept, rich
from regulars.report.view import View


def chapter(view: View) -> Chapter:
    rows: CardRows = (("full", (_read(view),)), ("full", (_parameters(view),)))
    return Chapter("quality", view.reader.say("Data quality & parameters"), "", rows)


def _read(view: View) -> Card:
    counters = view.part("input") or {}
    return Card(
        key="input",
        title=identity(view),
        question=view.reader.say("What was read, and what is in no figure?"),
        body=_figures(view) + _rejected(view) + _warnings(view),
        foot=joined([", ".join(view.part("sources") or []), _span(view, counters)]),
        uses=(Use("input_rows"), Use("unattributed"), Use("rejects")),
    )


def identity(view: View) -> Markup:
    """Read 118,402 rows = used 117,290 + rejected 268 + …; parts that are zero are left out."""
    counters, say = view.part("input") or {}, view.reader.say
    names = {
        "used_rows": mark("used {n}"),
        "rejected_rows": mark("rejected {n}"),
        "dropped_rows": mark("dropped {n}"),
        "skipped_rows": mark("skipped {n}"),
    }
    counted = {key: int(counters.get(key) or 0) for key in names}
    parts = [
        kept(say(name, n=numbers.count(counted[key])))
        for key, name in names.items()
        if counted[key] or key == "used_rows"
    ]
    return rich(
        view.reader,
        "Read {n} rows = {parts}.",
        n=numbers.count(counters.get("rows") or 0),
        parts=joined([*parts], " + "),
    )


def _span(view: View, counters: dict[str, Any]) -> str:
    if not counters.get("first_day"):
        return ""
    return f"{view.reader.day(counters['first_day'])} – {view.reader.day(counters['last_day'])}"


def _figures(view: View) -> Markup:
    say, counters, quality = view.reader.say, view.part("input") or {}, view.part("quality") or {}
    orders = counters.get("orders") or None
    unobserved = sum(not row["fully_observed"] for row in view.quarters)
    figures = (
        (say("Returns"), numbers.count(counters.get("returns"))),
        (say("Cancelled"), numbers.count(counters.get("cancelled_orders"))),
        (say("Unpaid"), numbers.count(counters.get("unpaid_orders"))),
        (say("Identical rows"), numbers.count(counters.get("duplicate_rows"))),
        (say("No customer"), numbers.rate(quality.get("unattributed_share"), orders)),
        (say("No cost or profit"), numbers.rate(quality.get("no_profit_share"), orders)),
        (say("Quarters not fully observed"), numbers.count(unobserved)),
    )
    cells = Markup("").join(Markup("<div><span>{}</span><b>{}</b></div>").format(*pair) for pair in figures)
    return Markup('<div class="st">{}</div>').format(cells)


def _rejected(view: View) -> Markup:
    reasons = (view.part("quality") or {}).get("rejected_reasons") or []
    if not reasons:
        return Markup("")
    say = view.reader.say
    columns = (Column("reason", say("Rejected because")), Column("rows", say("Rows"), "count"))
    table = Table(columns, tuple((_why(view, row["reason"]), row["rows"]) for row in reasons))
    return table_html(table, view.reader, caption=say("Rejected rows by reason"))


def _warnings(view: View) -> Markup:
    return Markup("").join(Markup('<p class="note">{}</p>').format(warning) for warning in view.warnings)


def _why(view: View, code: str) -> str:
    try:
        return reason_text(code, view.reader.lang)
    except KeyError:
        return code.replace("_", " ")


def _parameters(view: View) -> Card:
    say = view.reader.say
    fixed = [
        (say("as of"), view.reader.day(view.as_of)),
        (say("profit from"), basis(view)),
        (say("version"), str(view.part("version") or numbers.ABSENT)),
    ]
    rules = [(rule.label, with_unit(rule)) for rule in view.rules.describe(view.reader.lang)]
    return Card(
        key="parameters",
        title=say("Parameters"),
        question=say("Every default can be changed; these made this report."),
        body=labelled_rows(fixed + rules),
        foot=say("also in summary.json"),
    )


def basis(view: View) -> str:
    """Where the profit comes from, in words."""
    say = view.reader.say
    words = {
        "profit": say("profit from the profit column"),
        "cost": say("profit from the cost column"),
        "margin": say("profit from a margin on the amount"),
        "revenue": say("no profit or cost: revenue stands in for profit"),
    }
    return words.get(str(view.part("profit_basis")), str(view.part("profit_basis")))
