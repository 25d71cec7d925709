"""How numbers are written: the table of the design, language by language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.charts import numbers as n


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (7015, "¥7,015", "¥7,015"),
        (1_677_914, "¥167.8万", "¥1.68M"),
        (168_000, "¥16.8万", "¥168K"),
        (295_000_000, "¥2.95亿", "¥295M"),
        (9_999.4, "¥9,999", "¥9,999"),
        (9_999.6, "¥1.0万", "¥10,000"),
        (99_999_600, "¥1.00亿", "¥100M"),
        (99_999.6, "¥10.0万", "¥100K"),
        (999_600, "¥100.0万", "¥1.00M"),
        (2_500_000_000, "¥25.00亿", "¥2.50B"),
        (-39, "−¥39", "−¥39"),
        (-1_677_914, "−¥167.8万", "−¥1.68M"),
        (0, "¥0", "¥0"),
        (None, "–", "–"),
    ],
)
def test_money_takes_the_unit_of_its_language(value, zh, en):
    assert n.money(value, "zh", "CNY") == zh
    assert n.money(value, "en", "CNY") == en


def test_a_currency_without_a_sign_is_named_and_an_unknown_one_is_not():
    assert n.money(12, "en", "SEK") == "SEK 12"
    assert n.money(12, "en", None) == "12"
    assert n.money_exact(-1486, "GBP") == "−£1,486.00"


def test_an_amount_per_head_keeps_two_places_while_they_matter():
    assert n.money_each(37.4, "zh", "CNY") == "¥37.40"
    assert n.money_each(427.3, "zh", "CNY") == "¥427"
    assert n.money_each(99.996, "zh", "CNY") == "¥100"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (231_062, "23.1万", "231K"),
        (1_042_386, "104.2万", "1.04M"),
        (9_999, "9,999", "9,999"),
        (45_300, "4.5万", "45.3K"),
    ],
)
def test_counts_are_short_on_axes_only(value, zh, en):
    assert n.count_short(value, "zh") == zh
    assert n.count_short(value, "en") == en
    assert n.count(value) == f"{value:,}"


def test_a_rate_is_as_precise_as_its_base():
    assert n.rate(0.48327) == "48.3%"
    assert n.rate(0.48327, 5000) == "48.3%"
    assert n.rate(0.48327, 60) == "48%"
    assert n.rate(7 / 18, 18) == "7 / 18"
    assert n.rate(None, 18) == "–"
    assert n.rate_interval(0.482, 0.484, 500) == "48.2–48.4"
    assert n.rate_interval(0.36, 0.61, 60) == "36–61"
    assert n.rate_interval(0.2, 0.6, 18) == ""


def test_halves_round_away_from_zero_as_written():
    assert n.rate(0.0005) == "0.1%"
    assert n.rate(0.125, decimals=0) == "13%"
    assert n.percent(0.285, 0) == "29"
    assert n.fixed(2.675, 2) == "2.68"
    assert n.fixed(-0.04, 1) == "0.0"


def test_a_share_never_reads_as_nothing_or_everything_when_it_is_not():
    assert n.share(0.48) == "48%"
    assert n.share(0.003) == "0.3%"
    assert n.share(0.9979) == "99.8%"
    assert n.share(0.0) == "0%"
    assert n.share(1.0) == "100%"


def test_differences_are_points_with_a_sign():
    assert n.points(0.012, "zh") == "+1.2 点"
    assert n.points(-0.012, "en") == "−1.2 pts"
    assert n.points(0.0, "en") == "0.0 pts"


def test_days_and_spans():
    assert n.day("2026-10-31", "zh") == "2026年10月31日"
    assert n.day("2026-10-31", "en") == "31 Oct 2026"
    assert n.day_near("2026-09-30", "zh") == "9月30日"
    assert n.day_span("2026-09-30", "2026-10-22", "zh") == "9/30–10/22"
    assert n.day_span("2026-09-30", "2026-10-22", "en") == "30 Sep–22 Oct"
    assert n.day_table("2026-10-31") == "2026-10-31"
    assert n.day(None, "zh") == "–"
    assert n.days(38, "zh") == "38 天"
    assert (n.days(1, "en"), n.days(38, "en")) == ("1 day", "38 days")


def test_periods():
    assert n.period("2026-Q3", "zh") == "2026 年 3 季度"
    assert n.period("2026-Q3", "en") == "Q3 2026"
    assert n.period("2025-11", "zh") == "2025年11月"
    assert n.period("2025-11", "en") == "Nov 2025"
    assert (n.month_tick("2026-01", "zh"), n.month_tick("2026-10", "zh")) == ("2026年", "10月")


def test_a_fraction_shows_both_counts():
    assert n.fraction(231_062, 461_448) == "231,062 / 461,448"


@given(st.floats(min_value=-1e11, max_value=1e11), st.sampled_from(["zh", "en"]))
def test_no_amount_is_written_with_more_than_one_step_of_its_unit(value, lang):
    text = n.money(value, lang)
    digits = text.strip("−").rstrip("万亿KMB").replace(",", "")
    scale = {"万": 1e4, "亿": 1e8, "K": 1e3, "M": 1e6, "B": 1e9}.get(text[-1], 1)
    decimals = len(digits.partition(".")[2])
    assert abs(float(digits) * scale - abs(value)) <= scale * 10.0**-decimals * 0.5000001 + 1e-6
    assert not (lang == "zh" and text[-1] == "万" and float(digits) >= 10_000)
    assert not text.startswith("−0") or float(digits) != 0
