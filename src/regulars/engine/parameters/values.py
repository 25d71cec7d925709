"""Reading one parameter: from Python, from TOML or from the command line, to an exact value or a ParameterError.

A reader takes ``(name, raw)`` and returns the value the engine works with. Decimal fractions stay what was written:
0.8, "0.8", "80%" and "4/5" are all the fraction 4/5, never the binary number next to it.
"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from regulars.errors import ParameterError

Reader = Callable[[str, Any], Any]

FINEST_DENOMINATOR = 10_000  # keeps the engine's integer comparisons far from int64's end
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(/\d+)?%?")


def exact(raw: object) -> Fraction | None:
    """The fraction that was written, or None when ``raw`` is no finite number."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | Fraction):
        return Fraction(raw)
    text = str(raw).strip().replace(" ", "")
    if isinstance(raw, float | Decimal):
        try:
            return Fraction(text)
        except (ValueError, OverflowError):
            return None
    if not isinstance(raw, str) or not _NUMBER.fullmatch(text):
        return None
    number, percent = text.removesuffix("%"), text.endswith("%")
    top, _, bottom = number.partition("/")
    if bottom and int(bottom) == 0:
        return None
    return Fraction(top) / int(bottom or 1) / (100 if percent else 1)


def plain(value: object) -> Any:
    """``value`` as JSON can hold it: whole numbers, decimals, and fractions without a finite decimal as "1/3"."""
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return value.numerator
        decimal = float(value)
        return decimal if Fraction(str(decimal)) == value else str(value)
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, int | str) else str(value)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` was probably meant to be."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def whole(low: int, high: int) -> Reader:
    """A whole number from ``low`` to ``high``."""

    def read(name: str, raw: Any) -> int:
        value = exact(raw)
        if value is None or value.denominator != 1 or not low <= value <= high:
            raise ParameterError(
                "bad_whole_number",
                "{name} is {value}; it must be a whole number from {low} to {high}.",
                "Correct {name} on the command line or in regulars.toml.",
                name=name,
                value=raw,
                low=low,
                high=high,
            )
        return int(value)

    return read


def number(low: str, high: str) -> Reader:
    """An exact number from ``low`` to ``high`` with a denominator of at most 10,000."""
    least, most = Fraction(low), Fraction(high)

    def read(name: str, raw: Any) -> Fraction:
        value = exact(raw)
        if value is None or value.denominator > FINEST_DENOMINATOR or not least <= value <= most:
            raise ParameterError(
                "bad_number",
                "{name} is {value}; it must be a number from {low} to {high} with at most four decimals.",
                "0.8, 80% and 4/5 are ways to write the same number.",
                name=name,
                value=raw,
                low=plain(least),
                high=plain(most),
            )
        return value

    return read


def choice(*allowed: str) -> Reader:
    """One of a few words."""

    def read(name: str, raw: Any) -> str:
        word = str(raw).strip().lower()
        if word not in allowed:
            raise ParameterError(
                "bad_choice",
                "{name} is {value}; it must be one of: {choices}.",
                "Closest: {suggestion}.",
                name=name,
                value=raw,
                choices=", ".join(allowed),
                suggestion=closest(word, allowed) or allowed[0],
            )
        return word

    return read


def switch(name: str, raw: Any) -> bool:
    """true or false."""
    if isinstance(raw, bool):
        return raw
    return bool(choice("true", "false")(name, raw) == "true")


def rising(count: int | None, read_one: Reader) -> Reader:
    """``count`` values (any number when None), each larger than the one before."""

    def read(name: str, raw: Any) -> tuple[Any, ...]:
        parts: Sequence[Any] = raw.replace(";", ",").split(",") if isinstance(raw, str) else raw
        if not isinstance(parts, list | tuple) or (count is not None and len(parts) != count):
            raise _bad_list(name, raw, count)
        values = tuple(read_one(name, part) for part in parts)
        if any(a >= b for a, b in pairwise(values)):
            raise _bad_list(name, raw, count)
        return values

    return read


def _bad_list(name: str, raw: Any, count: int | None) -> ParameterError:
    if count is None:
        return ParameterError(
            "bad_list",
            "{name} is {value}; it must be a list of values, each larger than the one before.",
            "Separate the values with commas, the smallest first.",
            name=name,
            value=raw,
        )
    return ParameterError(
        "bad_list_length",
        "{name} is {value}; it must be a list of {count} values, each larger than the one before.",
        "Separate the values with commas, the smallest first.",
        name=name,
        value=raw,
        count=count,
    )


def optional(read_one: Reader) -> Reader:
    """A value, or none: None, "none" or an empty text."""

    def read(name: str, raw: Any) -> Any:
        if raw is None or (isinstance(raw, str) and raw.strip().lower() in ("", "none")):
            return None
        return read_one(name, raw)

    return read


def time_zone(name: str, raw: Any) -> str:
    """The name of a zone in the IANA time zone database."""
    text = str(raw).strip()
    try:
        zoneinfo.ZoneInfo(text)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
        known = zoneinfo.available_timezones()
        raise ParameterError(
            "unknown_time_zone",
            "{name} is {value}; there is no such time zone.",
            "Closest: {suggestion}. Zones are named like Asia/Shanghai or Europe/Berlin.",
            name=name,
            value=raw,
            suggestion=closest(text, known) or "Asia/Shanghai",
        ) from error
    return text
