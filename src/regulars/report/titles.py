"""Titles of figures: the finding where a tested rule holds with a margin, a neutral name where none does.

Every rule states a fact of the data shown. What compares two rates must pass an interval (`noise`), what speaks of a
share needs enough people behind it. No rule names a cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from regulars.charts import cohorts, migration, numbers, retention, rfm, rhythm
from regulars.charts.drawing import Row
from regulars.charts.pareto import cuts
from regulars.charts.words import LATE
from regulars.report.noise import counts_differ, means_differ, shares_differ, stands_out
from regulars.report.rich import flowing, rich
from regulars.report.view import View

FEWEST = 20
ENOUGH = 100
MONTHS_FOR_A_PATTERN = 6
RETURNED_MATTER = 0.2


def movement(view: View) -> Markup:
    """Gained against lost in a fully observed year, when their counts differ by more than chance."""
    row = view.bridge
    if not row or not row["S"] or not row.get("fully_observed", True):
        return rich(view.reader, "Customers over one year")
    gained = row["N"] + row["reactivated"]
    if row["reactivated"] >= RETURNED_MATTER * gained and counts_differ(gained, row["lost"]):
        words = {"gained": numbers.count(gained), "lost": numbers.count(row["lost"])}
        if gained > row["lost"]:
            return rich(view.reader, "{gained} came new or back, more than the {lost} lost", **words)
        return rich(view.reader, "{lost} customers lost, more than the {gained} who came new or back", **words)
    if counts_differ(row["N"], row["lost"]):
        words = {"new": numbers.count(row["N"]), "lost": numbers.count(row["lost"])}
        if row["N"] > row["lost"]:
            return rich(view.reader, "{new} new customers, more than the {lost} lost", **words)
        return rich(view.reader, "{lost} customers lost, more than the {new} new", **words)
    return rich(view.reader, "Customers over one year")


def monthly_retention(view: View) -> Markup:
    """An alarm of the last month; else the range of strict retention where every month has enough people."""
    seen = [row for row in view.months[-retention.MONTHS_SHOWN :] if _observed(row, "strict_retention_rate")]
    alarm = seen[-1].get("alarm") if seen else None
    if alarm and alarm.get("direction") == "worse":
        month = view.reader.period(seen[-1]["period"])
        return rich(view.reader, "Fewer stayed in {month} than usual", month=month)
    if alarm and alarm.get("direction") == "better":
        month = view.reader.period(seen[-1]["period"])
        return rich(view.reader, "More stayed in {month} than usual", month=month)
    if len(seen) >= MONTHS_FOR_A_PATTERN and min(row["S"] for row in seen) >= ENOUGH:
        rates = [row["strict_retention_rate"] for row in seen]
        low, high = numbers.percent(min(rates), 0), numbers.percent(max(rates), 0)
        spread = f"{low}%" if low == high else f"{low}–{high}%"
        return rich(view.reader, "{range} stay each month", range=spread)
    return rich(view.reader, "Monthly retention")


def monthly_churn(view: View) -> Markup:
    """Whether less (or more) money leaves than people: month after month, outside the interval of the people."""
    seen = [
        row
        for row in view.months[-retention.MONTHS_SHOWN :]
        if _observed(row, "relative_churn") and row["absolute_churn_low"] is not None and row["lost"]
    ]
    if len(seen) >= MONTHS_FOR_A_PATTERN:
        less = sum(row["relative_churn"] < row["absolute_churn_low"] for row in seen)
        more = sum(row["relative_churn"] > row["absolute_churn_high"] for row in seen)
        if less == len(seen):
            return rich(view.reader, "Less money leaves than people, every month")
        if less >= 0.8 * len(seen):
            return rich(view.reader, "Less money leaves than people in most months")
        if more >= 0.8 * len(seen):
            return rich(view.reader, "More money leaves than people in most months")
    return rich(view.reader, "Monthly churn")


def _observed(row: Row, key: str) -> bool:
    return bool(row["fully_observed"]) and row.get(key) is not None


def concentration(view: View) -> Markup:
    """How few customers bring A's share, where the curve has enough of them."""
    pareto = view.part("pareto")
    if pareto and pareto["customers_positive"] >= 50 and pareto["cuts"]["A"] is not None:
        share, held = cuts(pareto, view.classes("abc"))["A"]
        if share <= 0.6:
            return rich(
                view.reader,
                "{share} of customers bring {part} of {profit}",
                share=numbers.share(share),
                part=numbers.share(held),
                profit=view.reader.profit,
            )
    return rich(view.reader, "How {profit} is spread", profit=view.reader.profit)


