"""Rows of one order -> one row of the canonical table."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regulars.ingest import dates, money
from regulars.ingest.arrow import no_numbers, no_texts, numbers, picked
from regulars.ingest.cells import strings
from regulars.ingest.columns import Dates
from regulars.ingest.facts import Facts, Limbs, optional_money
from regulars.ingest.schema import ORDERS, PROFIT_COLUMN, PROFIT_COST, PROFIT_NONE, REFUND
from regulars.ingest.sums import (
    Totals,
    earliest,
    first_filled,
    keep_one,
    order_status,
    renumbered,
    rows_by_group,
    total,
)
from regulars.ingest.texts import TextColumns
from regulars.ingest.zones import localize

ORDER_TEXTS = ("customer_id", "order_id", "channel", "campaign_id", "referrer_id")


@dataclass(frozen=True)
class Grouped:
    """Usable rows by order: ``rows`` sorted by order, ``begins`` where each order begins in them, ``owner`` the row
    that names the customer of each (-1: nobody does)."""

    rows: np.ndarray
    begins: np.ndarray
    owner: np.ndarray

    @classmethod
    def of(cls, group: np.ndarray, groups: int, owner: np.ndarray) -> Grouped:
        """Orders of groups that may be empty by now; numbered by first appearance. ``owner`` is not needed where
        every row is an order of its own."""
        rows, begins = rows_by_group(group, groups)
        if (begins[1:] == begins[:-1]).any() or (np.diff(rows[begins[:-1]]) < 0).any():
            group, groups, old = renumbered(group, groups)
            rows, begins = rows_by_group(group, groups)
            owner = owner[old]
        return cls(rows, begins, owner)

    @property
    def alone(self) -> bool:
        """Whether every row is an order of its own."""
        return bool(self.rows.size == self.begins.size - 1)

    @property
    def count(self) -> int:
        return int(self.begins.size - 1)

    @property
    def first(self) -> np.ndarray:
        """The first row of every order."""
        return self.rows[self.begins[:-1]]

    def total(self, amounts: Limbs) -> Totals:
        return total(self.rows, self.begins, amounts)

    def order_of_row(self, n: int) -> np.ndarray:
        """Number of the order of each of n rows, -1 for rows of none."""
        order = np.full(n, -1, np.int64)
        order[self.rows] = np.repeat(np.arange(self.count), np.diff(self.begins))
        return order


@dataclass(frozen=True)
class Moneys:
    """Money per row in the currency of the analysis, one value per order where files state whole orders."""

    amount: Limbs
    line: Limbs
    refund: Limbs
    discount: Limbs
    profit: Limbs
    cost: Limbs


@dataclass(frozen=True)
class When:
    """Business day, UTC instant (midnight for a date only) and form of every row."""

    day: np.ndarray
    key: np.ndarray
    form: np.ndarray


def hidden(amounts: Limbs, where: np.ndarray | None) -> Limbs:
    """The amounts without those of some rows."""
    if where is None:
        return amounts
    unit, rest = np.where(where, 0, amounts.unit), np.where(where, 0, amounts.rest)
    return Limbs(unit, rest, np.where(where, np.int8(money.EMPTY), amounts.state))


def statuses(grouped: Grouped, status: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
    """(status per order, rows that count nowhere although their order does: cancelled lines of a valid order)."""
    if status is not None and grouped.alone:
        return np.maximum(picked(status, grouped.rows), 0), None
    of_order = np.zeros(grouped.count, np.int8)
    if status is None:
        return of_order, None
    order_status(grouped.rows, grouped.begins, status, of_order)
    void = status > 0
    if not void.any():
        return of_order, None
    mine = np.zeros(status.size, np.int8)
    mine[grouped.rows] = np.repeat(of_order, np.diff(grouped.begins))
    void &= mine == 0
    return of_order, void if void.any() else None


def settle_money(grouped: Grouped, moneys: Moneys, whole: np.ndarray, void: np.ndarray | None) -> Moneys:
    """Leave out cancelled lines; keep one amount where every row repeats that of the order."""
    values = {name: hidden(getattr(moneys, name), void) for name in Moneys.__dataclass_fields__}
    if whole.any() and grouped.count < grouped.rows.size:
        for name in ("amount", "refund", "discount", "profit", "cost"):
            values[name] = keep_one(grouped.rows, grouped.begins, values[name], whole, always=name == "amount")
    return Moneys(**values)


def profit_of(
    grouped: Grouped, facts: Facts, moneys: Moneys, amount: Totals, whole: np.ndarray
) -> tuple[pa.Array, np.ndarray]:
    """(profit per order or null, its source): the profit column, else amount - cost, each only where the order has
    it whole."""
    n = grouped.count
    source = np.full(n, PROFIT_NONE, np.int8)
    if not facts.has("cost") and not facts.has("profit"):
        return no_numbers(n), source
    value = np.zeros(n, np.int64)
    for field, limbs, code in (("cost", moneys.cost, PROFIT_COST), ("profit", moneys.profit, PROFIT_COLUMN)):
        if not facts.has(field):
            continue
        found = grouped.total(limbs)
        needed = (
            np.add.reduceat(_holds(facts, field)[grouped.rows], grouped.begins[:-1]) if n else np.zeros(0, np.int64)
        )
        known = (found.filled > 0) & ((found.filled == needed) | whole[grouped.first])
        made = (amount.minus(found) if code == PROFIT_COST else found).rounded()
        value[known] = made[known]
        source[known] = code
    return (numbers(value, source == PROFIT_NONE) if source.any() else no_numbers(n)), source


def _holds(facts: Facts, field: str) -> np.ndarray:
    """1 for rows of files that have the column."""
    return facts.per_sheet(lambda rows: np.full(len(rows), field in rows.columns, np.int64))


def build_orders(
    facts: Facts,
    grouped: Grouped,
    texts: TextColumns | None,
    moneys: Moneys,
    when: When,
    status: np.ndarray,
    whole: np.ndarray,
    line_count: np.ndarray,
    amount: Totals,
    dated: Dates | None,
    zone: str,
    pool: Executor,
) -> tuple[pa.Table, np.ndarray]:
    """(the canonical table, profit source per order). ``amount`` is the money of every order, ``dated`` its dated
    refunds."""
    far = (
        {}
        if texts
        else {
            "customer_id": pool.submit(lambda: strings(facts.cells("customer_id"), grouped.owner)),
            "order_id": pool.submit(_text, facts, "order_id", grouped, grouped.first),
            **{name: pool.submit(_text, facts, name, grouped, None) for name in ORDER_TEXTS[2:]},
        }
    )
    profit, source = profit_of(grouped, facts, moneys, amount, whole)
    start = grouped.rows
    if not grouped.alone:
        start = np.empty(grouped.count, np.int64)
        earliest(grouped.rows, grouped.begins, when.key, start)
    line_first = np.zeros(grouped.count, np.int64)
    np.cumsum(line_count[:-1], out=line_first[1:])
    columns = {
        "day": numbers(picked(when.day, start)),
        "at": numbers(picked(when.key, start), picked(when.form, start) == dates.DAY),
        "amount": numbers(amount.rounded()),
        "profit": profit,
        "profit_source": numbers(source),
        "discount": _discount(facts, grouped, moneys.discount),
        "status": numbers(status),
        "line_first": numbers(line_first),
        "line_count": numbers(line_count),
    }
    for name in ORDER_TEXTS:
        found = texts.get(name) if texts else far[name].result()
        columns[name] = no_texts(grouped.count) if found is None else found
    orders = pa.Table.from_arrays([columns[name] for name in ORDERS.names], schema=ORDERS)
    refunds = refund_rows(facts, grouped, orders, moneys, dated, source, zone) if dated is not None else None
    return (orders if refunds is None else pa.concat_tables([orders, refunds])), source


def order_totals(facts: Facts, grouped: Grouped, moneys: Moneys) -> tuple[Totals, Dates | None]:
    """(money of every order less its undated refunds, the dates of its dated refunds)."""
    undated, dated = split_refunds(facts, moneys.refund)
    gross = grouped.total(moneys.amount)
    return (gross.minus(grouped.total(undated)) if undated is not None else gross), dated


def _text(facts: Facts, field: str, grouped: Grouped, pick: np.ndarray | None) -> pa.ChunkedArray | pa.Array:
    """The first filled cell of every order, or that of the row in ``pick``."""
    if not facts.has(field):
        return no_texts(grouped.count)
    cells = facts.cells(field)
    if pick is None:
        pick = np.empty(grouped.count, np.int64)
        first_filled(grouped.rows, grouped.begins, cells.start, cells.stop, pick)
    return strings(cells, pick)


def _discount(facts: Facts, grouped: Grouped, discount: Limbs) -> pa.Array:
    if not facts.has("discount"):
        return no_numbers(grouped.count)
    found = grouped.total(discount)
    return numbers(np.abs(found.rounded()), found.filled == 0)


def refunds_of(facts: Facts) -> Limbs:
    """Refunds per row, positive whatever sign they are written with."""
    found = facts.limbs(optional_money("refunded_amount"))
    return Limbs(np.abs(found.unit), np.abs(found.rest), found.state)


def split_refunds(facts: Facts, refund: Limbs) -> tuple[Limbs | None, Dates | None]:
    """(refunds without a date of their own, the dates of the others); None for what does not occur."""
    if not facts.has("refunded_amount"):
        return None, None
    if not facts.has("refunded_at"):
        return refund, None
    at = facts.dates("refunded_at")
    dated = (at.form >= dates.DAY) & refund.filled & ((refund.unit != 0) | (refund.rest != 0))
    if not dated.any():
        return refund, None
    return hidden(refund, dated), Dates(at.value, np.where(dated, at.form, np.int8(dates.EMPTY)), at.tally)


def refund_rows(
    facts: Facts, grouped: Grouped, orders: pa.Table, moneys: Moneys, at: Dates, source: np.ndarray, zone: str
) -> pa.Table:
    """Dated refunds: rows of status 3 beside their order, one per order and day of refund.

    They lower the profit by the whole refund where profit is amount - cost, and not at all where a profit column says
    what the order earned.
    """
    day, key = localize(at.value, at.form, zone)
    of_row = grouped.order_of_row(len(facts))
    rows = np.flatnonzero((at.form >= dates.DAY) & (of_row >= 0))
    order = np.lexsort((rows, day[rows], of_row[rows]))
    rows = rows[order]
    fresh = (
        np.r_[True, (of_row[rows][1:] != of_row[rows][:-1]) | (day[rows][1:] != day[rows][:-1])]
        if rows.size
        else rows > 0
    )
    begins = np.r_[np.flatnonzero(fresh), rows.size]
    back = -total(rows, begins, moneys.refund).rounded()
    first = rows[begins[:-1]]
    orders_of = of_row[first]
    base = orders.take(numbers(orders_of))
    from_cost, n = source[orders_of] == PROFIT_COST, first.size
    timeless = at.form[first] == dates.DAY
    changed = {
        "day": numbers(day[first]),
        "at": numbers(key[first], timeless),
        "amount": numbers(back),
        "profit": numbers(np.where(from_cost, back, 0), source[orders_of] == PROFIT_NONE),
        "discount": no_numbers(n),
        "status": numbers(
            np.where(np.asarray(base["status"]) == 0, REFUND, np.asarray(base["status"])).astype(np.int8)
        ),
        "line_first": numbers(np.zeros(n, np.int64)),
        "line_count": numbers(np.zeros(n, np.int32)),
    }
    return pa.Table.from_arrays([changed.get(name, base[name]) for name in ORDERS.names], schema=ORDERS)
