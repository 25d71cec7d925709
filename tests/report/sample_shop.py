"""FIXTURE: orders of a simulated shop, the raw material of the sample summaries. Not an oracle of any kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

AS_OF = date(2026, 10, 31)
SEASON = {1: 0.92, 2: 0.62, 3: 0.95, 4: 0.98, 5: 1.02, 6: 1.42, 7: 0.86, 8: 0.9, 9: 1.04, 10: 1.0, 11: 1.75, 12: 1.15}
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Orders:
    """Orders sorted by customer and day; days count from ``first_day``, the last one being ``last``."""

    n: int
    last: int
    first_day: date
    customer: Array
    day: Array
    amount: Array
    profit: Array

    def date_of(self, day: int) -> date:
        return self.first_day + timedelta(int(day))

    def index_of(self, day: date) -> int:
        return (day - self.first_day).days

    def until(self, day: int) -> Orders:
        keep = self.day <= day
        parts = (self.customer[keep], self.day[keep], self.amount[keep], self.profit[keep])
        return Orders(self.n, day, self.first_day, *parts)

    def first(self) -> Array:
        first = np.full(self.n, 10**6)
        np.minimum.at(first, self.customer, self.day)
        return first

    def latest(self, day: int) -> Array:
        latest = np.full(self.n, -(10**6))
        seen = self.day <= day
        np.maximum.at(latest, self.customer[seen], self.day[seen])
        return latest

    def total(self, values: Array, after: int, until: int) -> Array:
        """Sum of ``values`` by customer over the days after ``after`` up to ``until``."""
        inside = (self.day > after) & (self.day <= until)
        return np.bincount(self.customer[inside], weights=values[inside], minlength=self.n)

    def counted(self, after: int, until: int) -> Array:
        inside = (self.day > after) & (self.day <= until)
        return np.bincount(self.customer[inside], minlength=self.n)


def simulate(n: int, days: int, seed: int, mean_amount: float = 92) -> Orders:
    """``n`` customers over ``days`` days up to `AS_OF`: seasons, growth, a sixth already there at the start."""
    rng = np.random.default_rng(seed)
    first_day, last = AS_OF - timedelta(days - 1), days - 1
    month_of = np.array([(first_day + timedelta(int(i))).month for i in range(days)])
    weight = np.array([SEASON[m] for m in month_of]) * (0.55 + 0.45 * np.arange(days) / max(last, 1))
    start = rng.choice(days, n, p=weight / weight.sum())
    start[rng.random(n) < 0.16] = 0
    start[0] = 0
    pace = rng.gamma(0.95, 1 / 62.0, n)
    life = rng.exponential(1, n) * rng.gamma(1.8, 520, n)
    end = np.minimum(start + np.where(rng.random(n) < 0.16, 0, life), last)
    repeats = rng.poisson(pace * (end - start))
    customer = np.repeat(np.arange(n), repeats)
    day = (start[customer] + rng.random(len(customer)) * (end - start)[customer]).astype(int)
    customer, day = np.r_[np.arange(n), customer], np.r_[start, day]
    day[-1] = last
    level = np.exp(rng.normal(np.log(mean_amount), 0.62, n))
    amount = np.round(level[customer] * np.exp(rng.normal(0, 0.38, len(customer))), 2)
    profit = np.round(amount * rng.normal(0.36, 0.08, n).clip(0.08, 0.6)[customer], 2)
    order = np.lexsort((day, customer))
    return Orders(n, last, first_day, customer[order], day[order], amount[order], profit[order])


@dataclass(frozen=True)
class Gaps:
    """Purchase days and what follows from their gaps, as known on the last day of the orders."""

    customer: Array
    day: Array
    count: Array
    g0: float | None
    typical: Array
    ratios: Array

    @classmethod
    def of(cls, orders: Orders) -> Gaps:
        key = np.unique(orders.customer.astype(np.int64) * 100_000 + orders.day)
        customer, day = key // 100_000, key % 100_000
        same = customer[1:] == customer[:-1]
        gap, owner = (day[1:] - day[:-1])[same], customer[1:][same]
        count = np.bincount(owner, minlength=orders.n)
        total = np.bincount(owner, weights=gap, minlength=orders.n)
        if not len(gap):
            return cls(customer, day, count, None, np.full(orders.n, np.nan), np.empty(0))
        g0 = float(np.median(total[count > 0] / count[count > 0]))
        typical = (2 * g0 + total) / (2 + count)
        return cls(customer, day, count, g0, typical, np.sort(gap / typical[owner]))
