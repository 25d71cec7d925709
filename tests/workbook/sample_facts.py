"""A small shop from a simple process: order arrays that the sample summary is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

FIRST_DAY = date(2023, 11, 1)
AS_OF = date(2025, 10, 31)
W = 365
PRODUCTS = (
    "龙井 250g",
    "茉莉花茶 100g",
    "白茶饼 350g",
    "青瓷盖碗",
    "中秋礼盒",
    "普洱熟饼 357g",
    "碧螺春 125g",
    "茶点组合",
)
CATEGORIES = ("绿茶", "花茶", "白茶", "茶具", "礼盒", "黑茶", "绿茶", "茶点")
CHANNELS = ("门店", "淘宝", "微信小程序")
CAMPAIGNS = ("春茶上新", "双11", "老客回馈")


@dataclass(frozen=True)
class Facts:
    """Orders sorted by (customer, day); money in minor units."""

    n: int
    customer: np.ndarray
    day: np.ndarray
    amount: np.ndarray
    profit: np.ndarray
    product: np.ndarray
    channel: np.ndarray
    campaign: np.ndarray
    first: np.ndarray

    @property
    def as_of(self) -> int:
        return (AS_OF - FIRST_DAY).days

    def last_by(self, day: int) -> np.ndarray:
        last = np.full(self.n, -(10**6))
        seen = self.day <= day
        np.maximum.at(last, self.customer[seen], self.day[seen])
        return last

    def total(self, values: np.ndarray, low: int, high: int) -> np.ndarray:
        """Σ of ``values`` per customer over the days (low, high]."""
        inside = (self.day > low) & (self.day <= high)
        return np.bincount(self.customer[inside], values[inside], self.n).astype(np.int64)

    def orders(self, low: int, high: int) -> np.ndarray:
        inside = (self.day > low) & (self.day <= high)
        return np.bincount(self.customer[inside], minlength=self.n)


def make_facts(customers: int, seed: int) -> Facts:
    rng = np.random.default_rng(seed)
    end_of_data = (AS_OF - FIRST_DAY).days
    start = rng.integers(0, end_of_data + 1, customers)
    rate = rng.gamma(0.95, 1 / 55.0, customers)
    life = np.where(rng.random(customers) < 0.16, 0, rng.exponential(rng.gamma(1.8, 400, customers)))
    stop = np.minimum(start + life, end_of_data)
    repeats = rng.poisson(rate * (stop - start))
    again = np.repeat(np.arange(customers), repeats)
    later = (start[again] + rng.random(len(again)) * (stop - start)[again]).astype(int)
    customer, day = np.r_[np.arange(customers), again], np.r_[start, later]
    order = np.lexsort((day, customer))
    customer, day = customer[order], day[order]
    mean = np.exp(rng.normal(np.log(9200), 0.62, customers))
    amount = np.round(mean[customer] * np.exp(rng.normal(0, 0.38, len(customer)))).astype(np.int64)
    profit = np.round(amount * rng.normal(0.34, 0.14, len(customer))).astype(np.int64)
    return Facts(
        customers,
        customer,
        day,
        amount,
        profit,
        rng.choice(len(PRODUCTS), len(customer), p=[0.26, 0.2, 0.12, 0.08, 0.08, 0.1, 0.1, 0.06]),
        rng.integers(0, len(CHANNELS), customers)[customer],
        rng.choice([0, 1, 2, -1], len(customer), p=[0.06, 0.1, 0.04, 0.8]),
        start,
    )


def iso(day: int) -> str:
    return (FIRST_DAY + timedelta(int(day))).isoformat()


def day_of(year: int, month: int) -> int:
    """Day number of the first of a month; month 13 is next January."""
    return (date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1) - FIRST_DAY).days


def wilson(count: int, base: int) -> tuple[float | None, float | None]:
    if base == 0:
        return None, None
    z, p = 1.959963984540054, count / base
    centre, half = p + z * z / 2 / base, z * np.sqrt(p * (1 - p) / base + z * z / 4 / base**2)
    low, high = (centre - half) / (1 + z * z / base), (centre + half) / (1 + z * z / base)
    return max(0.0, float(low)), min(1.0, float(high))


def ratio(top: float, base: float) -> float | None:
    return float(top / base) if base else None


def money(minor: float) -> float:
    return round(float(minor) / 100, 2)
