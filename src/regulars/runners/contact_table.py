"""The contact list as a table, with names and the purchases of the last year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa

from regulars.engine.calendar import day_of
from regulars.runners.buckets import BucketMap
from regulars.runners.columns import money_column
from regulars.runners.contacts import Contact
from regulars.runners.lake_source import LakeSource
from regulars.runners.population import Population

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


def contact_table(source: LakeSource, run: Population, map: BucketMap) -> pa.Table:
    """One row a late customer with profit in the window, most at stake first.

    ``purchases_recent``: days before the as-of day of the purchase days of the last 365 days, oldest first;
    ``amounts_recent``: money bought on each.
    """
    rows = run.contacts.rows
    names, amounts = _details(source, run, rows, map)
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


@dataclass(frozen=True)
class DetailStep:
    """Names and amounts by purchase day of the contacts of one bucket, in their order."""

    source: LakeSource
    contacts: Mapping[int, Sequence[Contact]]
    as_of: int

    def __call__(self, bucket: int) -> list[tuple[str | None, list[int]]]:
        members = self.contacts[bucket]
        known, facts = self.source.customer_names(bucket), self.source.facts(bucket)
        begins = np.searchsorted(facts.customer, [c.position for c in members])
        ends = np.searchsorted(facts.customer, [c.position for c in members], side="right")
        details = []
        for contact, begin, end in zip(members, begins, ends, strict=True):
            day, amount = facts.day[begin:end], facts.amount[begin:end]
            bought = amount > 0
            if len(facts.status):
                bought &= facts.status[begin:end] == 0
            amounts = [int(amount[bought & (day == self.as_of - back)].sum()) for back in contact.purchases]
            details.append((known[contact.position].as_py(), amounts))
        return details


def _details(
    source: LakeSource, run: Population, rows: tuple[Contact, ...], map: BucketMap
) -> tuple[list[str | None], list[list[float]]]:
    """Name and amounts by purchase day of every contact, each bucket read once."""
    by_bucket: dict[int, list[Contact]] = defaultdict(list)
    for contact in rows:
        by_bucket[contact.bucket].append(contact)
    buckets = list(by_bucket)
    found = map.each("contacts", DetailStep(source, dict(by_bucket), run.plan.as_of), buckets)
    told = {
        (bucket, contact.position): detail
        for bucket, details in zip(buckets, found, strict=True)
        for contact, detail in zip(by_bucket[bucket], details, strict=True)
    }
    names = [told[c.bucket, c.position][0] for c in rows]
    return names, [[amount / run.minor for amount in told[c.bucket, c.position][1]] for c in rows]
