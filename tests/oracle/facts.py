"""Facts up to the as-of day, gathered by customer.

Plain readings taken here:

* ``input.orders``, ``input.customers``, ``input.unattributed_orders``, ``first_day`` and ``last_day`` describe every
  order up to D, zero, cancelled and unpaid ones too; ``purchases``, ``returns`` and ``unattributed_amount`` only
  valid ones.
* A dated refund (status ``refund``) moves money on its day and is no order: it counts in no counter.
* A fallback order is any order up to D without a profit of its own in a file that has a profit or cost column.
* A margin is the decimal number as written (0.4 is 2/5), applied to the order's amount, rounded once, halves away
  from zero.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

import pandas as pd


class Sums(NamedTuple):
    """Orders (purchases), their amount, and net amount and profit of a span of days; minor units."""

    orders: int
    bought: int
    amount: int
    profit: int


class Order(NamedTuple):
    customer: str | None
    day: int
    amount: int
    profit: int
    status: str
    row: int


@dataclass
class History:
    """The valid orders of one customer in order of day, with running sums."""

    customer: str
    days: list[int] = field(default_factory=list)
    purchase_days: list[int] = field(default_factory=list)
    running: list[Sums] = field(default_factory=list)

    @classmethod
    def of(cls, customer: str, orders: list[Order]) -> History:
        ordered = sorted(orders, key=lambda order: order.day)
        bought = [order.amount > 0 and order.status == "valid" for order in ordered]
        sums = zip(
            accumulate((int(flag) for flag in bought), initial=0),
            accumulate((o.amount if flag else 0 for o, flag in zip(ordered, bought, strict=True)), initial=0),
            accumulate((o.amount for o in ordered), initial=0),
            accumulate((o.profit for o in ordered), initial=0),
            strict=True,
        )
        purchase_days = sorted({o.day for o, flag in zip(ordered, bought, strict=True) if flag})
        return cls(customer, [o.day for o in ordered], purchase_days, [Sums(*row) for row in sums])

    def between(self, after: int, upto: int) -> Sums:
        """Sums over the days in (after, upto]."""
        low = self.running[bisect_right(self.days, after)]
        high = self.running[bisect_right(self.days, upto)]
        return Sums(*(b - a for a, b in zip(low, high, strict=True)))

    def bought_by(self, day: int) -> int:
        """Number of purchase days up to and with ``day``."""
        return bisect_right(self.purchase_days, day)

    def bought_in(self, after: int, upto: int) -> int:
        return self.bought_by(upto) - self.bought_by(after)

    @property
    def first(self) -> int:
        return self.purchase_days[0]

    def last(self, day: int) -> int:
        return self.purchase_days[self.bought_by(day) - 1]


@dataclass
class Facts:
    """Everything dated on or before ``as_of``; ``order_days`` are the days of any order at all."""

    as_of: int
    histories: dict[str, History]
    orders: list[Order]
    order_days: set[int]
    counters: dict[str, Any]
    profit_basis: str

    @cached_property
    def customers(self) -> list[History]:
        """Those with a purchase, by id."""
        return [self.histories[key] for key in sorted(self.histories) if self.histories[key].purchase_days]

    @cached_property
    def first_day(self) -> int:
        return min(self.order_days, default=self.as_of)


def half_away(value: Fraction) -> int:
    """Nearest integer, halves away from zero."""
    doubled = abs(value) * 2
    rounded = int((doubled + 1) // 2)
    return rounded if value >= 0 else -rounded


def missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value or value == ""


def _profit(known: Any, amount: int, margin: Fraction | None) -> int:
    if not missing(known):
        return int(known)
    return amount if margin is None else half_away(amount * margin)


def gather(
    orders: pd.DataFrame, as_of: date | None, *, margin: float | str | None = None, profit_column: str | None = None
) -> Facts:
    """Cut the orders at ``as_of`` (default: the last day with an order) and group them.

    ``profit_column``: the ``profit`` or ``cost`` column of the file, if any; a known profit alone says ``profit``.
    A basis is named when an order that counts has it; fallback orders are those that count and have not.
    """
    rate = None if margin is None else Fraction(str(margin))
    known = list(orders["profit"]) if "profit" in orders else [None] * len(orders)
    statuses = list(orders["status"]) if "status" in orders else ["valid"] * len(orders)
    if profit_column is None and not all(missing(value) for value in known):
        profit_column = "profit"
    days = [day.toordinal() for day in orders["day"]]
    end = as_of.toordinal() if as_of else max(d for d, s in zip(days, statuses, strict=True) if s != "refund")
    kept, fallback, stated = [], 0, 0
    for row, (customer, day, amount, profit, status) in enumerate(
        zip(orders["customer_id"], days, orders["amount"], known, statuses, strict=True)
    ):
        if day > end:
            continue
        who = None if missing(customer) else str(customer)
        kept.append(Order(who, day, int(amount), _profit(profit, int(amount), rate), status, row))
        fallback += status == "valid" and missing(profit)
        stated += status == "valid" and not missing(profit)
    basis = profit_column if profit_column and stated else "margin" if rate is not None else "revenue"
    counters = _counters(kept)
    counters["profit_fallback_orders"] = fallback if stated else 0
    order_days = {order.day for order in kept if order.status != "refund"}
    return Facts(end, _histories(kept), kept, order_days, counters, basis)


def _histories(orders: list[Order]) -> dict[str, History]:
    grouped: dict[str, list[Order]] = {}
    for order in orders:
        if order.customer is not None and order.status in ("valid", "refund"):
            grouped.setdefault(order.customer, []).append(order)
    return {customer: History.of(customer, rows) for customer, rows in grouped.items()}


def _counters(kept: list[Order]) -> dict[str, Any]:
    orders = [order for order in kept if order.status != "refund"]
    valid = [order for order in orders if order.status == "valid"]
    moving = [order for order in kept if order.status in ("valid", "refund")]
    days = [order.day for order in orders]
    return {
        "orders": len(orders),
        "purchases": sum(order.amount > 0 for order in valid),
        "returns": sum(order.amount < 0 for order in valid),
        "customers": len({order.customer for order in orders} - {None}),
        "unattributed_orders": sum(order.customer is None for order in orders),
        "unattributed_amount": Fraction(sum(o.amount for o in moving if o.customer is None), 100),
        "unpaid_orders": sum(order.status == "unpaid" for order in orders),
        "cancelled_orders": sum(order.status == "cancelled" for order in orders),
        "first_day": date.fromordinal(min(days)).isoformat() if days else None,
        "last_day": date.fromordinal(max(days)).isoformat() if days else None,
    }
