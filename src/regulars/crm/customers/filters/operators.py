"""What can be asked of a field of which kind, and how the values of a condition are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_noop

from regulars.crm.accounts.models import User
from regulars.crm.customers.filters.fields import Field, Kind

LONGEST_TEXT = 200
MOST_VALUES = 200
MOST_DAYS = 36_500
_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True)
class Shape:
    """``values``: none, one, two (from, to), many, days (a number of days), bought (days and several names)."""

    key: str
    values: str


SHAPES = {
    shape.key: shape
    for shape in (
        Shape("is", "many"),
        Shape("is_not", "many"),
        Shape("has_all", "many"),
        Shape("contains", "one"),
        Shape("starts", "one"),
        Shape("equals", "one"),
        Shape("at_least", "one"),
        Shape("at_most", "one"),
        Shape("above", "one"),
        Shape("below", "one"),
        Shape("between", "two"),
        Shape("on", "one"),
        Shape("before", "one"),
        Shape("since", "one"),
        Shape("last_days", "days"),
        Shape("next_days", "days"),
        Shape("older_days", "days"),
        Shape("yes", "none"),
        Shape("no", "none"),
        Shape("empty", "none"),
        Shape("filled", "none"),
        Shape("within", "days"),
        Shape("not_within", "days"),
        Shape("bought", "bought"),
        Shape("not_bought", "bought"),
    )
}
_NUMBERS = ("at_least", "at_most", "above", "below", "equals", "between", "empty", "filled")
_DAYS = ("last_days", "older_days", "next_days", "since", "before", "on", "between", "empty", "filled")
_CHOICE = ("is", "is_not", "empty", "filled")
BY_KIND: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("is", "is_not", "contains", "starts", "empty", "filled"),
    Kind.NUMBER: _NUMBERS,
    Kind.MONEY: _NUMBERS,
    Kind.SHARE: _NUMBERS,
    Kind.DATE: _DAYS,
    Kind.MOMENT: _DAYS,
    Kind.YES_NO: ("yes", "no"),
    Kind.CHOICE: _CHOICE,
    Kind.CHOICES: ("is", "has_all", "is_not", "empty", "filled"),
    Kind.PERSON: _CHOICE,
    Kind.DEPARTMENT: _CHOICE,
    Kind.TAG: ("is", "has_all", "is_not", "empty", "filled"),
    Kind.DONE: ("within", "not_within"),
    Kind.BOUGHT: ("bought", "not_bought"),
}
# A masked field is found by exact match only: any other question would reveal it letter by letter.
MASKED = ("is", "is_not", "empty", "filled")


def allowed(field: Field, actor: User) -> tuple[str, ...]:
    known = field.operators or BY_KIND[field.kind]
    return tuple(each for each in known if each in MASKED) if field.masked(actor) else known


class BadValue(ValueError):
    """The message (an English message id) says what a value must be."""


def read(field: Field, operator: str, value: Any) -> Any:
    """The value of a condition as it is kept (JSON): texts, numbers as texts, days as ISO texts, lists of these."""
    shape = SHAPES[operator].values
    if shape == "none":
        return None
    if shape == "days":
        return _days(value)
    if shape == "bought":
        return _bought(value)
    if shape == "two":
        return _two(field, value)
    if shape == "many":
        return _many(field, value)
    return _one(field, value[0] if isinstance(value, list) and len(value) == 1 else value)


def _many(field: Field, value: Any) -> list[str]:
    given = value if isinstance(value, list) else [value]
    if not given or len(given) > MOST_VALUES:
        raise BadValue(gettext_noop("choose at least one value, and at most 200"))
    found = list(dict.fromkeys(_one(field, each) for each in given))
    if field.kind in (Kind.CHOICE, Kind.CHOICES) and (options := {key for key, _name in field.options()}):
        unknown = [each for each in found if each not in options]
        if unknown:
            raise BadValue(gettext_noop("this value is not among the choices"))
    return found


def _two(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) != 2:
        raise BadValue(gettext_noop("give two values: from and to"))
    low, high = (_one(field, each) for each in value)
    backwards = Decimal(low) > Decimal(high) if field.kind in (Kind.NUMBER, Kind.MONEY, Kind.SHARE) else low > high
    if backwards:
        raise BadValue(gettext_noop("the first value must not be greater than the second"))
    return [low, high]


def _one(field: Field, value: Any) -> str:
    if field.kind in (Kind.NUMBER, Kind.MONEY, Kind.SHARE):
        return _number(value)
    if field.kind in (Kind.DATE, Kind.MOMENT):
        return _day(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadValue(gettext_noop("this must be a text"))
    text = str(value).strip()
    if not text or len(text) > LONGEST_TEXT or "\0" in text:
        raise BadValue(gettext_noop("give a text of at most 200 characters"))
    return text


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise BadValue(gettext_noop("this must be a number"))
    text = str(value).strip().replace(",", "").replace("，", "").lstrip("¥$€£").replace("−", "-")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadValue(gettext_noop("this must be a number")) from None
    if not number.is_finite() or abs(number) > _LARGEST:
        raise BadValue(gettext_noop("this number is too large"))
    return format(number.normalize(), "f") if number else "0"


def _day(value: Any) -> str:
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise BadValue(gettext_noop("give a day as 2026-10-31")) from None


def _days(value: Any) -> int:
    text = str(value[0] if isinstance(value, list) and len(value) == 1 else value).strip()
    if isinstance(value, bool) or not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_DAYS:
        raise BadValue(gettext_noop("give a number of days between 1 and 36,500"))
    return int(text)


def _bought(value: Any) -> list[Any]:
    """``[days, name, …]``."""
    if not isinstance(value, list) or len(value) < 2 or len(value) > MOST_VALUES:
        raise BadValue(gettext_noop("give the days and at least one name"))
    names = [str(each).strip() for each in value[1:] if isinstance(each, str | int)]
    if not all(names) or any(len(each) > LONGEST_TEXT for each in names):
        raise BadValue(gettext_noop("give a text of at most 200 characters"))
    return [_days(value[0]), *dict.fromkeys(names)]
