"""Whether a file's amounts are of its rows or of whole orders, and rows that leave to another row what an order has
once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from regulars.ingest import dates, money, reasons
from regulars.ingest.facts import Facts, Limbs
from regulars.ingest.fields import plain_name, tiers
from regulars.ingest.mapping import Scope
from regulars.ingest.rows import Rows
from regulars.ingest.schema import Note, note
from regulars.ingest.screen import MONEY_VERDICTS
from regulars.ingest.sums import Totals, rows_by_group, total

_MOSTLY = 0.95
_MANY = 20


@dataclass(frozen=True)
class Scopes:
    """``whole`` flags the rows whose file states amounts of whole orders; ``facts`` has the settled mappings."""

    facts: Facts
    whole: np.ndarray
    notes: tuple[Note, ...]


def settle_scopes(
    facts: Facts, group: np.ndarray, groups: int, worth: Limbs, line_worth: Limbs, all_alone: bool
) -> Scopes:
    """Decide for every file with open scope, from its orders of several rows (``all_alone``: there are none)."""
    several = np.zeros(0, bool) if all_alone else np.bincount(group[group >= 0], minlength=groups) > 1
    notes: list[Note] = []
    sheets, flags = [], []
    joined_by_details = any("ordered_at" not in rows.columns for rows in facts.sheets)
    for i, rows in enumerate(facts.sheets):
        scope: Scope = rows.mapping.amount_scope
        stated = bool({"amount", "order_amount"} & set(rows.columns))
        if not stated:
            scope = "line"
        elif scope == "auto":
            span = np.arange(int(facts.first[i]), int(facts.first[i + 1]))
            mine = span[(group[span] >= 0) & several[group[span]]] if several.any() else span[:0]
            if joined_by_details and "ordered_at" in rows.columns:
                scope = "order"
            elif mine.size:
                scope = _told(rows, _Sample.of(mine, group, groups, worth, line_worth), notes)
            else:
                scope = "line"
        sheets.append(replace(rows, mapping=rows.mapping.settled(amount_scope=scope)))
        flags.append(np.full(len(rows), scope == "order"))
    whole = np.concatenate(flags) if len(flags) > 1 else flags[0]
    return Scopes(Facts(sheets), whole, tuple(notes))


@dataclass(frozen=True)
class _Sample:
    """The orders of several rows: what their rows say."""

    size: np.ndarray
    filled: np.ndarray
    equal: np.ndarray
    stated: Totals
    one: np.ndarray
    lines: Totals

    @classmethod
    def of(cls, mine: np.ndarray, group: np.ndarray, groups: int, worth: Limbs, line_worth: Limbs) -> _Sample:
        own = np.full(group.size, -1, np.int32)
        own[mine] = group[mine]
        rows, begins = rows_by_group(own, groups)
        begins = np.unique(begins)
        first = begins[:-1]
        given = worth.filled[rows]
        large = np.where(given, worth.unit[rows], -(2**62))
        small = np.where(given, worth.unit[rows], 2**62)
        most, least = np.maximum.reduceat(large, first), np.minimum.reduceat(small, first)
        return cls(
            np.diff(begins), np.add.reduceat(given.astype(np.int64), first), most == least,
            total(rows, begins, worth), most, total(rows, begins, line_worth),
        )  # fmt: skip


def _told(rows: Rows, orders: _Sample, notes: list[Note]) -> Scope:
    """line or order, from the evidence."""
    if not orders.size.size:
        return "line"
    blank = orders.filled < orders.size
    if (blank & (orders.filled == 1)).any() and not (blank & (orders.filled > 1)).any():
        return "order"
    both = orders.filled > 1
    if not both.any():
        return "line"
    repeated = float(orders.equal[both].mean())
    priced = both & (orders.lines.filled == orders.size)
    field = "order_amount" if "order_amount" in rows.columns else "amount"
    name = rows.mapping.columns[field]
    if priced.any():
        as_order = (orders.one == orders.lines.unit)[priced].mean()
        as_line = (orders.stated.unit == orders.lines.unit)[priced].mean()
        if as_order > 0.5 and as_order > as_line:
            return "order"
        if as_line > 0.5:
            return "line"
    if repeated >= _MOSTLY and plain_name(name) in tiers()["order_amount"]:
        notes.append(
            note(
                "amount_taken_once",
                "{file}: {column} is the same in all rows of an order and was taken once per order; "
                '--map amount={column} with amount_scope = "line" in a mapping file adds the rows up instead.',
                file=rows.sheet.file,
                column=name,
            )
        )
        return "order"
    if repeated >= _MOSTLY and int(both.sum()) >= _MANY and orders.one[both].max() != 0:
        notes.append(
            note(
                "amount_repeats",
                "{file}: {column} is the same in all rows of an order, and the rows were added up. If it is the amount "
                "of the whole order, pass --map order_amount={column}.",
                file=rows.sheet.file,
                column=name,
            )
        )
    return "line"


def lendable(verdict: np.ndarray, has_order_id: np.ndarray) -> np.ndarray:
    """Rows that lack a date or an amount which another row of their order may have."""
    if not ((verdict == reasons.DATE_MISSING) | (verdict == reasons.AMOUNT_MISSING)).any():
        return np.zeros(verdict.size, bool)
    return has_order_id & ((verdict == reasons.DATE_MISSING) | (verdict == reasons.AMOUNT_MISSING))


def borrow(
    lacking: np.ndarray,
    verdict: np.ndarray,
    group: np.ndarray,
    groups: int,
    form: np.ndarray,
    day: np.ndarray,
    key: np.ndarray,
    worth: Limbs,
    whole: np.ndarray,
    mute: np.ndarray,
) -> None:
    """Give rows that lack something what another row of their order has; updates verdict, form, day and key in place.

    A date is always borrowed. An amount may be missing only where the file states amounts of whole orders, or where
    another file of the load holds the amount of the order; ``mute`` flags the rows of files that have no amounts at
    all.
    """
    rows = np.flatnonzero(lacking & (group >= 0))
    if not rows.size:
        return
    wanted = np.zeros(groups + 1, bool)
    wanted[group[rows]] = True
    others = np.flatnonzero(wanted[group])
    dated = others[form[others] >= dates.DAY]
    donor = np.full(groups, -1, np.int64)
    donor[group[dated][::-1]] = dated[::-1]
    priced = np.zeros(groups, bool)
    given = others[worth.filled[others] & whole[others]]
    priced[group[given]] = True
    any_price = np.zeros(groups, bool)
    any_price[group[others[worth.filled[others]]]] = True
    for row in rows.tolist():
        g = int(group[row])
        if form[row] == dates.EMPTY:
            if donor[g] < 0:
                continue
            lender = int(donor[g])
            form[row], day[row], key[row] = form[lender], day[lender], key[lender]
        state = int(worth.state[row])
        missing = MONEY_VERDICTS.get(state, reasons.FINE)
        enough = priced[g] or (any_price[g] and mute[row])
        verdict[row] = reasons.FINE if state == money.EMPTY and enough else missing
