"""Writing many new customers at once: the same rows as Django would write, without building a statement for each chunk.

A tenth of a millisecond a customer instead of a third; an import of a million orders may bring hundreds of thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from regulars.crm.customers import grams
from regulars.crm.customers.models import Customer, Gram

# What differs between customers of one import; the rest is the same in all of them and prepared once.
_OWN = {
    "public_id", "key", "kind", "name", "sort_name", "phone", "phone_key", "email", "email_key", "region", "source",
}  # fmt: skip


def insert(customers: Sequence[Customer]) -> None:
    """Insert customers that have a number, and the grams they are found by; inside the caller's transaction."""
    if not customers:
        return
    now = timezone.now()
    for customer in customers:
        customer.created_at = customer.updated_at = now
    fields = [field for field in Customer._meta.concrete_fields if not field.primary_key]
    constant = {f.attname: f.get_db_prep_save(getattr(customers[0], f.attname), connection) for f in fields}
    names = [field.attname for field in fields]
    rows = [[getattr(c, n) if n in _OWN else constant[n] for n in names] for c in customers]
    _many(Customer._meta.db_table, [str(field.column) for field in fields], rows)
    ids = dict(Customer.objects.filter(key__in=[c.key for c in customers]).values_list("key", "pk"))
    found = [(gram, ids[customer.key]) for customer in customers for gram in grams.grams_of(customer)]
    _many(Gram._meta.db_table, ["gram", "customer_id"], sorted(found), or_nothing=True)


def _many(table: str, columns: list[str], rows: Sequence[Sequence[Any]], *, or_nothing: bool = False) -> None:
    quote = connection.ops.quote_name
    places = ", ".join(["%s"] * len(columns))
    ending = " ON CONFLICT DO NOTHING" if or_nothing else ""
    statement = f"INSERT INTO {quote(table)} ({', '.join(map(quote, columns))}) VALUES ({places}){ending}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
