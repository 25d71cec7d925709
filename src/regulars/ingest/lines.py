"""The order lines: products, kept beside the orders they belong to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np
import pyarrow as pa
from numba import njit, types

from regulars.ingest import money
from regulars.ingest.arrow import no_numbers, no_texts, numbers, picked
from regulars.ingest.cells import strings
from regulars.ingest.facts import Facts, Limbs
from regulars.ingest.grouping import grouped as group_cells
from regulars.ingest.hashing import FLAGS, INTS, SMALL
from regulars.ingest.orders import Grouped, Moneys
from regulars.ingest.rows import Rows
from regulars.ingest.schema import LINES
from regulars.ingest.sums import first_filled, rows_by_group
from regulars.ingest.texts import TextColumns, all_cells, present

_LINE_FIELDS = {"product_id", "product_name", "category", "quantity", "unit_price"}
_POWERS = np.array([10**i for i in range(19)], np.int64)


def line_flags(facts: Facts) -> np.ndarray | None:
    """Which rows are order lines: those of files that name products or quantities; of details files only, where such
    files come beside the orders. None when no file has any."""
    details = any("ordered_at" not in rows.columns for rows in facts.sheets)

    def flags(rows: Rows) -> np.ndarray:
        has = bool(_LINE_FIELDS & set(rows.columns)) and not (details and "ordered_at" in rows.columns)
        return np.full(len(rows), has)

    found = facts.per_sheet(flags)
    return found if found.any() else None


@njit(types.void(INTS, SMALL, SMALL, types.int64[::1]), nogil=True, cache=True)
def _thousandths(mantissa, decimals, state, out):  # type: ignore[no-untyped-def]
    for i in range(mantissa.size):
        value = mantissa[i]
        places = decimals[i]
        if state[i] != 0:
            out[i] = 0
        elif places <= 3:
            out[i] = value * _POWERS[3 - places]
        else:
            power = _POWERS[places - 3]
            size = abs(value)
            size = size // power + (1 if size % power * 2 >= power else 0)
            out[i] = -size if value < 0 else size


@njit(types.void(INTS, INTS, INTS, FLAGS, types.int64[::1]), nogil=True, cache=True)
def _spread(begins, amount, weight, spread, out):  # type: ignore[no-untyped-def]
    """Split amount[g] over the lines begins[g]:begins[g + 1] by weight (equally when all are 0), to the last unit."""
    for g in range(begins.size - 1):
        a, z = begins[g], begins[g + 1]
        if a == z or not spread[g]:
            continue
        everything = 0.0
        for k in range(a, z):
            everything += max(weight[k], 0)
        even = everything <= 0
        if even:
            everything = float(z - a)
        passed = 0.0
        before = np.int64(0)
        for k in range(a, z):
            passed += 1.0 if even else max(weight[k], 0)
            upto = amount[g] if k == z - 1 else np.int64(np.round(amount[g] * (passed / everything)))
            out[k] = upto - before
            before = upto


def build_lines(
    facts: Facts,
    grouped: Grouped,
    moneys: Moneys,
    amount: np.ndarray,
    whole: np.ndarray,
    void: np.ndarray | None,
    texts: TextColumns | None,
    pool: Executor,
) -> tuple[Callable[[], pa.Table | None], np.ndarray]:
    """(what gives the canonical table or None, count of lines per order). ``amount`` is that of every order, minor
    units.

    A line's amount is quantity × unit price where the file has both, else the amount of its row, else its share of the
    order by quantity. Cancelled lines of a valid order count 0.
    """
    flags = line_flags(facts)
    none = np.zeros(grouped.count, np.int32)
    if flags is None:
        return lambda: None, none
    mine = flags[grouped.rows]
    ends, rows = grouped.begins, grouped.rows
    if not mine.all():
        ends, rows = np.r_[0, np.cumsum(mine)][ends], rows[mine]
    count = np.diff(ends).astype(np.int32)
    near = texts if texts is not None and rows is grouped.rows else None
    far = (
        {}
        if near
        else {
            name: pool.submit(lambda name=name: strings(all_cells(facts, name), rows))  # type: ignore[misc]
            for name in ("product_id", "category")
            if present(facts, name)
        }
    )
    quantity = facts.numbers("quantity")
    pieces = np.empty(len(facts), np.int64)
    _thousandths(quantity.mantissa, quantity.decimals, quantity.state, pieces)
    value = _line_amounts(moneys, rows, ends, pieces, amount, whole)
    if void is not None:
        pieces = np.where(void, 0, pieces)
    columns = {
        "quantity": numbers(picked(pieces, rows), picked(quantity.state, rows) != money.FINE),
        "amount": numbers(value),
        "profit": _line_profit(facts, moneys, rows, value, whole),
    }

    def table() -> pa.Table:
        for name in ("product_id", "category"):
            found = near.get(name) if near else (far[name].result() if name in far else None)
            columns[name] = no_texts(rows.size) if found is None else found
        return pa.Table.from_arrays([columns[name] for name in LINES.names], schema=LINES)

    return table, count


def _line_amounts(
    moneys: Moneys, rows: np.ndarray, ends: np.ndarray, pieces: np.ndarray, amount: np.ndarray, whole: np.ndarray
) -> np.ndarray:
    shared = whole[rows]
    if not shared.any() and (moneys.line is moneys.amount or not moneys.line.filled.any()):
        unit = picked(moneys.amount.unit, rows)
        if not moneys.amount.whole:
            money.round_limbs(unit, picked(moneys.amount.rest, rows))
        return unit
    own = moneys.line.filled[rows]
    base = Limbs(
        np.where(own, moneys.line.unit[rows], moneys.amount.unit[rows]),
        np.where(own, moneys.line.rest[rows], moneys.amount.rest[rows]),
        np.where(own, np.int8(money.FINE), moneys.amount.state[rows]),
    )
    unit, rest = np.where(base.filled, base.unit, 0), np.where(base.filled, base.rest, 0)
    money.round_limbs(unit, rest)
    shared &= ~own
    if shared.any():
        flagged = np.add.reduceat(np.r_[shared, False].astype(np.int64), ends[:-1]) > 0
        spread = flagged & (np.diff(ends) > 0)
        _spread(ends, amount, pieces[rows], spread.view(np.uint8), unit)
    return unit


def _line_profit(facts: Facts, moneys: Moneys, rows: np.ndarray, value: np.ndarray, whole: np.ndarray) -> pa.Array:
    """Profit of a line from its own profit or cost cell; null where the file states amounts of whole orders."""
    if not facts.has("cost") and not facts.has("profit"):
        return no_numbers(rows.size)
    known = np.zeros(rows.size, bool)
    made = np.zeros(rows.size, np.int64)
    for field, limbs in (("cost", moneys.cost), ("profit", moneys.profit)):
        if facts.has(field):
            held = limbs.filled[rows] & ~whole[rows]
            unit, rest = limbs.unit[rows], limbs.rest[rows]
            money.round_limbs(unit, rest)
            made[held] = (value - unit if field == "cost" else unit)[held]
            known |= held
    return numbers(made, ~known)


def product_names(facts: Facts, grouped: Grouped) -> pa.Table | None:
    """product_id and the first name each goes by, where files have both."""
    if not (facts.has("product_id") and facts.has("product_name")):
        return None
    dead = np.ones(len(facts), bool)
    dead[grouped.rows] = False
    ids, names = facts.cells("product_id"), facts.cells("product_name")
    dead |= ~ids.filled
    group, count = group_cells(ids, dead)
    rows, begins = rows_by_group(group, count)
    pick = np.empty(count, np.int64)
    first_filled(rows, begins, names.start, names.stop, pick)
    return pa.table({"product_id": strings(ids, rows[begins[:-1]]), "name": strings(names, pick)})
