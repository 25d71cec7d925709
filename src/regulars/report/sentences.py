"""The five things to know: rules in order of weight, each a sentence when the data carry it and nothing when not."""

from __future__ import annotations

from collections.abc import Callable

from regulars.charts import numbers, retention
from regulars.charts.drawing import Row
from regulars.charts.pareto import cuts
from regulars.charts.reader import mark
from regulars.charts.words import LATE
from regulars.report.called import products_by_name
from regulars.report.noise import counts_differ
from regulars.report.page import Thing
from regulars.report.rich import flowing, rich
from regulars.report.titles import ENOUGH, best_start
from regulars.report.view import View

MOST = 5
FEWEST_LEFT = 30
UNATTRIBUTED_MATTERS = 0.10
CLEARLY_LESS, CLEARLY_MORE = 0.85, 1.15
Rule = Callable[[View], Thing | None]


def things(view: View) -> tuple[Thing, ...]:
    """The first five of the rules that hold, in their order; fewer where the data carry fewer."""
    found: list[Thing] = []
    for rule in RULES:
        thing = rule(view)
        if thing is not None:
            found.append(thing)
        if len(found) == MOST:
            break
    return tuple(found)


def unattributed(view: View) -> Thing | None:
    """A warning first: many orders name no customer and are in no figure by customer."""
    share = (view.part("quality") or {}).get("unattributed_share")
    if share is None or share < UNATTRIBUTED_MATTERS:
        return None
    sentence = rich(
        view.reader,
        "<b>{share}</b> of orders name no customer: they are in no figure by customer.",
        share=numbers.share(share),
    )
    return Thing(sentence, "quality", view.reader.say("Data quality"))


def alarm(view: View) -> Thing | None:
    """What asks for action: fewer stayed in the last month, or else in the last quarter, than noise explains."""
    return _alarm(view, "worse")


def better_than_usual(view: View) -> Thing | None:
    """More stayed than in the same season before; against other seasons it may be the season alone, and is no news."""
    return _alarm(view, "better") if _alarm(view, "worse") is None else None


def _alarm(view: View, direction: str) -> Thing | None:
    for rows in (view.months, view.quarters):
        found = rows[-1].get("alarm") if rows and rows[-1]["fully_observed"] else None
        if not found or found["direction"] != direction or (direction == "better" and not found.get("seasonal")):
            continue
        period = view.reader.period(rows[-1]["period"])
        words = retention.alarm(rows[-1], view.reader)
        sentence = rich(
            view.reader, "{period}: {alarm} The change is more than noise.", period=period, alarm=flowing(words)
        )
        return Thing(sentence, "retention", view.reader.say("Retention & churn"))
    return None


def concentration(view: View) -> Thing | None:
    """How few customers bring A's share of the profit."""
    pareto, classes = view.part("pareto"), view.classes("abc")
    if not pareto or pareto["customers_positive"] < 50 or pareto["cuts"]["A"] is None:
        return None
    share, held = cuts(pareto, classes)["A"]
    if share > 0.6:
        return None
    sentence = rich(
        view.reader,
        "<b>{share}</b> of those who bring {profit} bring {part} of it: {n} class A customers, <b>{money}</b> in"
        " {span}.",
        share=numbers.share(share),
        part=numbers.share(held),
        profit=view.reader.profit,
        n=view.opened(numbers.count(classes["A"]["customers"]), "abc:A"),
        money=view.reader.money(classes["A"]["profit"]),
        span=view.span,
    )
    return Thing(sentence, "abc", view.reader.say("ABC"))


def value_at_risk(view: View) -> Thing | None:
    """What the lateness costs of the predicted value, and how much of it is with class A."""
    found = (view.worth or {}).get("at_risk")
    if not found or found["total"] <= 0 or found["customers"] < FEWEST_LEFT:
        return None
    words: dict[str, object] = {"money": view.reader.money(found["total"]), "n": view.months_ahead}
    best = (found.get("by_abc") or {}).get("A") or {"customers": 0, "value_at_risk": 0.0}
    if best["customers"] >= 2 and best["value_at_risk"] > 0:
        words["share"] = numbers.share(best["value_at_risk"] / found["total"])
        message = mark(
            "Lateness puts <b>{money}</b> of the value of the next {n} months at risk, {share} of it with class A."
        )
        if view.late_valuable["customers"] >= 2:
            words["late"] = view.late_door()
            message = mark(
                "Lateness puts <b>{money}</b> of the value of the next {n} months at risk, {share} of it with class A,"
                " of whom {late} are slipping or later."
            )
    else:
        message = mark("Lateness puts <b>{money}</b> of the value of the next {n} months at risk.")
    return Thing(rich(view.reader, message, **words), "contacts", view.reader.say("The list"))


def late_valuable(view: View) -> Thing | None:
    """Class A customers who are late by their own rhythm and the profit they hold, where no value at risk is told."""
    late = view.late_valuable
    if value_at_risk(view) is not None:
        return None
    if late["customers"] < 2 or late["profit"] <= 0 or view.window_profit <= 0:
        return None
    sentence = rich(
        view.reader,
        "In class A {n} are already late by their own clock, with <b>{money}</b> of {profit}, {share} of all.",
        n=view.late_door(),
        money=view.reader.money(late["profit"]),
        profit=view.span_of_profit,
        share=numbers.share(late["profit"] / view.window_profit),
    )
    return Thing(sentence, "contacts", view.reader.say("The list"))


