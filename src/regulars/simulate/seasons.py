"""The Chinese shopping year: how busy every day is against the mean, and a clock that runs faster on busy days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from regulars.errors import ParameterError

Floats = NDArray[np.float64]

LUNAR_NEW_YEAR = {
    2018: date(2018, 2, 16), 2019: date(2019, 2, 5), 2020: date(2020, 1, 25), 2021: date(2021, 2, 12),
    2022: date(2022, 2, 1), 2023: date(2023, 1, 22), 2024: date(2024, 2, 10), 2025: date(2025, 1, 29),
    2026: date(2026, 2, 17), 2027: date(2027, 2, 6), 2028: date(2028, 1, 26), 2029: date(2029, 2, 13),
    2030: date(2030, 2, 3), 2031: date(2031, 1, 23), 2032: date(2032, 2, 11),
}  # fmt: skip
FIRST_YEAR, LAST_YEAR = min(LUNAR_NEW_YEAR), max(LUNAR_NEW_YEAR)
_EPOCH = date(1970, 1, 1)


def end_of(start: date, months: int) -> date:
    """The last day of a shop's data. Raises ParameterError outside the years whose lunar new year is known."""
    total = start.year * 12 + start.month - 1 + months
    last = date(total // 12, total % 12 + 1, 1) + timedelta(days=start.day - 2)
    if months < 1 or start.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise ParameterError(
            "simulation_period",
            "A simulated shop must lie between {first} and {last}; {start} and {months} months do not.",
            "Choose another start or fewer months.",
            first=FIRST_YEAR, last=LAST_YEAR, start=start.isoformat(), months=months,
        )  # fmt: skip
    return last


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def day_weights(start: date, days: int) -> Floats:
    """How busy each of ``days`` days is; the mean is 1."""
    weights = np.ones(days)
    for index in range(days):
        weights[index] = _weight(start + timedelta(days=index))
    return weights / weights.mean()


def _weight(day: date) -> float:
    weight = 1.15 if day.weekday() >= 5 else 1.0
    new_year = LUNAR_NEW_YEAR.get(day.year)
    before = (new_year - day).days if new_year else 99
    if -7 <= before <= 0:
        weight *= 0.35  # the shops are shut, the parcels do not move
    elif 1 <= before <= 28:
        weight *= 1.9
    if day.month == 6 and day.day <= 18:
        weight *= 1.2
    if day.month == 11 and day.day <= 11:
        weight *= 4.0 if day.day == 11 else 1.5
    return weight


@dataclass(frozen=True)
class Clock:
    """Shop time, in which every day is equally busy, against calendar time. Both in days since the start."""

    start: date
    elapsed: Floats  # shop time at the beginning of each day, and at the end of the last

    @classmethod
    def seasonal(cls, start: date, days: int) -> Clock:
        return cls(start, np.concatenate([[0.0], np.cumsum(day_weights(start, days))]))

    @classmethod
    def even(cls, start: date, days: int) -> Clock:
        return cls(start, np.arange(days + 1, dtype=float))

    @property
    def days(self) -> int:
        return len(self.elapsed) - 1

    def shop_time(self, calendar: Floats) -> Floats:
        return np.interp(calendar, np.arange(self.days + 1), self.elapsed)

    def calendar(self, shop_time: Floats) -> Floats:
        return np.interp(shop_time, self.elapsed, np.arange(self.days + 1))
