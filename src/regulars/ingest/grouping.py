"""Rows -> orders: which rows share an order id, and under which customer."""

from __future__ import annotations

import numpy as np
from numba import njit, types

from regulars.ingest.cells import Cells, hashes_of
from regulars.ingest.hashing import BYTES, FLAGS, HASHES, INTS, INTS32, eight_bytes, same_bytes


@njit(types.int64(BYTES, types.int64, types.int64, types.int64, types.int64), nogil=True, cache=True)
def _compare(data, a, a_stop, b, b_stop):  # type: ignore[no-untyped-def]
    """Order of two cells, as bytes, the shorter first: negative, 0 or positive."""
    if a_stop - a != b_stop - b:
        return (a_stop - a) - (b_stop - b)
    while a < a_stop:
        if a + 8 <= a_stop and eight_bytes(data, a) == eight_bytes(data, b):
            a += 8
            b += 8
            continue
        if data[a] != data[b]:
            return np.int64(data[a]) - np.int64(data[b])
        a += 1
        b += 1
    return 0


@njit(types.int64(BYTES, INTS, INTS, FLAGS, types.int32[::1]), nogil=True, cache=True)
def _group_sorted(data, start, stop, dead, group):  # type: ignore[no-untyped-def]
    """Group ids that are in ascending or descending order: most exports are. Returns -1 as soon as they are not."""
    known = np.int64(0)
    last = np.int64(-1)
    direction = np.int64(0)
    for i in range(start.size):
        if dead[i]:
            group[i] = -1
            continue
        if stop[i] > start[i]:
            if last >= 0:
                order = _compare(data, start[i], stop[i], start[last], stop[last])
                if order == 0:
                    group[i] = group[last]
                    last = np.int64(i)
                    continue
                if order * direction < 0:
                    return -1
                direction = np.int64(1 if order > 0 else -1)
            last = np.int64(i)
        group[i] = known
        known += 1
    return known


@njit(types.int64(BYTES, INTS, INTS, HASHES, FLAGS, types.int32[::1], types.int64[::1]), nogil=True, cache=True)
def _group(data, start, stop, hashes, dead, group, first):  # type: ignore[no-untyped-def]
    """Number the distinct cells in order of appearance; every missing cell is a group of its own. Returns their
    count."""
    size = 1024
    while size < 2 * start.size:
        size *= 2
    table = np.full(size, -1, np.int32)
    known = np.int64(0)
    for i in range(start.size):
        if dead[i]:
            group[i] = -1
            continue
        if stop[i] == start[i]:
            group[i] = known
            first[known] = i
            known += 1
            continue
        if (
            i > 0
            and group[i - 1] >= 0
            and hashes[i] == hashes[i - 1]
            and same_bytes(data, start[i], stop[i], start[i - 1], stop[i - 1])
        ):
            group[i] = group[i - 1]
            continue
        slot = np.int64(hashes[i] & np.uint64(size - 1))
        while True:
            code = table[slot]
            if code < 0:
                table[slot] = known
                group[i] = known
                first[known] = i
                known += 1
                break
            other = first[code]
            if hashes[other] == hashes[i] and same_bytes(data, start[i], stop[i], start[other], stop[other]):
                group[i] = code
                break
            slot = (slot + 1) & (size - 1)
    return known


def grouped(ids: Cells, dead: np.ndarray) -> tuple[np.ndarray, int]:
    """(group number per row, count of groups) of equal ids; a row with a missing id is a group of its own, a dead one
    in none (-1). Groups are numbered by first appearance."""
    group = np.empty(len(ids), np.int32)
    known = int(_group_sorted(ids.data, ids.start, ids.stop, dead.view(np.uint8), group))
    if known >= 0:
        return group, known
    hashes, first = hashes_of(ids), np.empty(len(ids), np.int64)
    return group, int(_group(ids.data, ids.start, ids.stop, hashes, dead.view(np.uint8), group, first))


@njit(types.int64(BYTES, INTS, INTS, INTS32, types.int64[::1], types.uint8[::1]), nogil=True, cache=True)
def _owners(data, start, stop, group, owner, conflict):  # type: ignore[no-untyped-def]
    """The first row with a customer of every group (-1: none); flags groups with two different customers."""
    found = 0
    for i in range(group.size):
        g = group[i]
        if g < 0 or stop[i] == start[i]:
            continue
        first = owner[g]
        if first < 0:
            owner[g] = i
        elif not conflict[g] and not same_bytes(data, start[i], stop[i], start[first], stop[first]):
            conflict[g] = 1
            found += 1
    return found


def by_customer(group: np.ndarray, groups: int, customers: Cells) -> tuple[np.ndarray, int, np.ndarray, np.ndarray]:
    """Split the groups that stand under two customers.

    Returns (group per row, count of groups, row whose customer owns each group or -1, first row of each split order
    id). Rows without a customer in a split group stay together as an order of their own.
    """
    owner = np.full(groups, -1, np.int64)
    conflict = np.zeros(groups, np.uint8)
    if not _owners(customers.data, customers.start, customers.stop, group, owner, conflict):
        return group, groups, owner, np.zeros(0, np.int64)
    group = group.copy()
    rows = np.flatnonzero((group >= 0) & (conflict[group] > 0))
    parts: dict[tuple[int, bytes], int] = {}
    taken: set[int] = set()
    owners: list[int] = owner.tolist()
    split: dict[int, int] = {}
    for i in rows.tolist():
        old = int(group[i])
        split.setdefault(old, i)
        key = (old, customers.data[customers.start[i] : customers.stop[i]].tobytes())
        number = parts.get(key)
        if number is None:
            number = old if old not in taken else len(owners)
            if old in taken:
                owners.append(-1)
            taken.add(old)
            parts[key] = number
            owners[number] = i if key[1] else -1
        group[i] = number
    return group, len(owners), np.array(owners, np.int64), np.array(sorted(split.values()), np.int64)


@njit(types.void(INTS32, HASHES, types.uint8[::1], types.int64[::1]), nogil=True, cache=True)
def _repeats(group, hashes, shared, original):  # type: ignore[no-untyped-def]
    """original[i] = earlier row of the same group with the same hash, else -1; only rows of ``shared`` groups are
    looked at."""
    n = 0
    for i in range(group.size):
        n += group[i] >= 0 and shared[group[i]]
    size = 1024
    while size < 2 * n:
        size *= 2
    table = np.full(size, -1, np.int64)
    for i in range(group.size):
        original[i] = -1
        if group[i] < 0 or not shared[group[i]]:
            continue
        key = hashes[i] ^ (np.uint64(group[i]) * np.uint64(0x9E3779B97F4A7C15))
        slot = np.int64((key ^ (key >> np.uint64(32))) & np.uint64(size - 1))
        while True:
            other = table[slot]
            if other < 0:
                table[slot] = i
                break
            if group[other] == group[i] and hashes[other] == hashes[i]:
                original[i] = other
                break
            slot = (slot + 1) & (size - 1)


def repeats(group: np.ndarray, groups: int, hashes: np.ndarray) -> np.ndarray:
    """For every row the first row of its group with the same hash, or -1 when it is that row itself."""
    counts = np.bincount(group[group >= 0], minlength=groups)
    original = np.empty(group.size, np.int64)
    _repeats(group, hashes, (counts > 1).astype(np.uint8), original)
    return original
