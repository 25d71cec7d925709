"""Small canonical tables for the tests of the lake, and a lake read back as plain Python."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.lake import NO_CODE, UNATTRIBUTED, BucketFacts, BucketLines, Snapshot
from regulars.lake.schema import INCOMING_CUSTOMERS, INCOMING_LINES, INCOMING_ORDERS


@dataclass(frozen=True)
class Line:
    product: str | None
    amount: int
    quantity: int | None = 1000
    profit: int | None = None
    category: str | None = None


@dataclass(frozen=True)
class Order:
    customer: str | None
    order_id: str | None
    day: int = 19000
    amount: int = 1000
    profit: int | None = None
    status: int = 0
    channel: str | None = None
    discount: int | None = None
    at: int | None = None
    lines: tuple[Line, ...] = ()

    def but(self, **changes: Any) -> Order:
        return replace(self, **changes)


def tables(orders: list[Order]) -> tuple[pa.Table, pa.Table]:
    """The ORDERS and LINES tables of a load."""
    lines = [line for order in orders for line in order.lines]
    counts = [len(order.lines) for order in orders]
    firsts = np.cumsum([0, *counts])[:-1].tolist() if orders else []
    rows = [
        {
            "customer_id": order.customer,
            "order_id": order.order_id,
            "day": order.day,
            "at": order.at,
            "amount": order.amount,
            "profit": order.profit,
            "profit_source": int(order.profit is not None),
            "discount": order.discount,
            "status": order.status,
            "channel": order.channel,
            "line_first": first,
            "line_count": count,
        }
        for order, first, count in zip(orders, firsts, counts, strict=True)
    ]
    products = [
        {
            "product_id": line.product,
            "category": line.category,
            "quantity": line.quantity,
            "amount": line.amount,
            "profit": line.profit,
        }
        for line in lines
    ]
    return pa.Table.from_pylist(rows, INCOMING_ORDERS), pa.Table.from_pylist(products, INCOMING_LINES)


def customers(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), INCOMING_CUSTOMERS)


Row = tuple[Any, ...]


def text(row: Row) -> str:
    return repr(row)


def stored_orders(snapshot: Snapshot) -> list[Row]:
    """(customer, day, amount, profit, status, channel, discount, at) of every order, sorted."""
    channels = snapshot.names("channel").to_pylist()
    columns = ("profit", "status", "channel", "discount", "at")
    found: list[Row] = []
    for facts, ids in _parts(snapshot, lambda bucket: snapshot.facts(bucket, columns), snapshot.unattributed(columns)):
        for i in range(len(facts.day)):
            channel = NO_CODE if facts.channel is None else int(facts.channel[i])
            found.append(
                (
                    ids[facts.customer[i]],
                    int(facts.day[i]),
                    int(facts.amount[i]),
                    _value(facts.profit, facts.profit_known, i),
                    0 if facts.status is None else int(facts.status[i]),
                    None if channel == NO_CODE else channels[channel],
                    _value(facts.discount, facts.discount_known, i),
                    _value(facts.at, facts.at_known, i),
                )
            )
    return sorted(found, key=text)


def stored_lines(snapshot: Snapshot) -> list[Row]:
    """(customer, day, status, product, quantity, amount, profit) of every line, sorted."""
    products = snapshot.names("product").to_pylist()
    found: list[Row] = []
    for lines, ids in _parts(snapshot, snapshot.lines, snapshot.lines(UNATTRIBUTED)):
        for i in range(len(lines.day)):
            product = NO_CODE if lines.product is None else int(lines.product[i])
            found.append(
                (
                    ids[lines.customer[i]],
                    int(lines.day[i]),
                    0 if lines.status is None else int(lines.status[i]),
                    None if product == NO_CODE else products[product],
                    _value(lines.quantity, lines.quantity_known, i),
                    int(lines.amount[i]),
                    _value(lines.profit, lines.profit_known, i),
                )
            )
    return sorted(found, key=text)


def _parts(snapshot: Snapshot, read: Any, unattributed: Any) -> Any:
    for bucket in range(snapshot.buckets):
        part = read(bucket)
        assert_sorted(part)
        yield part, snapshot.customer_ids(bucket).to_pylist()
    yield unattributed, [None]


def assert_sorted(part: BucketFacts | BucketLines) -> None:
    order = np.lexsort((part.day, part.customer))
    assert (part.customer[order] == part.customer).all()
    assert (part.day[order] == part.day).all()


def _value(values: Any, known: Any, i: int) -> int | None:
    return None if values is None or (known is not None and not known[i]) else int(values[i])


def order_row(order: Order, customer: str | None = None) -> Row:
    """What ``stored_orders`` must show for an order."""
    who = customer if customer is not None else order.customer
    return (
        who,
        order.day,
        order.amount,
        order.profit,
        order.status,
        order.channel,
        order.discount,
        order.at,
    )


def line_rows(order: Order, customer: str | None = None) -> list[Row]:
    who = customer if customer is not None else order.customer
    return [
        (who, order.day, order.status, line.product, line.quantity, line.amount, line.profit) for line in order.lines
    ]


def expected(orders: list[Order]) -> tuple[list[Row], list[Row]]:
    return (
        sorted((order_row(order) for order in orders), key=text),
        sorted((row for order in orders for row in line_rows(order)), key=text),
    )
