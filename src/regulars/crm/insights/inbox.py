"""Orders told by the API or by hand: visible at once, drained into the lake in batches, once.

An order is known by its id among all orders of this source. The lake's own key (source, order_id, customer_id) makes a
drain that is repeated harmless: the same order with the same values changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.db import transaction
from django.db.models import Q

from regulars.config.options import options
from regulars.crm.customers.models import Customer
from regulars.crm.insights.models import InboxOrder
from regulars.lake.schema import INCOMING_LINES, INCOMING_ORDERS, INCOMING_PRODUCTS

SOURCE = "api"
BATCH = 20_000
STATUS_CODES = {"valid": 0, "cancelled": 1, "unpaid": 2}
_EPOCH = date(1970, 1, 1)
_CHUNK = 500


@dataclass(frozen=True)
class ToldLine:
    """One product of an order as told."""

    product: str | None
    amount: Decimal
    name: str | None = None
    category: str | None = None
    quantity: Decimal | None = None
    profit: Decimal | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "product": self.product,
            "name": self.name,
            "category": self.category,
            "quantity": _text(self.quantity),
            "amount": str(self.amount),
            "profit": _text(self.profit),
        }

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> ToldLine:
        return cls(
            body["product"],
            Decimal(body["amount"]),
            body["name"],
            body["category"],
            _decimal(body["quantity"]),
            _decimal(body["profit"]),
        )


@dataclass(frozen=True)
class Told:
    """One order as told; money in units of the currency. ``ordered_at`` is a moment with a time zone."""

    order_id: str
    customer_key: str
    ordered_at: datetime
    amount: Decimal
    profit: Decimal | None = None
    discount: Decimal | None = None
    status: str = "valid"
    channel: str | None = None
    campaign: str | None = None
    lines: tuple[ToldLine, ...] = ()

    @property
    def day(self) -> date:
        return self.ordered_at.astimezone(ZoneInfo(options().timezone)).date()

    def body(self) -> dict[str, Any]:
        return {
            "amount": str(self.amount),
            "profit": _text(self.profit),
            "discount": _text(self.discount),
            "status": self.status,
            "channel": self.channel,
            "campaign": self.campaign,
            "lines": [line.to_json() for line in self.lines],
        }

    @classmethod
    def of(cls, row: InboxOrder) -> Told:
        body = row.body
        return cls(
            order_id=row.order_id,
            customer_key=row.customer_key,
            ordered_at=row.ordered_at,
            amount=Decimal(body["amount"]),
            profit=_decimal(body["profit"]),
            discount=_decimal(body["discount"]),
            status=body["status"],
            channel=body["channel"],
            campaign=body["campaign"],
            lines=tuple(ToldLine.from_json(line) for line in body["lines"]),
        )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def take(orders: Sequence[Told]) -> list[str]:
    """Put orders into the inbox; of each "created", "updated" or "unchanged". Call inside a transaction.

    Of an id that comes twice the last one stays.
    """
    known: dict[str, InboxOrder] = {}
    ids = [order.order_id for order in orders]
    for first in range(0, len(ids), _CHUNK):
        known |= {r.order_id: r for r in InboxOrder.objects.filter(order_id__in=ids[first : first + _CHUNK])}
    fresh: dict[str, InboxOrder] = {}
    changed: dict[str, InboxOrder] = {}
    states = []
    for order in orders:
        row = known.get(order.order_id) or fresh.get(order.order_id)
        if row is None:
            fresh[order.order_id] = _row(order)
            states.append("created")
        elif row.body == order.body() and row.customer_key == order.customer_key and row.ordered_at == order.ordered_at:
            states.append("unchanged")
        else:
            row.customer_key, row.ordered_at, row.body = order.customer_key, order.ordered_at, order.body()
            row.drained_version = None
            row.updated_at = datetime.now(UTC)
            if order.order_id not in fresh:
                changed[order.order_id] = row
            states.append("updated")
    InboxOrder.objects.bulk_create(fresh.values(), batch_size=_CHUNK)
    fields = ["customer_key", "ordered_at", "body", "drained_version", "updated_at"]
    InboxOrder.objects.bulk_update(changed.values(), fields, batch_size=_CHUNK)
    return states


def _row(order: Told) -> InboxOrder:
    return InboxOrder(
        order_id=order.order_id, customer_key=order.customer_key, ordered_at=order.ordered_at, body=order.body()
    )


def pending(customer_key: str) -> list[Told]:
    """Orders of one customer, and of those merged into it, that are not in the lake yet or not as they are now."""
    merged = Customer.objects.filter(merged_into__key=customer_key).values("key")
    mine = Q(customer_key=customer_key) | Q(customer_key__in=merged)
    rows = InboxOrder.objects.filter(mine, drained_version=None)
    return [Told.of(row) for row in rows]


def moved_away(customer_key: str) -> set[str]:
    """Ids of orders that the lake still holds under this customer although they belong to another one now."""
    rows = InboxOrder.objects.filter(drained_for=customer_key).exclude(customer_key=customer_key)
    return set(rows.values_list("order_id", flat=True))


def waiting() -> int:
    return InboxOrder.objects.filter(drained_version=None).count()


def drain() -> int:
    """Put everything that waits into the lake; returns how many orders went. Several may drain at once."""
    from regulars.crm.insights import lake_access

    total = 0
    while rows := list(InboxOrder.objects.filter(drained_version=None).order_by("pk")[:BATCH]):
        lake = lake_access.open_or_create(options().currency)
        orders, lines, products = _tables(rows)
        content = _content(rows)
        report = lake.load(orders, lines, source=SOURCE, content=[content], products=products)
        with transaction.atomic():
            done = _mark(rows, report.version)
        total += done
        if done == 0:
            break  # all of them changed meanwhile: the next drain takes them
    return total


def _mark(rows: Iterable[InboxOrder], version: int) -> int:
    """Note what the lake has; an order that was changed meanwhile keeps waiting."""
    done = 0
    for row in rows:
        same = InboxOrder.objects.filter(pk=row.pk, updated_at=row.updated_at)
        done += same.update(drained_version=version, drained_for=row.customer_key)
    return done


def _content(rows: Sequence[InboxOrder]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.order_id}\x1f{row.customer_key}\x1f{row.updated_at.isoformat()}\n".encode())
    return digest.hexdigest()


def _tables(rows: Sequence[InboxOrder]) -> tuple[pa.Table, pa.Table, pa.Table]:
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    products: dict[str, str | None] = {}
    for row in rows:
        told = Told.of(row)
        if row.drained_for and row.drained_for != row.customer_key:
            orders.append(_order(told, row.drained_for, 0, 0) | {"amount": 0, "profit": None, "status": 1})
        orders.append(_order(told, told.customer_key, len(lines), len(told.lines)))
        for line in told.lines:
            lines.append(_line(line))
            if line.product is not None and line.name:
                products[line.product] = line.name
    named = [{"product_id": product, "name": name} for product, name in products.items()]
    return (
        pa.Table.from_pylist(orders, INCOMING_ORDERS),
        pa.Table.from_pylist(lines, INCOMING_LINES),
        pa.Table.from_pylist(named, INCOMING_PRODUCTS),
    )


def _order(told: Told, customer_key: str, first: int, count: int) -> dict[str, Any]:
    return {
        "customer_id": customer_key or None,
        "order_id": told.order_id,
        "day": (told.day - _EPOCH).days,
        "at": int(told.ordered_at.timestamp()),
        "amount": minor(told.amount),
        "profit": None if told.profit is None else minor(told.profit),
        "profit_source": int(told.profit is not None),
        "discount": None if told.discount is None else minor(told.discount),
        "status": STATUS_CODES[told.status],
        "channel": told.channel,
        "campaign_id": told.campaign,
        "referrer_id": None,
        "line_first": first,
        "line_count": count,
    }


def _line(line: ToldLine) -> dict[str, Any]:
    return {
        "product_id": line.product or line.name,
        "category": line.category,
        "quantity": None if line.quantity is None else _scaled(line.quantity, 1000),
        "amount": minor(line.amount),
        "profit": None if line.profit is None else minor(line.profit),
    }


def minor(amount: Decimal) -> int:
    return _scaled(amount, 100)


def _scaled(value: Decimal, by: int) -> int:
    return int((value * by).to_integral_value(ROUND_HALF_UP))
