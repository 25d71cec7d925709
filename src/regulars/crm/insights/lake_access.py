"""The installation's lake, and what one customer bought.

A web process keeps the latest snapshot and a small index from customer id to key; both are renewed when the lake moves
on. One customer's orders touch one row group a file of one bucket.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.config.options import options
from regulars.crm.insights import inbox
from regulars.errors import LakeError
from regulars.lake import Lake, Snapshot
from regulars.lake.commit import _log_file
from regulars.lake.kernels import hashes
from regulars.lake.parquet import read_rows
from regulars.lake.snapshot import rows_of_keys

EPOCH = date(1970, 1, 1)
STATUS = {0: "valid", 1: "cancelled", 2: "unpaid", 3: "refund"}
_HUNDREDTH = Decimal("0.01")
_lock = threading.Lock()
_views: dict[str, View] = {}


@dataclass(frozen=True)
class LineSeen:
    """One product of an order; money in units of the currency."""

    product: str | None
    label: str
    category: str | None
    quantity: Decimal | None
    amount: Decimal
    profit: Decimal | None


@dataclass(frozen=True)
class OrderSeen:
    """One order as pages and the API show it. ``pending``: known from the inbox, not in the lake yet."""

    order_id: str | None
    source: str
    day: date
    at: datetime | None
    amount: Decimal
    profit: Decimal | None
    discount: Decimal | None
    status: str
    channel: str | None
    campaign: str | None
    lines: tuple[LineSeen, ...] = ()
    pending: bool = False

    @property
    def is_purchase(self) -> bool:
        return self.status == "valid" and self.amount > 0


@dataclass(frozen=True)
class ProductSeen:
    """A product of one customer: days it was bought on, and the mean of the gaps between them once there are two.

    ``due`` is the last day plus that gap; ``quantity`` is None where no line says one.
    """

    product: str | None
    label: str
    category: str | None
    days: tuple[date, ...]
    quantity: Decimal | None
    amount: Decimal
    gap_days: float | None
    due: date | None

    @property
    def times(self) -> int:
        return len(self.days)

    @property
    def last(self) -> date:
        return self.days[-1]


@dataclass
class View:
    """A snapshot with the dictionaries it is read through."""

    snapshot: Snapshot
    index: KeyIndex
    names: dict[str, Any] = field(default_factory=dict)

    def name_list(self, kind: str) -> list[str | None]:
        if kind not in self.names:
            self.names[kind] = self.snapshot.read_names(kind).names
        return self.names[kind]

    @cached_property
    def products(self) -> Any:
        return self.snapshot.read_names("product")


@dataclass(frozen=True)
class KeyIndex:
    """Hashes of all customer ids, sorted, with their keys: 12 bytes a customer, made once for each dictionary."""

    customers: int
    hashes: np.ndarray
    keys: np.ndarray

    @classmethod
    def of(cls, snapshot: Snapshot) -> KeyIndex:
        parts = [
            read_rows(snapshot.storage, file, ["customer_key", "customer_id"])
            for file in snapshot.all_files("customers")
        ]
        if not parts:
            return cls(0, np.empty(0, np.int64), np.empty(0, np.int32))
        rows = pa.concat_tables(parts)
        found = _hashed(rows.column("customer_id").combine_chunks())
        order = np.argsort(found, kind="stable")
        keys = rows.column("customer_key").to_numpy()
        return cls(snapshot.n_customers, found[order], keys[order].astype(np.int32))

    def candidates(self, customer_id: str) -> np.ndarray:
        wanted = _hashed(pa.array([customer_id]))[0]
        low, high = np.searchsorted(self.hashes, wanted, "left"), np.searchsorted(self.hashes, wanted, "right")
        return np.unique(self.keys[low:high])


def _hashed(ids: Any) -> np.ndarray:
    text = ids.cast(pa.large_string())
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    _, offsets, content = text.buffers()
    starts = np.frombuffer(offsets, np.int64)[text.offset : text.offset + len(text) + 1]
    return hashes(starts, np.frombuffer(content, np.uint8), np.zeros(len(text), np.int32), 0)


def lake() -> Lake | None:
    """The lake of this installation, None before the first import."""
    location = options().lake_location
    return Lake.open(location) if Lake.exists(location) else None


def open_or_create(currency: str | None = None) -> Lake:
    """The lake, made with the installation's time zone when there is none; the first import settles its currency."""
    found = lake()
    if found is not None:
        return found
    given = options()
    try:
        return Lake.create(given.lake_location, currency=currency, timezone=given.timezone)
    except LakeError as error:
        if error.code != "lake_exists":
            raise
        return Lake.open(given.lake_location)


def view() -> View | None:
    """The latest snapshot, kept by the process until the lake has a newer version."""
    location = options().lake_location
    kept = _views.get(location)
    if kept is not None and _is_latest(kept.snapshot):
        return kept
    with _lock:
        kept = _views.get(location)
        if kept is not None and _is_latest(kept.snapshot):
            return kept
        found = lake()
        if found is None:
            _views.pop(location, None)
            return None
        snapshot = found.snapshot()
        same = kept is not None and _same_dictionary(kept.snapshot, snapshot)
        index = kept.index if kept is not None and same else KeyIndex.of(snapshot)
        _views[location] = View(snapshot, index)
        return _views[location]


def _is_latest(snapshot: Snapshot) -> bool:
    storage = snapshot.storage
    return storage.exists(_log_file("orders", snapshot.version)) and not storage.exists(
        _log_file("orders", snapshot.version + 1)
    )


