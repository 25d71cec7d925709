"""Two customers made one, and two again.

The one that goes keeps its row, marked as merged, so that every link to it leads on. What moves is remembered by id:
undoing returns exactly that, and what people changed since stays. Histories in the lake are joined by an identity fact,
which the job ``lake.identity`` writes after the merge is committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from regulars.crm.accounts import audit
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import require
from regulars.crm.customers import custom_values, details, grams, timeline
from regulars.crm.customers.errors import Conflict, Invalid
from regulars.crm.customers.models import (
    Collaborator,
    Contact,
    Customer,
    CustomField,
    CustomValue,
    DuplicatePair,
    Event,
    FollowUp,
    Merge,
)  # fmt: skip
from regulars.crm.customers.policies import can_edit, masked
from regulars.crm.customers.services import follow_ups
from regulars.crm.customers.services.checking import must_edit, not_found
from regulars.crm.jobs.services import enqueue

IDENTITY = "lake.identity"
FIELDS = (
    "name", "kind", "phone", "email", "wechat", "region", "address", "source", "tier", "owner", "referrer", "notes",
)  # fmt: skip
_COLUMNS = {"owner": "owner_id", "referrer": "referrer_id"}
KEPT, GONE = "kept", "gone"


@dataclass(frozen=True)
class Choice:
    """One field with both values, as the actor may see them; ``suggested`` is the side that says something."""

    key: str
    label: str  # of a custom field; empty: ours, named by the page
    kept: Any
    gone: Any
    suggested: str
    differs: bool


@dataclass(frozen=True)
class Preview:
    """What a merge would do. Counts are of what moves to the customer that stays."""

    choices: tuple[Choice, ...]
    contacts: int
    follow_ups: int
    tags: int


def preview(actor: User, *, kept: Customer, gone: Customer) -> Preview:
    """Raises like `merge`; changes nothing."""
    _check(actor, kept, gone)
    choices = [_choice(actor, name, kept, gone) for name in FIELDS]
    values = custom_values.of([kept.pk, gone.pk])
    for field in custom_values.fields():
        left, right = (values.get(customer.pk, {}).get(field.key, []) for customer in (kept, gone))
        if left or right:
            suggested = KEPT if left else GONE
            choices.append(Choice(f"custom.{field.key}", field.name, left, right, suggested, left != right))
    return Preview(
        choices=tuple(choice for choice in choices if choice.kept or choice.gone),
        contacts=gone.contacts.count(),
        follow_ups=gone.follow_ups.filter(deleted_at=None).count(),
        tags=gone.tags.exclude(pk__in=kept.tags.values("pk")).count(),
    )


def _choice(actor: User, name: str, kept: Customer, gone: Customer) -> Choice:
    left, right = getattr(kept, name), getattr(gone, name)
    shown = [masked(actor, name, str(value)) if value else "" for value in (left, right)]
    return Choice(name, "", shown[0], shown[1], KEPT if left else GONE, left != right)


@transaction.atomic
def merge(actor: User, *, kept: Customer, gone: Customer, choices: Mapping[str, str] | None = None) -> Merge:
    """Make ``gone`` part of ``kept``. ``choices``: field -> "kept" or "gone", whose value stays; what is not named is
    taken from the customer that stays, or from the other where that one says nothing.
    """
    rows = {c.pk: c for c in Customer.objects.select_for_update(of=("self",)).filter(pk__in=(kept.pk, gone.pk))}
    if len(rows) < 2:
        raise not_found() if kept.pk != gone.pk else _same()
    kept, gone = rows[kept.pk], rows[gone.pk]
    _check(actor, kept, gone)
    before: dict[str, Any] = {"fields": {}, "keys": [kept.key, gone.key]}
    wanted = _wanted(kept, gone, dict(choices or {}))
    before["custom"] = _take_custom(kept, gone, wanted)
    _take_fields(kept, gone, wanted, before)
    _take_keys(kept, gone)
    _move(kept, gone, before)
    gone.merged_into = kept
    gone.save()
    kept.save()
    grams.index([kept])
    follow_ups.refresh(kept)
    DuplicatePair.objects.filter(first__in=rows, second__in=rows).delete()
    made = Merge.objects.create(kept=kept, gone=gone, actor=actor, before=before)
    event = timeline.note(kept, actor, "merged", other=gone.public_id, name=gone.name, merge=made.public_id)
    made.before["event"] = event.pk
    made.save(update_fields=["before"])
    audit.record(
        actor, "customer.merge", object_type="customer", object_id=kept.public_id, label=kept.name,
        details={"other": gone.public_id, "merge": made.public_id},
    )  # fmt: skip
    if kept.key and gone.key:
        enqueue(IDENTITY, actor, {"merge": made.public_id})
    return made


def _same() -> Invalid:
    return Invalid({"gone": gettext_noop("A customer cannot be merged with itself.")})


def _check(actor: User, kept: Customer, gone: Customer) -> None:
    if kept.pk == gone.pk:
        raise _same()
    for customer in (kept, gone):
        must_edit(actor, customer, "customers.merge")
        if customer.merged_into_id is not None or customer.deleted_at is not None:
            raise not_found()


def _wanted(kept: Customer, gone: Customer, choices: dict[str, str]) -> dict[str, str]:
    names = {*FIELDS, *(f"custom.{field.key}" for field in custom_values.fields())}
    if set(choices) - names or set(choices.values()) - {KEPT, GONE}:
        raise Invalid({"choices": gettext_noop("Choose for each field whose value stays.")})
    for name in FIELDS:
        if name not in choices and not getattr(kept, _COLUMNS.get(name, name)):
            choices[name] = GONE if getattr(gone, _COLUMNS.get(name, name)) else KEPT
    return choices


def _take_fields(kept: Customer, gone: Customer, wanted: Mapping[str, str], before: dict[str, Any]) -> None:
    """``before["fields"]``: field -> [former value, value after the merge]."""
    for name in FIELDS:
        column = _COLUMNS.get(name, name)
        held, other = getattr(kept, column), getattr(gone, column)
        if wanted.get(name) == GONE and held != other and not (name == "referrer" and other == kept.pk):
            before["fields"][column] = [held, other]
            setattr(kept, column, other)
            if name == "owner":
                before["fields"]["department_id"] = [kept.department_id, gone.department_id]
                kept.department_id = gone.department_id
    if kept.referrer_id == gone.pk:
        before["fields"]["referrer_id"] = [kept.referrer_id, None]
        kept.referrer_id = None
    if consent := {way: said for way, said in gone.consent.items() if way not in kept.consent}:
        before["fields"]["consent"] = [kept.consent, {**kept.consent, **consent}]
        kept.consent = {**kept.consent, **consent}
    details.normalise(kept)


def _take_custom(kept: Customer, gone: Customer, wanted: Mapping[str, str]) -> dict[str, list[Any]]:
    """Field key -> [former values, values after the merge] of what changed."""
    values = custom_values.of([kept.pk, gone.pk])
    changed: dict[str, list[Any]] = {}
    for field in custom_values.fields():
        left, right = (values.get(customer.pk, {}).get(field.key, []) for customer in (kept, gone))
        choice = wanted.get(f"custom.{field.key}", KEPT if left or not right else GONE)
        if choice == GONE and left != right:
            _set_custom(kept, field, CustomValue.objects.filter(customer=gone, field=field))
            changed[field.key] = [left, right]
    return changed


def _set_custom(customer: Customer, field: CustomField, rows: Any) -> None:
    CustomValue.objects.filter(customer=customer, field=field).delete()
    fresh = [CustomValue(customer=customer, field=field, text=r.text, number=r.number, day=r.day) for r in rows]
    CustomValue.objects.bulk_create(fresh)


def _take_keys(kept: Customer, gone: Customer) -> None:
    """A customer without orders of its own takes over the other's number: no identity is needed then."""
    if kept.key is None and gone.key is not None:
        key, gone.key = gone.key, None
        gone.save(update_fields=["key"])
        kept.key = key


