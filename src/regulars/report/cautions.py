"""When not to trust a forecast: what its own warnings, its backtest and the data behind it say against it."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from regulars.charts import numbers
from regulars.charts.drawing import Row
from regulars.engine.probability.messages import WARNINGS, explain
from regulars.report.rich import flowing, rich
from regulars.report.value_titles import WIDEST_BAND, is_biased
from regulars.report.view import View

COVERAGE_MATTERS = 0.05
ORDER_OF_LITTLE_USE = 0.3


def cautions(view: View) -> list[Markup]:
    """Sentences, the gravest first; the last says what no model of purchases can know."""
    return [*_fit(view), *_backtest(view), *_thin(view), _unknown(view)]


def _fit(view: View) -> Iterator[Markup]:
    """What the fits themselves warn of."""
    clv = view.clv or {}
    codes = [*(clv.get("warnings") or ()), *((clv.get("spend") or {}).get("warnings") or ())]
    for code in dict.fromkeys(codes):
        yield flowing(explain(code, view.reader.lang) if code in WARNINGS else code.replace("_", " "))


def _backtest(view: View) -> Iterator[Markup]:
    proof = view.backtest or {}
    yield from _total(view, proof.get("model") or {})
    low, high = proof.get("band") or (None, None)
    days = numbers.count(len(proof.get("origins") or ()))
    if not low or high is None:
        yield rich(view.reader, "The total has no range: there were too few earlier days to learn the error from.")
    elif high > WIDEST_BAND * low:
        yield rich(view.reader, "The range of the total is wide: it comes from the errors of {n} earlier days.", n=days)
    yield from _coverage(view, proof)
    money = proof.get("value") or {}
    if money.get("gini") is not None and money["gini"] < ORDER_OF_LITTLE_USE:
        yield rich(
            view.reader,
            "By money the ranking reached {share} of a perfect one: do not rely on the order of single customers.",
            share=numbers.share(money["gini"]),
        )


def _total(view: View, found: Row) -> Iterator[Markup]:
    if not found or not is_biased(found):
        return
    words = {"share": numbers.share(abs(found["bias"]))}
    if found["bias"] < 0:
        yield rich(view.reader, "On earlier days it ran {share} low.", **words)
    else:
        yield rich(view.reader, "On earlier days it ran {share} high.", **words)


def _coverage(view: View, proof: Row) -> Iterator[Markup]:
    held, wanted = proof.get("coverage"), float(view.rules.forecast_interval)
    if held is None:
        return
    words = {"wanted": numbers.share(wanted), "held": numbers.share(held)}
    if held < wanted - COVERAGE_MATTERS:
        yield rich(view.reader, "Intervals are too narrow: meant to hold {wanted}, they held {held}.", **words)
    else:
        yield rich(view.reader, "Intervals of single customers, meant to hold {wanted}, held {held}.", **words)


def _thin(view: View) -> Iterator[Markup]:
    """Who has no value, and who has one that is that of others."""
    notes = (view.worth or {}).get("notes") or {}
    counted = {code: numbers.count(notes[code]) for code in ("new", "no_spend", "no_repeat") if notes.get(code)}
    if "new" in counted:
        yield rich(view.reader, "{n} have no value: they bought once, and only recently.", n=counted["new"])
    if "no_spend" in counted:
        yield rich(
            view.reader,
            "{n} have no value: returns ate the money of their repeat purchases.",
            n=counted["no_spend"],
        )
    if "no_repeat" in counted:
        yield rich(
            view.reader,
            "{n} bought on one day only: their value is that of customers like them.",
            n=counted["no_repeat"],
        )


def _unknown(view: View) -> Markup:
    return rich(
        view.reader,
        "The models know purchase days and money alone: a sale to come, a new price or a new rival is not in them.",
    )
