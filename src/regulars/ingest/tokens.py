"""Delimited text -> cells, without copying a byte.

The kernel walks a stretch of the file and notes where every wanted cell begins and ends. It never writes into the text,
so stretches can be read in parallel from guessed starting points and read again when a guess was wrong. Pure Python and
pyarrow readers lose the line number of a row as soon as a quoted cell holds a line break, or stop at a ragged row.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numba import njit, types

from regulars.ingest.hashing import BYTES, INTS, INTS32, count_bits, lowest_bit, marks

FINE, BLANK, TOO_MANY = 0, 1, 2
"""Faults of a row: none, no cell holds anything, cells with content beyond the last column."""

MAX_LINE = 16 << 20
MAX_QUOTED = 1 << 20
"""A longer quoted cell is taken for a stray quotation mark: the mark is then an ordinary character."""

_FULL, _LONG = 1, 2
_QUOTE, _SPACE, _EQUALS, _APOSTROPHE = 34, 32, 61, 39


class LineTooLong(Exception):
    """A line longer than MAX_LINE begins at byte ``at``."""

    def __init__(self, at: int) -> None:
        self.at = at
        super().__init__(at)


@dataclass(frozen=True)
class Stretch:
    """Cells of some rows: positions in the text, one row of ``start`` and ``stop`` per wanted column.

    ``line`` counts line breaks since the beginning of the stretch; ``next`` is where the following row begins.
    """

    start: np.ndarray
    stop: np.ndarray
    escaped: np.ndarray
    span_start: np.ndarray
    span_stop: np.ndarray
    fault: np.ndarray
    line: np.ndarray
    next: int
    lines: int


@njit(types.UniTuple(types.int64, 2)(BYTES, types.int64, types.int64), nogil=True, cache=True)
def trimmed(data, start, stop):  # type: ignore[no-untyped-def]
    """Cell without surrounding white space, ="…" and a leading apostrophe (both keep Excel from eating digits)."""
    while start < stop:
        b = data[start]
        if b <= _SPACE:
            start += 1
        elif b < 0xC2:
            break
        elif b == 0xC2 and start + 1 < stop and data[start + 1] == 0xA0:
            start += 2
        elif start + 2 < stop and (
            (b == 0xE3 and data[start + 1] == 0x80 and data[start + 2] == 0x80)
            or (b == 0xEF and data[start + 1] == 0xBB and data[start + 2] == 0xBF)
            or (b == 0xE2 and data[start + 1] == 0x80 and data[start + 2] == 0x8B)
        ):
            start += 3
        else:
            break
    while start < stop:
        b = data[stop - 1]
        if b <= _SPACE:
            stop -= 1
        elif b < 0x80:
            break
        elif b == 0xA0 and stop - start >= 2 and data[stop - 2] == 0xC2:
            stop -= 2
        elif stop - start >= 3 and (
            (b == 0x80 and data[stop - 2] == 0x80 and data[stop - 3] == 0xE3)
            or (b == 0x8B and data[stop - 2] == 0x80 and data[stop - 3] == 0xE2)
        ):
            stop -= 3
        else:
            break
    if start < stop:
        if data[start] == _EQUALS and start + 1 < stop and data[start + 1] == _QUOTE and data[stop - 1] == _QUOTE:
            start += 1
            while start < stop and data[start] == _QUOTE:
                start += 1
            while start < stop and data[stop - 1] == _QUOTE:
                stop -= 1
        elif data[start] == _APOSTROPHE:
            start += 1
    return start, stop


@njit(types.int64(BYTES, types.int64, types.int64), nogil=True, cache=True)
def count_breaks(data, start, stop):  # type: ignore[no-untyped-def]
    """Number of line breaks in data[start:stop]."""
    n = 0
    ten = np.uint8(10)
    while start + 64 <= stop:
        n += count_bits(marks(data, start, ten, ten, ten, ten))
        start += 64
    for i in range(start, stop):
        if data[i] == 10:
            n += 1
    return n


_WINDOW, _SMALL_WINDOW = 1 << 14, 1 << 8


@njit(types.int64(BYTES, types.int64, types.int64, BYTES, types.int64[::1]), nogil=True, cache=True)
def _find_signs(data, at, end, signs, found):  # type: ignore[no-untyped-def]
    """Positions in [at, at + found.size) of the bytes that end or quote a cell; returns how many."""
    n = 0
    stop = min(at + found.size, end)
    while at + 64 <= stop:
        mask = marks(data, at, signs[0], signs[1], signs[2], np.uint8(10))
        while mask != 0:
            found[n] = at + lowest_bit(mask)
            n += 1
            mask &= mask - np.uint64(1)
        at += 64
    while at < stop:
        b = data[at]
        if b == signs[0] or b == signs[1] or b == signs[2] or b == 10:
            found[n] = at
            n += 1
        at += 1
    return n


_GRID = types.Array(types.int64, 2, "C")
_FLAGS = types.Array(types.uint8, 2, "C")
_RESULT = types.UniTuple(types.int64, 4)


@njit(
    _RESULT(
        BYTES, types.int64, types.int64, types.int64, BYTES, BYTES, types.boolean, types.boolean, INTS32,
        _GRID, _GRID, _FLAGS, types.int64[::1], types.int64[::1], types.uint8[::1], types.int32[::1],
        types.int64[::1],
    ),
    nogil=True,
    cache=True,
)  # fmt: skip
def _walk(  # type: ignore[no-untyped-def]
    data, begin, limit, end, signs, edges, runs, quoting, slots,
    start, stop, escaped, span_start, span_stop, fault, line, found,
):  # fmt: skip
    """Read the rows that begin in [begin, limit).

    ``signs``: two delimiters and the quotation mark; ``edges``: bytes that may need trimming. The positions of all
    signs are found a window at a time, and rows are read by hopping from sign to sign.
    """
    columns = slots.size
    capacity = fault.size
    reach = found.size
    window = begin
    count = _find_signs(data, window, end, signs, found)
    k = 0
    row = 0
    p = begin
    lines = 0
    while p < limit:
        if row == capacity:
            return row, p, lines, _FULL
        first = p
        line[row] = lines
        column = 0
        filled = False
        extra = False
        if runs:
            while p < end and (data[p] == signs[0] or data[p] == signs[1]):
                p += 1
        while True:
            a = p
            z = np.int64(-1)
            flag = False
            if quoting and p < end and data[p] == _QUOTE:
                old_k, old_count, old_window, inside = k, count, window, 0
                close = np.int64(-1)
                while True:
                    if k == count:
                        window += reach
                        if window >= end or window > p + MAX_QUOTED:
                            break
                        count = _find_signs(data, window, end, signs, found)
                        k = 0
                        continue
                    q = found[k]
                    if q <= p:
                        k += 1
                        continue
                    if data[q] == 10:
                        inside += 1
                    elif data[q] == _QUOTE and q > close:
                        if q + 1 < end and data[q + 1] == _QUOTE:
                            flag = True
                            close = q + 1
                        else:
                            z = q
                            k += 1
                            break
                    k += 1
                if z >= 0:
                    a = p + 1
                    p = z + 1
                    lines += inside
                else:
                    flag = False
                    if window != old_window:
                        count = _find_signs(data, old_window, end, signs, found)
                    k, count, window = old_k, old_count, old_window
            after = p
            while True:
                if k == count:
                    if window + reach >= end:
                        p = end
                        break
                    window += reach
                    count = _find_signs(data, window, end, signs, found)
                    k = 0
                    continue
                q = found[k]
                k += 1
                if q >= p and (data[q] != _QUOTE or not quoting):
                    p = q
                    break
            if z < 0 or (p > after and trimmed(data, after, p)[0] != p):
                z = p
            if z > a and (
                edges[data[a]] & 1 or edges[data[z - 1]] & 2 or (a + 1 < z and data[a] == 0xC2 and data[a + 1] == 0xA0)
            ):
                a, z = trimmed(data, a, z)
            if z > a:
                filled = True
                extra |= column >= columns
            if column < columns:
                slot = slots[column]
                if slot >= 0:
                    start[slot, row] = a
                    stop[slot, row] = z
                    if flag:
                        escaped[slot, row] = True
            column += 1
            if p >= end or data[p] == 10:
                break
            p += 1
            if runs:
                while p < end and (data[p] == signs[0] or data[p] == signs[1] or data[p] == 13):
                    p += 1
                if p >= end or data[p] == 10:
                    break
        if p - first > MAX_LINE:
            return row, first, lines, _LONG
        for missing in range(column, columns):
            slot = slots[missing]
            if slot >= 0:
                start[slot, row] = p
                stop[slot, row] = p
        span_start[row] = first
        span_stop[row] = p
        fault[row] = BLANK if not filled else (TOO_MANY if extra else FINE)
        p += 1
        lines += 1
        row += 1
    return row, min(p, end), lines, 0


def _edges() -> np.ndarray:
    """Bit 1: the byte may begin something to trim from the left of a cell; bit 2: end something on its right."""
    edges = np.zeros(256, np.uint8)
    edges[: _SPACE + 1] = 3
    edges[[_EQUALS, _APOSTROPHE, 0xE2, 0xE3, 0xEF]] |= 1
    edges[[_QUOTE, 0x80, 0x8B, 0xA0]] |= 2
    return edges


_EDGES = _edges()


class Scratch(threading.local):
    """Memory for the cells of a stretch, used again and again by its thread."""

    def __init__(self) -> None:
        self.start = self.stop = np.empty(0, np.int64)
        self.escaped = np.empty(0, np.uint8)

    def grids(self, wanted: int, capacity: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """start, stop and escaped, each of ``wanted`` rows of ``capacity``."""
        size = wanted * capacity
        if self.start.size < size:
            self.start, self.stop = np.empty(size, np.int64), np.empty(size, np.int64)
            self.escaped = np.empty(size, np.uint8)
        self.escaped[:size] = 0
        shape = (wanted, capacity)
        return self.start[:size].reshape(shape), self.stop[:size].reshape(shape), self.escaped[:size].reshape(shape)


_SCRATCH = Scratch()


def read_stretch(
    data: np.ndarray,
    begin: int,
    limit: int,
    end: int,
    *,
    delimiter: str,
    quoting: bool,
    columns: int,
    wanted: list[int],
    breaks: int | None = None,
) -> Stretch:
    """Cells of the rows that begin in data[begin:limit]; the last may reach beyond limit, but not beyond end.

    ``delimiter`` " " means runs of blanks; ``breaks`` is the count of line breaks in data[begin:limit], if known.
    Cells lie in memory of this thread that its next call takes over. Raises LineTooLong.
    """
    slots = np.full(columns, -1, np.int32)
    slots[wanted] = np.arange(len(wanted), dtype=np.int32)
    capacity = (int(count_breaks(data, begin, limit)) if breaks is None else breaks) + 1
    start, stop, escaped = _SCRATCH.grids(len(wanted), capacity)
    span_start, span_stop = np.empty(capacity, np.int64), np.empty(capacity, np.int64)
    fault, line = np.empty(capacity, np.uint8), np.empty(capacity, np.int32)
    rows, position, lines, trouble = _walk(
        data, begin, limit, end, _signs(delimiter), _EDGES, delimiter == " ", quoting, slots,
        start, stop, escaped, span_start, span_stop, fault, line, np.empty(_WINDOW, np.int64),
    )  # fmt: skip
    if trouble == _LONG:
        raise LineTooLong(position)
    if trouble == _FULL:
        raise AssertionError("more rows than line breaks")
    return Stretch(
        start[:, :rows], stop[:, :rows], escaped[:, :rows], span_start[:rows], span_stop[:rows],
        fault[:rows], line[:rows], position, lines,
    )  # fmt: skip


def _signs(delimiter: str) -> np.ndarray:
    return np.frombuffer(((" \t" if delimiter == " " else delimiter * 2) + '"').encode(), np.uint8)


@njit(
    types.void(
        BYTES, INTS, INTS, BYTES, BYTES, types.boolean, types.boolean, types.int64, types.int64,
        types.int64[::1], types.int64[::1], types.uint8[::1],
    ),
    nogil=True,
    cache=True,
)  # fmt: skip
def _one_column(data, begins, ends, signs, edges, runs, quoting, columns, column, start, stop, escaped):  # type: ignore[no-untyped-def]
    slots = np.full(columns, -1, np.int32)
    slots[column] = 0
    a, z, flag = np.empty((1, 1), np.int64), np.empty((1, 1), np.int64), np.zeros((1, 1), np.uint8)
    span, fault, line = np.empty(1, np.int64), np.empty(1, np.uint8), np.empty(1, np.int32)
    window = np.empty(_SMALL_WINDOW, np.int64)
    for i in range(begins.size):
        if begins[i] == ends[i]:
            start[i], stop[i], escaped[i] = begins[i], begins[i], 0
            continue
        flag[0, 0] = 0
        _walk(
            data, begins[i], min(begins[i] + 1, ends[i]), ends[i], signs, edges, runs, quoting, slots,
            a, z, flag, span, span, fault, line, window,
        )  # fmt: skip
        start[i], stop[i], escaped[i] = a[0, 0], z[0, 0], flag[0, 0]


def read_column(
    data: np.ndarray, begins: np.ndarray, ends: np.ndarray, *, delimiter: str, quoting: bool, columns: int, column: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(start, stop, escaped) of the cells of one column in the rows data[begins:ends]."""
    start, stop, escaped = (
        np.empty(begins.size, np.int64),
        np.empty(begins.size, np.int64),
        np.empty(begins.size, np.uint8),
    )
    _one_column(
        data, begins, ends, _signs(delimiter), _EDGES, delimiter == " ", quoting, columns, column, start, stop, escaped
    )
    return start, stop, escaped
