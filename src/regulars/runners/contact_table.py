"""The contact list as a table, with names and the purchases of the last year."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa

from regulars.engine.calendar import day_of
from regulars.runners.columns import money_column
from regulars.runners.contacts import Contact
from regulars.runners.lake_source import LakeSource
from regulars.runners.local import Population

CONTACTS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("name", pa.string()),
        ("abc", pa.string()),
        ("rhythm", pa.string()),
        ("typical_gap", pa.float64()),
        ("recency_days", pa.int32()),
        ("lateness", pa.float64()),
        ("lateness_percentile", pa.float64()),
        ("last_purchase", pa.date32()),
        ("next_purchase_to", pa.date32()),
        ("profit_window", pa.decimal128(18, 2)),
        ("amount_window", pa.decimal128(18, 2)),
        ("orders_window", pa.int32()),
        ("purchases_recent", pa.list_(pa.int32())),
        ("amounts_recent", pa.list_(pa.float64())),
    ]
)


FORECASTS = (("p_alive", pa.float64()), ("clv_12m", pa.decimal128(18, 2)), ("value_at_risk", pa.decimal128(18, 2)))


def contact_table(source: LakeSource, run: Population) -> pa.Table:
    """One row a late customer with profit in the window, most at stake first.

    ``purchases_recent``: days before the as-of day of the purchase days of the last 365 days, oldest first;
    ``amounts_recent``: money bought on each.
    """
    rows = run.contacts.rows
    names, amounts = _details(source, run, rows)
    as_of = run.plan.as_of
    money = np.array([[c.profit, c.amount] for c in rows], np.int64).reshape(-1, 2)
    columns = [
        [c.customer_id for c in rows],
        names,
        [c.abc for c in rows],
        [c.rhythm for c in rows],
        [c.typical_gap for c in rows],
        [as_of - c.last for c in rows],
        [c.lateness for c in rows],
        [c.percentile for c in rows],
        [day_of(c.last) for c in rows],
        [day_of(c.next_to) for c in rows],
        money_column(money[:, 0], run.digits),
        money_column(money[:, 1], run.digits),
        [c.orders for c in rows],
        [list(c.purchases) for c in rows],
        amounts,
    ]
    arrays = [c if isinstance(c, pa.Array) else pa.array(c, f.type) for c, f in zip(columns, CONTACTS, strict=True)]
    table = pa.table(arrays, schema=CONTACTS)
    if run.forecast is None or not run.forecast.published:
        return table
    values = ([c.p_alive for c in rows], [_cents(c.clv) for c in rows], [_cents(c.stake) for c in rows])
    for (name, kind), column in zip(FORECASTS, values, strict=True):
        table = table.append_column(name, pa.array(column, kind))
    return table


def _cents(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _details(
    source: LakeSource, run: Population, rows: tuple[Contact, ...]
) -> tuple[list[str | None], list[list[float]]]:
    """Name and amounts by purchase day of every contact, each bucket read once."""
    by_bucket: dict[int, list[int]] = defaultdict(list)
    for i, contact in enumerate(rows):
        by_bucket[contact.bucket].append(i)
    names: list[str | None] = [None] * len(rows)
    amounts: list[list[float]] = [[] for _ in rows]
    as_of = run.plan.as_of
    for bucket, members in by_bucket.items():
        known = source.customer_names(bucket)
        facts = source.facts(bucket)
        bounds = np.searchsorted(facts.customer, [rows[i].position for i in members] + [facts.size])
        for n, i in enumerate(members):
            contact = rows[i]
            names[i] = known[contact.position].as_py()
            begin = int(bounds[n])
            end = int(np.searchsorted(facts.customer, contact.position, side="right"))
            day, amount = facts.day[begin:end], facts.amount[begin:end]
            bought = amount > 0
            if len(facts.status):
                bought &= facts.status[begin:end] == 0
            amounts[i] = [int(amount[bought & (day == as_of - back)].sum()) / run.minor for back in contact.purchases]
    return names, amounts
