"""Tree → ``Q`` for one actor. Only registered fields reach a path, only known operators a look-up: filters are data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from regulars.crm.accounts.models import User
from regulars.crm.customers import grams, normal
from regulars.crm.customers.filters import operators
from regulars.crm.customers.filters.fields import Field, Kind, Registry
from regulars.crm.customers.filters.tree import Condition, Group, parse

NOBODY = Q(pk__in=[])


def compiled(tree: Group, registry: Registry) -> Q:
    """The condition that ``tree`` puts on customers. Read anew against ``registry``: a tree kept in a view may name
    fields that its reader may not ask.
    """
    return _group(parse(tree.as_json(), registry), registry) if tree else Q()


def _group(group: Group, registry: Registry) -> Q:
    parts = [
        _group(part, registry) if isinstance(part, Group) else _condition(part, registry)
        for part in group.parts
        if not isinstance(part, Group) or part
    ]
    made = Q()
    for part in parts:
        made = made & part if group.join == "all" else made | part
    return ~made if group.join == "none" and parts else made


def _condition(condition: Condition, registry: Registry) -> Q:
    field = registry.fields[condition.field]
    if field.compile is not None:
        return field.compile(registry.actor, condition.op, condition.value)
    return _MAKERS[field.kind](field, registry.actor, condition.op, condition.value)


def _presence(field: Field, op: str, blank: bool) -> Q:
    if field.always and field.related:  # known wherever there is a row at all
        return Q((f"{field.related}__isnull", op == "empty"))
    empty = Q((f"{field.path}__isnull", True))
    if blank:
        empty |= Q((field.path, ""))
    return empty if op == "empty" else ~empty


def _text(field: Field, _actor: User, op: str, value: Any) -> Q:
    if op in ("empty", "filled"):
        return _presence(field, op, blank=True)
    path, value = _exact(field, value)
    if op == "contains":
        held = grams.narrowing(value) if field.path == "name" else Q()
        return held & Q((f"{path}__icontains", value))
    if op == "starts":
        return Q((f"{path}__istartswith", value))
    among = Q((f"{path}__in", value))
    return ~among if op == "is_not" else among


def _exact(field: Field, value: Any) -> tuple[str, Any]:
    """Phones and addresses are compared by their normal form."""
    norm = {"phone": normal.phone_key, "email": normal.email_key}.get(field.path)
    if norm is None or not isinstance(value, list):
        return field.path, value
    return f"{field.path}_key", [norm(each) or "\ufffd" for each in value]


_COMPARISONS = {"at_least": "gte", "at_most": "lte", "above": "gt", "below": "lt", "equals": "exact"}


def _number(field: Field, _actor: User, op: str, value: Any) -> Q:
    if op in ("empty", "filled"):
        return _presence(field, op, blank=False)
    return number(field.path, op, value)


def number(path: str, op: str, value: Any) -> Q:
    """A comparison of the number at ``path``."""
    if op == "between":
        low, high = (Decimal(each) for each in value)
        return Q((f"{path}__gte", low), (f"{path}__lte", high))
    return Q((f"{path}__{_COMPARISONS[op]}", Decimal(value)))


def days_asked(op: str, value: Any, today: date) -> tuple[date | None, date | None]:
    """First and last day that a condition on a day allows; None: open."""
    if op == "last_days":
        return today - timedelta(days=value - 1), today
    if op == "next_days":
        return today, today + timedelta(days=value)
    if op == "older_days":
        return None, today - timedelta(days=value)
    if op == "between":
        low, high = (date.fromisoformat(each) for each in value)
        return low, high
    day = date.fromisoformat(value)
    return {"on": (day, day), "since": (day, None), "before": (None, day - timedelta(days=1))}[op]


def _day(field: Field, _actor: User, op: str, value: Any) -> Q:
    if op in ("empty", "filled"):
        return _presence(field, op, blank=False)
    low, high = days_asked(op, value, timezone.localdate())
    if low is not None and low == high and field.kind is Kind.DATE:
        return Q((field.path, low))
    made = Q()
    if low is not None:
        made &= Q((f"{field.path}__gte", low if field.kind is Kind.DATE else begins(low)))
    if high is not None:
        day_after = high + timedelta(days=1)
        upper = (f"{field.path}__lte", high) if field.kind is Kind.DATE else (f"{field.path}__lt", begins(day_after))
        made &= Q(upper)
    return made


def begins(day: date) -> datetime:
    """The moment at which ``day`` begins in the business time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _yes_no(field: Field, _actor: User, op: str, _value: Any) -> Q:
    return Q((field.path, op == "yes"))


def _choice(field: Field, _actor: User, op: str, value: Any) -> Q:
    if op in ("empty", "filled"):
        return _presence(field, op, blank=True)
    among = Q((field.path, value[0])) if len(value) == 1 else Q((f"{field.path}__in", value))
    return ~among if op == "is_not" else among


def people(actor: User, values: list[str]) -> list[int]:
    """The users meant by public ids and ``me``."""
    named = [each for each in values if each != "me"]
    found = list(User.objects.filter(public_id__in=named).values_list("pk", flat=True)) if named else []
    return [*found, actor.pk] if "me" in values else found


def _person(field: Field, actor: User, op: str, value: Any) -> Q:
    if op in ("empty", "filled"):
        return _presence(field, op, blank=False)
    among = Q((f"{field.path}__in", people(actor, value)))
    return ~among if op == "is_not" else among


def _department(field: Field, _actor: User, op: str, value: Any) -> Q:
    if op in ("empty", "filled"):
        return _presence(field, op, blank=False)
    among = NOBODY
    for each in value:
        if each.isascii() and each.isdigit():
            among |= Q((f"{field.path}__path__contains", f"/{int(each)}/"))
    return ~among if op == "is_not" else among


def _unsupported(field: Field, _actor: User, _op: str, _value: Any) -> Q:
    raise LookupError(f"{field.key} must bring its own compile")


_MAKERS: dict[Kind, Callable[[Field, User, str, Any], Q]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _number,
    Kind.SHARE: _number,
    Kind.DATE: _day,
    Kind.MOMENT: _day,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _unsupported,
    Kind.PERSON: _person,
    Kind.DEPARTMENT: _department,
    Kind.TAG: _unsupported,
    Kind.DONE: _unsupported,
    Kind.BOUGHT: _unsupported,
}
assert set(_MAKERS) == set(operators.BY_KIND)
