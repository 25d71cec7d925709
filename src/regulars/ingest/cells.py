"""Text cells as positions in one byte buffer: the form in which every source hands its columns to the kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numba import njit, types

from regulars.ingest.arena import joined_arrays
from regulars.ingest.hashing import BYTES, INTS, eight_bytes, hash_bytes, put_eight_bytes, same_bytes
from regulars.ingest.tokens import trimmed

_QUOTE, _COMMA, _POINT = 34, 44, 46

PLAIN, FLOAT, POWER, OTHER, FILLED = range(5)
"""Shapes of ids in the tally of `id_shapes`: digits, 13085.0 or 13,085, 1.3E+10, anything else, cells that hold
something."""


@dataclass(frozen=True)
class Cells:
    """Cell i is data[start[i]:stop[i]] in UTF-8, trimmed; an empty one is a missing value."""

    data: np.ndarray
    start: np.ndarray
    stop: np.ndarray

    def __len__(self) -> int:
        return int(self.start.size)

    def text(self, i: int) -> str:
        return self.data[self.start[i] : self.stop[i]].tobytes().decode("utf-8", "replace")

    @property
    def filled(self) -> np.ndarray:
        return self.stop > self.start

    def take(self, rows: np.ndarray) -> Cells:
        return Cells(self.data, self.start[rows], self.stop[rows])

    def blanked(self, where: np.ndarray) -> Cells:
        """The same cells, missing where ``where`` is true."""
        return Cells(self.data, self.start, np.where(where, self.start, self.stop))


def no_cells(n: int) -> Cells:
    zeros = np.zeros(n, np.int64)
    return Cells(np.zeros(8, np.uint8), zeros, zeros)


def cells_of(array: pa.Array) -> Cells:
    """Cells of an Arrow array of strings, trimmed; nulls are missing."""
    array = array.cast(pa.large_string())
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    content = array.buffers()[2]
    data = np.frombuffer(content, np.uint8) if content is not None and content.size else np.zeros(8, np.uint8)
    start, stop = offsets[:-1].copy(), offsets[1:].copy()
    if array.null_count:
        stop = np.where(np.asarray(array.is_null()), start, stop)
    _trim(data, start, stop)
    return Cells(data, start, stop)


@njit(types.void(BYTES, types.int64[::1], types.int64[::1]), nogil=True, cache=True)
def _trim(data, start, stop):  # type: ignore[no-untyped-def]
    for i in range(start.size):
        start[i], stop[i] = trimmed(data, start[i], stop[i])


@njit(types.void(BYTES, INTS, INTS, types.uint64[::1]), nogil=True, cache=True)
def _hash_cells(data, start, stop, out):  # type: ignore[no-untyped-def]
    for i in range(start.size):
        out[i] = hash_bytes(data, start[i], stop[i])


def hashes_of(cells: Cells) -> np.ndarray:
    """Hash of every cell."""
    found = np.empty(len(cells), np.uint64)
    _hash_cells(cells.data, cells.start, cells.stop, found)
    return found


@njit(types.void(BYTES, INTS, INTS, types.uint64[::1]), nogil=True, cache=True)
def mix_cells(data, start, stop, out):  # type: ignore[no-untyped-def]
    """Fold the hash of every cell of one more column into the hash of its row."""
    for i in range(start.size):
        out[i] = (out[i] ^ hash_bytes(data, start[i], stop[i])) * np.uint64(0x9E3779B97F4A7C15)
        out[i] ^= out[i] >> np.uint64(31)


@njit(types.int64(BYTES, INTS, INTS), nogil=True, cache=True)
def _spellings(data, start, stop):  # type: ignore[no-untyped-def]
    found = 0
    high, sixth = np.uint64(0x8080808080808080), np.uint64(0x4040404040404040)
    blanks, ones = np.uint64(0x2020202020202020), np.uint64(0x0101010101010101)
    for i in range(start.size):
        p = start[i]
        while p < stop[i]:
            if p + 8 <= stop[i]:
                word = eight_bytes(data, p)
                gap = word ^ blanks
                letters = word & sixth & ~((word & high) >> np.uint64(1))
                if letters == 0 and ((gap - ones) & ~gap & high) == 0:
                    p += 8
                    continue
            b = data[p]
            if b <= 32:
                found |= 4
            elif b >= 97:
                found |= 1 if b <= 122 else 0
            elif b >= 65 and b <= 90:
                found |= 2
            p += 1
    return found


def spellings(cells: Cells) -> int:
    """Bits: 1 lower-case letters occur, 2 upper-case ones, 4 blanks."""
    return int(_spellings(cells.data, cells.start, cells.stop))


@njit(types.boolean(types.uint64), nogil=True, cache=True)
def _eight_digits(word):  # type: ignore[no-untyped-def]
    """Whether all eight bytes are digits."""
    high = np.uint64(0xF0F0F0F0F0F0F0F0)
    threes = np.uint64(0x3030303030303030)
    return (word & high) == threes and ((word + np.uint64(0x0606060606060606)) & high) == threes


@njit(types.void(BYTES, INTS, INTS, types.int64[::1]), nogil=True, cache=True)
def id_shapes(data, start, stop, tally):  # type: ignore[no-untyped-def]
    """Count the shapes of ids; stops at the first one that is no number, which settles that they are texts."""
    for i in range(start.size):
        p, end = start[i], stop[i]
        if p == end:
            continue
        tally[FILLED] += 1
        group = 0
        groups = 0
        decimals = -1
        power = False
        fine = True
        while p + 8 <= end and _eight_digits(eight_bytes(data, p)):
            group += 8
            p += 8
        while p < end:
            b = data[p]
            if 48 <= b <= 57:
                if decimals >= 0:
                    decimals += 1
                    fine &= b == 48 or power
                else:
                    group += 1
            elif b == _COMMA and decimals < 0:
                fine &= (groups == 0 and 0 < group <= 3) or group == 3
                groups += 1
                group = 0
            elif b == _POINT and decimals < 0 and group > 0:
                decimals = 0
                rest = p + 1
                while rest < end and 48 <= data[rest] <= 57:
                    rest += 1
                power = rest + 1 < end and (data[rest] | 32) == 101 and data[rest + 1] == 43
            elif (b | 32) == 101 and power and p + 2 < end and data[p + 1] == 43:
                p += 1
            else:
                fine = False
                break
            p += 1
        fine &= groups == 0 or group == 3
        if not fine or decimals == 0:
            tally[OTHER] += 1
            return
        tally[POWER if power else (FLOAT if groups > 0 or decimals > 0 else PLAIN)] += 1


@njit(
    types.int64(BYTES, INTS, INTS, BYTES, types.boolean, types.uint8[::1], types.int64[::1], types.int64[::1]),
    nogil=True,
    cache=True,
)
def _rewrite(data, start, stop, escaped, floats, out, out_start, out_stop):  # type: ignore[no-untyped-def]
    at = 0
    for i in range(start.size):
        p, end = start[i], stop[i]
        out_start[i] = at
        if not floats and not escaped[i] and end + 8 <= data.size:
            for k in range(0, end - p, 8):
                put_eight_bytes(out, at + k, eight_bytes(data, p + k))
            at += end - p
            out_stop[i] = at
            continue
        while p < end:
            b = data[p]
            if floats and b == _POINT:
                break
            if floats and b == _COMMA:
                p += 1
                continue
            out[at] = b
            at += 1
            p += 2 if escaped[i] and b == _QUOTE and p + 1 < end and data[p + 1] == _QUOTE else 1
        out_stop[i] = at
    return at


def rewritten(cells: Cells, escaped: np.ndarray, floats: bool) -> Cells:
    """Cells in a buffer of their own: doubled quotation marks undone where ``escaped``, 13,085.0 -> 13085 if
    ``floats``."""
    out = np.zeros(int((cells.stop - cells.start).sum()) + 8, np.uint8)
    start, stop = np.empty(len(cells), np.int64), np.empty(len(cells), np.int64)
    _rewrite(cells.data, cells.start, cells.stop, escaped, floats, out, start, stop)
    return Cells(out, start, stop)


@njit(types.void(BYTES, INTS, INTS, INTS, INTS, types.uint8[::1]), nogil=True, cache=True)
def _equal(data, start, stop, first, second, out):  # type: ignore[no-untyped-def]
    for i in range(first.size):
        a, b = first[i], second[i]
        out[i] = same_bytes(data, start[a], stop[a], start[b], stop[b])


def equal_cells(cells: Cells, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whether the cells of the rows ``first`` hold the same as those of the rows ``second``, pair by pair."""
    found = np.empty(first.size, np.uint8)
    _equal(cells.data, cells.start, cells.stop, first, second, found)
    return found.view(bool)


