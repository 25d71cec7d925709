"""Taking a whole import back: what it would do, said beforehand, and doing it.

Orders: the lake reads as if the load had never come. Rows that were changed get their former values back where nobody
changed them since. Customers, contacts and follow-ups that the import made go, unless somebody worked with them since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from regulars.crm.customers import custom_values, details, grams
from regulars.crm.customers.models import (
    Collaborator,
    Contact,
    Customer,
    CustomValue,
    DuplicatePair,
    Event,
    FollowUp,
    Merge,
    Tag,
)  # fmt: skip
from regulars.crm.customers.services import follow_ups
from regulars.crm.insights import lake_access
from regulars.crm.insights.imports import examining
from regulars.crm.insights.models import ImportBatch, ImportChange, InboxOrder
from regulars.ingest import read_orders
from regulars.lake import Lake, Snapshot
from regulars.lake.parquet import read_rows
from regulars.lake.withdrawing import withdraw

Progress = Callable[[str, int, int], None]
CHUNK = 500
REMOVING = gettext_noop("Removing")
_SAME_MOMENT = timedelta(seconds=2)  # an insert reads the clock twice


@dataclass(frozen=True)
class Outlook:
    """What the undo would do: customers that go, those that stay because somebody worked with them, and those that
    stay because other orders are theirs; rows of other kinds that go or return.
    """

    orders: int
    customers: int
    touched: int
    with_orders: int
    changed: int
    added: int


def outlook(batch: ImportBatch) -> Outlook:
    made = Customer.objects.filter(import_batch=batch)
    others = _keys_of_others(batch)
    free = _untouched(made)
    going = sum(1 for key in free.values_list("key", flat=True) if key is None or key not in others)
    untouched, everybody = free.count(), made.count()
    report = batch.result.get("load") or {}
    return Outlook(
        orders=report.get("new", 0) + report.get("replaced", 0),
        customers=going,
        touched=everybody - untouched,
        with_orders=untouched - going,
        changed=batch.changes.filter(created=False).count(),
        added=batch.changes.filter(created=True).count(),
    )


def _untouched(made: QuerySet[Customer]) -> QuerySet[Customer]:
    """Of the customers of an import those with which nobody has done anything."""
    mine = {"customer": OuterRef("pk")}
    worked = (
        Exists(FollowUp.objects.filter(**mine))
        | Exists(Collaborator.objects.filter(**mine))
        | Exists(Event.objects.filter(**mine, data__import__isnull=True))
        | Exists(Contact.objects.filter(**mine).exclude(pk__in=_own("contact", made)))
        | Exists(Customer.objects.filter(referrer=OuterRef("pk")))
        | Exists(Customer.objects.filter(merged_into=OuterRef("pk")))
        | Exists(Merge.objects.filter(Q(kept=OuterRef("pk")) | Q(gone=OuterRef("pk"))))
        | Exists(InboxOrder.objects.filter(customer_key=OuterRef("key")))
    )
    young = Q(updated_at__lte=F("created_at") + _SAME_MOMENT)
    return made.filter(young, deleted_at=None, merged_into=None).exclude(worked)


def _own(kind: str, made: QuerySet[Customer]) -> Any:
    batches = made.values("import_batch")[:1]
    return ImportChange.objects.filter(kind=kind, created=True, batch__in=batches).values("object_id")


# --- orders ----------------------------------------------------------------------------------------------------------


def _keys_of_others(batch: ImportBatch) -> set[str]:
    """Customer ids that have orders in the lake which are not of this import."""
    lake = lake_access.lake()
    if lake is None:
        return set()
    snapshot = lake.snapshot()
    span = _span(lake, batch.lake_version_after)
    return _ids_with_orders(snapshot, span)


def _span(lake: Lake, version: int | None) -> tuple[int, int]:
    """The order keys of the load that made ``version``; empty when there is none."""
    if version is None:
        return 0, 0
    return lake._log.record(version - 1).next_order, lake._log.record(version).next_order


def _ids_with_orders(snapshot: Snapshot, without: tuple[int, int]) -> set[str]:
    found: set[str] = set()
    for bucket in range(snapshot.buckets):
        used = np.zeros(snapshot.customers_in(bucket), bool)
        for file in snapshot.files_of("orders", bucket):
            rows = read_rows(snapshot.storage, file, ["customer_key", "order_key"])
            keys = rows.column("order_key").to_numpy()
            mine = (keys >= without[0]) & (keys < without[1])
            used[rows.column("customer_key").to_numpy()[~mine] // snapshot.buckets] = True
        if used.any():
            found.update(snapshot.customer_ids(bucket).filter(pa.array(used)).to_pylist())
    return found


def take_orders_back(batch: ImportBatch, progress: Progress) -> dict[str, Any]:
    """The lake without this import; orders that a later import brought unchanged stay, as that one left them."""
    lake = lake_access.lake()
    if lake is None or batch.lake_version_after is None:
        return {"removed": 0, "restored": 0}
    report = withdraw(
        lake, batch.lake_version_after, progress=lambda _stage, done, total: progress(REMOVING, done, total)
    )
    again = _say_again(lake, batch, progress)
    return {
        "removed": report.counters["orders_removed"],
        "restored": report.counters["orders_restored"],
        "kept": again,
        "version": report.version,
    }


def _say_again(lake: Lake, batch: ImportBatch, progress: Progress) -> int:
    """Orders of later imports that were identical and so never stored: they are loaded now. Returns how many."""
    assert batch.lake_version_after is not None
    later = ImportBatch.objects.filter(
        what=ImportBatch.What.ORDERS, state=ImportBatch.State.DONE, source=batch.source,
        lake_version_after__gt=batch.lake_version_after,
    ).order_by("lake_version_after")  # fmt: skip
    later = [other for other in later if (other.result.get("load") or {}).get("identical")]
    if not later:
        return 0
    mine = set(_order_ids(batch))
    before = lake._log.record(batch.lake_version_after).next_order
    total = 0
    for place, other in enumerate(later):
        progress("read", place, len(later))
        found = read_orders(examining.paths_of(other), examining.reading_options(other))
        wanted = pc.is_in(found.orders.column("order_id"), value_set=pa.array(mine, pa.string()))
        orders = found.orders.filter(wanted)
        orders = orders.filter(pa.array(_older(lake.snapshot(), orders, other.source, before)))
        if orders.num_rows:
            total += orders.num_rows
            lake.load(orders, found.lines, None, source=other.source, currency=found.currency)
    return total


def _order_ids(batch: ImportBatch) -> Iterator[str]:
    found = read_orders(examining.paths_of(batch), examining.reading_options(batch))
    yield from pc.unique(found.orders.column("order_id")).drop_null().to_pylist()


def _older(snapshot: Snapshot, orders: pa.Table, source: str, before: int) -> list[bool]:
    """Of each order whether the lake has it from no load after the one taken back."""
    names = snapshot.names("source").to_pylist()
    code = names.index(source) if source in names else -1
    held: set[tuple[str, str]] = set()
    ids = pc.unique(orders.column("customer_id")).drop_null()
    keys = snapshot.find_keys(ids)
    by_key = {int(key): name for key, name in zip(keys, ids.to_pylist(), strict=True) if key >= 0}
    wanted = orders.column("order_id").combine_chunks()
    for file in snapshot.all_files("orders"):
        rows = read_rows(snapshot.storage, file, ["customer_key", "source", "order_id", "order_key"])
        near = pc.and_(pc.equal(rows.column("source"), code), pc.greater_equal(rows.column("order_key"), before))
        rows = rows.filter(pc.and_(near, pc.is_in(rows.column("order_id"), value_set=wanted)))
        for row in rows.to_pylist():
            held.add((by_key.get(row["customer_key"], ""), row["order_id"]))
    pairs = zip(orders.column("customer_id").to_pylist(), orders.column("order_id").to_pylist(), strict=True)
    return [(customer or "", order_id) not in held for customer, order_id in pairs]


# --- customers, contacts, follow-ups ---------------------------------------------------------------------------------


def remove_customers(batch: ImportBatch, progress: Progress) -> dict[str, int]:
    """Delete the customers of the import with whom nobody worked and of whom no other order is known."""
    others = _keys_of_others(batch)
    made = Customer.objects.filter(import_batch=batch)
    total, gone, last = made.count(), 0, 0
    while chunk := list(made.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        last = chunk[-1]
        with transaction.atomic():
            free = _untouched(made.filter(pk__in=chunk)).values_list("pk", "key")
            doomed = [pk for pk, key in free if key is None or key not in others]
            DuplicatePair.objects.filter(Q(first__in=doomed) | Q(second__in=doomed)).delete()
            Customer.objects.filter(pk__in=doomed).delete()
        gone += len(doomed)
        progress(REMOVING, gone, total)
    return {"customers_removed": gone, "customers_kept": made.count()}


def return_changes(batch: ImportBatch, progress: Progress) -> dict[str, int]:
    """Give changed customers their former values back, and remove contacts and follow-ups that the import made."""
    total, done = batch.changes.count(), 0
    tally = {"returned": 0, "left": 0, "removed": 0}
    while chunk := list(batch.changes.order_by("-pk")[:100]):
        with transaction.atomic():
            for change in chunk:
                _take_back(change, tally)
            ImportChange.objects.filter(pk__in=[change.pk for change in chunk]).delete()
        done += len(chunk)
        progress(REMOVING, done, total)
    return tally


def _take_back(change: ImportChange, tally: dict[str, int]) -> None:
    if change.kind == "customer":
        customer = Customer.objects.select_for_update(of=("self",)).filter(pk=change.object_id).first()
        if customer is not None:
            _return_customer(customer, change, tally)
    elif change.kind == "contact":
        tally["removed"] += Contact.objects.filter(pk=change.object_id).delete()[0]
    else:
        follow = FollowUp.objects.filter(pk=change.object_id).select_related("customer").first()
        if follow is not None:
            customer = follow.customer
            follow.delete()
            follow_ups.refresh(customer)
            tally["removed"] += 1


def _return_customer(customer: Customer, change: ImportChange, tally: dict[str, int]) -> None:
    """Field by field: what is still as the import left it goes back, what somebody changed since stays."""
    left = 0
    columns = {"owner": "owner_id", "referrer": "referrer_id"}
    for name, after in change.after.items():
        if name == "tags":
            customer.tags.remove(*Tag.objects.filter(name__in=after))
        elif name.startswith("custom."):
            left += not _return_custom(customer, name.removeprefix("custom."), change.before.get(name), after)
        elif getattr(customer, columns.get(name, name)) == after:
            setattr(customer, columns.get(name, name), change.before.get(name))
            if name == "owner":
                customer.department_id = customer.owner.department_id if customer.owner else None
        else:
            left += 1
    details.normalise(customer)
    customer.save()
    grams.index([customer])
    Event.objects.create(customer=customer, kind="import_undone", data={"import": True, "left": left})
    tally["returned"] += 1
    tally["left"] += left


def _return_custom(customer: Customer, key: str, before: Any, after: Any) -> bool:
    field = next((field for field in custom_values.fields() if field.key == key), None)
    if field is None:
        return False
    held = custom_values.of([customer.pk], [field]).get(customer.pk, {}).get(key, [])
    if held != after:
        return False
    CustomValue.objects.filter(customer=customer, field=field).delete()
    if before:
        good, _ = custom_values.cleaned({key: before if len(before) > 1 else before[0]})
        custom_values.write(customer, good)
    return True
