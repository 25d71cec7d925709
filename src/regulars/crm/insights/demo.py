"""The invented shop of ``regulars demo``: made through the same import and run as any other, and gone in one click."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, Min
from django.utils import timezone

from regulars.config.options import options
from regulars.crm.accounts import audit, policies
from regulars.crm.accounts.models import Role, User
from regulars.crm.customers.models import Customer
from regulars.crm.customers.services import follow_ups
from regulars.crm.insights import lake_access, runs
from regulars.crm.insights.imports import orders as order_imports
from regulars.crm.insights.models import ImportBatch, InboxOrder, Run
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.running import Running
from regulars.crm.jobs.services import enqueue
from regulars.ingest import IngestOptions, read_orders
from regulars.lake.withdrawing import withdraw

KIND = "insights.remove_demo"
CHUNK = 500
SOURCE = "demo"
Progress = Callable[[str, int, int], None]
COLLEAGUES = {"zh": ("林薇", "周恺", "何静"), "en": ("Lin Wei", "Zhou Kai", "He Jing")}
STEPS = {
    "zh": ("回访门店开业情况", "确认企业礼盒数量", "寄样后电话", "报价还没有回音"),
    "en": ("Ask how the new shop opened", "Confirm the gift boxes", "Call after the samples", "Quote unanswered"),
}
AFTER_ALL = date(2100, 1, 1)


def take_in(owner: User, shop: Path, language: str, progress: Progress) -> ImportBatch:
    """Import the shop's files as the owner's, its customers spread over the owner and some colleagues."""
    reading = IngestOptions(
        customers_file=shop / "customers.csv", currency=options().currency, timezone=options().timezone,
        lang="zh" if language == "zh" else "en", today=AFTER_ALL,
    )  # fmt: skip
    found = read_orders([shop / "orders.csv"], reading, progress)
    batch = ImportBatch.objects.create(
        what=ImportBatch.What.ORDERS, state=ImportBatch.State.IMPORTING, actor=owner, file_name="orders.csv",
        source=SOURCE, size=(shop / "orders.csv").stat().st_size, demo=True, counters=found.counters.as_dict(),
    )  # fmt: skip
    loaded = order_imports.load(batch, found, progress)
    order_imports.add_customers(batch, found, progress)
    _spread(batch, owner, language)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportBatch.State.DONE, finished_at=timezone.now(), lake_version_after=loaded.version
    )
    _plan(batch, owner, language)
    return batch


def _spread(batch: ImportBatch, owner: User, language: str) -> None:
    people = [owner, *_colleagues(language)]
    with transaction.atomic():
        for place, person in enumerate(people):
            mine = Customer.objects.alias(turn=F("pk") % len(people)).filter(import_batch=batch, turn=place)
            mine.update(owner=person, department=person.department)


def _colleagues(language: str) -> list[User]:
    role = Role.objects.get(key="sales")
    return [
        User.objects.get_or_create(
            email=f"sales{number}@demo.invalid", defaults={"name": name, "role": role, "language": language}
        )[0]
        for number, name in enumerate(COLLEAGUES[language], 1)
    ]


def _plan(batch: ImportBatch, owner: User, language: str) -> None:
    """Some next steps that are due, so that the first page shows how they look."""
    today = timezone.localdate()
    first = Customer.objects.filter(import_batch=batch, owner=owner).order_by("pk")[: len(STEPS[language])]
    for late, (customer, text) in enumerate(zip(first, STEPS[language], strict=False)):
        follow_ups.follow_up(owner, customer, kind="call", body=text, next_on=today)
        if late == len(STEPS[language]) - 1:
            customer.follow_ups.update(next_on=today - timedelta(days=2))
            Customer.objects.filter(pk=customer.pk).update(
                next_follow_up=customer.follow_ups.aggregate(day=Min("next_on"))["day"]
            )


def begin_removal(actor: Any) -> Job:
    """Begin to remove the invented shop: only who may undo imports and delete customers of everybody."""
    policies.require(actor, "imports.undo")
    policies.require(actor, "customers.delete")
    policies.require(actor, "settings.manage")
    audit.record(actor, "demo.remove", object_type="import")
    return enqueue(KIND, actor, {}, once=f"{KIND}:{_latest()}")


def _latest() -> int:
    return ImportBatch.objects.filter(demo=True).order_by("-pk").values_list("pk", flat=True).first() or 0


def remove(running: Running) -> dict[str, object]:
    """Everything that came with the shop goes; what people entered or imported of their own stays."""
    batches = ImportBatch.objects.filter(demo=True)
    customers = Customer.objects.filter(import_batch__in=batches)
    total = customers.count()
    while pks := list(customers.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            _drop_customers(pks)
        running.progress("customers", total - customers.count(), total)
    others = ImportBatch.objects.filter(demo=False).exclude(lake_version_after=None).exists() or inbox_orders()
    if others:
        _withdraw(batches, running)
    else:
        shutil.rmtree(options().lake_location, ignore_errors=True)
    Run.objects.filter(state=Run.State.PUBLISHED).update(state=Run.State.DROPPED)
    runs.tidy()
    batches.delete()
    User.objects.filter(email__endswith="@demo.invalid").update(is_active=False)
    if others:
        runs.start(None, "import")
    return {"address": "/"}


def inbox_orders() -> bool:
    """Whether somebody entered orders by hand or through the API."""
    return InboxOrder.objects.exists()


def _drop_customers(pks: list[int]) -> None:
    Customer.objects.filter(merged_into__in=pks).update(merged_into=None)
    Customer.objects.filter(pk__in=pks).delete()


def _withdraw(batches: Any, running: Running) -> None:
    lake = lake_access.lake()
    for version in batches.exclude(lake_version_after=None).values_list("lake_version_after", flat=True):
        if lake is not None:
            withdraw(lake, version, progress=running.progress)
            batches.filter(lake_version_after=version).update(lake_version_after=None)