def _move(kept: Customer, gone: Customer, before: dict[str, Any]) -> None:
    """Contacts, follow-ups, timeline, referred customers, tags and collaborators, each remembered by id."""
    moving: tuple[tuple[str, Any, str], ...] = (
        ("contacts", Contact, "customer"), ("follow_ups", FollowUp, "customer"), ("events", Event, "customer"),
        ("referred", Customer, "referrer"),
    )  # fmt: skip
    for name, model, field in moving:
        rows = model.objects.filter(**{field: gone})
        if model is Customer:
            rows = rows.exclude(pk=kept.pk)
        before[name] = list(rows.values_list("pk", flat=True))
        model.objects.filter(pk__in=before[name]).update(**{field: kept})
    tags = list(gone.tags.exclude(pk__in=kept.tags.values("pk")).values_list("pk", flat=True))
    kept.tags.add(*tags)
    before["tags"] = tags
    helping = set(Collaborator.objects.filter(customer=kept).values_list("user", flat=True))
    others = Collaborator.objects.filter(customer=gone).exclude(user__in=helping)
    fresh = [Collaborator(customer=kept, user_id=row.user_id, may_edit=row.may_edit) for row in others]
    Collaborator.objects.bulk_create(fresh)
    before["collaborators"] = [row.user_id for row in fresh]