def left_within_the_year(view: View) -> Thing | None:
    """How many left within the year, and whether they were smaller or larger customers than the rest."""
    row = view.bridge
    if not row or row["S"] < ENOUGH or row["lost"] < FEWEST_LEFT or not row.get("fully_observed", True):
        return None
    words = {
        "lost": view.opened(numbers.count(row["lost"]), "move:year.lost"),
        "churn": numbers.share(row["absolute_churn"]),
        "spend": numbers.share(row["relative_churn"]),
    }
    return Thing(rich(view.reader, _left(row), **words), "movement", view.reader.say("Movement"))


def _left(row: Row) -> str:
    relative, absolute = row["relative_churn"], row["absolute_churn"]
    if relative is None:
        return mark("{lost} left within a year, <b>{churn}</b> of those active at its start.")
    if relative < row["absolute_churn_low"] and relative <= CLEARLY_LESS * absolute:
        return mark(
            "{lost} left within a year, <b>{churn}</b> of those active at its start, but only {spend} of the spend:"
            " on average they spent less than the others."
        )
    if relative > row["absolute_churn_high"] and relative >= CLEARLY_MORE * absolute:
        return mark(
            "{lost} left within a year, <b>{churn}</b> of those active at its start, and with them {spend} of the"
            " spend: on average they spent more than the others."
        )
    return mark("{lost} left within a year, <b>{churn}</b> of those active at its start, with {spend} of the spend.")


def late_now(view: View) -> Thing | None:
    """While no year can be looked back on: how many are late by their own rhythm."""
    states = view.classes("rhythm")
    total = sum(row["customers"] for row in states.values())
    late = sum((states.get(key) or {"customers": 0})["customers"] for key in LATE)
    if not view.too_young or total < ENOUGH or late < FEWEST_LEFT:
        return None
    sentence = rich(
        view.reader,
        "By their own clock {n} customers, <b>{share}</b>, are slipping or later.",
        n=numbers.count(late),
        share=numbers.share(late / total),
    )
    return Thing(sentence, "rhythm", view.reader.say("Rhythm"))


def second_purchase(view: View) -> Thing | None:
    """How many come back after a first purchase, and how many of the buyers bought more than once."""
    rates = view.part("repurchase") or {}
    first, again = rates.get("second_purchase_rate"), rates.get("repurchase_rate")
    if first is None or again is None or min(rates["second_purchase_base"], rates["repurchase_base"]) < ENOUGH:
        return None
    sentence = rich(
        view.reader,
        "After a first purchase <b>{first}</b> return within {days}; of the buyers of {span}, {again} bought on more"
        " than one day.",
        first=numbers.share(first),
        days=view.reader.days(rates["second_purchase_days"]),
        span=view.span,
        again=numbers.share(again),
    )
    return Thing(sentence, "cohorts", view.reader.say("Cohorts"))


def best_gone_quiet(view: View) -> Thing | None:
    """How many of the frequent and large of a year ago bought nothing since."""
    rows = [row for row in (view.part("migration") or {}).get("rows") or [] if row["from"] == "e"]
    base = sum(row["customers"] for row in rows)
    quiet = sum(row["customers"] for row in rows if row["to"] == "dormant")
    if base < FEWEST_LEFT or not quiet:
        return None
    sentence = rich(
        view.reader,
        "Of the {n} customers who a year ago bought often and much, {quiet} have bought nothing since: <b>{share}</b>.",
        n=view.opened(numbers.count(base), "moved_from:e"),
        quiet=view.opened(numbers.count(quiet), "moved:e.dormant"),
        share=numbers.share(quiet / base),
    )
    return Thing(sentence, "quadrants", view.reader.say("Quadrants"))


def growth(view: View) -> Thing | None:
    """Whether the active grew or shrank, where new and lost differ by more than chance."""
    row = view.bridge
    if not row or row["S"] < ENOUGH or not counts_differ(row["N"] + row["reactivated"], row["lost"]):
        return None
    words = {
        "start": view.opened(numbers.count(row["S"]), "move:year.start"),
        "end": view.opened(numbers.count(row["E"]), "move:year.end"),
        "new": view.opened(numbers.count(row["N"]), "move:year.new"),
        "back": view.opened(numbers.count(row["reactivated"]), "move:year.reactivated"),
    }
    if row["E"] > row["S"]:
        message = mark("The active grew from {start} to <b>{end}</b> in a year: {new} came new, {back} came back.")
    else:
        message = mark("The active shrank from {start} to <b>{end}</b> in a year: {new} came new, {back} came back.")
    return Thing(rich(view.reader, message, **words), "movement", view.reader.say("Movement"))


def best_product(view: View) -> Thing | None:
    """The product whose first buyers come back most, beyond chance."""
    found = best_start((products_by_name(view.part("products")) or {}).get("rows") or [])
    if found is None:
        return None
    row, rest = found
    sentence = rich(
        view.reader,
        "Those whose first order held {name} return most: <b>{rate}</b> make a second purchase, of the others {rest}.",
        name=flowing(row["product"]),
        rate=numbers.share(row["second_purchase_rate"]),
        rest=numbers.share(rest),
    )
    return Thing(sentence, "offers", view.reader.say("Products"))


RULES: tuple[Rule, ...] = (
    unattributed,
    alarm,
    concentration,
    value_at_risk,
    late_valuable,
    left_within_the_year,
    late_now,
    better_than_usual,
    second_purchase,
    best_gone_quiet,
    growth,
    best_product,
)