def _same_dictionary(one: Snapshot, other: Snapshot) -> bool:
    files = [{file.name for file in snapshot.all_files("customers")} for snapshot in (one, other)]
    return files[0] == files[1]


def key_of(customer_id: str, seen: View | None = None) -> int | None:
    """The lake's key of a customer id, proved by reading the id back; None when the lake does not know it."""
    seen = seen or view()
    if seen is None:
        return None
    for key in seen.index.candidates(customer_id).tolist():
        for file in seen.snapshot.files_of("customers", key % seen.snapshot.buckets):
            rows = rows_of_keys(seen.snapshot.storage, file, np.array([key], np.int32), ["customer_key", "customer_id"])
            if customer_id in rows.column("customer_id").to_pylist():
                return key
    return None


def currency() -> str:
    seen = view()
    return (seen.snapshot.currency if seen else None) or options().currency


def orders_of(key: str | None) -> list[OrderSeen]:
    """Orders of one customer (the lake's customer id), newest first: what the lake holds, with the inbox on top."""
    if not key:
        return []
    seen = view()
    number = key_of(key, seen) if seen is not None else None
    stored = _stored(seen, number) if seen is not None and number is not None else []
    waiting = [_from_inbox(entry) for entry in inbox.pending(key)]
    fresh = {order.order_id for order in waiting}
    moved = inbox.moved_away(key)
    kept = [o for o in stored if not (o.source == inbox.SOURCE and (o.order_id in fresh or o.order_id in moved))]
    return sorted([*kept, *waiting], key=lambda order: (order.day, order.at or _noon(order.day)), reverse=True)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _stored(seen: View, number: int) -> list[OrderSeen]:
    snapshot = seen.snapshot
    orders, lines = snapshot.orders_of(number).to_pylist(), snapshot.lines_of(number).to_pylist()
    by_order: dict[int, list[LineSeen]] = {}
    for row in lines:
        by_order.setdefault(row["order_key"], []).append(_line(seen, row))
    return [_order(seen, row, tuple(by_order.get(row["order_key"], ()))) for row in orders]


def _order(seen: View, row: dict[str, Any], lines: tuple[LineSeen, ...]) -> OrderSeen:
    return OrderSeen(
        order_id=row["order_id"],
        source=_name(seen, "source", row["source"]) or "",
        day=EPOCH + timedelta(days=row["day"]),
        at=datetime.fromtimestamp(row["at"], UTC) if row["at"] is not None else None,
        amount=money(row["amount"]),
        profit=_maybe(row["profit"]),
        discount=_maybe(row["discount"]),
        status=STATUS.get(row["status"], "valid"),
        channel=_name(seen, "channel", row["channel"]),
        campaign=_name(seen, "campaign", row["campaign"]),
        lines=lines,
    )


def _line(seen: View, row: dict[str, Any]) -> LineSeen:
    code, names = row["product"], seen.products
    product = names.names[code] if code is not None else None
    label = (names.labels[code] if code is not None else None) or product or ""
    quantity = Decimal(row["quantity"]) / 1000 if row["quantity"] is not None else None
    category = names.categories[code] if code is not None else None
    return LineSeen(product, label, category, quantity, money(row["amount"]), _maybe(row["profit"]))


def _name(seen: View, kind: str, code: int | None) -> str | None:
    return seen.name_list(kind)[code] if code is not None else None


def money(minor: int) -> Decimal:
    return (Decimal(minor) / 100).quantize(_HUNDREDTH)


def _maybe(minor: int | None) -> Decimal | None:
    return None if minor is None else money(minor)


def _from_inbox(entry: inbox.Told) -> OrderSeen:
    lines = tuple(
        LineSeen(line.product, line.name or line.product or "", line.category, line.quantity, line.amount, line.profit)
        for line in entry.lines
    )
    return OrderSeen(
        order_id=entry.order_id,
        source=inbox.SOURCE,
        day=entry.day,
        at=entry.ordered_at,
        amount=entry.amount,
        profit=entry.profit,
        discount=entry.discount,
        status=entry.status,
        channel=entry.channel,
        campaign=entry.campaign,
        lines=lines,
        pending=True,
    )


def products_of(orders: list[OrderSeen]) -> list[ProductSeen]:
    """The products in ``orders`` of one customer, most recently due first; cancelled orders and returns left out."""
    held: dict[str, list[tuple[date, LineSeen]]] = {}
    for order in orders:
        if order.is_purchase:
            for line in order.lines:
                if line.amount > 0 and (line.product or line.label):
                    held.setdefault(line.product or line.label, []).append((order.day, line))
    found = [_product(bought) for bought in held.values()]
    return sorted(found, key=lambda p: (p.due is None, p.due or date.max, -p.last.toordinal(), p.label))


def _product(bought: list[tuple[date, LineSeen]]) -> ProductSeen:
    days = tuple(sorted({day for day, _ in bought}))
    newest = max(bought, key=lambda pair: pair[0])[1]
    quantities = [line.quantity for _, line in bought if line.quantity is not None]
    gap = (days[-1] - days[0]).days / (len(days) - 1) if len(days) > 1 else None
    return ProductSeen(
        product=newest.product,
        label=newest.label,
        category=newest.category,
        days=days,
        quantity=sum(quantities, Decimal()) if quantities else None,
        amount=sum((line.amount for _, line in bought), Decimal()),
        gap_days=gap,
        due=days[-1] + timedelta(days=round(gap)) if gap is not None else None,
    )
