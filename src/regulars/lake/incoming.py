"""What a load hands over, checked once: the canonical tables in the types the lake stores, and the load's report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.lake import faults
from regulars.lake.parquet import as_column
from regulars.lake.records import NOTHING, Totals
from regulars.lake.schema import INCOMING_CUSTOMERS, INCOMING_LINES, INCOMING_ORDERS, INCOMING_PRODUCTS


@dataclass(frozen=True)
class LoadReport:
    """What a load did. ``orders`` = ``new`` + ``replaced`` + ``identical`` is an identity.

    ``version`` is the lake's version after the load; ``unchanged`` says that every content was taken already and no
    version was made. ``added`` and ``removed`` are what the rows written and the rows they replaced add up to.
    """

    version: int
    source: str
    content: tuple[str, ...] = ()
    unchanged: bool = False
    orders: int = 0
    new: int = 0
    replaced: int = 0
    identical: int = 0
    customers_new: int = 0
    customers_changed: int = 0
    added: Totals = NOTHING
    removed: Totals = NOTHING
    counters: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> LoadReport:
        totals = {name: Totals(**fields[name]) for name in ("added", "removed")}
        return cls(**{**fields, **totals, "content": tuple(fields["content"])})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Incoming:
    """The rows of one load. ``lines``, ``customers`` and ``products`` may have no rows."""

    orders: pa.Table
    lines: pa.Table
    customers: pa.Table
    source: str
    content: tuple[str, ...]
    counters: Mapping[str, int]
    products: pa.Table

    @classmethod
    def check(
        cls,
        orders: pa.Table,
        lines: pa.Table | None,
        customers: pa.Table | None,
        source: str,
        content: Sequence[str],
        counters: Mapping[str, int] | None,
        products: pa.Table | None = None,
    ) -> Incoming:
        """LakeError when a column is missing, of another type, or null where it must not be."""
        result = cls(
            _conform(orders, INCOMING_ORDERS, "orders"),
            _conform(lines, INCOMING_LINES, "lines"),
            _conform(customers, INCOMING_CUSTOMERS, "customers"),
            source,
            tuple(sorted(set(content))),
            dict(counters or {}),
            _conform(products, INCOMING_PRODUCTS, "products"),
        )
        result._check_slices()
        return result

    def _check_slices(self) -> None:
        first = as_column(self.orders.column("line_first")).array(np.int64)
        count = as_column(self.orders.column("line_count")).array(np.int32)
        used = count != 0
        if bool((count < 0).any()) or bool(((first < 0) | (first + count > self.lines.num_rows))[used].any()):
            raise faults.wrong_column("orders", "line_first, line_count", "they point outside the lines")
        if int(count.sum(dtype=np.int64)) > self.lines.num_rows:
            raise faults.wrong_column("orders", "line_first, line_count", "they share lines")


def _conform(table: pa.Table | None, schema: pa.Schema, label: str) -> pa.Table:
    """The columns of ``schema`` in its order and types; an absent nullable column is null, others are ignored."""
    if table is None:
        return schema.empty_table()
    columns = []
    for wanted in schema:
        if wanted.name not in table.column_names:
            if not wanted.nullable:
                raise faults.wrong_column(label, wanted.name, "it is missing")
            columns.append(pa.chunked_array([pa.nulls(table.num_rows, wanted.type)]))
            continue
        column = table.column(wanted.name)
        if not wanted.nullable and column.null_count:
            raise faults.wrong_column(label, wanted.name, "it has empty rows")
        try:
            # 64-bit offsets: a load may carry more than 2 GB of ids.
            columns.append(column.cast(pa.large_string() if pa.types.is_string(wanted.type) else wanted.type))
        except (pa.ArrowException, ValueError) as error:
            raise faults.wrong_column(label, wanted.name, str(error).splitlines()[0]) from error
    return pa.table([column.combine_chunks() for column in columns], names=schema.names)
