"""The canonical facts of one bucket of customers, as the engine takes them.

A bucket holds whole histories: every fact of a customer lies in the customer's bucket, rows sorted by (customer, day).
Money is int64 minor units, a day is the number of days since 1970-01-01 in the business time zone (definitions,
section 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from regulars.errors import LakeError

Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

LONGEST_HISTORY_DAYS = 32_767  # gaps are kept as int16


class Status(IntEnum):
    """What an order row counts as; only VALID rows are orders with money, DATED_REFUND is money alone."""

    VALID = 0
    CANCELLED = 1
    UNPAID = 2
    DATED_REFUND = 3


def _empty_int32() -> Int32:
    return np.empty(0, np.int32)


def _empty_int64() -> Int64:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class BucketFacts:
    """One bucket of sorted histories; all arrays have one entry an order.

    ``customer`` is the position of the customer in the bucket (0 … size - 1, ascending), ``profit`` is complete (a
    basis was chosen for every order), ``status`` is empty when every row is valid, ``discount``, ``channel`` and
    ``campaign`` are empty when the lake has none. ``at`` is the instant (UTC seconds), empty where nothing needs it.
    """

    size: int
    customer: Int32
    day: Int32
    amount: Int64
    profit: Int64
    status: Int8 = field(default_factory=lambda: np.empty(0, np.int8))
    discount: Int64 = field(default_factory=_empty_int64)
    channel: Int32 = field(default_factory=_empty_int32)
    campaign: Int32 = field(default_factory=_empty_int32)
    at: Int64 = field(default_factory=_empty_int64)

    def __len__(self) -> int:
        return len(self.customer)

    def up_to(self, as_of: int) -> BucketFacts:
        """The rows of ``as_of`` and before, with the status of each told."""
        chosen = self.day <= as_of
        columns = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "size"}
        if not len(self.status):
            columns["status"] = np.zeros(len(self), np.int8)
        return BucketFacts(self.size, **{n: c[chosen] if len(c) else c for n, c in columns.items()})


def check_history_span(first_day: int, as_of: int) -> None:
    """Refuse a history that the compact gap type could not hold."""
    if as_of - first_day >= LONGEST_HISTORY_DAYS:
        raise LakeError(
            "history_too_long",
            "The orders span {days} days; at most {limit} can be analysed at once.",
            "A date is probably wrong: look at the earliest orders.",
            days=as_of - first_day,
            limit=LONGEST_HISTORY_DAYS,
        )


def apply_margin(amount: Int64, margin: Fraction) -> Int64:
    """Amount × margin in minor units, halves away from zero, exact (definitions, section 1: profit likewise rounded
    once).
    """
    p, q = margin.numerator, margin.denominator
    if len(amount) and int(np.abs(amount).max()) * p * 2 >= 2**62:
        exact = [_half_away(int(a) * p, q) for a in amount]
        return np.array(exact, dtype=np.int64)
    scaled = np.abs(amount) * (2 * p) + q
    return np.sign(amount) * (scaled // (2 * q))


def _half_away(numerator: int, denominator: int) -> int:
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def complete_profit(
    amount: Int64, profit: Int64 | None, known: NDArray[np.bool_] | None, margin: Fraction | None
) -> Int64:
    """Profit of every order: its own where known, else amount × margin, else the amount stands in (section 1)."""
    if profit is not None and known is None:
        return profit
    stand_in = amount if margin is None else apply_margin(amount, margin)
    if profit is None or known is None:
        return stand_in
    return np.where(known, profit, stand_in)
