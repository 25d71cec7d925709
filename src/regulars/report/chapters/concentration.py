"""Chapter: how concentrated the profit is, and the three classes."""

from __future__ import annotations

from markupsafe import Markup

from regulars.charts import numbers, pareto
from regulars.charts.drawing import Column, Table
from regulars.charts.words import ABC
from regulars.report import titles
from regulars.report.html_tables import letter
from regulars.report.page import Card, Chapter, Use
from regulars.report.rich import joined
from regulars.report.view import View


def chapter(view: View) -> Chapter:
    return Chapter(
        "abc",
        view.reader.say("ABC by {profit}", profit=view.reader.profit),
        "",
        (("wide", (_curve(view), _classes(view))),),
    )


def _curve(view: View) -> Card:
    say, base = view.reader.say, view.part("pareto") or {}
    foot: list[str | Markup] = []
    if base:
        positive = view.reader.customers(base["customers_positive"])
        foot.append(say("n: {customers} with a positive {profit}", customers=positive, profit=view.reader.profit))
        if base["customers_other"]:
            foot.append(say("without one, so C: {n}", n=numbers.count(base["customers_other"])))
    return Card(
        key="pareto",
        title=titles.concentration(view),
        question=say("How few customers carry the {profit}?", profit=view.reader.profit),
        drawing=pareto.curve(view.part("pareto"), view.classes("abc"), view.reader),
        foot=joined(foot),
        uses=(Use("pareto"), Use("abc", _here(view))),
    )


def _here(view: View) -> tuple[tuple[str, str], ...]:
    base, classes = view.part("pareto"), view.classes("abc")
    if not base or not base["total"] or base["cuts"]["A"] is None:
        return ()
    share = f"{view.reader.money(classes['A']['profit'])} / {view.reader.money(base['total'])}"
    return (("A", f"{share} = {numbers.rate(classes['A']['profit'] / base['total'])}"),)


def _classes(view: View) -> Card:
    say, classes = view.reader.say, view.classes("abc")
    columns = (
        Column("abc_name", say("Class")),
        Column("meaning", say("Meaning")),
        Column("customers", say("Customers"), "count"),
        Column("profit", view.reader.profit_title, "money"),
        Column("each", say("Each"), "each"),
    )
    rows = []
    for key, name in ABC.items():
        held = classes.get(key) or {"customers": 0, "profit": 0.0}
        each = held["profit"] / held["customers"] if held["customers"] else None
        rows.append((letter(key), say(name), held["customers"], held["profit"], each))
    return Card(
        key="abc-classes",
        title=say("Three classes"),
        table=Table(columns, tuple(rows), doors={(place, 2): f"abc:{key}" for place, key in enumerate(ABC)}),
        body=_bars(view),
        foot=say(
            "cut at {a} and {b} of {profit}; ties share a class",
            a=numbers.share(float(view.rules.abc_cuts[0])),
            b=numbers.share(float(view.rules.abc_cuts[1])),
            profit=view.span_of_profit,
        ),
        uses=(Use("abc", _here(view)),),
    )


def _bars(view: View) -> Markup:
    """Two bars of 100 %: the classes' shares of customers and of profit."""
    classes = view.classes("abc")
    bars = []
    for name, key in ((view.reader.say("Customers"), "customers"), (view.reader.profit_title, "profit")):
        parts = {letter: max(0.0, float((classes.get(letter) or {}).get(key) or 0)) for letter in ABC}
        total = sum(parts.values())
        if total <= 0:
            continue
        pieces = Markup("").join(
            Markup('<i class="v{}" style="flex:{:.4f}">{}</i>').format(
                letter, part / total, numbers.rate(part / total, decimals=0) if part / total >= 0.095 else ""
            )
            for letter, part in parts.items()
            if part
        )
        bars.append(Markup('<div class="bar"><span>{}</span><div>{}</div></div>').format(name, pieces))
    return Markup('<div class="bars" aria-hidden="true">{}</div>').format(Markup("").join(bars))
