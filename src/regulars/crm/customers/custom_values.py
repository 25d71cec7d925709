"""Values of custom fields: read as people type them, kept as rows, shown again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop

from regulars.crm.accounts.models import User
from regulars.crm.customers.models import Customer, CustomField, CustomValue

Type = CustomField.Type
_TEXTS = {Type.TEXT: 500, Type.LONG_TEXT: 2000, Type.LINK: 1000}
_YES = {"yes", "true", "1", "是", "on", "y", "有"}
_NO = {"no", "false", "0", "否", "n", "无"}


class _Bad(ValueError):
    pass


def fields() -> list[CustomField]:
    """The fields in use, in their order."""
    return list(CustomField.objects.filter(archived_at=None).order_by("position", "id"))


def cleaned(
    given: Mapping[str, Any], *, required: bool = False
) -> tuple[dict[CustomField, list[CustomValue]], dict[str, str]]:
    """The rows to keep of each field in ``given`` (key → value; None or "" empties it), and what is wrong.

    With ``required`` a required field that is not given is wrong too (a new customer).
    """
    good: dict[CustomField, list[CustomValue]] = {}
    wrong: dict[str, str] = {}
    if not given and not required:
        return good, wrong
    for field in fields():
        if field.key not in given and not (required and field.required and given):
            continue
        try:
            good[field] = [CustomValue(field=field, **row) for row in _rows(field, given.get(field.key))]
        except _Bad as problem:
            wrong[f"custom.{field.key}"] = str(problem)
    unknown = set(given) - {field.key for field in good} - {name.removeprefix("custom.") for name in wrong}
    return good, wrong | {f"custom.{key}": gettext_noop("There is no such field.") for key in unknown}


def _rows(field: CustomField, value: Any) -> list[dict[str, Any]]:
    given = value if isinstance(value, list | tuple) else [value]
    given = [each for each in given if each is not None and str(each).strip() != ""]
    if not given:
        if field.required:
            raise _Bad(gettext_noop("This field is required."))
        return []
    if field.type == Type.CHOICES:
        if len(given) == 1 and isinstance(given[0], str):
            given = [part for part in given[0].replace("、", ",").replace(";", ",").split(",") if part.strip()]
        return [{"text": _choice(field, each)} for each in dict.fromkeys(map(str, given))]
    if len(given) > 1:
        raise _Bad(gettext_noop("Only one value fits here."))
    return [_row(field, given[0])]


def _row(field: CustomField, value: Any) -> dict[str, Any]:
    text = str(value).strip()
    if field.type in _TEXTS:
        return {"text": _text(field, text)}
    if field.type in (Type.NUMBER, Type.MONEY):
        return {"number": _number(text)}
    if field.type == Type.DATE:
        try:
            return {"day": date.fromisoformat(text[:10].replace("/", "-"))}
        except ValueError:
            raise _Bad(gettext_noop("Give a day as 2026-10-31.")) from None
    if field.type == Type.YES_NO:
        if text.lower() not in _YES | _NO:
            raise _Bad(gettext_noop("Say yes or no."))
        return {"number": Decimal(text.lower() in _YES)}
    if field.type == Type.PERSON:
        person = User.objects.filter(public_id=text).first() or User.objects.filter(name=text).first()
        if person is None:
            raise _Bad(gettext_noop("There is nobody of this name."))
        return {"number": Decimal(person.pk)}
    return {"text": _choice(field, text)}


def _text(field: CustomField, text: str) -> str:
    if len(text) > _TEXTS[Type(field.type)]:
        raise _Bad(gettext_noop("This is too long."))
    if field.type == Type.LINK:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise _Bad(gettext_noop("A link begins with https:// or http://."))
    return text


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "").replace("，", "").lstrip("¥$€£").replace("−", "-"))
    except InvalidOperation:
        raise _Bad(gettext_noop("This is not a number.")) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise _Bad(gettext_noop("This number is too large."))
    return round(number, 4)


def _choice(field: CustomField, value: Any) -> str:
    text = str(value).strip()
    for choice in field.choices:
        if text in (choice["key"], choice["name"]):
            return str(choice["key"])
    raise _Bad(gettext_noop("This is not among the choices."))


def write(customer: Customer, values: Mapping[CustomField, list[CustomValue]]) -> dict[str, list[Any]]:
    """Replace the rows of these fields; ``custom.<key>`` → [before, after] of what changed."""
    if not values:
        return {}
    held: dict[int, list[CustomValue]] = {}
    for row in CustomValue.objects.filter(customer=customer, field__in=list(values)).order_by("id"):
        held.setdefault(row.field_id, []).append(row)
    changed: dict[str, list[Any]] = {}
    fresh: list[CustomValue] = []
    stale: list[int] = []
    for field, rows in values.items():
        before = [plain(field, row) for row in held.get(field.pk, [])]
        after = [plain(field, row) for row in rows]
        if before == after:
            continue
        changed[f"custom.{field.key}"] = [before, after]
        stale += [row.pk for row in held.get(field.pk, [])]
        for row in rows:
            row.customer = customer
        fresh += rows
    CustomValue.objects.filter(pk__in=stale).delete()
    CustomValue.objects.bulk_create(fresh)
    return changed


def plain(field: CustomField, row: CustomValue) -> Any:
    """The value as JSON holds it: a text, a number as text, an ISO day, true or false."""
    if field.type == Type.YES_NO:
        return bool(row.number)
    if row.number is not None:
        return format(row.number.normalize(), "f") if row.number else "0"
    return row.day.isoformat() if row.day is not None else row.text


def of(customers: Iterable[int], only: Iterable[CustomField] | None = None) -> dict[int, dict[str, list[Any]]]:
    """Customer id → field key → its plain values; one query, whatever the number of customers and fields."""
    wanted = {field.pk: field for field in (fields() if only is None else only)}
    found: dict[int, dict[str, list[Any]]] = {}
    if not wanted:
        return found
    rows = CustomValue.objects.filter(customer__in=list(customers), field__in=list(wanted)).order_by("id")
    for row in rows:
        field = wanted[row.field_id]
        found.setdefault(row.customer_id, {}).setdefault(field.key, []).append(plain(field, row))
    return found
