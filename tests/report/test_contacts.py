"""Whom to contact: the reason in words, when due, what the browser gets."""

from datetime import date
from decimal import Decimal

import pytest

from regulars.report.chapters import contacts
from tests.report.stories import told

ROW = {
    "customer_id": "C7",
    "name": "苏婉清",
    "abc": "A",
    "rhythm": "slipping",
    "typical_gap": 21.2,
    "recency_days": 38,
    "lateness": 1.81,
    "lateness_percentile": 0.849,
    "last_purchase": date(2026, 9, 23),
    "next_purchase_to": date(2026, 10, 22),
    "profit_window": Decimal("7015.40"),
    "amount_window": Decimal("19400.00"),
    "orders_window": 18,
    "purchases_recent": [200, 38],
    "amounts_recent": [120.0, 80.0],
}


@pytest.fixture(params=["zh", "en"])
def view(request):
    return told({"rhythm.ratio_q1": 0.5}, lang=request.param)


BY_PROFIT = {"rhythm.ratio_q1": 0.5, "contacts.rule": "late_by_profit"}
RISKY = {**ROW, "p_alive": 0.412, "clv_12m": Decimal("3120.00"), "value_at_risk": Decimal("1184.60")}


def test_the_reason_names_usual_and_now(view):
    expected = {
        "zh": "平常 21 天来一次，这次已 38 天，晚过 84% 的回购",
        "en": "Usually every 21 days, now 38; later than 84% of returns",
    }
    assert contacts.reason(view, ROW) == expected[view.reader.lang]


def test_later_than_all_is_no_percentage(view):
    assert "100%" not in contacts.reason(view, {**ROW, "lateness_percentile": 1.0})
    assert contacts.reason(view, {**ROW, "lateness_percentile": None}) in (
        "Usually every 21 days, now 38",
        "平常 21 天来一次，这次已 38 天",
    )


def test_without_a_gap_there_is_no_reason(view):
    assert contacts.reason(view, {**ROW, "typical_gap": None}) == ""


def test_the_start_of_the_window_follows_from_the_first_quartile(view):
    assert contacts.due_window(view, ROW) == (date(2026, 10, 4), date(2026, 10, 22))
    told_by_table = {**ROW, "next_purchase_from": date(2026, 10, 1)}
    assert contacts.due_window(view, told_by_table)[0] == date(2026, 10, 1)


def test_the_browser_gets_days_before_the_as_of_day():
    view = told(BY_PROFIT)
    made = contacts._embedded_row(view, ROW)
    assert made["due"] == [27, 9]
    assert made["days"] == [200, 38]
    assert made["sizes"] == [16, 14]
    assert "name" not in made
    assert dict(zip(contacts.CSV_COLUMNS, made["csv"], strict=True)) == {
        "customer_id": "C7",
        "name": "苏婉清",
        "abc": "A",
        "rhythm": "slipping",
        "typical_gap": 21.2,
        "recency_days": 38,
        "lateness": 1.81,
        "lateness_percentile": 0.849,
        "last_purchase": "2026-09-23",
        "next_purchase_from": "2026-10-04",
        "next_purchase_to": "2026-10-22",
        "profit_window": 7015.4,
        "amount_window": 19400.0,
        "orders_window": 18,
    }


def test_with_forecasts_the_columns_are_what_is_at_risk(view):
    assert contacts._worded_row(view, RISKY)[2:] == ["¥1,185", "41%", "¥3,120"]
    assert [kind for kind, _ in contacts.stakes(view)] == ["money", "more", "more"]
    made = contacts._embedded_row(view, RISKY)
    assert dict(zip(contacts.csv_columns(view), made["csv"], strict=True))["value_at_risk"] == 1184.6


def test_who_has_no_value_is_not_worth_nothing(view):
    thin = {**RISKY, "clv_12m": None, "value_at_risk": None}
    assert contacts._worded_row(view, thin)[2:] == ["–", "41%", "–"]


def test_without_forecasts_profit_and_lateness_stand_there():
    view = told(BY_PROFIT)
    assert contacts._worded_row(view, ROW)[2:] == ["¥7,015", "1.81"]
    assert contacts.stakes(view) == [["money", "Profit"], ["lateness", "Lateness"]]
    chapter = contacts.chapter(view)
    assert chapter.sub == "slipping or later by their own clock, most profit first"
    assert "sorted by the profit" in chapter.cards[0].foot


def test_with_forecasts_the_title_and_the_order_say_so():
    view = told({"contacts": {"total": 12, "profit": 900.0, "rule": "value_at_risk", "value_at_risk": 4321.0}})
    chapter = contacts.chapter(view)
    assert chapter.sub == "slipping or later by their own clock, most value at risk first"
    assert chapter.cards[0].title.striptags() == "12 customers are late, with ¥4,321 at risk"
    assert chapter.cards[0].foot.startswith("sorted by value at risk")
    assert [use.key for use in chapter.cards[0].uses][:4] == ["contacts", "value_at_risk", "p_alive", "clv_12m"]


def test_names_that_are_formulas_are_disarmed_in_the_download_only():
    made = contacts._embedded_row(told({}), {**ROW, "name": "=cmd|' /C calc'!A0"})
    assert made["name"] == "=cmd|' /C calc'!A0"
    assert made["csv"][1] == "'=cmd|' /C calc'!A0"


def test_nobody_late_is_said_in_words():
    (card,) = contacts.chapter(told({}, of="bare", lang="zh")).cards
    assert "没有人迟到" in card.body


def test_the_title_counts_all_and_the_foot_what_is_embedded():
    view = told({"contacts": {"total": 5000, "profit": 1_234_567.0, "rule": "late_by_profit"}})
    (card,) = contacts.chapter(view).cards
    assert card.title.striptags() == "5,000 customers are late, with ¥1.23M of the profit of a year"
    assert f"the first {len(view.contacts)} are in this file" in card.foot
