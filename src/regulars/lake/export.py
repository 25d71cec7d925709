"""The orders of a lake version as one plain table: for other tools, and so that nobody is locked in."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from regulars.lake.parquet import read_rows
from regulars.lake.schema import UNATTRIBUTED
from regulars.lake.snapshot import Snapshot

STATUSES = pa.array(["valid", "cancelled", "unpaid", "dated_refund"])
ORDERS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("order_id", pa.string()),
        ("day", pa.date32()),
        ("at", pa.timestamp("s", tz="UTC")),
        ("amount", pa.decimal128(18, 2)),
        ("profit", pa.decimal128(18, 2)),
        ("discount", pa.decimal128(18, 2)),
        ("status", pa.string()),
        ("channel", pa.string()),
        ("campaign_id", pa.string()),
        ("referrer_id", pa.string()),
    ]
)
READ = (
    "customer_key",
    "order_id",
    "day",
    "at",
    "amount",
    "profit",
    "discount",
    "status",
    "channel",
    "campaign",
    "referrer",
)


def export_orders(snapshot: Snapshot) -> Iterator[pa.RecordBatch]:
    """Every order as it was loaded, bucket by bucket, orders without a customer last; columns as in ``ORDERS``."""
    names = {kind: snapshot.names(kind) for kind in ("channel", "campaign", "referrer")}
    for bucket in [*range(snapshot.buckets), UNATTRIBUTED]:
        ids = snapshot.customer_ids(bucket) if bucket != UNATTRIBUTED else pa.nulls(1, pa.string())
        for file in snapshot.files_of("orders", bucket):
            rows = read_rows(snapshot.storage, file, READ)
            position = pc.divide(rows.column("customer_key"), snapshot.buckets) if bucket != UNATTRIBUTED else None
            customer = ids.take(position.combine_chunks()) if position is not None else pa.nulls(len(rows), pa.string())
            yield from _plain(rows, customer, names).to_batches()


def _plain(rows: pa.Table, customer: pa.Array, names: dict[str, pa.Array]) -> pa.Table:
    def money(name: str) -> pa.ChunkedArray:
        return pc.divide(rows.column(name).cast(pa.decimal128(20, 0)), pa.scalar(100, pa.decimal128(3, 0))).cast(
            pa.decimal128(18, 2)
        )

    def text(kind: str) -> pa.ChunkedArray:
        return names[kind].take(rows.column(kind).combine_chunks())

    columns = [
        customer, rows.column("order_id"), rows.column("day").cast(pa.date32()),
        rows.column("at").cast(pa.timestamp("s", tz="UTC")), money("amount"), money("profit"), money("discount"),
        STATUSES.take(rows.column("status").combine_chunks()), text("channel"), text("campaign"), text("referrer"),
    ]  # fmt: skip
    return pa.table(columns, schema=ORDERS)
