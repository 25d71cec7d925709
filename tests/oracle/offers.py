"""Products and channels: what they sold in the window, whom they won and whether those came back.

Plain readings taken here:

* Money of a product is the sum of its lines, each rounded to the minor unit (halves away from zero), over valid
  orders dated in the window, of unattributed orders too. Lines without a product belong to no product.
* A product is *bought* by a line of more than zero in an order that is a purchase. ``customers`` and ``orders`` count
  buyers and purchases of the window (buyers need an id, orders do not).
* First buyers of a product bought it on the day of their first purchase, whenever that was. First buyers of a channel
  came through it on the day of their first purchase: of that day's purchases with a channel the earliest by instant,
  then the first by the channel's name.
* The second-purchase rate is that of section 7 among the first buyers. ``retention_1y`` is the strict
  retention of a year among them: of those with a purchase in the window that ended at D - 365, the share with one in
  the window that ends at D.
* The repurchase rate of a product: of its buyers in the window, the share who bought it on two or more days of the
  window.
* The replenishment cycle is the median of all gaps between successive days on which one customer bought the product,
  to date.
* Orders without a channel belong to no channel. A line falls back to the next profit basis when its order does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pandas as pd

from tests.oracle.classes import abc
from tests.oracle.cohorts import second_purchases
from tests.oracle.facts import Facts, Order, half_away, missing
from tests.oracle.intervals import wilson
from tests.oracle.purchase_rhythm import median
from tests.oracle.retention import share


@dataclass
class Tally:
    """What one product or channel did."""

    amount: int = 0
    profit: int = 0
    quantity: Fraction = Fraction(0)
    category: Any = None
    orders: set[int] = field(default_factory=set)
    buyers: set[str] = field(default_factory=set)
    days: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    first_buyers: set[str] = field(default_factory=set)


def product_rows(
    facts: Facts, lines: pd.DataFrame, window: int, within: int, margin: float | str | None = None
) -> dict[str, Any]:
    """``lines``: row (of the order), product_id, category, quantity, amount and profit (minor units; may be null)."""
    rate = None if margin is None else Fraction(str(margin))
    orders = {order.row: order for order in facts.orders if order.status == "valid"}
    first = {history.customer: history.first for history in facts.customers}
    found: dict[str, Tally] = defaultdict(Tally)
    columns = (lines[name] for name in ("row", "product_id", "category", "quantity", "amount", "profit"))
    for row, product, category, quantity, amount, known in zip(*columns, strict=True):
        if row not in orders or missing(product):
            continue
        profit = _line_profit(known, amount, rate)
        tally = found[product]
        tally.category = tally.category if missing(category) else category
        _count(tally, orders[row], amount, profit, facts.as_of - window, amount > 0 and orders[row].amount > 0)
        if orders[row].day > facts.as_of - window and not missing(quantity):
            tally.quantity += Fraction(quantity)
        if amount > 0 and orders[row].amount > 0 and first.get(orders[row].customer) == orders[row].day:
            tally.first_buyers.add(orders[row].customer)
    sold = {name: tally for name, tally in found.items() if _in_window(tally, facts, window)}
    classes = abc({name: tally.profit for name, tally in sold.items()})
    rows = []
    for name, tally in sold.items():
        row = {"product": name, "abc": classes[name], "quantity": tally.quantity, "customers": len(tally.buyers)}
        row |= _money(tally) | _returning(facts, tally.first_buyers, within, window) | _repeats(facts, tally, window)
        rows.append(row)
    return {"total": len(rows), "rows": sorted(rows, key=lambda row: (-row["profit"], row["product"]))}


def channel_rows(facts: Facts, orders: pd.DataFrame, column: str, window: int, within: int) -> dict[str, Any]:
    """The same for ``column`` of the order table: channel or campaign_id."""
    names = list(orders[column])
    found: dict[str, Tally] = defaultdict(Tally)
    for order in facts.orders:
        if order.status == "valid" and not missing(names[order.row]):
            _count(found[names[order.row]], order, order.amount, order.profit, facts.as_of - window, order.amount > 0)
    for customer, name in _first_names(facts, orders, names).items():
        found[name].first_buyers.add(customer)
    rows = []
    for name in sorted(found):
        tally = found[name]
        row = {"name": name, "customers": len(tally.buyers)} | _money(tally)
        rows.append(row | _returning(facts, tally.first_buyers, within, window))
    return {"rows": rows}


def _line_profit(known: Any, amount: int, rate: Fraction | None) -> int:
    if not missing(known):
        return int(known)
    return amount if rate is None else half_away(amount * rate)


def _count(tally: Tally, order: Order, amount: int, profit: int, after: int, bought: bool) -> None:
    if bought and order.customer is not None:
        tally.days[order.customer].add(order.day)
    if order.day <= after:
        return
    tally.amount += amount
    tally.profit += profit
    if bought:
        tally.orders.add(order.row)
        if order.customer is not None:
            tally.buyers.add(order.customer)


def _in_window(tally: Tally, facts: Facts, window: int) -> bool:
    recent = any(day > facts.as_of - window for days in tally.days.values() for day in days)
    return bool(tally.orders or tally.amount or tally.quantity or recent)


def _money(tally: Tally) -> dict[str, Any]:
    return {
        "orders": len(tally.orders),
        "amount": Fraction(tally.amount, 100),
        "profit": Fraction(tally.profit, 100),
    }


def _returning(facts: Facts, group: set[str], within: int, window: int) -> dict[str, Any]:
    hits, base = second_purchases(facts, within, group)
    low, high = wilson(hits, base)
    before, now = facts.as_of - 365, facts.as_of
    started = [h for h in map(facts.histories.__getitem__, group) if h.bought_in(before - window, before)]
    kept, kept_base = sum(h.bought_in(now - window, now) > 0 for h in started), len(started)
    return {
        "first_buyers": len(group),
        "second_purchase_rate": share(hits, base),
        "second_purchase_low": low,
        "second_purchase_high": high,
        "second_purchase_base": base,
        "retention_1y": share(kept, kept_base),
        "retention_1y_base": kept_base,
    }


def _repeats(facts: Facts, tally: Tally, window: int) -> dict[str, Any]:
    recent = [sum(day > facts.as_of - window for day in days) for days in tally.days.values()]
    buyers = sum(count > 0 for count in recent)
    gaps = Counter(Fraction(gap) for days in tally.days.values() for gap in _gaps(days))
    return {
        "repurchase_rate": share(sum(count > 1 for count in recent), buyers),
        "replenish_days": median(gaps),
    }


def _gaps(days: Iterable[int]) -> list[int]:
    ordered = sorted(days)
    return [b - a for a, b in pairwise(ordered)]


def _first_names(facts: Facts, orders: pd.DataFrame, names: list[Any]) -> dict[str, str]:
    """The channel (or campaign) through which every customer came, of those who came through one."""
    first = {history.customer: history.first for history in facts.customers}
    instants = list(orders["at"]) if "at" in orders else [None] * len(orders)
    best: dict[str, tuple[str, str]] = {}
    for order in facts.orders:
        name = names[order.row]
        if order.customer is None or order.status != "valid" or order.amount <= 0 or missing(name):
            continue
        if order.day == first[order.customer]:
            at = instants[order.row]
            place = (str(at) if not missing(at) else "", name)
            best[order.customer] = min(best.get(order.customer, place), place)
    return {customer: name for customer, (_at, name) in best.items()}