@njit(types.int64(INTS, INTS, INTS, types.int32[::1]), nogil=True, cache=True)
def _lay_out(start, stop, pick, offsets):  # type: ignore[no-untyped-def]
    """Offsets of the picked cells side by side; returns how many fit 2**31 bytes. A negative pick is a missing
    value."""
    total = np.int64(0)
    offsets[0] = 0
    for i in range(pick.size):
        row = pick[i]
        if row >= 0:
            total += stop[row] - start[row]
        if total > 2_147_483_000:
            return i
        offsets[i + 1] = total
    return pick.size


@njit(types.void(BYTES, INTS, INTS, types.int32[::1], types.uint8[::1]), nogil=True, cache=True)
def _copy(data, start, pick, offsets, out):  # type: ignore[no-untyped-def]
    """Copy the picked cells side by side, eight bytes at a time; ``out`` has eight bytes to spare."""
    for i in range(pick.size):
        at = np.int64(offsets[i])
        size = offsets[i + 1] - at
        if size:
            first = start[pick[i]]
            if first + size + 8 <= data.size:
                for k in range(0, size, 8):
                    put_eight_bytes(out, at + k, eight_bytes(data, first + k))
            else:
                for k in range(size):
                    out[at + k] = data[first + k]


def strings(cells: Cells, pick: np.ndarray, *, null: bool = True) -> pa.ChunkedArray:
    """The picked cells as Arrow strings, missing ones null (or empty), in as many chunks as 32-bit offsets need."""
    chunks = []
    while True:
        offsets = np.empty(pick.size + 1, np.int32)
        n = int(_lay_out(cells.start, cells.stop, pick, offsets))
        offsets = offsets[: n + 1]
        out = np.empty(int(offsets[-1]) + 8, np.uint8)
        _copy(cells.data, cells.start, pick[:n], offsets, out)
        missing = offsets[1:] == offsets[:-1]
        bitmap = pa.py_buffer(np.packbits(~missing, bitorder="little")) if null and missing.any() else None
        chunks.append(pa.Array.from_buffers(pa.string(), n, [bitmap, pa.py_buffer(offsets), pa.py_buffer(out)]))
        if n == pick.size:
            return pa.chunked_array(chunks, pa.string())
        pick = pick[n:]


