"""What ingest hands on: the canonical tables, the counters and the notes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pyarrow as pa

from regulars.errors import ReconciliationError
from regulars.language import Language, translator

if TYPE_CHECKING:
    from regulars.ingest.mapping import Mapping

VALID, CANCELLED, UNPAID, REFUND = 0, 1, 2, 3
"""``orders.status``: a valid order, a cancelled one, an unpaid one, a dated refund (money only, not an order)."""

PROFIT_NONE, PROFIT_COLUMN, PROFIT_COST = 0, 1, 2
"""``orders.profit_source``: not known from the data, the profit column, amount - cost."""

ORDERS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("order_id", pa.string()),
        ("day", pa.int32()),
        ("at", pa.int64()),
        ("amount", pa.int64()),
        ("profit", pa.int64()),
        ("profit_source", pa.int8()),
        ("discount", pa.int64()),
        ("status", pa.int8()),
        ("channel", pa.string()),
        ("campaign_id", pa.string()),
        ("referrer_id", pa.string()),
        ("line_first", pa.int64()),
        ("line_count", pa.int32()),
    ]
)
"""One row per order. Days since 1970-01-01 in the business zone, UTC epoch seconds, money in hundredths of the
currency."""

LINES = pa.schema(
    [
        ("product_id", pa.string()),
        ("category", pa.string()),
        ("quantity", pa.int64()),
        ("amount", pa.int64()),
        ("profit", pa.int64()),
    ]
)
"""One row per order line, lines of an order side by side. ``quantity`` is in thousandths."""

CUSTOMERS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("created_at", pa.int32()),
        ("acquisition_channel", pa.string()),
        ("referrer_id", pa.string()),
        ("region", pa.string()),
        ("owner", pa.string()),
        ("phone", pa.string()),
        ("email", pa.string()),
    ]
)
"""Attributes of customers; ``created_at`` is a day number, ``kind`` is individual or organization."""

REJECTS = pa.schema(
    [
        ("file", pa.string()),
        ("line", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("message", pa.string()),
    ]
)
"""Rows that could not be used. ``reason`` is a stable code, ``message`` its English text (`reasons.reason_text`)."""


@dataclass(frozen=True)
class Note:
    """Something the reader should know that did not stop the run. ``template`` is a message id of the domain ingest."""

    code: str
    template: str
    context: dict[str, object]

    @property
    def message(self) -> str:
        return self.template.format(**self.context)

    def localized(self, lang: Language) -> str:
        return translator("ingest", lang)(self.template).format(**self.context)


def note(code: str, template: str, **context: object) -> Note:
    return Note(code, template, context)


@dataclass(frozen=True)
class Counters:
    """What became of the rows of the files read. Header rows are not rows.

    ``skipped_rows`` are junk above the header, footers, repeated headers and blank lines; ``dropped_rows`` are repeats
    that the duplicate rule left out; ``duplicate_rows`` all repeats of an identical row, kept or dropped;
    ``split_orders`` the order ids that stood under two customers; ``profit_fallback_orders`` the orders whose profit or
    cost cell was empty although the file has such a column.
    """

    rows: int = 0
    used_rows: int = 0
    rejected_rows: int = 0
    dropped_rows: int = 0
    skipped_rows: int = 0
    duplicate_rows: int = 0
    split_orders: int = 0
    profit_fallback_orders: int = 0

    def checked(self) -> Counters:
        """The same counters, or ReconciliationError when they do not add up."""
        total = self.used_rows + self.rejected_rows + self.dropped_rows + self.skipped_rows
        if total != self.rows:
            raise ReconciliationError(
                "rows_do_not_reconcile",
                "{rows} rows were read but {total} are accounted for.",
                "This is a defect of Regulars: please report it with the command that led to it.",
                rows=self.rows,
                total=total,
            )
        return self

    def as_dict(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Ingested:
    """The canonical facts of one load.

    ``orders``, ``lines``, ``customers`` and ``rejects`` have the schemas of this module; ``lines`` is None when no file
    says anything about products, ``customers`` when none has attributes. ``mappings`` gives the mapping of every order
    file by name, ``mapping`` that of the first. ``content`` are the SHA-256 digests (hex) of the inputs in their order.
    """

    orders: pa.Table
    lines: pa.Table | None
    customers: pa.Table | None
    products: pa.Table | None
    rejects: pa.Table
    counters: Counters
    currency: str | None
    mapping: Mapping
    mappings: dict[str, Mapping]
    source: str
    content: tuple[str, ...]
    warnings: tuple[Note, ...]
