"""Intervals against published tables: Newcombe (1998, table II) and the example of the definitions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.engine.intervals import holm, newcombe, newcombe_p_value, wilson


def test_wilson_of_25_in_500_is_the_example_of_the_definitions() -> None:
    assert wilson(25, 500) == pytest.approx((0.0341, 0.0728), abs=5e-5)


def test_wilson_of_an_empty_base_is_nothing() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("hits1", "n1", "hits2", "n2", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_newcombe_gives_the_published_intervals(
    hits1: int, n1: int, hits2: int, n2: int, low: float, high: float
) -> None:
    assert newcombe(hits1, n1, hits2, n2) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 400), st.integers(1, 400), st.data())
def test_the_p_value_is_the_level_at_which_the_interval_touches_zero(n1: int, n2: int, data: st.DataObject) -> None:
    hits1, hits2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    p = newcombe_p_value(hits1, n1, hits2, n2)
    if 1e-6 < p < 0.999:
        narrower, wider = newcombe(hits1, n1, hits2, n2, 1 - p * 1.01), newcombe(hits1, n1, hits2, n2, 1 - p * 0.99)
        assert narrower is not None and wider is not None
        assert narrower[0] > 0 or narrower[1] < 0
        assert wider[0] <= 0 <= wider[1]


def test_holm_stops_at_the_first_that_does_not_pass() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
    assert holm([0.02, 0.02, 0.02]) == [False, False, False]
    assert holm([]) == []