@njit(types.int64(BYTES, INTS, INTS, types.int32[::1], types.int64[::1]), nogil=True, cache=True)
def _encode(data, start, stop, codes, first):  # type: ignore[no-untyped-def]
    """Number the distinct cells in order of appearance; missing ones get -1. Returns how many there are."""
    size = 1024
    while size < 2 * start.size:
        size *= 2
    table = np.full(size, -1, np.int32)
    known = np.int64(0)
    for i in range(start.size):
        if stop[i] == start[i]:
            codes[i] = -1
            continue
        slot = np.int64(hash_bytes(data, start[i], stop[i]) & np.uint64(size - 1))
        while True:
            code = table[slot]
            if code < 0:
                table[slot] = known
                codes[i] = known
                first[known] = i
                known += 1
                break
            other = first[code]
            if same_bytes(data, start[i], stop[i], start[other], stop[other]):
                codes[i] = code
                break
            slot = (slot + 1) & (size - 1)
    return known


def encoded(cells: Cells, codes: np.ndarray) -> list[str]:
    """Number the distinct cells into ``codes``, -1 for missing ones; returns the distinct texts."""
    first = np.empty(len(cells), np.int64)
    known = int(_encode(cells.data, cells.start, cells.stop, codes, first))
    return [cells.text(int(i)) for i in first[:known]]


def joined(parts: list[Cells]) -> Cells:
    """Cells one after the other; those of different buffers are copied into one."""
    if all(part.data is parts[0].data for part in parts):
        start, stop = joined_arrays([part.start for part in parts]), joined_arrays([part.stop for part in parts])
        return Cells(parts[0].data, start, stop)
    copies = [rewritten(part, np.zeros(len(part), np.uint8), False) for part in parts]
    shifts = np.cumsum([0] + [copy.data.size for copy in copies])
    return Cells(
        np.concatenate([copy.data for copy in copies]),
        np.concatenate([copy.start + shift for copy, shift in zip(copies, shifts, strict=False)]),
        np.concatenate([copy.stop + shift for copy, shift in zip(copies, shifts, strict=False)]),
    )
