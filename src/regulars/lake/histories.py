"""What reading a bucket gives: order and line histories as arrays, and how stored columns become them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.lake.merging import Run
from regulars.lake.parquet import Column
from regulars.lake.schema import NO_CODE, TABLES

Bools = npt.NDArray[np.bool_]
Int8 = npt.NDArray[np.int8]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

_NULLABLE_NUMBERS = ("profit", "discount", "at", "quantity")
_CODES = ("channel", "campaign", "referrer", "product")
_ZERO_SAYS_NOTHING = ("status", "profit_source")


@dataclass(frozen=True)
class BucketFacts:
    """The orders of one bucket, sorted by (customer, day).

    ``customer`` is the position in the bucket (0 … customers - 1), ``day`` days since 1970-01-01, money in minor units.
    An optional column is None when it was not asked for or when it says nothing: no profit or discount known at all,
    every status 0 (valid), no channel, campaign or referrer anywhere (``NO_CODE`` for a single row without one).
    A nullable number is 0 where its ``…_known`` is False; ``…_known`` None means known everywhere.
    """

    bucket: int
    customers: int
    customer: Int32
    day: Int32
    amount: Int64
    profit: Int64 | None = None
    profit_known: Bools | None = None
    status: Int8 | None = None
    profit_source: Int8 | None = None
    discount: Int64 | None = None
    discount_known: Bools | None = None
    channel: Int32 | None = None
    campaign: Int32 | None = None
    referrer: Int32 | None = None
    source: Int32 | None = None
    at: Int64 | None = None
    at_known: Bools | None = None
    order_key: Int64 | None = None


@dataclass(frozen=True)
class BucketLines:
    """The order lines of one bucket, sorted by (customer, day), the lines of one order together; as ``BucketFacts``.

    ``quantity`` counts thousandths; ``order_key`` joins a line to its order; ``day`` and ``status`` are the order's.
    """

    bucket: int
    customers: int
    customer: Int32
    day: Int32
    amount: Int64
    order_key: Int64 | None = None
    product: Int32 | None = None
    quantity: Int64 | None = None
    quantity_known: Bools | None = None
    profit: Int64 | None = None
    profit_known: Bools | None = None
    status: Int8 | None = None


def numpy_type(table: str, name: str) -> Any:
    return TABLES[table].schema.field(name).type.to_pandas_dtype()


def optional_columns(table: str) -> list[str]:
    """Columns of ``table`` that may be asked for."""
    kind = BucketFacts if table == "orders" else BucketLines
    return [name for name in TABLES[table].schema.names if name in kind.__dataclass_fields__]


def arrays(table: str, run: Run) -> dict[str, Any]:
    """The fields of ``BucketFacts`` or ``BucketLines`` that a merged run fills."""
    result: dict[str, Any] = {"customer": run.position, "day": run.day}
    for name, column in run.columns.items():
        result.update(_shown(name, column, numpy_type(table, name)))
    return result


def _shown(name: str, column: Column, dtype: Any) -> dict[str, Any]:
    if name == "amount":
        return {name: column.array(dtype)}
    if column.empty or (name in _ZERO_SAYS_NOTHING and column.constant == 0):
        return {}
    values = column.array(dtype)
    if name in _CODES:
        return {name: values if column.known is None else np.where(column.known, values, dtype(NO_CODE))}
    if name in _NULLABLE_NUMBERS:
        return {name: values, f"{name}_known": column.known}
    return {name: values}
