"""Orders: told in bulk by their external id, each with its own result; visible at once, in the figures after a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Header, Path, Query, Router, Schema
from pydantic import Field

from regulars.api import idempotency
from regulars.api.v1.customers import customer_of
from regulars.api.values import Id, In, Moment, Money, text
from regulars.crm.accounts.policies import can, require
from regulars.crm.customers import services
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import visible_to
from regulars.crm.insights import inbox, lake_access
from regulars.crm.insights.models import InboxOrder

router = Router(tags=["orders"])
MOST = 500
Status = Literal["valid", "cancelled", "unpaid"]
State = Literal["created", "updated", "unchanged", "rejected"]


class LineIn(In):
    product: text(200, 1)  # type: ignore[valid-type]
    amount: Money
    name: text(200) | None = None  # type: ignore[valid-type]
    category: text(120) | None = None  # type: ignore[valid-type]
    quantity: Money | None = None
    profit: Money | None = None


class OrderIn(In):
    """``amount`` may be left out where lines say it."""

    order_id: text(200, 1)  # type: ignore[valid-type]
    customer_id: text(200, 1)  # type: ignore[valid-type]
    customer_name: text(200) | None = None  # type: ignore[valid-type]
    ordered_at: Moment
    amount: Money | None = None
    profit: Money | None = None
    discount: Money | None = None
    status: Status = "valid"
    channel: text(120) | None = None  # type: ignore[valid-type]
    campaign: text(120) | None = None  # type: ignore[valid-type]
    lines: list[LineIn] = Field(default=[], max_length=200)

    def told(self) -> inbox.Told:
        lines = tuple(
            inbox.ToldLine(line.product, line.amount, line.name, line.category, line.quantity, line.profit)
            for line in self.lines
        )
        amount = self.amount if self.amount is not None else sum((line.amount for line in lines), Decimal())
        return inbox.Told(
            self.order_id, self.customer_id, self.ordered_at, amount, self.profit, self.discount, self.status,
            self.channel or None, self.campaign or None, lines,
        )  # fmt: skip


class OrdersIn(In):
    orders: list[OrderIn] = Field(min_length=1, max_length=MOST)


class ResultOut(Schema):
    """``problem`` says why a row was rejected."""

    order_id: str
    state: State
    code: str | None = None
    problem: str | None = None


class ResultsOut(Schema):
    results: list[ResultOut]


class LineOut(Schema):
    product: str | None
    name: str
    category: str | None
    quantity: Decimal | None
    amount: Decimal
    profit: Decimal | None


class OrderOut(Schema):
    """``pending``: not in the figures yet."""

    order_id: str | None
    source: str
    day: date
    ordered_at: datetime | None
    amount: Decimal
    profit: Decimal | None
    discount: Decimal | None
    status: str
    channel: str | None
    campaign: str | None
    pending: bool
    lines: list[LineOut]


class OrdersOut(Schema):
    currency: str
    total: int
    items: list[OrderOut]


class Shown(Schema):
    """The newest ``limit`` orders."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.post("/orders", response=ResultsOut, summary="Tell orders (added or replaced by order_id)",
             operation_id="tell_orders")  # fmt: skip
def tell_orders(
    request: HttpRequest, body: OrdersIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=200, pattern=r"^[ -~]*$")] = None,
) -> dict[str, Any]:  # fmt: skip
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "orders.edit")
    return idempotency.once(request, actor, lambda: {"results": _take(actor, body.orders)})


@dataclass(frozen=True)
class _Refused:
    code: str
    problem: str


def _take(actor: Any, orders: Sequence[OrderIn]) -> list[dict[str, Any]]:
    verdicts = _judge(actor, orders)
    good = [order for order, verdict in zip(orders, verdicts, strict=True) if verdict is None]
    states = iter(inbox.take([order.told() for order in good]))
    return [
        {"order_id": order.order_id, "state": next(states), "code": None, "problem": None}
        if verdict is None
        else {"order_id": order.order_id, "state": "rejected", "code": verdict.code, "problem": verdict.problem}
        for order, verdict in zip(orders, verdicts, strict=True)
    ]


def _judge(actor: Any, orders: Sequence[OrderIn]) -> list[_Refused | None]:
    """Why each order cannot be taken; makes the customers that are new."""
    keys = {order.customer_id for order in orders}
    held = InboxOrder.objects.filter(order_id__in=[order.order_id for order in orders])
    owners = dict(held.values_list("order_id", "customer_key"))
    known = set(Customer.objects.filter(key__in=keys | set(owners.values())).values_list("key", flat=True))
    mine = Customer.objects.filter(visible_to(actor), key__in=known)
    seen = set(mine.filter(deleted_at=None).values_list("key", flat=True))
    latest = timezone.localdate() + timedelta(days=1)
    last = {order.order_id: place for place, order in enumerate(orders)}
    found: list[_Refused | None] = []
    for place, order in enumerate(orders):
        verdict = None
        former = owners.get(order.order_id)
        if last[order.order_id] != place:
            verdict = _Refused("repeated", _("The same order comes again further down; that one counts."))
        elif order.told().day > latest:
            verdict = _Refused("in_future", _("The order lies after tomorrow."))
        elif order.amount is None and not order.lines:
            verdict = _Refused("no_amount", _("Neither amount nor lines say what it cost."))
        elif {key for key in (former, order.customer_id) if key in known} - seen:
            verdict = _Refused("not_yours", _("There is no such customer, or you may not see it."))
        elif order.customer_id not in known:
            verdict = _add(actor, order)
            if verdict is None:
                known.add(order.customer_id)
                seen.add(order.customer_id)
        found.append(verdict)
    return found


def _add(actor: Any, order: OrderIn) -> _Refused | None:
    if not can(actor, "customers.create"):
        return _Refused("no_customer", _("There is no such customer, and you may not add one."))
    made = services.register(actor, name=(order.customer_name or "").strip() or order.customer_id)
    Customer.objects.filter(pk=made.pk).update(key=order.customer_id)
    return None


@router.get("/customers/{public_id}/orders", response=OrdersOut, summary="Orders of a customer, newest first",
            operation_id="list_orders")  # fmt: skip
def list_orders(request: HttpRequest, public_id: Path[Id], asked: Query[Shown]) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.view")
    orders = lake_access.orders_of(customer_of(actor, public_id).key)
    items = [
        {
            "order_id": o.order_id, "source": o.source, "day": o.day, "ordered_at": o.at, "amount": o.amount,
            "profit": o.profit, "discount": o.discount, "status": o.status, "channel": o.channel,
            "campaign": o.campaign, "pending": o.pending,
            "lines": [{"product": line.product, "name": line.label, "category": line.category,
                       "quantity": line.quantity, "amount": line.amount, "profit": line.profit} for line in o.lines],
        }
        for o in orders[: asked.limit]
    ]  # fmt: skip
    return {"currency": lake_access.currency(), "total": len(orders), "items": items}
