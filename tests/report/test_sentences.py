"""The things to know: each rule with a margin, five at most, in their order."""

import pytest

from regulars.report import sentences
from tests.report.stories import plain, told, year


def said(rule, changes=None, **where):
    thing = rule(told(changes or {}, **where))
    return plain(thing.sentence) if thing else None


def test_the_good_sample_has_five_and_each_leads_to_a_chapter():
    found = sentences.things(told({}))
    assert [thing.target for thing in found] == ["abc", "contacts", "movement", "cohorts", "quadrants"]
    assert all(thing.link for thing in found)


@pytest.mark.parametrize("name", ["tiny", "bare"])
def test_a_handful_of_customers_carries_nothing(name):
    assert sentences.things(told({}, of=name)) == ()


def test_young_data_speak_of_rhythm_instead_of_a_year():
    found = sentences.things(told({}, of="young"))
    assert [thing.target for thing in found] == ["abc", "contacts", "rhythm", "cohorts"]
    assert "the 215 days so far" in plain(found[0].sentence)


def test_warnings_and_alarms_come_first():
    alarm = {"usual": 0.97, "usual_low": 0.965, "usual_high": 0.975, "direction": "worse"}
    view = told({"quality.unattributed_share": 0.24})
    rows = view.summary["retention"]["month"]
    rows[-1] = {**rows[-1], "alarm": alarm, "absolute_churn": 0.07}
    first, second, *_ = sentences.things(view)
    assert plain(first.sentence) == "24% of orders name no customer: they are in no figure by customer."
    assert plain(second.sentence) == "Oct 2026: Churn 7.0%, usually 2.5–3.5%. The change is more than noise."
    assert len(sentences.things(view)) == 5


def test_an_old_alarm_is_no_news():
    view = told({})
    view.summary["retention"]["month"][-2]["alarm"] = {"usual": 0.97, "direction": "worse"}
    assert sentences.alarm(view) is None


def test_few_unattributed_orders_are_left_to_their_chapter():
    assert said(sentences.unattributed, {"quality.unattributed_share": 0.099}) is None


@pytest.mark.parametrize(
    ("relative", "ending"),
    [
        (0.25, "but only 25% of the spend: on average they spent less than the others."),
        (0.60, "and with them 60% of the spend: on average they spent more than the others."),
        (0.36, "with 36% of the spend."),
        (0.44, "with 44% of the spend."),
        (None, "of those active at its start."),
    ],
)
def test_who_left_is_called_small_or_large_only_outside_the_interval(relative, ending):
    row = {"bridge": {"window": year(relative_churn=relative), "rhythm": None}}
    assert said(sentences.left_within_the_year, row).endswith(ending)


@pytest.mark.parametrize("row", [year(S=99), year(lost=29), year(fully_observed=False)])
def test_a_thin_or_unobserved_year_is_not_told(row):
    assert said(sentences.left_within_the_year, {"bridge": {"window": row, "rhythm": None}}) is None


NO_FORECAST = {"clv": None, "value": None}


def test_late_and_valuable_is_a_door_only_where_all_of_them_are_embedded():
    view = told(NO_FORECAST)
    count = view.late_valuable["customers"]
    assert f'href="#contacts:A">{count}<' in str(sentences.late_valuable(view).sentence)
    more = told({**NO_FORECAST, "rhythm.late_valuable": {"customers": count + 1, "profit": 1000.0}})
    assert "href" not in str(sentences.late_valuable(more).sentence)


def test_one_late_customer_is_no_headline():
    one, none = ({"rhythm.late_valuable": {"customers": n, "profit": p}} for n, p in ((1, 900.0), (9, 0.0)))
    assert said(sentences.late_valuable, {**NO_FORECAST, **one}) is None
    assert said(sentences.late_valuable, {**NO_FORECAST, **none}) is None


def risk(total=10_000.0, of_a=6_000.0, customers=500):
    held = {"A": {"customers": 40, "value_at_risk": of_a, "clv": 50_000.0}}
    return {"value.at_risk": {"total": total, "customers": customers, "by_abc": held, "by_rhythm": {}}}