def rfm_grid(view: View) -> Markup:
    """The cell that holds the most profit, where it holds much more than the next."""
    cells = (view.part("rfm") or {}).get("grid") or []
    total = sum(cell["profit"] for cell in cells)
    ranked = sorted(cells, key=lambda cell: -cell["profit"])
    if total > 0 and len(ranked) > 1 and ranked[0]["customers"] >= FEWEST:
        share = rfm.profit_share(ranked[0], total) or 0.0
        following = rfm.profit_share(ranked[1], total) or 0.0
        if share >= 0.25 and share >= 1.5 * following:
            words = {
                "n": numbers.count(ranked[0]["customers"]),
                "share": numbers.share(share),
                "profit": view.reader.profit,
            }
            if ranked[0]["r"] == ranked[0]["f"] == max(cell["r"] for cell in cells):
                return rich(view.reader, "The {n} in the top right cell earn {share} of {profit}", **words)
            cell = f"R {ranked[0]['r']}, F {ranked[0]['f']}"
            return rich(view.reader, "The {n} in cell {cell} earn {share} of {profit}", cell=cell, **words)
    return rich(view.reader, "Recency and frequency")


def quadrants(view: View) -> Markup:
    """Whether the frequent and large hold much more of the profit than of the people."""
    held = view.classes("quadrant")
    best = held.get("e") or {"customers": 0, "profit": 0.0}
    if view.buyers >= 50 and best["customers"] >= 10 and view.window_profit > 0:
        people, money = best["customers"] / view.buyers, best["profit"] / view.window_profit
        if money >= 1.5 * people:
            return rich(
                view.reader,
                "{people} of buyers are frequent and large, with {money} of {profit}",
                people=numbers.share(people),
                money=numbers.share(money),
                profit=view.reader.profit,
            )
    return rich(view.reader, "Customers by frequency and order value")


def moved(view: View) -> Markup:
    """Whether the rare went quiet more than the frequent, or the other way round."""
    flows = migration.moves((view.part("migration") or {}).get("rows") or [])
    rare, rare_quiet = _quiet(flows, ("b", "d"))
    frequent, frequent_quiet = _quiet(flows, ("c", "e"))
    if min(rare, frequent) >= FEWEST and shares_differ(rare_quiet, rare, frequent_quiet, frequent, least=0.05):
        words = {"rare": numbers.share(rare_quiet / rare), "frequent": numbers.share(frequent_quiet / frequent)}
        if rare_quiet / rare > frequent_quiet / frequent:
            return rich(view.reader, "Of rare buyers {rare} went quiet, of frequent ones {frequent}", **words)
        return rich(view.reader, "Of frequent buyers {frequent} went quiet, of rare ones {rare}", **words)
    return rich(view.reader, "A year ago and now")


def _quiet(flows: Sequence[Row], sources: tuple[str, ...]) -> tuple[int, int]:
    chosen = [flow for flow in flows if flow["from"] in sources]
    quiet = sum(flow["customers"] for flow in chosen if flow["to"] == "dormant")
    return sum(flow["customers"] for flow in chosen), quiet


def lifecycle(view: View) -> Markup:
    """How much profit is with those in decline, where it is a fifth or more."""
    stages = view.classes("lifecycle")
    decline = stages.get("decline") or {"customers": 0, "profit": 0.0}
    if decline["customers"] >= FEWEST and view.window_profit > 0:
        share = decline["profit"] / view.window_profit
        if 0.2 <= share <= 1:
            return rich(
                view.reader,
                "The {n} in decline still hold {share} of {profit}",
                n=numbers.count(decline["customers"]),
                share=numbers.share(share),
                profit=view.reader.profit,
            )
    return rich(view.reader, "Two views of the lifecycle, the same people")


