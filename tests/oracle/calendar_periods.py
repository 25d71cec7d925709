"""Months and quarters as running numbers; days are proleptic ordinals (``date.toordinal``)."""

from __future__ import annotations

from datetime import date


def day_of(ordinal: int) -> date:
    return date.fromordinal(ordinal)


def month_of(ordinal: int) -> int:
    day = date.fromordinal(ordinal)
    return day.year * 12 + day.month - 1


def period_of(kind: str, ordinal: int) -> int:
    month = month_of(ordinal)
    return month if kind == "month" else month // 3


def first_day(kind: str, period: int) -> int:
    month = period if kind == "month" else period * 3
    return date(month // 12, month % 12 + 1, 1).toordinal()


def last_day(kind: str, period: int) -> int:
    return first_day(kind, period + 1) - 1


def label(kind: str, period: int) -> str:
    if kind == "month":
        return f"{period // 12:04d}-{period % 12 + 1:02d}"
    return f"{period // 4:04d}-Q{period % 4 + 1}"


def season(kind: str, period: int) -> int:
    """The place in the year: 0-11 for months, 0-3 for quarters."""
    return period % (12 if kind == "month" else 4)
