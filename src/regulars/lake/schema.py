"""What the tables of a lake hold, column by column, and how their Parquet files are encoded.

Every table is a Delta table below the lake's folder. ``orders``, ``lines`` and ``customers`` are partitioned by
``bucket`` (= customer_key modulo the number of buckets; unattributed orders have customer_key -1 and bucket -1); the
bucket stands in the path, not in the file. A column that is null in every row is left out of the file, as Delta allows.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

FORMAT = 2
"""The layout of this module. A lake of a newer format is refused, never guessed at; one of an older format is read as
it is and becomes one of this format with the first change. Format 2: a commit names its writer."""

OLDEST_FORMAT = 1
"""The oldest format that is still read."""

UNATTRIBUTED = -1
"""customer_key and bucket of orders without a customer."""

MAX_CUSTOMERS = 2**31 - 2**20
"""Keys are int32, and so is a key's place among the buckets."""

NO_CODE = -1
"""How a missing channel, campaign, referrer or product reads in arrays (it is null in the files)."""

ROW_GROUP = 16_384
"""Rows of a row group. One customer's history touches one row group (1.8 ms against 5 ms with 128 k rows), while a full
read of 10 M orders costs at most a tenth more (0.10 s and 0.10 s at best, 0.12 s and 0.11 s at the median)."""

ORDERS = pa.schema(
    [
        pa.field("customer_key", pa.int32(), nullable=False),
        pa.field("day", pa.int32(), nullable=False),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("profit", pa.int64()),
        pa.field("profit_source", pa.int8(), nullable=False),
        pa.field("discount", pa.int64()),
        pa.field("status", pa.int8(), nullable=False),
        pa.field("channel", pa.int32()),
        pa.field("campaign", pa.int32()),
        pa.field("referrer", pa.int32()),
        pa.field("source", pa.int32(), nullable=False),
        pa.field("at", pa.int64()),
        pa.field("order_key", pa.int64()),
        pa.field("order_hash", pa.int64()),
        pa.field("order_id", pa.string()),
    ]
)

LINES = pa.schema(
    [
        pa.field("customer_key", pa.int32(), nullable=False),
        pa.field("day", pa.int32(), nullable=False),
        pa.field("order_key", pa.int64(), nullable=False),
        pa.field("product", pa.int32()),
        pa.field("quantity", pa.int64()),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("profit", pa.int64()),
        pa.field("status", pa.int8(), nullable=False),
    ]
)

ATTRIBUTES = pa.schema(
    [
        pa.field("name", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("created_at", pa.int32()),
        pa.field("acquisition_channel", pa.string()),
        pa.field("referrer_id", pa.string()),
        pa.field("region", pa.string()),
        pa.field("owner", pa.string()),
        pa.field("phone", pa.string()),
        pa.field("email", pa.string()),
    ]
)

CUSTOMERS = pa.schema(
    [
        pa.field("customer_key", pa.int32(), nullable=False),
        pa.field("customer_id", pa.string(), nullable=False),
        *ATTRIBUTES,
        pa.field("since", pa.int32(), nullable=False),
    ]
)
"""The dictionary and the attributes. The row with the highest ``since`` (lake version) describes a customer."""

NAMES = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("code", pa.int32(), nullable=False),
        pa.field("name", pa.string()),
        pa.field("category", pa.string()),
        pa.field("label", pa.string()),
        pa.field("since", pa.int32(), nullable=False),
    ]
)
"""Code -> text of products, channels, campaigns, referrers and sources; codes are dense from 0 within a kind.
``label`` is what people call a product whose ``name`` is only its id."""

IDENTITY = pa.schema(
    [
        pa.field("customer_key", pa.int32(), nullable=False),
        pa.field("canonical_key", pa.int32(), nullable=False),
        pa.field("since", pa.int32(), nullable=False),
    ]
)

LOADS = pa.schema(
    [
        pa.field("version", pa.int32(), nullable=False),
        pa.field("at", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("content", pa.string()),
        pa.field("report", pa.string(), nullable=False),
    ]
)

NAME_KINDS = ("product", "channel", "campaign", "referrer", "source")


@dataclass(frozen=True)
class TableSpec:
    """One table: its columns, and which are delta-packed (numbers) or dictionary-encoded (few values)."""

    name: str
    schema: pa.Schema
    partitioned: bool
    packed: tuple[str, ...] = ()
    few_values: tuple[str, ...] = ()

    @property
    def delta_schema(self) -> pa.Schema:
        return self.schema.append(pa.field("bucket", pa.int32())) if self.partitioned else self.schema


TABLES = {
    spec.name: spec
    for spec in (
        TableSpec(
            "orders",
            ORDERS,
            True,
            packed=("day", "amount", "profit", "discount", "at", "order_key"),
            few_values=("profit_source", "status", "channel", "campaign", "referrer", "source"),
        ),
        TableSpec(
            "lines",
            LINES,
            True,
            packed=("day", "order_key", "quantity", "amount", "profit"),
            few_values=("product", "status"),
        ),
        TableSpec(
            "customers",
            CUSTOMERS,
            True,
            packed=("created_at",),
            few_values=("kind", "acquisition_channel", "region", "owner"),
        ),
        TableSpec("names", NAMES, False, few_values=("kind", "category")),
        TableSpec("identity", IDENTITY, False),
        TableSpec("loads", LOADS, False, few_values=("source",)),
    )
}

MAIN_TABLE = "orders"
SIDE_TABLES = tuple(name for name in TABLES if name != MAIN_TABLE)

INCOMING_ORDERS = pa.schema(
    [
        pa.field("customer_id", pa.string()),
        pa.field("order_id", pa.string()),
        pa.field("day", pa.int32(), nullable=False),
        pa.field("at", pa.int64()),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("profit", pa.int64()),
        pa.field("profit_source", pa.int8(), nullable=False),
        pa.field("discount", pa.int64()),
        pa.field("status", pa.int8(), nullable=False),
        pa.field("channel", pa.string()),
        pa.field("campaign_id", pa.string()),
        pa.field("referrer_id", pa.string()),
        pa.field("line_first", pa.int64(), nullable=False),
        pa.field("line_count", pa.int32(), nullable=False),
    ]
)

INCOMING_LINES = pa.schema(
    [
        pa.field("product_id", pa.string()),
        pa.field("category", pa.string()),
        pa.field("quantity", pa.int64()),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("profit", pa.int64()),
    ]
)

INCOMING_PRODUCTS = pa.schema([pa.field("product_id", pa.string(), nullable=False), pa.field("name", pa.string())])
"""What products are called, for those with an id of their own."""

INCOMING_CUSTOMERS = pa.schema([pa.field("customer_id", pa.string(), nullable=False), *ATTRIBUTES])


def buckets_for(rows: int) -> int:
    """A sensible number of buckets for a lake that will hold about ``rows`` orders: 1 … 64.

    A bucket is the unit of work of a thread, so small lakes get few (each costs about a millisecond) and large ones
    about 64; a lake meant to grow keeps the default of ``Lake.create``.
    """
    return max(1, min(64, rows // 100_000))
