"""Titles of the figures on predicted value: the finding where it is clear, a neutral name where it is not."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from regulars.charts import numbers, reliability, survival
from regulars.charts.drawing import Row
from regulars.engine.intervals import wilson
from regulars.report.noise import counts_differ
from regulars.report.rich import flowing, rich
from regulars.report.titles import ENOUGH, FEWEST
from regulars.report.view import View

BIAS_MATTERS = 0.05
CHANCES_MATTER = 0.03
WIDEST_BAND = 2.0
CONCENTRATED = 0.3
HALF = 0.5
FEWEST_POINTS = 3


def total(view: View) -> Markup:
    """What the next months should bring, where the band of the total is worth calling one."""
    worth = view.worth or {}
    low, high = worth.get("total_low"), worth.get("total_high")
    words = {"n": view.months_ahead}
    if low and high and high <= WIDEST_BAND * low and worth["customers"] >= FEWEST:
        words |= {"total": view.reader.money(worth["total"]), "between": band(view, low, high)}
        return rich(view.reader, "The next {n} months should bring {total}, likely {between}", **words)
    return rich(view.reader, "Value of the next {n} months", **words)


def band(view: View, low: float, high: float) -> str:
    return f"{view.reader.money(low)}–{view.reader.money(high)}"


def concentration(view: View) -> Markup:
    """What the best tenth should bring, where it is three times its share of the people or more."""
    worth = view.worth or {}
    held = ((worth.get("concentration") or {}).get("top") or {}).get("10")
    if held is not None and held >= CONCENTRATED and worth["customers"] >= ENOUGH:
        return rich(view.reader, "The best 10% of customers should bring {part}", part=numbers.share(held))
    return rich(view.reader, "How the predicted value is spread")


def at_risk(view: View) -> Markup:
    """Whether class A holds half of the value at risk or more."""
    found = (view.worth or {}).get("at_risk") or {}
    best = (found.get("by_abc") or {}).get("A") or {"customers": 0, "value_at_risk": 0.0}
    if found and found["total"] > 0 and best["customers"] >= FEWEST:
        share = best["value_at_risk"] / found["total"]
        if HALF <= share <= 1:
            return rich(view.reader, "{share} of the value at risk is with class A", share=numbers.share(share))
    return rich(view.reader, "Who holds the value at risk")


def calibration(view: View) -> Markup:
    """A clear bias of the total; else that the order of the tenths held."""
    proof = view.backtest or {}
    found, tenths = proof.get("model") or {}, [row["actual"] for row in proof.get("deciles") or ()]
    if is_biased(found):
        share = numbers.share(abs(found["bias"]))
        if found["bias"] < 0:
            return rich(view.reader, "This forecast runs {share} low", share=share)
        return rich(view.reader, "This forecast runs {share} high", share=share)
    if found.get("n", 0) >= 10 * FEWEST and len(tenths) == 10 and tenths == sorted(tenths, reverse=True):
        return rich(view.reader, "Those expected to buy more did buy more")
    return rich(view.reader, "Predicted and actual, by tenth")


def is_biased(found: Row) -> bool:
    """Whether the total was missed by a twentieth or more, and by more than chance."""
    bias = found.get("bias")
    return bias is not None and abs(bias) >= BIAS_MATTERS and counts_differ(found["forecast"], found["actual"])


def chances(view: View) -> Markup:
    """Whether every chance came true within its interval, or all of them lean to one side."""
    days = reliability.span_of(view.backtest)
    rows = ((view.backtest or {}).get("reliability") or {}).get(days or "") or []
    judged = [row for row in rows if row["customers"] >= FEWEST]
    if len(judged) >= FEWEST_POINTS:
        if all(row["actual_low"] <= row["forecast"] <= row["actual_high"] for row in judged):
            return rich(view.reader, "Chances come true as often as said")
        people = sum(row["customers"] for row in judged)
        said = sum(row["forecast"] * row["customers"] for row in judged) / people
        came = sum(row["actual"] * row["customers"] for row in judged)
        low, high = wilson(round(came), people) or (0.0, 1.0)
        if not low <= said <= high and abs(said - came / people) >= CHANCES_MATTER:
            words = {"said": numbers.share(said), "came": numbers.share(came / people)}
            return rich(view.reader, "On average {said} were said to buy, {came} did", **words)
    return rich(view.reader, "Chances given, and what came")


def backtest(view: View) -> Markup:
    """On how many of the earlier days the model was closer than that everybody goes on as before."""
    proof = view.backtest or {}
    origins = proof.get("origins") or []
    if not (view.clv or {}).get("published"):
        return rich(view.reader, "Not closer than going on as before")
    closer = [one for one in origins if _closer(one["model"], one["naive"])]
    if len(origins) > 1 and len(closer) == len(origins):
        return rich(
            view.reader,
            "Closer than going on as before, on each of {n} earlier days",
            n=numbers.count(len(origins)),
        )
    return rich(view.reader, "Closer than going on as before")


def _closer(model: Row, naive: Row) -> bool:
    if model["wape"] is None or naive["wape"] is None:
        return False
    return bool(model["wape"] < naive["wape"] and model["rmse"] < naive["rmse"])


def second_purchase(view: View) -> Markup:
    """By when half came back; else how many did within the days of a second purchase."""
    curve = view.survival.get("overall")
    if curve and curve["customers"] >= ENOUGH:
        if curve["median_days"] is not None:
            return rich(view.reader, "Half come back within {days}", days=view.reader.days(curve["median_days"]))
        at = survival.returned(curve, view.rules.second_purchase_days)
        if at is not None:
            days = view.reader.days(view.rules.second_purchase_days)
            return rich(view.reader, "{share} come back within {days}", share=numbers.share(at[0]), days=days)
    return rich(view.reader, "Time to the second purchase")


def by_quarter(view: View) -> Markup:
    """Whether the latest quarter that can be compared returns sooner or later than the first one shown."""
    drawn = [curve for curve in view.survival.get("by_cohort") or () if survival.is_drawn(curve)]
    shown, days = drawn[-survival.MOST_LINES :], view.rules.second_purchase_days
    seen = [(curve["name"], survival.returned(curve, days)) for curve in shown if curve["customers"] >= ENOUGH]
    known = [(name, at) for name, at in seen if at is not None]
    if len(known) >= 2:
        (first, before), (last, after) = known[0], known[-1]
        words = {
            "days": view.reader.days(days),
            "first": view.reader.period(first),
            "last": view.reader.period(last),
            "before": numbers.share(before[0]),
            "after": numbers.share(after[0]),
        }
        if after[1] > before[2]:
            return rich(view.reader, "More come back within {days}: {last} {after}, {first} {before}", **words)
        if after[2] < before[1]:
            return rich(view.reader, "Fewer come back within {days}: {last} {after}, {first} {before}", **words)
    return rich(view.reader, "By quarter of the first purchase")


def by_product(view: View) -> Markup:
    """The first product after which customers come back most, where its interval lies above all others."""
    best = soonest(view.survival.get("by_product") or (), view.rules.second_purchase_days)
    if best is None:
        return rich(view.reader, "By first product")
    return rich(view.reader, "Those who start with {name} come back soonest", name=flowing(best))


def soonest(curves: Sequence[Row], days: int) -> str | None:
    """The name of the group whose interval at ``days`` lies above that of every other; None without one."""
    at = [(curve["name"], survival.returned(curve, days)) for curve in curves if curve["customers"] >= ENOUGH]
    known = sorted(((name, found) for name, found in at if found is not None), key=lambda one: -one[1][1])
    if len(known) < 2:
        return None
    name, best = known[0]
    return str(name) if all(best[1] > other[2] for _, other in known[1:]) else None
