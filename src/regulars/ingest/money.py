"""Cells -> exact decimal numbers, and exact arithmetic on them.

A number is a mantissa (int64) and its count of decimals. Money is kept in two limbs: ``unit`` in minor units
(hundredths of the currency) and ``rest`` in 10**-16 of a minor unit, both with the sign of the number. Sums and
products of prices with many decimals are exact in limbs; an order is rounded once, at the end, halves away from zero.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types

from regulars.ingest.hashing import BYTES, INTS, SMALL

FINE, EMPTY, BAD, LEFT, LARGE = 0, 1, 2, 3, 4
"""States of a cell: a number, nothing, not a number, left to the slow way (`money_words.read_number`), too large."""

REST = 10**16
LARGEST = 10**15
"""The largest amount of one row, in minor units: ten trillion. The sum of 9,000 such rows still fits."""

CURRENCIES = ("", "CNY", "USD", "EUR", "GBP", "HKD", "TWD", "JPY")
"""Currencies a sign in the cell can name, by the code the kernel writes."""
_CNY, _USD, _EUR, _GBP, _HKD, _TWD = 1, 2, 3, 4, 5, 6

AGAINST, FRACTIONS, GROUPED = 0, 1, 2
"""Evidence of a column on its decimal sign: numbers that only the other sign can explain (12,50 where . is the decimal
sign), numbers with decimals other than three, numbers with thousands separators."""

_POWERS = np.array([10**i for i in range(19)], np.int64)


@njit(types.UniTuple(types.int64, 2)(BYTES, types.int64, types.int64), nogil=True, cache=True)
def _symbol(data, p, stop):  # type: ignore[no-untyped-def]
    """(currency code, bytes) of the currency sign that begins at p; (0, 0) when there is none."""
    b = data[p]
    if b == 36:
        return _USD, 1
    if b == 0xC2 and p + 1 < stop:
        if data[p + 1] == 0xA5:
            return _CNY, 2
        if data[p + 1] == 0xA3:
            return _GBP, 2
    if b == 0xEF and p + 2 < stop and data[p + 1] == 0xBF and data[p + 2] == 0xA5:
        return _CNY, 3
    if b == 0xE2 and p + 2 < stop and data[p + 1] == 0x82 and data[p + 2] == 0xAC:
        return _EUR, 3
    if p + 2 < stop:
        x, y, z = b & 0xDF, data[p + 1] & 0xDF, data[p + 2] & 0xDF
        if (x == 67 and y == 78 and z == 89) or (x == 82 and y == 77 and z == 66):
            return _CNY, 3
        if x == 85 and y == 83 and z == 68:
            return _USD, 3
        if x == 69 and y == 85 and z == 82:
            return _EUR, 3
        if x == 71 and y == 66 and z == 80:
            return _GBP, 3
        if data[p + 2] == 36:
            if x == 72 and y == 75:
                return _HKD, 3
            if x == 78 and y == 84:
                return _TWD, 3
    if p + 1 < stop and b == 85 and data[p + 1] == 83 and p + 2 < stop and data[p + 2] == 36:
        return _USD, 3
    return 0, 0


@njit(types.UniTuple(types.int64, 3)(BYTES, types.int64, types.int64), nogil=True, cache=True)
def _suffix(data, p, stop):  # type: ignore[no-untyped-def]
    """(power of ten, currency code, position) after 万, 亿, 元, 圆 and a currency sign or code at the end of a cell."""
    power = np.int64(0)
    symbol = np.int64(0)
    closed = False
    while p < stop:
        if data[p] == 32:
            p += 1
            continue
        if p + 2 < stop:
            x, y, z = data[p], data[p + 1], data[p + 2]
            if x == 0xE4 and y == 0xB8 and z == 0x87 and power == 0 and not closed:
                power = np.int64(4)
                p += 3
                continue
            if x == 0xE4 and y == 0xBA and z == 0xBF and power == 0 and not closed:
                power = np.int64(8)
                p += 3
                continue
            if not closed and x == 0xE5 and ((y == 0x85 and z == 0x83) or (y == 0x9C and z == 0x86)):
                closed = True
                p += 3
                continue
        code, size = _symbol(data, p, stop)
        if size == 0 or symbol != 0:
            break
        symbol = code
        p += size
    return power, symbol, p


_READ = types.UniTuple(types.int64, 4)


@njit(_READ(BYTES, types.int64, types.int64, types.int64, types.int64[::1]), nogil=True, cache=True)
def _read(data, p, stop, point, tally):  # type: ignore[no-untyped-def]
    """(mantissa, decimals, state, currency code) of one cell; ``point`` is the byte of the decimal sign (46 or 44)."""
    left = (np.int64(0), np.int64(0), np.int64(LEFT), np.int64(0))
    bad = (np.int64(0), np.int64(0), np.int64(BAD), np.int64(0))
    comma = 44 if point == 46 else 46
    negative = False
    signed = False
    bracket = False
    symbol = np.int64(0)
    while p < stop:
        b = data[p]
        if 48 <= b <= 57 or b == point:
            break
        if (b == 45 or b == 43) and not signed and not bracket:
            signed = True
            negative = b == 45
            p += 1
        elif b == 40 and not bracket and not signed:
            bracket = True
            p += 1
        elif b == 32:
            p += 1
        else:
            code, size = _symbol(data, p, stop)
            if size == 0 or symbol != 0:
                return left
            symbol = code
            p += size
    mantissa = np.int64(0)
    digits = 0
    decimals = np.int64(0)
    group = 0
    groups = 0
    pointed = False
    while p < stop:
        b = data[p]
        digit = np.int64(b) - 48
        if 0 <= digit <= 9:
            digits += 1
            if digits > 18:
                return left
            mantissa = mantissa * 10 + digit
            if pointed:
                decimals += 1
            else:
                group += 1
        elif b == point:
            if pointed:
                if groups == 0:
                    tally[AGAINST] += 1
                return bad
            pointed = True
        elif b == comma and not pointed:
            if (groups == 0 and (group == 0 or group > 3)) or (groups > 0 and group != 3):
                if groups == 0 and group > 3:
                    tally[AGAINST] += 1
                return bad
            groups += 1
            group = 0
        else:
            if b == comma:
                tally[AGAINST] += 1
            break
        p += 1
    if digits == 0:
        return left
    if groups > 0 and group != 3:
        if groups == 1 and not pointed and group > 0:
            tally[AGAINST] += 1
        return bad
    tally[GROUPED] += groups > 0
    if pointed and decimals != 3:
        tally[FRACTIONS] += 1
    power = np.int64(0)
    if p < stop:
        if data[p] != 41 and data[p] != 45:
            power, code, p = _suffix(data, p, stop)
            if code != 0:
                if symbol != 0:
                    return left
                symbol = code
        if p < stop and data[p] == 45 and not signed and not bracket:
            negative = True
            p += 1
        elif p < stop and data[p] == 41 and bracket:
            bracket = False
            negative = not negative
            p += 1
        if p < stop or bracket:
            return left
    elif bracket:
        return bad
    if power > 0:
        if decimals >= power:
            decimals -= power
        else:
            if mantissa > 10**10:
                return left
            mantissa *= _POWERS[power - decimals]
            decimals = np.int64(0)
    while decimals > 2 and mantissa % 10 == 0:
        mantissa //= 10
        decimals -= 1
    return (-mantissa if negative else mantissa), decimals, np.int64(FINE), symbol


@njit(_READ(BYTES, types.int64, types.int64), nogil=True, cache=True)
def _usual(data, p, stop):  # type: ignore[no-untyped-def]
    """As `_read`, for what most cells are: 12, -12.5, ¥12.50, $12.50; LEFT for everything else."""
    left = (np.int64(0), np.int64(0), np.int64(LEFT), np.int64(0))
    symbol = np.int64(0)
    if data[p] == 0xC2 and stop - p > 2 and data[p + 1] == 0xA5:
        symbol = np.int64(_CNY)
        p += 2
    elif data[p] == 36:
        symbol = np.int64(_USD)
        p += 1
    negative = p < stop and data[p] == 45
    p += negative
    if p >= stop or stop - p > 17:
        return left
    mantissa = np.int64(0)
    while p < stop:
        digit = np.int64(data[p]) - 48
        if digit < 0 or digit > 9:
            break
        mantissa = mantissa * 10 + digit
        p += 1
    decimals = np.int64(0)
    if p < stop:
        decimals = stop - p - 1
        if data[p] != 46 or decimals < 1 or decimals > 2:
            return left
        p += 1
        while p < stop:
            digit = np.int64(data[p]) - 48
            if digit < 0 or digit > 9:
                return left
            mantissa = mantissa * 10 + digit
            p += 1
    return (-mantissa if negative else mantissa), decimals, np.int64(FINE), symbol


@njit(
    types.void(
        BYTES,
        INTS,
        INTS,
        types.int64,
        types.int64[::1],
        types.int8[::1],
        types.int8[::1],
        types.int8[::1],
        types.int64[::1],
    ),
    nogil=True,
    cache=True,
)
def parse_numbers(data, start, stop, point, mantissa, decimals, state, symbol, tally):  # type: ignore[no-untyped-def]
    """Read the cells data[start:stop]; ``tally`` collects evidence on the decimal sign."""
    for i in range(start.size):
        if start[i] == stop[i]:
            mantissa[i], decimals[i], state[i], symbol[i] = 0, 0, EMPTY, 0
            continue
        value, places, found, sign = np.int64(0), np.int64(0), np.int64(LEFT), np.int64(0)
        if point == 46:
            value, places, found, sign = _usual(data, start[i], stop[i])
            tally[FRACTIONS] += places > 0
        if found == LEFT:
            value, places, found, sign = _read(data, start[i], stop[i], point, tally)
        mantissa[i], decimals[i], state[i], symbol[i] = value, places, found, sign


_LIMBS = types.UniTuple(types.int64, 3)


@njit(_LIMBS(types.int64, types.int64), nogil=True, cache=True)
def _limbs(mantissa, decimals):  # type: ignore[no-untyped-def]
    if decimals <= 2:
        if abs(mantissa) > LARGEST:
            return np.int64(0), np.int64(0), np.int64(LARGE)
        unit = mantissa * _POWERS[2 - decimals]
        rest = np.int64(0)
    else:
        power = _POWERS[decimals - 2]
        size = abs(mantissa)
        unit = size // power
        rest = (size - unit * power) * _POWERS[18 - decimals]
        if mantissa < 0:
            unit, rest = -unit, -rest
    if abs(unit) > LARGEST:
        return np.int64(0), np.int64(0), np.int64(LARGE)
    return unit, rest, np.int64(FINE)


@njit(types.void(INTS, SMALL, types.int64[::1], types.int64[::1], types.int8[::1]), nogil=True, cache=True)
def to_limbs(mantissa, decimals, unit, rest, state):  # type: ignore[no-untyped-def]
    """Numbers -> money in limbs where ``state`` is FINE; marks what is too large. ``rest`` must come as zeros: memory
    that is not needed is never touched."""
    for i in range(mantissa.size):
        unit[i] = 0
        if state[i] == FINE:
            unit[i], part, state[i] = _limbs(mantissa[i], decimals[i])
            if part != 0:
                rest[i] = part


@njit(types.void(INTS, SMALL, INTS, SMALL, types.int64[::1], types.int64[::1], types.int8[::1]), nogil=True, cache=True)
def multiply(mantissa, decimals, other, other_decimals, unit, rest, state):  # type: ignore[no-untyped-def]
    """Quantity x price -> money in limbs where ``state`` is FINE; what does not fit 63 bits on the way is marked
    LEFT."""
    for i in range(mantissa.size):
        unit[i] = 0
        if state[i] == FINE:
            places = np.int64(decimals[i]) + other_decimals[i]
            if places > 18 or abs(np.float64(mantissa[i])) * abs(np.float64(other[i])) > 9e18:
                state[i] = LEFT
            else:
                unit[i], part, state[i] = _limbs(mantissa[i] * other[i], places)
                if part != 0:
                    rest[i] = part


@njit(types.int64(types.int64, types.int64), nogil=True, cache=True)
def rounded(unit, rest):  # type: ignore[no-untyped-def]
    """The whole minor units nearest to the limbs (unit, rest) of any signs, halves away from zero."""
    carry = rest // REST
    whole = unit + carry
    part = rest - carry * REST
    half = REST // 2
    if part > half or (part == half and whole >= 0):
        return whole + 1
    return whole


@njit(types.void(types.int64[::1], types.int64[::1]), nogil=True, cache=True)
def round_limbs(unit, rest):  # type: ignore[no-untyped-def]
    """Round to whole minor units in place, halves away from zero; ``rest`` may have grown beyond one unit."""
    for i in range(unit.size):
        if rest[i] != 0:
            unit[i] = rounded(unit[i], rest[i])
            rest[i] = 0