def test_value_at_risk_stands_in_for_the_late_and_valuable():
    late = {"rhythm.late_valuable": {"customers": 40, "profit": 1.0}}
    assert said(sentences.value_at_risk, {**risk(), **late}) == (
        "Lateness puts ¥10,000 of the value of the next 12 months at risk, 60% of it with class A, of whom 40 are"
        " slipping or later."
    )
    alone = {"rhythm.late_valuable": {"customers": 1, "profit": 1.0}}
    assert said(sentences.value_at_risk, {**risk(), **alone}).endswith("60% of it with class A.")
    assert said(sentences.late_valuable, risk()) is None


@pytest.mark.parametrize("thin", [risk(total=0.0), risk(customers=29), NO_FORECAST, {"clv.published": False}])
def test_no_value_at_risk_without_a_forecast_or_with_few_customers(thin):
    assert said(sentences.value_at_risk, thin) is None
    assert said(sentences.late_valuable, thin) is not None


def test_nothing_at_risk_with_class_a_is_not_spelt_out():
    assert said(sentences.value_at_risk, risk(of_a=0.0)).endswith("of the value of the next 12 months at risk.")


def with_alarm(direction, *, seasonal, period="month"):
    view = told({})
    rows = view.summary["retention"][period]
    bounds = {"usual": 0.97, "usual_low": 0.965, "usual_high": 0.975}
    rows[-1] = {**rows[-1], "alarm": {**bounds, "direction": direction, "seasonal": seasonal}}
    return view


def test_better_than_another_season_is_no_news():
    view = with_alarm("better", seasonal=False)
    assert sentences.alarm(view) is None and sentences.better_than_usual(view) is None
    assert "retention" not in [thing.target for thing in sentences.things(view)]


def test_better_than_the_same_season_is_told_after_what_asks_for_action():
    view = with_alarm("better", seasonal=True)
    assert sentences.alarm(view) is None
    targets = [thing.target for thing in sentences.things(view)]
    assert targets.index("retention") == 3


def test_a_worse_quarter_comes_before_a_better_month():
    view = with_alarm("better", seasonal=True)
    quarter = view.summary["retention"]["quarter"]
    quarter[-1] = {**quarter[-1], "fully_observed": True, "alarm": {"direction": "worse", "usual": 0.9,
                   "usual_low": 0.88, "usual_high": 0.92, "seasonal": False}}  # fmt: skip
    assert plain(sentences.things(view)[0].sentence).startswith("Q3 2026")
    assert sentences.better_than_usual(view) is None


def test_second_purchase_needs_a_hundred_on_both_sides():
    assert "47% return within 90 days" in said(sentences.second_purchase)
    assert said(sentences.second_purchase, {"repurchase.second_purchase_base": 99}) is None
    assert said(sentences.second_purchase, {"repurchase.repurchase_rate": None}) is None


def test_growth_speaks_only_beyond_chance():
    grown = {"bridge": {"window": year(), "rhythm": None}}
    assert said(sentences.growth, grown).startswith("The active grew from 1,000 to 1,120")
    shrunk = {"bridge": {"window": year(N=200, E=820), "rhythm": None}}
    assert said(sentences.growth, shrunk).startswith("The active shrank from 1,000 to 820")
    even = {"bridge": {"window": year(N=390, E=1010), "rhythm": None}}
    assert said(sentences.growth, even) is None


def test_a_product_is_named_only_when_it_stands_out():
    rows = [
        {"product": p, "second_purchase_rate": r, "second_purchase_base": 500} for p, r in (("tea", 0.6), ("cup", 0.4))
    ]
    assert said(sentences.best_product, {"products": {"total": 2, "rows": rows}}).startswith(
        "Those whose first order held tea return most: 60%"
    )
    rows[0]["second_purchase_rate"] = 0.42
    assert said(sentences.best_product, {"products": {"total": 2, "rows": rows}}) is None
    assert said(sentences.best_product, {"products": None}) is None


def test_chinese_sentences_have_chinese_numbers():
    first = plain(sentences.things(told({}, lang="zh"))[0].sentence)
    assert "¥21.2万" in first
    assert first.endswith("。")


def test_numbers_never_break_across_lines():
    sentence = str(sentences.things(told({}, lang="zh"))[0].sentence)
    assert '<span class="nw">¥21.2万</span>' in sentence
