"""Amounts: every way people write them, exactly."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.ingest import money
from regulars.ingest.money_words import exact_limbs, read_decimal, read_number


def kernel(text: str, point: str = ".") -> tuple[Decimal | None, str, list[int]]:
    """(value or None, currency, tally) as the kernel and, for what it leaves, the slow way read it."""
    raw = np.frombuffer(text.encode() + b" ", np.uint8)
    mantissa, tally = np.zeros(1, np.int64), np.zeros(3, np.int64)
    decimals, state, symbol = (np.zeros(1, np.int8) for _ in range(3))
    stop = np.array([raw.size - 1], np.int64)
    money.parse_numbers(raw, np.zeros(1, np.int64), stop, ord(point), mantissa, decimals, state, symbol, tally)
    found = int(mantissa[0]), int(decimals[0]), int(state[0]), int(symbol[0])
    if found[2] == money.LEFT:
        found = read_number(text, decimal_comma=point == ",")
    value = Decimal(found[0]).scaleb(-found[1]) if found[2] == money.FINE else None
    return value, money.CURRENCIES[found[3]], tally.tolist()


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("12.50", "12.5", ""),
        ("0", "0", ""),
        ("007", "7", ""),
        ("+3", "3", ""),
        (".5", ".5", ""),
        ("12.", "12", ""),
        ("¥1,234.56", "1234.56", "CNY"),
        ("￥12", "12", "CNY"),
        ("$ 12.5", "12.5", "USD"),
        ("£3", "3", "GBP"),
        ("€1,234.50", "1234.5", "EUR"),
        ("HK$5", "5", "HKD"),
        ("NT$100", "100", "TWD"),
        ("US$5", "5", "USD"),
        ("CNY 12.5", "12.5", "CNY"),
        ("12.5 USD", "12.5", "USD"),
        ("RMB12", "12", "CNY"),
        ("人民币12元", "12", "CNY"),
        ("(12.50)", "-12.5", ""),
        ("(¥12.50)", "-12.5", "CNY"),
        ("¥(12.50)", "-12.5", "CNY"),
        ("12.50-", "-12.5", ""),
        ("-¥12.5", "-12.5", "CNY"),
        ("¥-12.5", "-12.5", "CNY"),
        ("- 12.50", "-12.5", ""),
        ("−12.5", "-12.5", ""),
        ("1,234,567", "1234567", ""),
        ("12.5元", "12.5", ""),
        ("1.2万", "12000", ""),
        ("3亿元", "300000000", ""),
        ("1.23456万元", "12345.6", ""),
        ("5.5千", "5500", ""),
        ("0.00005万", "0.5", ""),
        ("１２３．５０", "123.5", ""),
        ("（12.50）", "-12.5", ""),
        ("￥１，２３４", "1234", "CNY"),
        ("1e3", "1000", ""),
        ("1.5E+2", "150", ""),
        ("12 345.67", "12345.67", ""),
        ("1'234.5", "1234.5", ""),
        ("0.1234567", ".1234567", ""),
        ("999999999999.99", "999999999999.99", ""),
    ],
)
def test_amounts_people_write(text, value, currency):
    assert kernel(text)[:2] == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3",
        "1,23",
        "1234,567",
        "12,50",
        "abc",
        "-",
        "--",
        "1.2.3",
        "((1))",
        "12-5",
        "1-2-",
        "(12",
        "12)",
        "¥",
        "1,234,56",
        "12abc",
        "1 2",
        "12 34",
        "1 2,345",
        "-+1",
        "-(5)",
        "(-5)",
        "(5-)",
        "--5",
        "$5$",
        "¥1 ¥2",
        "1,,000",
        ",5",
        "面议",
        "1.2.3万",
        "万",
        "5万万",
        "∞",
        "٣",
    ],
)
def test_what_is_no_amount_is_not_made_one(text):
    assert kernel(text)[0] is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,50", "12.5"),
        ("1.234,56", "1234.56"),
        ("€ 1.234,5", "1234.5"),
        ("-0,99", "-.99"),
        ("1.234", "1234"),
        ("7", "7"),
    ],
)
def test_decimal_comma(text, value):
    assert kernel(text, ",")[0] == Decimal(value)


def test_one_two_three_is_no_number_with_a_decimal_comma_either():
    assert kernel("1,2,3", ",")[0] is None
    assert kernel("1.2.3", ",")[0] is None


def test_evidence_on_the_decimal_sign():
    against, fractions, grouped = money.AGAINST, money.FRACTIONS, money.GROUPED
    assert kernel("12,50")[2][against] == 1
    assert kernel("1.234,56")[2][against] == 1
    assert kernel("12.50")[2][fractions] == 1
    assert kernel("1,234")[2][grouped] == 1
    assert kernel("1,2,3")[2] == [0, 0, 0]
    assert kernel("12")[2] == [0, 0, 0]


@settings(max_examples=400, deadline=None)
@given(
    value=st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=4),
    thousands=st.booleans(),
    sign=st.sampled_from(["", "¥", "$", "€"]),
    style=st.sampled_from(["front", "inside", "trailing", "brackets"]),
)
def test_kernel_agrees_with_decimal(value, thousands, sign, style):
    digits = f"{abs(value):,f}" if thousands else f"{abs(value):f}"
    if value < 0:
        text = {
            "front": f"-{sign}{digits}",
            "inside": f"{sign}-{digits}",
            "trailing": f"{sign}{digits}-",
            "brackets": f"({sign}{digits})",
        }[style]
    else:
        text = f"{sign}{digits}"
    assert kernel(text)[0] == value
    assert read_decimal(text)[0] == value


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789,.-()¥$元万 +e", max_size=12))
def test_kernel_never_contradicts_the_slow_way(text):
    raw = text.strip()
    value, currency, _ = kernel(raw) if raw else (None, "", [])
    slow, slow_currency = read_decimal(raw)
    if value is not None:
        assert slow is not None
        assert abs(slow - value) < Decimal("1e-17")
        assert slow_currency == currency


def limbs(numbers: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    parts = [read_number(n) for n in numbers]
    mantissa = np.array([p[0] for p in parts], np.int64)
    decimals, state = np.array([p[1] for p in parts], np.int8), np.array([p[2] for p in parts], np.int8)
    unit, rest = np.zeros(len(parts), np.int64), np.zeros(len(parts), np.int64)
    money.to_limbs(mantissa, decimals, unit, rest, state)
    return unit, rest, state


@settings(max_examples=200, deadline=None)
@given(st.lists(st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=6), min_size=1, max_size=30))
def test_sum_of_limbs_is_the_exact_sum_rounded_once(values):
    unit, rest, state = limbs([f"{v:f}" for v in values])
    assert not state.any()
    whole, part = int(unit.sum()), sum(int(r) for r in rest)
    whole, part = whole + part // money.REST, part % money.REST
    exact = (sum(values, Decimal(0)) * 100).quantize(Decimal(1), ROUND_HALF_UP)
    assert money.rounded(whole, part) == exact


@settings(max_examples=200, deadline=None)
@given(
    quantity=st.decimals(-(10**6), 10**6, allow_nan=False, allow_infinity=False, places=3),
    price=st.decimals(-(10**6), 10**6, allow_nan=False, allow_infinity=False, places=7),
)
def test_product_is_exact(quantity, price):
    q, p = read_number(f"{quantity:f}"), read_number(f"{price:f}")
    unit, rest, state = np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1, np.int8)
    one = lambda number: (np.array([number[0]], np.int64), np.array([number[1]], np.int8))  # noqa: E731
    money.multiply(*one(q), *one(p), unit, rest, state)
    if state[0] == money.LEFT:
        unit[0], rest[0], state[0] = exact_limbs(q[0] * p[0], q[1] + p[1])
    assert state[0] == money.FINE
    assert Decimal(int(unit[0])) + Decimal(int(rest[0])) / money.REST == quantity * price * 100


@pytest.mark.parametrize(
    ("unit", "rest", "whole"), [(0, 5, 1), (0, -5, -1), (1, 4, 1), (-1, -5, -2), (2, -5, 2), (1, -6, 0), (-1, 5, -1)]
)
def test_halves_round_away_from_zero(unit, rest, whole):
    tenth = money.REST // 10
    assert money.rounded(unit, rest * tenth) == whole


def test_amounts_beyond_ten_trillion_are_too_large():
    unit, _, state = limbs(["10000000000000", "10000000000000.01", "-10000000000001", "1" + "0" * 30])
    assert state.tolist() == [money.FINE, money.LARGE, money.LARGE, money.LARGE]
    assert unit.tolist() == [10**15, 0, 0, 0]


def test_noise_of_binary_fractions_is_read_as_a_spreadsheet_shows_it():
    assert read_number("0.1000000000000000055511151231257827") == (1, 1, money.FINE, 0)
    assert kernel("0.30000000000000004")[0] == Decimal("0.30000000000000004")
