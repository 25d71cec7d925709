"""Types of values in requests: strict, so that what is not as documented is refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from regulars.config.options import options

_SURROGATE = re.compile("[\ud800-\udfff]")
NO_NUL = r"^[^\u0000]*$"
MONEY = r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$"
MOMENT = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?$"


class In(Schema):
    """A request's body: nothing in it that is not known."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


def _sound(text: str) -> str:
    if _SURROGATE.search(text):
        raise ValueError("half a character (a lone surrogate)")
    return text


def text(most: int, least: int = 0) -> Any:
    """A text of at most ``most`` characters, without NUL."""
    limits = StringConstraints(strict=True, min_length=least, max_length=most, pattern=r"^[^\x00]*$")
    described = {"type": "string", "minLength": least, "maxLength": most, "pattern": NO_NUL}
    return Annotated[str, limits, AfterValidator(_sound), WithJsonSchema(described)]


def _text_like(value: Any, pattern: str) -> str:
    if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
        raise ValueError("not written as it must be")
    return value


def _money(value: Any) -> Decimal:
    return Decimal(_text_like(value, MONEY))


Money = Annotated[
    Decimal, BeforeValidator(_money), WithJsonSchema({"type": "string", "pattern": MONEY, "examples": ["120.50"]})
]
"""An amount in units of the currency, as text: numbers of JSON are binary fractions."""


def _moment(value: Any) -> datetime:
    told = _text_like(value, MOMENT)
    try:
        moment = datetime.fromisoformat(told)
        if len(told) == 10:
            moment = moment.replace(hour=12)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(options().timezone))
        return _in_range(aware.astimezone(UTC))
    except OverflowError as error:
        raise ValueError("no such moment") from error


def _in_range(moment: datetime) -> datetime:
    if not 1900 <= moment.year <= 2199:
        raise ValueError("the year is not between 1900 and 2199")
    return moment


Moment = Annotated[
    datetime, BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-10-31T14:05:00+08:00"]}),
]  # fmt: skip
"""A moment; without a zone it is in the business time zone, a day alone is taken at noon."""


def _day(value: Any) -> date:
    return date.fromisoformat(_text_like(value, r"\d{4}-\d{2}-\d{2}"))


Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-10-31"]})
]
Flag = Annotated[bool, Field(strict=True)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{14}$")]
"""A public id."""
