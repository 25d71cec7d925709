"""Card: new customers beside the old ones they resemble, with what became of those."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from regulars.charts import numbers
from regulars.charts.drawing import Column, Row, Table
from regulars.engine.probability.lookalikes import NEIGHBOURS
from regulars.report.html_tables import Shown
from regulars.report.page import Card, Use
from regulars.report.rich import joined
from regulars.report.view import View

ROWS_AT_ONCE = 10


def cards(view: View) -> list[Card]:
    """One card where the analysis has look-alikes, none where it has not."""
    found = (view.worth or {}).get("lookalikes") or {}
    if not found.get("rows"):
        return []
    say = view.reader.say
    columns = (
        Column("name", say("New customer"), more=(say("Customer id"),)),
        Column("first_day", say("day|First purchase"), "day"),
        Column("first_amount", say("Amount"), "each"),
        Column("matches", say("Similar old customers, and what became of them")),
        Column(
            "foretold", say("Foretold, 12 months"), "each",
            more=(say("Foretold, lower quartile"), say("Foretold, upper quartile")),
        ),
    )  # fmt: skip
    rows = tuple(_row(view, row) for row in found["rows"])
    card = Card(
        key="look-alikes",
        title=say("New customers, and old ones they resemble"),
        question=say("Whom does a new customer look like, and what became of those in their first 12 months?"),
        table=Table(columns, rows),
        first=ROWS_AT_ONCE,
        foot=_foot(view, found.get("backtest") or {}),
        uses=(Use("look_alikes"),),
    )
    return [card]


def _row(view: View, row: Row) -> tuple[Any, ...]:
    texts = [_match(view, match) for match in row["matches"]]
    lines = Markup("").join(Markup("<span>{}</span>").format(text) for text in texts)
    who = row.get("name") or row["customer_id"]
    named = Markup('{}<span class="cat">{}</span>').format(who, row["customer_id"]) if row.get("name") else who
    return (
        Shown(Markup("{}").format(named), (who, row["customer_id"])),
        row["first_day"],
        row["first_amount"],
        Shown(Markup('<span class="lines">{}</span>').format(lines), ("; ".join(texts),)),
        _foretold(view, row),
    )


def _foretold(view: View, row: Row) -> Shown:
    """The mean of the nearest, their quartiles in grey."""
    low, high = row.get("foretold_low"), row.get("foretold_high")
    between = "" if low is None or high is None else f"{view.reader.each(low)}–{view.reader.each(high)}"
    html = Markup('{}<span class="ci">{}</span>').format(view.reader.each(row["foretold_12m"]), between)
    return Shown(html, (row["foretold_12m"], low, high))


def _match(view: View, match: Row) -> str:
    """沈曼青: ¥1,234 in 12 months, purchase days 7, still buying."""
    say = view.reader.say
    words = {
        "name": match.get("name") or match["customer_id"],
        "money": view.reader.each(match["profit_12m"]),
        "n": numbers.count(match["purchase_days"]),
    }
    if match["still_active"]:
        return say("{name}: {money} in 12 months, purchase days {n}, still buying", **words)
    return say("{name}: {money} in 12 months, purchase days {n}, no longer active", **words)


def _foot(view: View, proof: Row) -> Markup:
    """What stands behind the foretold amount, and how well such amounts did on earlier customers."""
    say = view.reader.say
    parts: list[str | Markup] = [
        say("the nearest by name; foretold: mean and quartiles of the {n} nearest", n=numbers.count(NEIGHBOURS))
    ]
    model, average = proof.get("model") or {}, proof.get("average") or {}
    if model.get("gini") is not None and average.get("rmse"):
        words = {
            "gini": numbers.share(max(0.0, model["gini"])),
            "less": numbers.rate(1.0 - model["rmse"] / average["rmse"], decimals=0),
            "n": numbers.count(proof.get("customers")),
        }
        parts.append(
            say("on earlier customers: ranking {gini} of a perfect one, error {less} below that of the mean, n {n}",
                **words)
        )  # fmt: skip
    if proof.get("useful") is False:
        parts.append(say("no better than the mean: do not go by it"))
    return joined(parts)