# --- and two again ---------------------------------------------------------------------------------------------------


def merges_of(actor: User, customer: Customer) -> list[Merge]:
    """The merges into a customer that can be taken back, the newest first."""
    require(actor, "customers.merge")
    rows = Merge.objects.filter(kept=customer, undone_at=None).select_related("gone", "actor").order_by("-pk")
    return list(rows)


def found(actor: User, public_id: str) -> Merge:
    """A merge whose customer the actor may change; else NotFound."""
    require(actor, "customers.merge")
    row = Merge.objects.select_related("kept", "gone").filter(public_id=public_id).first()
    if row is None or not can_edit(actor, row.kept):
        raise not_found()
    return row


@transaction.atomic
def unmerge(actor: User, made: Merge) -> Merge:
    """Take a merge back; the later merges of the same customer must be taken back first."""
    kept, gone = (Customer.objects.select_for_update(of=("self",)).get(pk=pk) for pk in (made.kept_id, made.gone_id))
    must_edit(actor, kept, "customers.merge")
    later = Merge.objects.filter(kept=kept, undone_at=None, pk__gt=made.pk).exists()
    if kept.merged_into_id is not None or later:
        raise Conflict("later_merge", gettext_noop("Another merge came after this one."),
                       gettext_noop("Undo that one first."))  # fmt: skip
    if not Merge.objects.filter(pk=made.pk, undone_at=None).update(undone_at=timezone.now()):
        raise Conflict("undone", gettext_noop("This merge was taken back already."))
    before = made.before
    joined = bool(kept.key and gone.key)
    gone.merged_into = None
    _return_keys(kept, gone, before)
    left = _return_fields(kept, before)
    left += _return_custom(kept, before["custom"])
    kept.save()
    gone.save()
    _move_back(kept, gone, before)
    grams.index([kept, gone])
    follow_ups.refresh(kept)
    follow_ups.refresh(gone)
    for customer, other in ((kept, gone), (gone, kept)):
        timeline.note(customer, actor, "unmerged", other=other.public_id, name=other.name)
    audit.record(
        actor, "customer.unmerge", object_type="customer", object_id=kept.public_id, label=kept.name,
        details={"other": gone.public_id, "merge": made.public_id, "left": left},
    )  # fmt: skip
    if joined:
        enqueue(IDENTITY, actor, {"merge": made.public_id})
    made.refresh_from_db()
    return made


def _return_keys(kept: Customer, gone: Customer, before: Mapping[str, Any]) -> None:
    former = before["keys"]
    if former[0] is None and former[1] is not None and kept.key == former[1]:
        kept.key = None
        kept.save(update_fields=["key"])
        gone.key = former[1]


def _return_fields(kept: Customer, before: Mapping[str, Any]) -> int:
    """What is as the merge left it goes back; returns how many fields were changed since and stay."""
    left = 0
    for column, (former, after) in before["fields"].items():
        if getattr(kept, column) == after:
            setattr(kept, column, former)
        else:
            left += 1
    details.normalise(kept)
    return left


def _return_custom(kept: Customer, changed: Mapping[str, list[Any]]) -> int:
    left = 0
    held = custom_values.of([kept.pk]).get(kept.pk, {})
    for field in custom_values.fields():
        if field.key not in changed:
            continue
        former, after = changed[field.key]
        if held.get(field.key, []) != after:
            left += 1
            continue
        CustomValue.objects.filter(customer=kept, field=field).delete()
        if former:
            good, _ = custom_values.cleaned({field.key: former if len(former) > 1 else former[0]})
            custom_values.write(kept, good)
    return left


def _move_back(kept: Customer, gone: Customer, before: Mapping[str, Any]) -> None:
    Contact.objects.filter(pk__in=before["contacts"], customer=kept).update(customer=gone)
    FollowUp.objects.filter(pk__in=before["follow_ups"], customer=kept).update(customer=gone)
    Event.objects.filter(pk__in=before["events"], customer=kept).update(customer=gone)
    Customer.objects.filter(pk__in=before["referred"], referrer=kept).update(referrer=gone)
    kept.tags.remove(*before["tags"])
    Collaborator.objects.filter(customer=kept, user__in=before["collaborators"]).delete()
