"""Sums over the rows of an order, exact in limbs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit, types

from regulars.ingest import money
from regulars.ingest.arrow import picked
from regulars.ingest.facts import Limbs
from regulars.ingest.hashing import FLAGS, INTS, INTS32, SMALL
from regulars.ingest.money import EMPTY, REST


@dataclass(frozen=True)
class Totals:
    """Money per order in limbs; ``filled`` counts the rows that gave a value."""

    unit: np.ndarray
    rest: np.ndarray
    filled: np.ndarray

    def minus(self, other: Totals) -> Totals:
        return Totals(self.unit - other.unit, self.rest - other.rest, self.filled)

    def rounded(self) -> np.ndarray:
        """Whole minor units, halves away from zero."""
        if not self.rest.any():
            return self.unit
        unit, rest = self.unit.copy(), self.rest.copy()
        money.round_limbs(unit, rest)
        return unit


@njit(types.void(INTS32, types.int64[::1], types.int64[::1]), nogil=True, cache=True)
def _sort(group, ends, rows):  # type: ignore[no-untyped-def]
    """Counting sort of the rows with a group; ends[g + 1] must hold the count of group g."""
    for g in range(1, ends.size):
        ends[g] += ends[g - 1]
    at = ends[:-1].copy()
    for i in range(group.size):
        g = group[i]
        if g >= 0:
            rows[at[g]] = i
            at[g] += 1


def rows_by_group(group: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """(rows sorted by group, stable; where each group begins, with the end of the last)."""
    live = np.flatnonzero(group >= 0)
    if live.size == groups and (np.diff(group[live]) == 1).all():
        return live, np.arange(groups + 1)
    ends = np.zeros(groups + 1, np.int64)
    ends[1:] = np.bincount(group[group >= 0], minlength=groups)
    rows = np.empty(int(ends.sum()), np.int64)
    _sort(group, ends, rows)
    return rows, ends


@njit(types.int32(INTS32, types.int32[::1]), nogil=True, cache=True)
def _renumber(group, number):  # type: ignore[no-untyped-def]
    known = np.int32(0)
    for i in range(group.size):
        g = group[i]
        if g >= 0 and number[g] < 0:
            number[g] = known
            known += 1
    return known


def renumbered(group: np.ndarray, groups: int) -> tuple[np.ndarray, int, np.ndarray]:
    """Groups numbered by first appearance without gaps: (group per row, count, old number of each)."""
    number = np.full(groups + 1, -1, np.int32)
    known = int(_renumber(group, number))
    if known == groups and (number[:-1] == np.arange(groups)).all():
        return group, groups, np.arange(groups)
    old = np.empty(known, np.int64)
    held = number[:-1] >= 0
    old[number[:-1][held]] = np.flatnonzero(held)
    return number[group].astype(np.int32), known, old


@njit(
    types.void(INTS, INTS, INTS, INTS, SMALL, types.int64[::1], types.int64[::1], types.int32[::1]),
    nogil=True,
    cache=True,
)
def _total(rows, begins, unit, rest, state, sums, rests, filled):  # type: ignore[no-untyped-def]
    for g in range(begins.size - 1):
        whole = np.int64(0)
        part = np.int64(0)
        given = 0
        for k in range(begins[g], begins[g + 1]):
            i = rows[k]
            if state[i] != 0:
                continue
            given += 1
            whole += unit[i]
            part += rest[i]
            if part >= REST:
                part -= REST
                whole += 1
            elif part <= -REST:
                part += REST
                whole -= 1
        sums[g] = whole
        rests[g] = part
        filled[g] = given


def total(rows: np.ndarray, begins: np.ndarray, amounts: Limbs) -> Totals:
    """Per group the exact sum of its rows' amounts, and how many rows gave one."""
    n = begins.size - 1
    if n == rows.size:
        rest = np.zeros(n, np.int64) if amounts.whole else picked(amounts.rest, rows)
        return Totals(picked(amounts.unit, rows), rest, picked(amounts.state, rows) == money.FINE)
    found = Totals(np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int32))
    _total(rows, begins, amounts.unit, amounts.rest, amounts.state, found.unit, found.rest, found.filled)
    return found


@njit(
    types.void(INTS, INTS, types.int64[::1], types.int64[::1], FLAGS, types.boolean, types.int8[::1]),
    nogil=True,
    cache=True,
)
def _keep_one(rows, begins, unit, rest, whole, always, state):  # type: ignore[no-untyped-def]
    for g in range(begins.size - 1):
        a, z = begins[g], begins[g + 1]
        if z - a < 2 or not whole[rows[a]]:
            continue
        first = np.int64(-1)
        given = 0
        same = True
        for k in range(a, z):
            i = rows[k]
            if state[i] == 0:
                given += 1
                if first < 0:
                    first = i
                same &= unit[i] == unit[first] and rest[i] == rest[first]
        if first >= 0 and (always or (same and given == z - a)):
            for k in range(a, z):
                i = rows[k]
                if i != first and state[i] == 0:
                    unit[i], rest[i], state[i] = 0, 0, EMPTY


def keep_one(rows: np.ndarray, begins: np.ndarray, amounts: Limbs, whole: np.ndarray, *, always: bool) -> Limbs:
    """Amounts of which an order keeps one: the first given if ``always``, else one where all its rows repeat it.

    Only orders whose first row is flagged in ``whole`` are touched: those whose file states amounts of whole orders.
    """
    kept = Limbs(amounts.unit.copy(), amounts.rest.copy(), amounts.state.copy())
    _keep_one(rows, begins, kept.unit, kept.rest, whole.view(np.uint8), always, kept.state)
    return kept


@njit(types.void(INTS, INTS, INTS, types.int64[::1]), nogil=True, cache=True)
def earliest(rows, begins, key, out):  # type: ignore[no-untyped-def]
    """The row of every group with the smallest key, the first of equals."""
    for g in range(begins.size - 1):
        best = rows[begins[g]]
        for k in range(begins[g] + 1, begins[g + 1]):
            if key[rows[k]] < key[best]:
                best = rows[k]
        out[g] = best


@njit(types.void(INTS, INTS, INTS, INTS, types.int64[::1]), nogil=True, cache=True)
def first_filled(rows, begins, start, stop, out):  # type: ignore[no-untyped-def]
    """The first row of every group whose cell holds something, else -1."""
    for g in range(begins.size - 1):
        out[g] = -1
        for k in range(begins[g], begins[g + 1]):
            i = rows[k]
            if stop[i] > start[i]:
                out[g] = i
                break


@njit(types.void(INTS, INTS, SMALL, types.int8[::1]), nogil=True, cache=True)
def order_status(rows, begins, status, out):  # type: ignore[no-untyped-def]
    """Status of every group: valid when any row is, else unpaid when any is, else cancelled when any is, else valid."""
    for g in range(begins.size - 1):
        valid = False
        unpaid = False
        cancelled = False
        for k in range(begins[g], begins[g + 1]):
            said = status[rows[k]]
            valid |= said == 0
            unpaid |= said == 2
            cancelled |= said == 1
        out[g] = 0 if valid else (2 if unpaid else (1 if cancelled else 0))
