"""The Chinese shopping year."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from regulars.errors import ParameterError
from regulars.simulate.seasons import LUNAR_NEW_YEAR, Clock, day_weights, end_of

START = date(2024, 1, 1)


def test_lunar_years_last_twelve_or_thirteen_moons() -> None:
    lengths = {(later - earlier).days for earlier, later in pairwise(LUNAR_NEW_YEAR.values())}
    assert lengths <= {354, 355, 383, 384, 385}


def test_every_lunar_new_year_is_a_second_new_moon_after_the_solstice() -> None:
    assert all(date(y, 1, 21) <= day <= date(y, 2, 20) for y, day in LUNAR_NEW_YEAR.items())
    assert list(LUNAR_NEW_YEAR) == list(range(2018, 2033))
    new_moon = date(2000, 1, 6)
    ages = [((day - new_moon).days % 29.530588853) for day in LUNAR_NEW_YEAR.values()]
    assert all(min(age, 29.53 - age) < 1.6 for age in ages)


def weight_of(day: date) -> float:
    return float(day_weights(START, 731)[(day - START).days])


def test_the_eleventh_of_november_is_the_busiest_day() -> None:
    weights = day_weights(START, 366)
    assert START + timedelta(days=int(weights.argmax())) == date(2024, 11, 11)
    assert weights.mean() == pytest.approx(1)


def test_the_weeks_before_the_new_year_are_busy_and_the_days_after_are_not() -> None:
    assert weight_of(date(2024, 2, 6)) > 1.5 * weight_of(date(2024, 3, 5))
    assert weight_of(date(2024, 2, 12)) < 0.5 * weight_of(date(2024, 3, 4))


def test_shop_time_and_calendar_are_inverse() -> None:
    clock = Clock.seasonal(START, 400)
    days = np.linspace(0, 400, 97)
    assert clock.calendar(clock.shop_time(days)) == pytest.approx(days)
    assert clock.elapsed[-1] == pytest.approx(400)


def test_a_shop_ends_on_the_last_day_of_its_months() -> None:
    assert end_of(date(2024, 1, 1), 24) == date(2025, 12, 31)
    assert end_of(date(2023, 11, 15), 3) == date(2024, 2, 14)


@pytest.mark.parametrize(("start", "months"), [(date(2017, 6, 1), 3), (date(2032, 6, 1), 12), (START, 0)])
def test_years_without_a_known_new_year_are_refused(start: date, months: int) -> None:
    with pytest.raises(ParameterError) as caught:
        end_of(start, months)
    assert caught.value.code == "simulation_period"
