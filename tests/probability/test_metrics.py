"""Figures of a forecast on cases that can be worked out by hand."""

import numpy as np
import pytest

from regulars.engine.probability.metrics import accuracy, coverage, deciles, reliability, shared, wilson


def arrays(*columns):
    return [np.array(column, dtype=float) for column in columns]


def test_by_hand():
    figures = accuracy(*arrays([3, 1, 0, 0], [2, 2, 0, 0]))
    assert (figures.n, figures.forecast, figures.actual) == (4, 4.0, 4.0)
    assert figures.bias == 0.0
    assert figures.wape == pytest.approx(2 / 4)
    assert figures.rmse == pytest.approx(np.sqrt(2 / 4))
    assert figures.gini == pytest.approx(1.0)
    assert figures.capture == pytest.approx(1.0)


def test_ranking_is_one_when_perfect_and_minus_one_when_upside_down():
    actual = np.arange(20.0)
    assert accuracy(actual, actual).gini == pytest.approx(1.0)
    assert accuracy(-actual, actual).gini == pytest.approx(-1.0)
    assert accuracy(np.zeros(20), actual).gini == pytest.approx(0.0, abs=1e-12)
    assert accuracy(np.zeros(20), actual).capture == pytest.approx(np.mean(actual) * 2 / (19 + 18))


def test_ties_share_what_happened():
    ranked, means = shared(*arrays([4, 0, 2, 6], [1, 1, 5, 5]))
    assert ranked.tolist() == [5, 5, 1, 1] and means.tolist() == [4, 4, 2, 2]


def test_order_of_rows_changes_nothing():
    rng = np.random.default_rng(3)
    forecast, actual = np.round(rng.random(300), 1), rng.poisson(1.0, 300).astype(float)
    order = rng.permutation(300)
    assert accuracy(forecast, actual) == accuracy(forecast[order], actual[order])
    assert deciles(forecast, actual) == deciles(forecast[order], actual[order])


def test_nothing_happened():
    figures = accuracy(*arrays([1, 2], [0, 0]))
    assert figures.bias is None and figures.wape is None and figures.gini is None and figures.capture is None
    assert accuracy(*arrays([1, 2], [3, 3])).gini is None


def test_deciles_fall_and_hold_everybody():
    forecast = np.linspace(0, 1, 25)
    rows = deciles(forecast, forecast * 2)
    assert sum(row.customers for row in rows) == 25 and len(rows) == 10
    assert [row.forecast for row in rows] == sorted((row.forecast for row in rows), reverse=True)
    assert all(row.actual == pytest.approx(2 * row.forecast) for row in rows)


def test_reliability_by_hand():
    chance = np.array([0.05, 0.01, 0.55, 1.0])
    happened = np.array([False, True, True, True])
    low, middle, high = reliability(chance, happened)
    assert (low.customers, low.forecast, low.actual) == (2, pytest.approx(0.03), 0.5)
    assert (middle.low, middle.high, middle.actual) == (0.5, 0.6, 1.0)
    assert high.low == 0.9 and high.customers == 1
    assert low.actual_low < 0.5 < low.actual_high


def test_wilson_interval_of_the_definitions():
    low, high = wilson(25, 500)
    assert (round(low, 3), round(high, 3)) == (0.034, 0.073)


def test_coverage_counts_the_ends():
    assert coverage(*arrays([0, 1, 2], [1, 2, 3], [1, 1, 9])) == pytest.approx(2 / 3)
