"""The business time zone: civil seconds and UTC instants of whole columns at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numba import njit, types

from regulars.errors import ParameterError
from regulars.ingest.dates import DAY, INSTANT
from regulars.ingest.hashing import INTS, SMALL

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86400


@dataclass(frozen=True)
class Offsets:
    """UTC offsets of a zone over a span: offset[i] seconds holds from the instant since[i] (UTC) on."""

    since: np.ndarray
    offset: np.ndarray

    @property
    def turn(self) -> np.ndarray:
        """The civil second from which on each offset holds. A time that a clock change repeats or leaves out is read
        with the earlier offset."""
        turn = self.since.copy()
        turn[1:] += np.maximum(self.offset[1:], self.offset[:-1])
        return turn


def zone_named(name: str) -> ZoneInfo:
    """The zone, or ParameterError when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ParameterError(
            "unknown_timezone",
            "There is no time zone named {name}.",
            "Use a name such as Asia/Shanghai, Europe/London or UTC.",
            name=repr(name),
        ) from error


def _offset(zone: ZoneInfo, instant: int) -> int:
    difference = (_EPOCH + timedelta(seconds=instant)).astimezone(zone).utcoffset()
    return int(difference.total_seconds()) if difference is not None else 0


@cache
def _changes(name: str, first_year: int, last_year: int) -> Offsets:
    zone = zone_named(name)
    begin = int((datetime(first_year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())
    end = int((datetime(last_year, 12, 31, tzinfo=UTC) - _EPOCH).total_seconds())
    since, offset = [-(2**62)], [_offset(zone, begin)]
    for day in range(begin, end, 7 * _DAY):
        low, high = day, min(day + 7 * _DAY, end)
        while _offset(zone, high) != offset[-1]:
            a, b = low, high
            while b - a > 1:
                middle = (a + b) // 2
                a, b = (middle, b) if _offset(zone, middle) == offset[-1] else (a, middle)
            since.append(b)
            offset.append(_offset(zone, b))
            low = b
    return Offsets(np.array(since, np.int64), np.array(offset, np.int64))


def offsets_of(name: str, first_day: int, last_day: int) -> Offsets:
    """Offsets of the zone ``name`` that hold from a little before first_day to a little after last_day (days since
    1970)."""
    years = [(_EPOCH + timedelta(days=min(max(day, -25000), 84000))).year for day in (first_day - 2, last_day + 2)]
    return _changes(name, years[0], years[1])


@njit(types.void(INTS, SMALL, INTS, INTS, INTS, types.int32[::1], types.int64[::1]), nogil=True, cache=True)
def _localize(value, form, since, turn, offset, day, key):  # type: ignore[no-untyped-def]
    if offset.size == 1:
        fixed = offset[0]
        for i in range(value.size):
            kind = form[i]
            seconds = value[i]
            civil = seconds + fixed if kind == INSTANT else seconds
            day[i] = civil // _DAY if kind >= DAY else 0
            key[i] = civil - fixed if kind >= DAY else 0
        return
    for i in range(value.size):
        kind = form[i]
        if kind < DAY:
            day[i] = 0
            key[i] = 0
            continue
        edges = since if kind == INSTANT else turn
        k = np.searchsorted(edges, value[i], side="right") - 1
        if kind == INSTANT:
            day[i] = (value[i] + offset[k]) // _DAY
            key[i] = value[i]
        else:
            day[i] = value[i] // _DAY
            key[i] = value[i] - offset[k]


def localize(value: np.ndarray, form: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(business day int32, UTC instant int64) of parsed dates; the instant of a date without a time is its midnight.

    Rows that hold no date get 0.
    """
    held = value[form >= DAY] if (form < DAY).any() else value
    span = (int(held.min()) // _DAY, int(held.max()) // _DAY) if held.size else (0, 0)
    offsets = offsets_of(name, *span)
    day, key = np.empty(value.size, np.int32), np.empty(value.size, np.int64)
    _localize(value, form, offsets.since, offsets.turn, offsets.offset, day, key)
    return day, key
