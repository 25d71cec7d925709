"""Ticks, month names and labels that keep their distance."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from regulars.charts import axes


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 8))
def test_nice_ticks_enclose_the_range_in_equal_steps(low, span, parts):
    high = low + span
    ticks = axes.nice_ticks(low, high, parts)
    step = ticks[1] - ticks[0]
    slack = step * 1e-6 + abs(high) * 1e-9
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    assert len(ticks) <= parts + 2
    assert all(math.isclose(b - a, step, rel_tol=1e-6, abs_tol=1e-9) for a, b in pairwise(ticks))


def test_log_ticks_are_one_two_five_or_powers_of_ten():
    assert axes.log_ticks(1, 41) == [1, 2, 5, 10, 20]
    assert axes.log_ticks(0.5, 20_000) == [1, 10, 100, 1000, 10_000]


def test_months_are_named_in_steps_that_meet_january():
    periods = [f"{2024 + (10 + i) // 12}-{(10 + i) % 12 + 1:02d}" for i in range(24)]
    named = axes.month_names(periods, "zh", 8)
    assert [name for name in named if name] == ["2025年", "4月", "7月", "10月", "2026年", "4月", "7月", "10月"]
    assert [name for name in axes.month_names(periods, "en", 4) if name] == ["2025", "Jul", "2026", "Jul"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_spread_keeps_order_and_distance(places):
    moved = axes.spread(places, 0.1)
    ranked = [moved[i] for i in sorted(range(len(places)), key=lambda i: places[i])]
    assert all(b - a >= 0.1 - 1e-6 for a, b in pairwise(ranked))
    if all(abs(a - b) >= 0.1 for i, a in enumerate(places) for b in places[i + 1 :]):
        assert moved == places


def test_han_characters_are_wider():
    assert axes.text_width("保持率") == 36
    assert axes.text_width("abc") < 24
