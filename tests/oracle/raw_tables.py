"""From rows of raw text to orders, independent of the product's ingest.

Plain readings taken here (section 13 otherwise):

* Amount of a line: the amount column, else quantity x unit price, exact; a row is rejected when its day or its money
  cannot be read. Decimal arithmetic is exact here: 28 digits are more than any sum needs.
* Lines of one order id with two different customer ids and some without: the latter are an order of their own.
* Rows without an order id are orders of their own. Identical rows are dropped only where an order id column exists
  and order ids are unique once they are gone; ``duplicate_rows`` counts the repetitions, not the first of each.
* An order one of whose lines has no profit of its own falls back as a whole.
* Profit from cost is the exact sum of amount - cost, rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

CANCELLED = {"cancelled", "canceled", "已取消", "交易关闭"}
UNPAID = {"pending", "on-hold", "failed", "draft", "待付款", "等待买家付款"}
LINE_COLUMNS = ("row", "product_id", "category", "quantity", "amount", "profit")


@dataclass(frozen=True)
class RawOrders:
    """``orders`` and ``lines`` as compute() takes them, ``counters`` of the file, the ``profit_column`` it had."""

    orders: pd.DataFrame
    lines: pd.DataFrame | None
    counters: dict[str, int]
    profit_column: str | None


@dataclass(frozen=True)
class Line:
    day: date
    at: str
    amount: Decimal
    profit: Decimal | None
    values: dict[str, Any]


def read_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], timezone: str = "Asia/Shanghai") -> RawOrders:
    """``columns`` are field names; cells are text (or numbers, or null)."""
    listed = [tuple("" if cell is None or cell != cell else str(cell).strip() for cell in row) for row in rows]
    kept, duplicates = _without_repeats(columns, listed)
    lines, rejected = [], 0
    for row in kept:
        line = _line(dict(zip(columns, row, strict=True)), timezone)
        rejected += line is None
        lines += [] if line is None else [line]
    grouped = _grouped(lines)
    counters = {
        "rows": len(listed),
        "used_rows": len(lines),
        "rejected_rows": rejected,
        "dropped_rows": len(listed) - len(kept),
        "skipped_rows": 0,
        "duplicate_rows": duplicates,
        "split_orders": _split(grouped),
    }
    return RawOrders(_orders(grouped, columns), _lines(grouped, columns), counters, _profit_column(columns))


def _without_repeats(columns: Sequence[str], rows: list[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], int]:
    unique = list(dict.fromkeys(rows))
    repeated = len(rows) - len(unique)
    if repeated and "order_id" in columns:
        ids = [row[list(columns).index("order_id")] for row in unique]
        if all(ids) and len(set(ids)) == len(ids):
            return unique, repeated
    return rows, repeated


@lru_cache(maxsize=100_000)
def _moment(text: str, timezone: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) if moment.tzinfo else moment


def _number(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite():
        raise InvalidOperation(text)
    return value


def _line(row: dict[str, str], timezone: str) -> Line | None:
    try:
        moment = _moment(row["ordered_at"], timezone)
        if row.get("amount", "") or "unit_price" not in row:
            amount = _number(row["amount"])
        else:
            amount = _number(row["quantity"]) * _number(row["unit_price"])
        profit = _own_profit(row, amount)
    except (ValueError, InvalidOperation):
        return None
    return Line(moment.date(), moment.isoformat(), amount, profit, row)


def _own_profit(row: dict[str, str], amount: Decimal) -> Decimal | None:
    if row.get("profit", ""):
        return _number(row["profit"])
    return amount - _number(row["cost"]) if row.get("cost", "") else None


def _profit_column(columns: Sequence[str]) -> str | None:
    return next((name for name in ("profit", "cost") if name in columns), None)


def _grouped(lines: list[Line]) -> dict[tuple[str, Any], list[Line]]:
    """Lines by (customer, order id); an order's only id covers its lines without one."""
    owners: dict[str, set[str]] = {}
    for line in lines:
        owners.setdefault(line.values.get("order_id", ""), set()).add(line.values.get("customer_id", ""))
    grouped: dict[tuple[str, Any], list[Line]] = {}
    for number, line in enumerate(lines):
        order, customer = line.values.get("order_id", ""), line.values.get("customer_id", "")
        known = owners[order] - {""} if order else set()
        if len(known) == 1:
            customer = next(iter(known))
        grouped.setdefault((customer, order or number), []).append(line)
    return grouped


def _split(grouped: dict[tuple[str, Any], list[Line]]) -> int:
    owners: dict[str, set[str]] = {}
    for customer, order in grouped:
        if isinstance(order, str) and customer:
            owners.setdefault(order, set()).add(customer)
    return sum(len(customers) > 1 for customers in owners.values())


def _minor(value: Decimal) -> int:
    return int((value * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _status(text: str) -> str:
    word = text.strip().lower()
    if word in CANCELLED:
        return "cancelled"
    return "unpaid" if word in UNPAID else "valid"


def _orders(grouped: dict[tuple[str, Any], list[Line]], columns: Sequence[str]) -> pd.DataFrame:
    rows = []
    for (customer, order), lines in grouped.items():
        earliest = min(lines, key=lambda line: line.at)
        profits = [line.profit for line in lines]
        row = {
            "customer_id": customer or None,
            "order_id": order if isinstance(order, str) else None,
            "day": earliest.day,
            "at": earliest.at,
            "amount": _minor(sum((line.amount for line in lines), Decimal(0))),
            "profit": None if None in profits else _minor(sum(profits, Decimal(0))),
            "status": _status(earliest.values.get("status", "")),
        }
        row |= {name: earliest.values[name] or None for name in ("channel", "campaign_id") if name in columns}
        rows.append(row)
    return pd.DataFrame(rows, dtype=object)


def _lines(grouped: dict[tuple[str, Any], list[Line]], columns: Sequence[str]) -> pd.DataFrame | None:
    if "product_id" not in columns:
        return None
    rows = []
    for row, lines in enumerate(grouped.values()):
        known = all(line.profit is not None for line in lines)
        for line in lines:
            quantity = line.values.get("quantity", "")
            profit = _minor(line.profit) if known else None
            cells = (row, line.values["product_id"] or None, line.values.get("category") or None)
            rows.append((*cells, Fraction(quantity) if quantity else None, _minor(line.amount), profit))
    return pd.DataFrame(rows, columns=list(LINE_COLUMNS), dtype=object)
