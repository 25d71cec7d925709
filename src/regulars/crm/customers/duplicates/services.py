"""Searching for duplicates as a job, and remembering what people said of a pair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulars.crm.accounts import audit
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import require
from regulars.crm.customers.duplicates import finding
from regulars.crm.customers.models import Customer, DuplicatePair, NotDuplicate
from regulars.crm.customers.policies import alive, visible_to
from regulars.crm.customers.services.checking import must_see
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.services import Running, enqueue, job

KIND = "customers.duplicates"
CHUNK = 1_000


def search(actor: User) -> Job:
    """Begin a search over all customers; one that is under way already is that search."""
    require(actor, "customers.merge")
    live = Job.objects.filter(kind=KIND, state__in=(Job.State.WAITING, Job.State.RUNNING)).first()
    return live or enqueue(KIND, actor)


@job(KIND, title=_("Search for duplicates"), lane="duplicates")
def do_search(running: Running) -> dict[str, Any]:
    """Begun again it searches again: what it finds replaces what was there."""
    begun = timezone.now()
    people = finding.everybody(running.progress)
    apart = set(NotDuplicate.objects.values_list("first_id", "second_id"))
    count = 0
    chunk: list[DuplicatePair] = []
    for low, high, points, reasons in finding.pairs(people, running.progress):
        if (low, high) in apart:
            continue
        chunk.append(DuplicatePair(first_id=low, second_id=high, score=points, reasons=reasons, found_at=begun))
        if len(chunk) == CHUNK:
            count += _keep(chunk)
            chunk = []
    count += _keep(chunk)
    _forget_older(begun)
    return {"pairs": count, "address": "/duplicates/"}


def _keep(chunk: Sequence[DuplicatePair]) -> int:
    """Write pairs; one of whom somebody deleted meanwhile is passed over."""
    with transaction.atomic():
        ids = {pair.first_id for pair in chunk} | {pair.second_id for pair in chunk}
        there = set(Customer.objects.filter(pk__in=ids).values_list("pk", flat=True))
        rows = [pair for pair in chunk if {pair.first_id, pair.second_id} <= there]
        DuplicatePair.objects.bulk_create(
            rows, batch_size=300, update_conflicts=True, unique_fields=["first", "second"],
            update_fields=["score", "reasons", "found_at"],
        )  # fmt: skip
    return len(rows)


def _forget_older(begun: datetime) -> None:
    while ids := list(DuplicatePair.objects.filter(found_at__lt=begun).values_list("pk", flat=True)[:CHUNK]):
        DuplicatePair.objects.filter(pk__in=ids).delete()


def pairs(actor: User) -> QuerySet[DuplicatePair]:
    """The pairs of which the actor sees both, the surest first."""
    require(actor, "customers.merge")
    seen = Customer.objects.filter(alive(), visible_to(actor)).values("pk")
    found = DuplicatePair.objects.filter(first__in=seen, second__in=seen)
    return found.select_related("first__owner", "second__owner").order_by("-score", "-id")


def last_search() -> Job | None:
    return Job.objects.filter(kind=KIND).order_by("-pk").first()


@transaction.atomic
def not_the_same(actor: User, *, first: Customer, second: Customer) -> NotDuplicate:
    """Remember that two customers are two; they are not shown together again."""
    require(actor, "customers.merge")
    for customer in (first, second):
        must_see(actor, customer)
    low, high = sorted((first, second), key=lambda customer: customer.pk)
    kept, _made = NotDuplicate.objects.get_or_create(first=low, second=high, defaults={"actor": actor})
    DuplicatePair.objects.filter(first=low, second=high).delete()
    audit.record(
        actor, "customer.not_duplicate", object_type="customer", object_id=low.public_id, label=low.name,
        details={"other": high.public_id},
    )  # fmt: skip
    return kept


@transaction.atomic
def perhaps_the_same(actor: User, *, first: Customer, second: Customer) -> None:
    """Take back what was said by `not_the_same`; the next search shows the pair again."""
    require(actor, "customers.merge")
    for customer in (first, second):
        must_see(actor, customer)
    both = Q(first=first, second=second) | Q(first=second, second=first)
    NotDuplicate.objects.filter(both).delete()
