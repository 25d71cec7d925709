"""Products: contribution, entry products, repurchase and replenishment (definitions, section 11).

Entry products of a customer: all bought on the first purchase day. Repurchase rate of a product: of its buyers in the
window, the share who bought it on two or more days of it. Replenishment cycle: the median of the gaps between
successive purchase days of the product by one customer, to date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.engine.classes import ABC, abc_codes
from regulars.engine.counts import ValueCounts
from regulars.engine.fold import BucketState, Plan, added
from regulars.engine.origins import (
    AMOUNT,
    COLUMNS,
    CUSTOMERS,
    FIRST_BUYERS,
    MONTHS_SHOWN,
    ORDERS,
    PROFIT,
    SEEN,
    add_first_buyers,
    first_buyer_rates,
    shown_month_ends,
)
from regulars.engine.parameters import Parameters
from regulars.engine.retention import ratio

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
GAP_BITS = 16
QUANTITY, REPEAT_BUYERS, FIRST_BUYER_PROFIT = range(3)
ROWS_SHOWN = 200
QUANTITY_SCALE = 1000  # quantities are kept in thousandths


@dataclass(frozen=True)
class BucketLines:
    """Order lines of one bucket that count (not cancelled, not unpaid); arrays have one entry a line.

    ``order`` is a number of the order, unique in the bucket; ``quantity`` in thousandths, 0 where unknown.
    """

    customer: Int32
    day: Int32
    order: Int64
    product: Int32
    quantity: Int64
    amount: Int64
    profit: Int64

    def in_purchase(self) -> NDArray[np.bool_]:
        """Lines of orders whose lines come to more than nothing."""
        _orders, place = np.unique(self.order, return_inverse=True)
        total = np.zeros(len(_orders), np.int64)
        np.add.at(total, place, self.amount)
        return total[place] > 0

    def chosen(self, rows: Any) -> BucketLines:
        return BucketLines(
            self.customer[rows], self.day[rows], self.order[rows], self.product[rows], self.quantity[rows],
            self.amount[rows], self.profit[rows],
        )  # fmt: skip


@dataclass(frozen=True)
class ProductTally:
    """Sums by product code: ``sums`` as in origins.py, ``more`` int64[products, 3], ``gaps`` counts of product · 2¹⁶
    + days.
    """

    sums: Int64
    more: Int64
    monthly: Int64
    gaps: ValueCounts

    @classmethod
    def merged(cls, parts: list[ProductTally]) -> ProductTally:
        return cls(
            added([p.sums for p in parts]), added([p.more for p in parts]), added([p.monthly for p in parts]),
            ValueCounts.merged(p.gaps for p in parts),
        )  # fmt: skip


def tally_products(lines: BucketLines, products: int, state: BucketState | None, plan: Plan) -> ProductTally:
    """Tally the lines of one bucket up to the as-of day; lines without a product (−1) are passed over.

    ``state`` None: lines of orders without a customer, which count in money and orders alone.
    """
    lines = lines.chosen(lines.day <= plan.as_of)
    named = lines.product >= 0
    in_purchase = lines.in_purchase()[named]
    lines = lines.chosen(named)
    sums, more = np.zeros((products, COLUMNS), np.int64), np.zeros((products, 3), np.int64)
    monthly = np.zeros((products, MONTHS_SHOWN), np.int64)
    inside = lines.chosen(lines.day > plan.as_of - plan.window)
    sums[:, SEEN] += np.bincount(inside.product, minlength=products)
    np.add.at(sums[:, AMOUNT], inside.product, inside.amount)
    np.add.at(sums[:, PROFIT], inside.product, inside.profit)
    np.add.at(more[:, QUANTITY], inside.product, inside.quantity)
    month = np.searchsorted(shown_month_ends(plan), lines.day)
    shown = month > 0
    np.add.at(monthly, (lines.product[shown], month[shown] - 1), lines.amount[shown])
    bought = lines.chosen((lines.amount > 0) & in_purchase)
    recent = bought.chosen(bought.day > plan.as_of - plan.window)
    sums[:, ORDERS] += _distinct(products, recent.product, recent.order)
    if state is None:
        return ProductTally(sums, more, monthly, ValueCounts.of(np.empty(0, np.int64)))
    gaps = _purchase_days(bought, products, plan, sums, more)
    _entry_products(bought, state, plan, sums, more)
    return ProductTally(sums, more, monthly, gaps)


def _distinct(products: int, product: Int32, *keys: NDArray[Any]) -> Int64:
    """Number of distinct (key …) per product."""
    if not len(product):
        return np.zeros(products, np.int64)
    order = np.lexsort((*keys, product))
    columns = [c[order] for c in (product, *keys)]
    new = np.ones(len(order), np.bool_)
    new[1:] = np.any([c[1:] != c[:-1] for c in columns], axis=0)
    return np.bincount(columns[0][new], minlength=products).astype(np.int64)


def _purchase_days(bought: BucketLines, products: int, plan: Plan, sums: Int64, more: Int64) -> ValueCounts:
    """Buyers and repeat buyers in the window; gaps between purchase days of one product by one customer."""
    order = np.lexsort((bought.day, bought.customer, bought.product))
    product, customer, day = bought.product[order], bought.customer[order], bought.day[order]
    same = np.zeros(len(order), np.bool_)
    same[1:] = (product[1:] == product[:-1]) & (customer[1:] == customer[:-1])
    fresh = ~same
    fresh[1:] |= day[1:] != day[:-1]
    product, customer, day = product[fresh], customer[fresh], day[fresh]
    follows = np.zeros(len(day), np.bool_)
    follows[1:] = (product[1:] == product[:-1]) & (customer[1:] == customer[:-1])
    days = np.flatnonzero(follows)
    packed = (product[days].astype(np.int64) << GAP_BITS) + (day[days] - day[days - 1])
    inside = day > plan.as_of - plan.window
    pairs, times = np.unique(customer[inside].astype(np.int64) * products + product[inside], return_counts=True)
    if len(pairs):
        sums[:, CUSTOMERS] += np.bincount(pairs % products, minlength=products)
        more[:, REPEAT_BUYERS] += np.bincount(pairs[times > 1] % products, minlength=products)
    return ValueCounts.of(packed)


def _entry_products(bought: BucketLines, state: BucketState, plan: Plan, sums: Int64, more: Int64) -> None:
    entry = bought.chosen(bought.day == state.first[bought.customer])
    pairs = np.unique(entry.customer.astype(np.int64) * len(sums) + entry.product)
    who, product = pairs // len(sums), pairs % len(sums)
    add_first_buyers(sums, product, who, state, plan)
    np.add.at(more[:, FIRST_BUYER_PROFIT], product, state.profit_window[who])


def product_rows(
    tally: ProductTally,
    names: list[str],
    labels: list[str],
    categories: list[str | None],
    parameters: Parameters,
    minor: int,
) -> dict[str, Any]:
    """The products with most profit in the window, classed by the ABC rule among products."""
    profit = tally.sums[:, PROFIT]
    cuts = ValueCounts.of(profit[profit > 0]).concentration_cuts(parameters.abc_cuts)
    classes = abc_codes(profit, cuts)
    seen = np.flatnonzero(tally.sums[:, SEEN]).tolist()  # sold or returned in the window
    order = sorted(seen, key=lambda i: (-int(profit[i]), -int(tally.sums[i, AMOUNT]), names[i]))
    rows = []
    for i in order[:ROWS_SHOWN]:
        sums, more = tally.sums[i], tally.more[i]
        first_buyers = int(sums[FIRST_BUYERS])
        rows.append(
            {
                "product": names[i],
                "label": labels[i],
                "category": categories[i],
                "customers": int(sums[CUSTOMERS]),
                "orders": int(sums[ORDERS]),
                "quantity": int(more[QUANTITY]) / QUANTITY_SCALE,
                "amount": int(sums[AMOUNT]) / minor,
                "profit": int(sums[PROFIT]) / minor,
                "abc": ABC[classes[i]],
                **first_buyer_rates(sums, parameters),
                "repurchase_rate": ratio(int(more[REPEAT_BUYERS]), int(sums[CUSTOMERS])),
                "replenish_days": replenish_days(tally.gaps, i),
                "profit_per_first_buyer": int(more[FIRST_BUYER_PROFIT]) / minor / first_buyers
                if first_buyers
                else None,
                "monthly": [int(x) / minor for x in tally.monthly[i]],
            }
        )
    return {"total": len(seen), "rows": rows}


def replenish_days(gaps: ValueCounts, product: int) -> float | None:
    """Median gap in days between successive purchase days of the product, the mean of the middle two when even."""
    begin, end = np.searchsorted(gaps.values, [product << GAP_BITS, (product + 1) << GAP_BITS])
    days, counts = gaps.values[begin:end] - (product << GAP_BITS), np.cumsum(gaps.counts[begin:end])
    if not len(days):
        return None
    total = int(counts[-1])
    middle = np.searchsorted(counts, [(total - 1) // 2, total // 2], side="right")
    return float(days[middle].sum() / 2)
