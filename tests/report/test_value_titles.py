"""Each rule of the titles on predicted value, on both sides of its margin."""

import pytest

from regulars.report import value_titles as titles
from tests.report.stories import plain, told

ALL = (
    titles.total,
    titles.concentration,
    titles.at_risk,
    titles.calibration,
    titles.chances,
    titles.second_purchase,
    titles.by_quarter,
    titles.by_product,
)


def title(rule, changes, **where):
    return plain(rule(told(changes, **where)))


def test_a_total_is_told_with_its_range_or_not_at_all():
    told_total = {"value.total": 100_000.0, "value.total_low": 90_000.0, "value.total_high": 110_000.0}
    expected = "The next 12 months should bring ¥100K, likely ¥90,000–¥110K"
    assert title(titles.total, told_total) == expected
    assert title(titles.total, {**told_total, "value.total_high": 180_001.0}) == "Value of the next 12 months"
    assert title(titles.total, {**told_total, "value.total_high": None}) == "Value of the next 12 months"
    assert title(titles.total, {**told_total, "value.customers": 19}) == "Value of the next 12 months"


def test_the_best_tenth_must_hold_three_times_its_share():
    assert title(titles.concentration, {"value.concentration.top": {"10": 0.3}}) == (
        "The best 10% of customers should bring 30%"
    )
    neutral = "How the predicted value is spread"
    assert title(titles.concentration, {"value.concentration.top": {"10": 0.29}}) == neutral
    assert title(titles.concentration, {"value.concentration.top": {}}) == neutral
    assert title(titles.concentration, {"value.customers": 99}) == neutral


def risk(of_a, customers=40, total=1000.0):
    held = {"A": {"customers": customers, "value_at_risk": of_a, "clv": 0.0}}
    return {"value.at_risk": {"total": total, "customers": 500, "by_abc": held, "by_rhythm": {}}}


def test_class_a_must_hold_half_of_what_is_at_risk():
    assert title(titles.at_risk, risk(500.0)) == "50% of the value at risk is with class A"
    neutral = "Who holds the value at risk"
    assert title(titles.at_risk, risk(499.0)) == neutral
    assert title(titles.at_risk, risk(900.0, customers=19)) == neutral
    assert title(titles.at_risk, risk(0.0, total=0.0)) == neutral


def proof(forecast, actual=10_000.0, tenths=None, n=4000):
    bias = forecast / actual - 1 if actual else None
    rows = [{"customers": n // 10, "forecast": 1.0, "actual": value} for value in tenths or range(10, 0, -1)]
    found = {"n": n, "forecast": forecast, "actual": actual, "bias": bias}
    return {"clv.backtest.model": found, "clv.backtest.deciles": rows}


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (proof(8_600.0), "This forecast runs 14% low"),
        (proof(11_400.0), "This forecast runs 14% high"),
        (proof(9_510.0), "Those expected to buy more did buy more"),
        (proof(86.0, actual=100.0), "Those expected to buy more did buy more"),
        (proof(9_900.0, tenths=[9, 10, 8, 7, 6, 5, 4, 3, 2, 1]), "Predicted and actual, by tenth"),
        (proof(9_900.0, n=199), "Predicted and actual, by tenth"),
        (proof(0.0, actual=0.0, tenths=[0] * 10, n=100), "Predicted and actual, by tenth"),
    ],
)
def test_a_bias_needs_a_twentieth_and_more_than_chance(story, expected):
    assert title(titles.calibration, story) == expected


def chances(*rows):
    made = [
        {"low": 0.0, "high": 0.1, "customers": n, "forecast": said, "actual": came,
         "actual_low": came - 0.05, "actual_high": came + 0.05}
        for n, said, came in rows
    ]  # fmt: skip
    return {"clv.backtest.reliability": {"90": made}}


