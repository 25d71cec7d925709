"""Days, months and quarters as the engine counts them: integers, and tables to look them up.

Day 0 is 1970-01-01; month 0 is January 1970. Periods of a run are numbered from that of the first day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    return (day - EPOCH).days


def day_of(number: int) -> date:
    return EPOCH + timedelta(days=int(number))


def month_number(day: int) -> int:
    d = day_of(day)
    return (d.year - 1970) * 12 + d.month - 1


def month_start(month: int) -> int:
    return day_number(date(1970 + month // 12, month % 12 + 1, 1))


def month_name(month: int) -> str:
    return f"{1970 + month // 12:04d}-{month % 12 + 1:02d}"


def quarter_name(quarter: int) -> str:
    return f"{1970 + quarter // 4:04d}-Q{quarter % 4 + 1}"


@dataclass(frozen=True)
class Calendar:
    """The months and quarters from ``first_day`` to ``as_of`` (both day numbers, inclusive)."""

    first_day: int
    as_of: int

    @cached_property
    def first_month(self) -> int:
        return month_number(self.first_day)

    @cached_property
    def months(self) -> int:
        """Number of months, the one of ``as_of`` included even when it is not over."""
        return month_number(self.as_of) - self.first_month + 1

    @cached_property
    def quarters(self) -> int:
        return month_number(self.as_of) // 3 - self.first_month // 3 + 1

    @cached_property
    def month_ends(self) -> NDArray[np.int32]:
        """Last day of every month, whether over or not: int32[months]."""
        ends = [month_start(self.first_month + m + 1) - 1 for m in range(self.months)]
        return np.array(ends, dtype=np.int32)

    @cached_property
    def months_over(self) -> int:
        """How many months are over at ``as_of``: all, or all but the last."""
        return self.months if int(self.month_ends[-1]) <= self.as_of else self.months - 1

    @cached_property
    def quarter_of_month(self) -> NDArray[np.int32]:
        numbers = np.arange(self.months) + self.first_month
        return (numbers // 3 - self.first_month // 3).astype(np.int32)

    @cached_property
    def ends_quarter(self) -> NDArray[np.bool_]:
        return ((np.arange(self.months) + self.first_month) % 3 == 2).astype(np.bool_)

    @cached_property
    def month_of_day(self) -> NDArray[np.int32]:
        """Month of ``first_day + i``: int32[as_of - first_day + 1]."""
        days = np.arange(self.first_day, self.as_of + 1)
        return np.searchsorted(self.month_ends, days).astype(np.int32)

    def month_label(self, month: int) -> str:
        return month_name(self.first_month + month)

    def month_bounds(self, month: int) -> tuple[int, int]:
        return month_start(self.first_month + month), int(self.month_ends[month])

    def quarter_label(self, quarter: int) -> str:
        return quarter_name(self.first_month // 3 + quarter)

    def quarter_bounds(self, quarter: int) -> tuple[int, int]:
        first = (self.first_month // 3 + quarter) * 3
        return month_start(first), month_start(first + 3) - 1

    @cached_property
    def quarter_ends(self) -> NDArray[np.int32]:
        return np.array([self.quarter_bounds(q)[1] for q in range(self.quarters)], dtype=np.int32)

    @cached_property
    def quarters_over(self) -> int:
        return self.quarters if self.quarter_bounds(self.quarters - 1)[1] <= self.as_of else self.quarters - 1