def stage_history(view: View) -> Markup:
    """Whether the share of the active that is in decline moved beyond chance between the first and the last month."""
    months = [row for row in view.part("lifecycle_history") or [] if row["month"] >= _first_full_month(view)]
    if len(months) >= MONTHS_FOR_A_PATTERN:
        first, last = months[0], months[-1]
        before, after = _active(first), _active(last)
        if min(before, after) >= ENOUGH and shares_differ(last["decline"], after, first["decline"], before, least=0.03):
            words = {
                "before": numbers.share(first["decline"] / before),
                "after": numbers.share(last["decline"] / after),
                "month": view.reader.period(first["month"]),
            }
            if last["decline"] / after > first["decline"] / before:
                return rich(view.reader, "Decline rose from {before} of the active in {month} to {after}", **words)
            return rich(view.reader, "Decline fell from {before} of the active in {month} to {after}", **words)
    return rich(view.reader, "Stages at each month end")


def _first_full_month(view: View) -> str:
    """The first month whose end has a whole window of data behind it: before, nobody could be late or lost."""
    return (view.first_day + timedelta(view.rules.window)).isoformat()[:7] if view.first_day else ""


def _active(row: Row) -> int:
    return int(row["growth"] + row["maturity"] + row["decline"])


def late(view: View) -> Markup:
    """The share of profit with the slipping and later, where there are enough of them."""
    states = view.classes("rhythm")
    people = sum((states.get(key) or {"customers": 0})["customers"] for key in LATE)
    share = rhythm.late_share(states, "profit")
    if people >= FEWEST and share is not None and share >= 0.05:
        return rich(
            view.reader,
            "{share} of {profit} is with customers slipping or later",
            share=numbers.share(share),
            profit=view.reader.profit,
        )
    return rich(view.reader, "On rhythm and late")


def cohort_map(view: View) -> Markup:
    """How many come back in the next month, and a year later, where the cohorts are large enough."""
    cells = view.part("cohorts") or []
    (soon, of_soon), (later, of_later) = cohorts.mean_at(cells, 1), cohorts.mean_at(cells, 12)
    if of_soon >= ENOUGH and of_later >= ENOUGH:
        return rich(
            view.reader,
            "{soon} buy again in the next month, {later} in the twelfth",
            soon=numbers.share(soon / of_soon),
            later=numbers.share(later / of_later),
        )
    if of_soon >= ENOUGH:
        return rich(view.reader, "{soon} buy again in the next month", soon=numbers.share(soon / of_soon))
    return rich(view.reader, "Cohorts by month of first purchase")


def best_start(rows: Sequence[Row]) -> tuple[Row, float] | None:
    """The product or channel whose first buyers come back most, beyond chance, and the rate of all the others."""
    judged = [row for row in rows if row.get("second_purchase_rate") is not None]
    bases = [row["second_purchase_base"] for row in judged]
    hits = [row["second_purchase_rate"] * base for row, base in zip(judged, bases, strict=True)]
    best = stands_out(hits, bases)
    if best is None:
        return None
    others = [index for index, base in enumerate(bases) if index != best and base >= ENOUGH]
    return judged[best], sum(hits[index] for index in others) / sum(bases[index] for index in others)


def offers(view: View, rows: Sequence[Row], name: str, neutral: str) -> Markup:
    """Whose first buyers come back most; ``name`` is the key of the name in a row."""
    found = best_start(rows)
    if found is None:
        return rich(view.reader, neutral)
    row, rest = found
    return rich(
        view.reader,
        "Those who start with {name} return most: {rate}, others {rest}",
        name=flowing(row[name]),
        rate=numbers.share(row["second_purchase_rate"]),
        rest=numbers.share(rest),
    )


def tenure(view: View) -> Markup:
    """Profit per order of old against new customers."""
    margin = view.part("tenure_margin") or {}
    new, old = margin.get("new") or {}, margin.get("old") or {}
    a, b = new.get("profit_per_order"), old.get("profit_per_order")
    if a is not None and b is not None and min(new["orders"], old["orders"]) >= ENOUGH:
        words = {"new": view.reader.each(a), "old": view.reader.each(b), "profit": view.reader.profit}
        if means_differ(a, new["orders"], b, old["orders"]):
            if b > a:
                return rich(view.reader, "Old customers bring more {profit} an order: {old} against {new}", **words)
            return rich(view.reader, "New customers bring more {profit} an order: {new} against {old}", **words)
    return rich(view.reader, "New and old customers, per order")
