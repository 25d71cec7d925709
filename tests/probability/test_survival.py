"""Kaplan-Meier on cases from the textbooks, and the waits that feed it."""

import numpy as np
import pytest

from regulars.engine.probability.purchases import sorted_purchases
from regulars.engine.probability.survival import kaplan_meier, kaplan_meier_by_group, second_purchase_waits
from regulars.errors import ParameterError


def test_remission_data_of_freireich():
    """6-MP arm (Freireich et al. 1963, in Kalbfleisch and Prentice): the published steps and Greenwood errors."""
    wait = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    again = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(np.array(wait), np.array(again, dtype=bool))
    assert curve.days.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert np.round(curve.waiting, 4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.median == 23
    assert (curve.low < curve.waiting).all() and (curve.waiting < curve.high).all()
    assert curve.low[0] == pytest.approx(0.6197, abs=2e-4) and curve.high[0] == pytest.approx(0.9516, abs=2e-4)


def test_without_censoring_it_is_the_share_left():
    wait = np.array([1, 2, 2, 5, 9])
    curve = kaplan_meier(wait, np.ones(5, dtype=bool))
    assert curve.waiting.tolist() == pytest.approx([0.8, 0.4, 0.2, 0.0])
    assert [curve.waiting_after(day) for day in (0, 1, 4, 9, 99)] == pytest.approx([1.0, 0.8, 0.4, 0.0, 0.0])
    assert np.isfinite(curve.low).all() and np.isfinite(curve.high).all()


def test_nobody_and_nobody_again():
    empty = kaplan_meier(np.array([], dtype=int), np.array([], dtype=bool))
    assert empty.n == 0 and empty.median is None and empty.waiting_after(5) == 1.0
    waiting = kaplan_meier(np.array([3, 4]), np.zeros(2, dtype=bool))
    assert len(waiting.days) == 0 and waiting.median is None
    with pytest.raises(ParameterError):
        kaplan_meier(np.array([-1]), np.array([True]))


def test_groups_are_curves_of_their_own():
    rng = np.random.default_rng(1)
    wait, again, group = rng.integers(0, 50, 200), rng.random(200) < 0.6, rng.integers(0, 3, 200)
    curves = kaplan_meier_by_group(wait, again, group)
    assert sum(curve.n for curve in curves.values()) == 200
    np.testing.assert_array_equal(curves[1].waiting, kaplan_meier(wait[group == 1], again[group == 1]).waiting)


def test_waits_of_purchases():
    """Ann comes back after 5 days, Bob has only returns after his first day, Cyd's second purchase lies after D."""
    rows = [(1, 10, 5), (1, 10, 7), (1, 15, 5), (1, 18, 5), (2, 11, 9), (2, 14, -9), (3, 12, 4), (3, 40, 4), (4, 35, 1)]
    waits = second_purchase_waits(sorted_purchases(*map(np.array, zip(*rows, strict=True))), 30)
    assert waits.customer.tolist() == [1, 2, 3]
    assert waits.wait.tolist() == [5, 19, 18]
    assert waits.again.tolist() == [True, False, False]
    assert waits.first_day.tolist() == [10, 11, 12]
