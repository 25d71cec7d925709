"""Cells -> instants, in the forms people use.

A kernel reads every form that needs no words; ``date_words.read_date`` reads the rest (month names, 上午/下午,
full-width digits), one distinct text at a time. A date such as 05/01/2024 is kept as its three numbers until the
whole column has been seen: the order of day and month is decided once a column (`possible_orders`), from the values
that admit only one reading.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numba import njit, types

from regulars.ingest.hashing import BYTES, INTS

DateOrder = Literal["dmy", "mdy", "ymd"]

EMPTY, BAD, RANGE = -1, -2, -3
DAY, LOCAL, INSTANT = 0, 1, 2
"""Forms of a value: local midnight (date only), local civil seconds, UTC seconds; all since 1970-01-01."""
LAST_DAY, LAST_TIME, SHORT_DAY, SHORT_TIME = 3, 4, 5, 6
"""Three numbers a, b, c whose order is open: c a four-digit year, or all of two digits; date only or with a time.
The value is ((a * 100 + b) * 10000 + c) * 86400 + seconds of the day."""

FIRST_YEAR, LAST_YEAR = 1900, 2199

AGAINST_DMY, AGAINST_MDY, AGAINST_YMD, DOTTED, OPEN = range(5)
"""Evidence of a column: open values that cannot be read in an order, those written with dots (05.01.2024), all of
them."""

NO_ZONE = 1_000_000
NO_DAY = -1_000_000_000
_SERIAL_ZERO = 25569  # the Excel serial of 1970-01-01


@njit(types.int64(types.int64, types.int64, types.int64), nogil=True, cache=True)
def day_number(year, month, day):  # type: ignore[no-untyped-def]
    """Days since 1970-01-01, or NO_DAY when there is no such day (proleptic Gregorian; Hinnant, days_from_civil)."""
    if month < 1 or month > 12 or day < 1 or day > 31:
        return NO_DAY
    if day > 28:
        leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
        if month == 2:
            longest = 29 if leap else 28
        elif month == 4 or month == 6 or month == 9 or month == 11:
            longest = 30
        else:
            longest = 31
        if day > longest:
            return NO_DAY
    y = year - 1 if month <= 2 else year
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


_PAIR = types.UniTuple(types.int64, 2)


@njit(_PAIR(types.int64, types.int64), nogil=True, cache=True)
def _checked(days, year):  # type: ignore[no-untyped-def]
    if year < FIRST_YEAR or year > LAST_YEAR:
        return np.int64(0), np.int64(RANGE)
    if days == NO_DAY:
        return np.int64(0), np.int64(BAD)
    return days * 86400, np.int64(DAY)


@njit(types.UniTuple(types.int64, 3)(BYTES, types.int64, types.int64), nogil=True, cache=True)
def _digits(data, p, stop):  # type: ignore[no-untyped-def]
    """(number, how many digits, position after them); at most 18 digits are read."""
    value = np.int64(0)
    n = np.int64(0)
    while p < stop and n < 18:
        digit = np.int64(data[p]) - 48
        if digit < 0 or digit > 9:
            break
        value = value * 10 + digit
        n += 1
        p += 1
    return value, n, p


@njit(types.UniTuple(types.int64, 3)(BYTES, types.int64, types.int64), nogil=True, cache=True)
def _clock(data, p, stop):  # type: ignore[no-untyped-def]
    """(seconds of the day, offset in seconds or NO_ZONE, 1) of a time such as 13:02[:05[.25]][ PM][+08:00]."""
    fail = (np.int64(0), np.int64(0), np.int64(0))
    hour, n, p = _digits(data, p, stop)
    if n < 1 or n > 2 or p >= stop or data[p] != 58:
        return fail
    minute, n, p = _digits(data, p + 1, stop)
    if n != 2:
        return fail
    second = np.int64(0)
    if p < stop and data[p] == 58:
        second, n, p = _digits(data, p + 1, stop)
        if n < 1 or n > 2:
            return fail
        if p < stop and (data[p] == 46 or data[p] == 44):
            _, n, p = _digits(data, p + 1, stop)
            if n < 1:
                return fail
    if p < stop and data[p] == 32:
        p += 1
    if p + 1 < stop and (data[p + 1] | 32) == 109 and ((data[p] | 32) == 97 or (data[p] | 32) == 112):
        if hour < 1 or hour > 12:
            return fail
        hour = hour % 12 + (12 if (data[p] | 32) == 112 else 0)
        p += 2
        if p < stop and data[p] == 32:
            p += 1
    if hour == 24 and minute == 0 and second == 0:
        pass
    elif hour > 23 or minute > 59 or second > 60:
        return fail
    seconds = hour * 3600 + minute * 60 + min(second, np.int64(59))
    if p >= stop:
        return seconds, np.int64(NO_ZONE), np.int64(1)
    b = data[p]
    if (b | 32) == 122 and p + 1 == stop:
        return seconds, np.int64(0), np.int64(1)
    if stop - p == 3 and (b | 32) == 117 and (data[p + 1] | 32) == 116 and (data[p + 2] | 32) == 99:
        return seconds, np.int64(0), np.int64(1)
    if b == 43 or b == 45:
        hours, n, q = _digits(data, p + 1, stop)
        minutes = np.int64(0)
        if n == 4:
            hours, minutes = hours // 100, hours % 100
        elif n < 1 or n > 2:
            return fail
        elif q < stop and data[q] == 58:
            minutes, n, q = _digits(data, q + 1, stop)
            if n != 2:
                return fail
        if q < stop or hours > 15 or minutes > 59:
            return fail
        offset = hours * 3600 + minutes * 60
        return seconds, (-offset if b == 45 else offset), np.int64(1)
    return fail


@njit(_PAIR(BYTES, types.int64, types.int64), nogil=True, cache=True)
def _plain(data, p, stop):  # type: ignore[no-untyped-def]
    """Digits only: yyyymmdd[hhmm[ss]], epoch seconds or milliseconds, or an Excel serial with or without a fraction."""
    value, n, q = _digits(data, p, stop)
    if q < stop:
        if n == 10 and data[q] == 46:
            _, m, q = _digits(data, q + 1, stop)
            return (value, np.int64(INSTANT)) if q == stop else (np.int64(0), np.int64(BAD))
        if n == 8 and (data[q] == 32 or (data[q] | 32) == 116):
            base, form = _checked(day_number(value // 10000, value // 100 % 100, value % 100), value // 10000)
            seconds, offset, fine = _clock(data, q + 1, stop)
            if form != DAY or not fine:
                return np.int64(0), np.int64(BAD)
            if offset != NO_ZONE:
                return base + seconds - offset, np.int64(INSTANT)
            return base + seconds, np.int64(LOCAL)
        if data[q] != 46 or n != 5:
            return np.int64(0), np.int64(BAD)
        fraction, m, q = _digits(data, q + 1, stop)
        if q < stop or value < 20000 or value > 109000:
            return np.int64(0), np.int64(BAD)
        if fraction == 0:
            return (value - _SERIAL_ZERO) * 86400, np.int64(DAY)
        seconds = np.int64(np.floor(fraction / 10.0**m * 86400 + 0.5))
        return (value - _SERIAL_ZERO) * 86400 + seconds, np.int64(LOCAL)
    if n == 5 and 20000 <= value <= 109000:
        return (value - _SERIAL_ZERO) * 86400, np.int64(DAY)
    if n == 8:
        return _checked(day_number(value // 10000, value // 100 % 100, value % 100), value // 10000)
    if n == 10:
        return value, np.int64(INSTANT)
    if n == 13:
        return value // 1000, np.int64(INSTANT)
    if n == 16:
        return value // 1000000, np.int64(INSTANT)
    if n == 14 or n == 12:
        if n == 12:
            value *= 100
        head, clock = value // 1000000, value % 1000000
        base, form = _checked(day_number(head // 10000, head // 100 % 100, head % 100), head // 10000)
        hour, minute, second = clock // 10000, clock // 100 % 100, clock % 100
        if form != DAY or hour > 23 or minute > 59 or second > 59:
            return np.int64(0), np.int64(BAD)
        return base + hour * 3600 + minute * 60 + second, np.int64(LOCAL)
    return np.int64(0), np.int64(BAD)


@njit(types.int64(BYTES, types.int64, types.int64), nogil=True, cache=True)
def _sign(data, p, stop):  # type: ignore[no-untyped-def]
    """What follows a number: 45 for - / . (dots 46), 1 for 年, 2 for 月, 3 for 日 or 号, 0 for anything else."""
    b = data[p]
    if b == 45 or b == 47:
        return 45
    if b == 46:
        return 46
    if p + 2 < stop:
        if b == 0xE5 and data[p + 1] == 0xB9 and data[p + 2] == 0xB4:
            return 1
        if b == 0xE6 and data[p + 1] == 0x9C and data[p + 2] == 0x88:
            return 2
        if b == 0xE6 and data[p + 1] == 0x97 and data[p + 2] == 0xA5:
            return 3
        if b == 0xE5 and data[p + 1] == 0x8F and data[p + 2] == 0xB7:
            return 3
    return 0


@njit(_PAIR(BYTES, types.int64, types.int64, types.int64[::1]), nogil=True, cache=True)
def _read(data, p, stop, tally):  # type: ignore[no-untyped-def]
    """(value, form) of one cell."""
    bad = (np.int64(0), np.int64(BAD))
    a, na, q = _digits(data, p, stop)
    if na == 0:
        return bad
    if q == stop or na > 4:
        return _plain(data, p, stop)
    sign = _sign(data, q, stop)
    if sign == 0 or (sign > 1 and sign < 45):
        return bad
    if sign == 46 and na > 2 and na != 4:
        return _plain(data, p, stop)
    chinese = sign == 1
    q += 3 if chinese else 1
    b, nb, q = _digits(data, q, stop)
    if nb < 1 or nb > 2 or q >= stop:
        return bad
    second = _sign(data, q, stop)
    if second != (2 if chinese else sign):
        return bad
    q += 3 if chinese else 1
    c, nc, q = _digits(data, q, stop)
    if chinese:
        if na != 4 or nc < 1 or nc > 2 or q >= stop or _sign(data, q, stop) != 3:
            return bad
        q += 3
    seconds = np.int64(0)
    offset = np.int64(NO_ZONE)
    timed = False
    if q < stop:
        if (data[q] | 32) == 116:
            q += 1
        elif data[q] == 32:
            while q < stop and data[q] == 32:
                q += 1
        elif not chinese:
            return bad
        seconds, offset, fine = _clock(data, q, stop)
        if not fine:
            return bad
        timed = True
    if na == 4:
        if nc < 1 or nc > 2:
            return bad
        base, form = _checked(day_number(a, b, c), a)
        if form != DAY:
            return base, form
        if offset != NO_ZONE:
            return base + seconds - offset, np.int64(INSTANT)
        return base + seconds, np.int64(LOCAL if timed else DAY)
    if na > 2 or offset != NO_ZONE:
        return bad
    if nc == 4:
        if c < FIRST_YEAR or c > LAST_YEAR:
            return np.int64(0), np.int64(RANGE)
        form = LAST_TIME if timed else LAST_DAY
    elif nc == 2:
        form = SHORT_TIME if timed else SHORT_DAY
    else:
        return bad
    if a == 0 or b == 0:
        return bad
    tally[OPEN] += 1
    tally[DOTTED] += sign == 46
    tally[AGAINST_DMY] += a > 31 or b > 12
    tally[AGAINST_MDY] += a > 12 or b > 31
    tally[AGAINST_YMD] += nc == 4 or na == 1 or b > 12 or c > 31 or c == 0
    return ((a * 100 + b) * 10000 + c) * 86400 + seconds, np.int64(form)


@njit(types.int64(BYTES, types.int64), nogil=True, cache=True)
def _two(data, p):  # type: ignore[no-untyped-def]
    """The number of two digits, negative when they are none."""
    tens, ones = np.int64(data[p]) - 48, np.int64(data[p + 1]) - 48
    if (tens | (9 - tens) | ones | (9 - ones)) < 0:
        return -1_000_000
    return tens * 10 + ones


@njit(_PAIR(BYTES, types.int64, types.int64), nogil=True, cache=True)
def _usual(data, p, stop):  # type: ignore[no-untyped-def]
    """(value, form) of 2024-01-05, 2024-01-05 13:02 and 2024-01-05 13:02:05, with - or /; BAD for every other form."""
    bad = (np.int64(0), np.int64(BAD))
    size = stop - p
    if size != 10 and size != 16 and size != 19:
        return bad
    sign = data[p + 4]
    if (sign != 45 and sign != 47) or data[p + 7] != sign:
        return bad
    year = _two(data, p) * 100 + _two(data, p + 2)
    seconds = np.int64(0)
    if size >= 16:
        if (data[p + 10] != 32 and data[p + 10] != 84) or data[p + 13] != 58:
            return bad
        hour, minute, second = _two(data, p + 11), _two(data, p + 14), np.int64(0)
        if size == 19:
            second = _two(data, p + 17)
            if data[p + 16] != 58:
                return bad
        if (hour | minute | second) < 0 or hour > 23 or minute > 59 or second > 59:
            return bad
        seconds = hour * 3600 + minute * 60 + second
    if year < FIRST_YEAR or year > LAST_YEAR:
        return bad
    days = day_number(year, _two(data, p + 5), _two(data, p + 8))
    if days == NO_DAY:
        return bad
    return days * 86400 + seconds, np.int64(DAY if size == 10 else LOCAL)


@njit(types.void(BYTES, INTS, INTS, types.int64[::1], types.int8[::1], types.int64[::1]), nogil=True, cache=True)
def parse_dates(data, start, stop, value, form, tally):  # type: ignore[no-untyped-def]
    """Read the cells data[start:stop] into ``value`` and ``form``; adds the evidence on day and month to ``tally``."""
    for i in range(start.size):
        p = start[i]
        if p == stop[i]:
            value[i] = 0
            form[i] = EMPTY
        else:
            value[i], kind = _usual(data, p, stop[i])
            if kind == BAD:
                value[i], kind = _read(data, p, stop[i], tally)
            form[i] = kind


_ORDERS: dict[DateOrder, int] = {"dmy": 0, "mdy": 1, "ymd": 2}


@njit(types.void(types.int64[::1], types.int8[::1], types.int64), nogil=True, cache=True)
def _settle(value, form, order):  # type: ignore[no-untyped-def]
    for i in range(value.size):
        kind = form[i]
        if kind < LAST_DAY:
            continue
        packed = value[i] // 86400
        seconds = value[i] - packed * 86400
        a, b, c = packed // 1000000, packed // 10000 % 100, packed % 10000
        if order == 2:
            year, month, day = a, b, c
        elif order == 1:
            month, day, year = a, b, c
        else:
            day, month, year = a, b, c
        if kind >= SHORT_DAY:
            year += 2000 if year < 70 else 1900
        elif order == 2:
            month = np.int64(0)
        base, settled = _checked(day_number(year, month, day), year)
        if settled == DAY and kind in (LAST_TIME, SHORT_TIME):
            settled = np.int64(LOCAL)
        value[i] = base + seconds
        form[i] = settled


def settle_dates(value: np.ndarray, form: np.ndarray, order: DateOrder) -> None:
    """Turn the open values into days, in place, reading their three numbers in ``order``."""
    _settle(value, form, _ORDERS[order])


def possible_orders(tally: np.ndarray) -> list[DateOrder]:
    """The orders of day, month and year that the evidence of a column admits; empty when it is mixed.

    A value is evidence against an order that makes it impossible (13 is no month). Where every order is contradicted,
    one contradicted by at most 1 in 100 of the values that contradict each other one wins, and its slips are
    rejected.
    """
    against: dict[DateOrder, int] = {order: int(tally[i]) for order, i in _ORDERS.items()}
    free = [order for order, n in against.items() if n == 0]
    if free:
        return ["dmy"] if tally[DOTTED] == tally[OPEN] and "dmy" in free else free
    best, second = sorted(against, key=lambda order: against[order])[:2]
    return [best] if 100 * against[best] <= against[second] else []
