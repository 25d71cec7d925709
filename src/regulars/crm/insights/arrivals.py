"""Customers whom the lake knows and the database does not get a row: name, phone and so on as the files told them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import connection, transaction

from regulars.crm.customers import details, grams
from regulars.crm.customers.models import Customer
from regulars.lake import Snapshot

CHUNK = 2_000
LONGEST_KEY = 200
FROM_LAKE = {
    "name": "name",
    "kind": "kind",
    "phone": "phone",
    "email": "email",
    "region": "region",
    "source": "acquisition_channel",
}
Progress = Callable[[str, int, int], None]


def add_customers(snapshot: Snapshot, buyers: Path, progress: Progress) -> int:
    """A row for every customer of ``customers.parquet`` that has none; gives how many were added."""
    ids = pq.read_table(buyers, columns=["customer_id"]).column("customer_id").cast(pa.string())
    missing = ids.filter(pc.invert(pc.is_in(ids, value_set=_known_keys()))).combine_chunks()
    missing = missing.filter(pc.less_equal(pc.utf8_length(missing), LONGEST_KEY))
    done = 0
    for rows in _attributes(snapshot, missing) if len(missing) else ():
        with transaction.atomic():
            _create(rows)
        done += len(rows)
        progress("customers", done, len(missing))
    return done


def _known_keys() -> pa.Array:
    """Every customer id that has a row, those of merged customers too."""
    keys: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute('SELECT "key" FROM customers_customer WHERE "key" IS NOT NULL')
        while rows := cursor.fetchmany(50_000):
            keys += [row[0] for row in rows]
    return pa.array(keys, pa.string())


def _attributes(snapshot: Snapshot, wanted: pa.Array) -> Iterator[list[dict[str, Any]]]:
    """What the lake tells of the customers with these ids, in chunks."""
    for bucket in range(snapshot.buckets):
        table = snapshot.attributes(bucket)
        ids = table.column("customer_id").cast(pa.string())
        found = table.filter(pc.is_in(ids, value_set=wanted))
        for first in range(0, found.num_rows, CHUNK):
            yield found.slice(first, CHUNK).to_pylist()


def _create(rows: list[dict[str, Any]]) -> None:
    customers = []
    for row in rows:
        told = {ours: row[theirs] for ours, theirs in FROM_LAKE.items() if row.get(theirs)}
        values, _problems = details.cleaned(told)
        customer = Customer(key=row["customer_id"], name=values.pop("name", "") or row["customer_id"])
        for name, value in values.items():
            setattr(customer, name, value)
        details.normalise(customer)
        customers.append(customer)
    grams.index_new(Customer.objects.bulk_create(customers, batch_size=500))
