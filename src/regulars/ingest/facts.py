"""All rows of all files side by side, ready to be judged and grouped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from regulars.ingest import money
from regulars.ingest.cells import Cells, joined, no_cells
from regulars.ingest.columns import Dates, Numbers, join_dates, join_numbers
from regulars.ingest.money_words import exact_limbs
from regulars.ingest.rows import Rows
from regulars.ingest.sheets import Piece

T = TypeVar("T")


@dataclass(frozen=True)
class Limbs:
    """Money per row: ``unit`` minor units and ``rest`` 10**-16 of one, where ``state`` is FINE; 0 elsewhere."""

    unit: np.ndarray
    rest: np.ndarray
    state: np.ndarray

    @property
    def filled(self) -> np.ndarray:
        return self.state == money.FINE

    @cached_property
    def whole(self) -> bool:
        """Whether there is no fraction of a minor unit anywhere."""
        return not self.rest.any()

    @classmethod
    def none(cls, n: int) -> Limbs:
        return cls(np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, money.EMPTY, np.int8))


def limbs_of(numbers: Numbers) -> Limbs:
    """Amounts as exact money."""
    n = numbers.mantissa.size
    found = Limbs(np.empty(n, np.int64), np.zeros(n, np.int64), numbers.state.copy())
    money.to_limbs(numbers.mantissa, numbers.decimals, found.unit, found.rest, found.state)
    return found


def product_of(quantity: Numbers, price: Numbers) -> Limbs:
    """Quantity × unit price as exact money; missing where both are missing, unreadable where one is."""
    n = quantity.mantissa.size
    state = np.maximum(quantity.state, price.state)
    one_missing = (quantity.state == money.EMPTY) != (price.state == money.EMPTY)
    found = Limbs(np.empty(n, np.int64), np.zeros(n, np.int64), np.where(one_missing, money.BAD, state).astype(np.int8))
    money.multiply(
        quantity.mantissa, quantity.decimals, price.mantissa, price.decimals, found.unit, found.rest, found.state
    )
    for row in np.flatnonzero(found.state == money.LEFT).tolist():
        places = int(quantity.decimals[row]) + int(price.decimals[row])
        found.unit[row], found.rest[row], found.state[row] = exact_limbs(
            int(quantity.mantissa[row]) * int(price.mantissa[row]), places
        )
    return found


@dataclass(frozen=True)
class Facts:
    """The rows of every sheet, one after the other. Every accessor gives one value per row, missing where a sheet has
    no such column."""

    sheets: Sequence[Rows]

    @cached_property
    def first(self) -> np.ndarray:
        """Number of the first row of every sheet, and the count of rows."""
        return np.cumsum([0] + [len(rows) for rows in self.sheets])

    def __len__(self) -> int:
        return int(self.first[-1])

    def has(self, field: str) -> bool:
        return any(field in rows.columns for rows in self.sheets)

    def numbers(self, field: str) -> Numbers:
        return join_numbers([rows.numbers.get(field) or Numbers.empty(len(rows)) for rows in self.sheets])

    def dates(self, field: str) -> Dates:
        return join_dates([rows.dates.get(field) or Dates.empty(len(rows)) for rows in self.sheets])

    def cells(self, field: str) -> Cells:
        return joined([rows.cells(field) or no_cells(len(rows)) for rows in self.sheets])

    def per_sheet(self, make: Callable[[Rows], np.ndarray]) -> np.ndarray:
        """One array over all rows from one per sheet."""
        parts = [make(rows) for rows in self.sheets]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def limbs(self, make: Callable[[Rows], Limbs | None]) -> Limbs:
        """Money over all rows; a sheet that has none gives None."""
        return join_limbs([make(rows) or Limbs.none(len(rows)) for rows in self.sheets])

    def sheet_at(self, row: int) -> tuple[Rows, int]:
        """(sheet, row in it)."""
        i = int(np.searchsorted(self.first, row, side="right")) - 1
        return self.sheets[i], row - int(self.first[i])

    def place(self, row: int) -> str:
        """file:line of a row."""
        rows, i = self.sheet_at(row)
        return f"{rows.sheet.file}:{rows.line(i)}"

    def locate(self, row: int) -> tuple[Piece, int]:
        rows, i = self.sheet_at(row)
        return rows.locate(i)


def worth_of(facts: Facts) -> tuple[Limbs, Limbs]:
    """(what each row says it is worth: its amount, else quantity × unit price; quantity × unit price where a file
    has both).

    Details that come beside orders with amounts are worth nothing of their own. The two are one object where no
    file has an amount.
    """
    priced = [
        product_of(rows.numbers["quantity"], rows.numbers["unit_price"])
        if {"quantity", "unit_price"} <= set(rows.numbers)
        else Limbs.none(len(rows))
        for rows in facts.sheets
    ]
    lines = join_limbs(priced)
    stated = [next((f for f in ("amount", "order_amount") if f in rows.numbers), None) for rows in facts.sheets]
    if not any(stated):
        return lines, lines
    known = any(field and "ordered_at" in rows.columns for rows, field in zip(facts.sheets, stated, strict=True))
    own = []
    for rows, field, price in zip(facts.sheets, stated, priced, strict=True):
        if known and "ordered_at" not in rows.columns:
            own.append(Limbs.none(len(rows)))
        else:
            own.append(limbs_of(rows.numbers[field]) if field else price)
    return join_limbs(own), lines


def join_limbs(parts: Sequence[Limbs]) -> Limbs:
    if len(parts) == 1:
        return parts[0]
    return Limbs(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("unit", "rest", "state")))


def optional_money(field: str) -> Callable[[Rows], Limbs | None]:
    """The money column ``field`` of a sheet."""

    def make(rows: Rows) -> Limbs | None:
        return limbs_of(rows.numbers[field]) if field in rows.numbers else None

    return make
