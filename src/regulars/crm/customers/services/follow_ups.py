"""What was done with a customer, and what comes next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from regulars.crm.accounts.errors import Forbidden
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import can, require
from regulars.crm.customers import policies, timeline
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.models import Attachment, Customer, FollowUp
from regulars.crm.customers.services.checking import must_see
from regulars.crm.public_ids import new_public_id

LONGEST = 20_000
MOST_FILES = 5
LARGEST_FILE = 20 * 2**20
_MENTION = re.compile(r"@([^\s@,，。；;:：]{1,40})")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]')


def safe_name(name: str) -> str:
    """The last part of ``name`` without characters that mean something to a file system or turn text around."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = _UNSAFE.sub("_", last).strip(" .")[-120:]
    return clean or "file"


@transaction.atomic
def follow_up(
    actor: User,
    customer: Customer,
    *,
    kind: str = FollowUp.Kind.NOTE,
    body: str = "",
    happened_at: datetime | None = None,
    next_on: date | None = None,
    files: Sequence[File[Any]] = (),
) -> FollowUp:
    """Note a follow-up. Steps of the customer that were due by today and are the actor's count as done by it."""
    must_see(actor, customer)
    require(actor, "follow_ups.create")
    moment = happened_at or timezone.now()
    _check(customer, kind, body, moment, next_on, files)
    FollowUp.objects.filter(
        customer=customer, author=actor, next_done_at=None, next_on__lte=timezone.localdate(), deleted_at=None
    ).update(next_done_at=timezone.now())
    made = FollowUp.objects.create(
        customer=customer, author=actor, kind=kind, body=body.strip(), happened_at=moment, next_on=next_on
    )
    made.mentioned.set(mentioned(customer, body))
    for file in files:
        _attach(made, file)
    refresh(customer)
    timeline.note(customer, actor, timeline.FOLLOWED, follow_up=made.public_id)
    return made


def _check(
    customer: Customer, kind: str, body: str, moment: datetime, next_on: date | None, files: Sequence[File[Any]]
) -> None:
    wrong: dict[str, str] = {}
    if customer.deleted_at is not None or customer.merged_into_id is not None:
        wrong["body"] = gettext_noop("This customer is in the recycle bin.")
    if kind not in FollowUp.Kind.values:
        wrong["kind"] = gettext_noop("Choose note, call, visit, message or mail.")
    if not body.strip() and not files:
        wrong["body"] = gettext_noop("Write what was said or done.")
    if len(body) > LONGEST:
        wrong["body"] = gettext_noop("This is too long.")
    if moment > timezone.now() + timedelta(days=1):
        wrong["happened_at"] = gettext_noop("This lies in the future; use the next date for plans.")
    if next_on is not None and next_on < timezone.localdate():
        wrong["next_on"] = gettext_noop("The next date lies in the past.")
    if len(files) > MOST_FILES:
        wrong["files"] = gettext_noop("At most 5 files go with a follow-up.")
    if any((file.size or 0) > LARGEST_FILE for file in files):
        wrong["files"] = gettext_noop("A file may have 20 MB at most.")
    if wrong:
        raise Invalid(wrong)


def _attach(follow: FollowUp, file: File[Any]) -> None:
    """Kept under a random name: what people call it stands in the row alone."""
    attachment = Attachment(follow_up=follow, name=safe_name(file.name or ""), size=file.size or 0)
    attachment.file.save(new_public_id(), file if file.size is not None else ContentFile(b""), save=False)
    attachment.save()


def mentioned(customer: Customer, body: str) -> list[User]:
    """People named with @ who may see the customer."""
    names = set(_MENTION.findall(body))
    if not names:
        return []
    starts = Q()
    for name in names:
        starts |= Q(name__iexact=name) | Q(email__istartswith=f"{name}@")
    people = User.objects.filter(starts, is_active=True).select_related("role", "department")[:20]
    return [person for person in people if policies.can_see(person, customer)]


def refresh(customer: Customer) -> None:
    """Bring the customer's last and next follow-up up to date; lists filter and sort by these columns."""
    alive = FollowUp.objects.filter(customer=customer, deleted_at=None)
    last = alive.aggregate(last=Max("happened_at"))["last"]
    coming = alive.filter(next_on__isnull=False, next_done_at=None).aggregate(next=Min("next_on"))["next"]
    Customer.objects.filter(pk=customer.pk).update(last_follow_up=last, next_follow_up=coming)
    customer.last_follow_up, customer.next_follow_up = last, coming


@transaction.atomic
def finish(actor: User, follow: FollowUp, *, done: bool = True) -> FollowUp:
    """Mark the next step as done, or open again."""
    must_see(actor, follow.customer)
    require(actor, "follow_ups.create")
    follow.next_done_at = timezone.now() if done else None
    follow.save(update_fields=["next_done_at"])
    refresh(follow.customer)
    if done:
        timeline.note(follow.customer, actor, timeline.FOLLOW_UP_DONE, follow_up=follow.public_id)
    return follow


@transaction.atomic
def remove_follow_up(actor: User, follow: FollowUp) -> None:
    must_see(actor, follow.customer)
    require(actor, "follow_ups.create")
    if follow.author_id != actor.pk and not can(actor, "follow_ups.delete"):
        raise Forbidden("forbidden_follow_up", "This follow-up is somebody else's.", "Ask its author.")
    follow.deleted_at = timezone.now()
    follow.save(update_fields=["deleted_at"])
    refresh(follow.customer)
    timeline.note(follow.customer, actor, timeline.FOLLOW_UP_REMOVED, kind_of=follow.kind)
