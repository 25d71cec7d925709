"""Fields that people add to customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from regulars.crm.accounts import audit
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import require
from regulars.crm.customers import normal
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.models import CustomField, CustomValue

MOST = 100
MOST_CHOICES = 200


def _key(name: str) -> str:
    """A key made of the pinyin of ``name``: stable, readable in addresses and import files."""
    stem = slugify(normal.sort_name(name).replace(" ", "_"))[:32].strip("-_") or "field"
    taken = set(CustomField.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return next(each for each in (stem, *(f"{stem}_{n}" for n in range(2, 1000))) if each not in taken)


def _choices(names: Sequence[str], held: Sequence[dict[str, str]] = ()) -> list[dict[str, str]]:
    """Choices of these names; one that was there keeps its key, so that values stay."""
    keys = {choice["name"]: choice["key"] for choice in held}
    used = set(keys.values())
    made: list[dict[str, str]] = []
    for name in dict.fromkeys(" ".join(each.split()) for each in names if each.strip()):
        key = keys.get(name)
        if key is None:
            stem = slugify(normal.sort_name(name).replace(" ", "_"))[:40] or "choice"
            key = next(each for each in (stem, *(f"{stem}_{n}" for n in range(2, 1000))) if each not in used)
            used.add(key)
        made.append({"key": key, "name": name[:80]})
    if not made or len(made) > MOST_CHOICES:
        raise Invalid({"choices": gettext_noop("Give between 1 and 200 choices, one a line.")})
    return made


@transaction.atomic
def create_field(
    actor: User, *, name: str, type: str, choices: Sequence[str] = (), required: bool = False
) -> CustomField:
    require(actor, "fields.manage")
    clean = _name(name)
    if type not in CustomField.Type.values:
        raise Invalid({"type": gettext_noop("Choose what the field holds.")})
    if CustomField.objects.filter(archived_at=None).count() >= MOST:
        raise Invalid({"name": gettext_noop("There are 100 fields; archive one first.")})
    last = CustomField.objects.aggregate(last=Max("position"))["last"] or 0
    made = CustomField(key=_key(clean), name=clean, type=type, required=required, position=last + 1)
    if type in (CustomField.Type.CHOICE, CustomField.Type.CHOICES):
        made.choices = _choices(choices)
    made.save()
    _audit(actor, "field.create", made)
    return made


def _name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > 80:
        raise Invalid({"name": gettext_noop("A field needs a name of at most 80 characters.")})
    return clean


@transaction.atomic
def change_field(actor: User, field: CustomField, **changes: Any) -> CustomField:
    """Change name, choices, required or position; the type stays, so that values keep their meaning."""
    require(actor, "fields.manage")
    if "name" in changes:
        field.name = _name(changes["name"])
    if "required" in changes:
        field.required = bool(changes["required"])
    if "position" in changes:
        field.position = int(changes["position"])
    if "choices" in changes and field.type in (CustomField.Type.CHOICE, CustomField.Type.CHOICES):
        wanted = _choices(changes["choices"], field.choices)
        gone = {choice["key"] for choice in field.choices} - {choice["key"] for choice in wanted}
        if gone and CustomValue.objects.filter(field=field, text__in=gone).exists():
            raise Invalid({"choices": gettext_noop("A choice that customers have cannot be removed.")})
        field.choices = wanted
    field.save()
    _audit(actor, "field.change", field)
    return field


@transaction.atomic
def archive_field(actor: User, field: CustomField) -> None:
    """Take the field out of use; its values stay and come back with it."""
    require(actor, "fields.manage")
    field.archived_at = timezone.now()
    field.save(update_fields=["archived_at"])
    _audit(actor, "field.archive", field)


@transaction.atomic
def return_field(actor: User, field: CustomField) -> None:
    require(actor, "fields.manage")
    field.archived_at = None
    field.save(update_fields=["archived_at"])
    _audit(actor, "field.return", field)


def _audit(actor: User, action: str, field: CustomField) -> None:
    audit.record(actor, action, object_type="field", object_id=field.key, label=field.name)