def test_chances_are_called_right_only_where_all_of_them_are():
    right = [(400, 0.1, 0.12), (400, 0.5, 0.47), (400, 0.9, 0.91)]
    assert title(titles.chances, chances(*right)) == "Chances come true as often as said"
    assert title(titles.chances, chances(*right, (19, 0.2, 0.9))) == "Chances come true as often as said"
    assert title(titles.chances, chances(*right[:2])) == "Chances given, and what came"
    leaning = [(400, 0.2, 0.1), (400, 0.5, 0.4), (400, 0.8, 0.7)]
    assert title(titles.chances, chances(*leaning)) == "On average 50% were said to buy, 40% did"
    mixed = [(400, 0.2, 0.1), (400, 0.5, 0.5), (400, 0.8, 0.9)]
    assert title(titles.chances, chances(*mixed)) == "Chances given, and what came"


def test_the_title_of_the_backtest_counts_the_days_it_won():
    assert title(titles.backtest, {}) == "Closer than going on as before, on each of 3 earlier days"
    view = told({})
    view.summary["clv"]["backtest"]["origins"][1]["naive"]["rmse"] = 0.1
    assert plain(titles.backtest(view)) == "Closer than going on as before"
    assert title(titles.backtest, {"clv.published": False}) == "Not closer than going on as before"


def curve(name, at_90, *, customers=400, spread=0.02, median=None):
    points = [[0, 1.0, 1.0, 1.0], [60, 1 - at_90, 1 - at_90 - spread, 1 - at_90 + spread], [120, 0.1, 0.1, 0.1]]
    return {"name": name, "customers": customers, "events": 9, "median_days": median, "points": points}


def test_half_that_came_back_is_told_else_the_share_of_ninety_days():
    overall = curve("", 0.4, median=116)
    assert title(titles.second_purchase, {"value.survival.overall": overall}) == "Half come back within 116 days"
    overall["median_days"] = None
    assert title(titles.second_purchase, {"value.survival.overall": overall}) == "40% come back within 90 days"
    few = curve("", 0.4, customers=99, median=116)
    assert title(titles.second_purchase, {"value.survival.overall": few}) == "Time to the second purchase"


def quarters(*shares, **more):
    curves = [curve(f"2026-Q{place}", share, **more) for place, share in enumerate(shares, start=1)]
    return {"value.survival.by_cohort": curves}


def test_quarters_differ_only_where_their_intervals_do_not_touch():
    assert title(titles.by_quarter, quarters(0.3, 0.5, 0.4)) == (
        "More come back within 90 days: Q3 2026 40%, Q1 2026 30%"
    )
    assert title(titles.by_quarter, quarters(0.4, 0.3)).startswith("Fewer come back within 90 days: Q2 2026 30%")
    neutral = "By quarter of the first purchase"
    assert title(titles.by_quarter, quarters(0.3, 0.33)) == neutral
    assert title(titles.by_quarter, quarters(0.3, 0.5, customers=99)) == neutral
    assert title(titles.by_quarter, {"value.survival.by_cohort": []}) == neutral


def test_a_product_is_named_only_above_every_other_interval():
    curves = [curve("tea <b>", 0.5), curve("cup", 0.4), curve("set", 0.45)]
    found = titles.by_product(told({"value.survival.by_product": curves}))
    assert str(found) == "Those who start with tea &lt;b&gt; come back soonest"
    near = [curve("tea", 0.5), curve("set", 0.47)]
    assert title(titles.by_product, {"value.survival.by_product": near}) == "By first product"
    assert title(titles.by_product, {"value.survival.by_product": None}) == "By first product"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_chinese_and_english_titles_hold_no_placeholder(lang):
    assert all("{" not in title(rule, {}, lang=lang) for rule in ALL)


def test_without_any_proof_every_title_is_neutral():
    empty = {
        "clv.backtest": None,
        "value.concentration": {"points": [], "realised": [], "top": {}},
        "value.survival": {"overall": None, "by_cohort": [], "by_product": None},
        "value.at_risk": {"total": 0.0, "customers": 0, "by_abc": {}, "by_rhythm": {}},
        "value.total_low": None,
    }
    assert {title(rule, empty) for rule in ALL} == {
        "Value of the next 12 months",
        "How the predicted value is spread",
        "Who holds the value at risk",
        "Predicted and actual, by tenth",
        "Chances given, and what came",
        "Time to the second purchase",
        "By quarter of the first purchase",
        "By first product",
    }
