"""Purchase rows from any table with named columns: customer, day and value, under the names people give them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from regulars.engine.probability.purchases import Purchases, sorted_purchases
from regulars.engine.probability.summaries import column, has_column
from regulars.errors import ModelError

CUSTOMER: Final = ("customer", "customer_id")
DAY: Final = ("day", "date", "ordered_at")
VALUE: Final = ("value", "amount", "monetary_value")


def read_purchases(table: Any) -> Purchases:
    """Rows of a dict, pandas, Arrow or Polars table in order of customer and day.

    ``customer`` any ids, ``day`` whole days since 1970-01-01 or dates (of the business time zone), ``value`` money.
    """
    if isinstance(table, Purchases):
        return table
    customer = np.asarray(table[_named(table, CUSTOMER)])
    if customer.dtype.kind not in "iu":
        customer = np.unique(customer, return_inverse=True)[1]
    return sorted_purchases(customer, _days(np.asarray(table[_named(table, DAY)])), column(table, _named(table, VALUE)))


def _named(table: Any, names: tuple[str, ...]) -> str:
    for name in names:
        if has_column(table, name):
            return name
    raise ModelError(
        "purchase_column",
        "the purchases have none of the columns {names}",
        "Columns needed: customer, day and value.",
        names=", ".join(names),
    )


def _days(days: NDArray[np.generic]) -> NDArray[np.generic]:
    if days.dtype.kind in "iu":
        return days
    try:
        dates = days.astype("datetime64[D]")
    except (TypeError, ValueError) as problem:
        raise ModelError(
            "purchase_day",
            "the days of the purchases are neither dates nor whole numbers",
            "Give dates, or whole days since 1970-01-01.",
        ) from problem
    if np.isnat(dates).any():
        row = int(np.flatnonzero(np.isnat(dates))[0])
        raise ModelError("purchase_day_missing", "the day of row {row} is missing", "Leave such rows out.", row=row)
    return dates.astype(np.int64)
