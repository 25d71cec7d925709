"""Attributes of customers, from a customers file and from the columns of the orders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numba import njit, types

from regulars.ingest import dates
from regulars.ingest.arrow import labels, numbers
from regulars.ingest.cells import Cells, cells_of, encoded, joined, no_cells, strings
from regulars.ingest.columns import Dates, join_dates
from regulars.ingest.fields import ATTRIBUTES, wordlist
from regulars.ingest.grouping import grouped
from regulars.ingest.hashing import BYTES, INTS, hash_bytes
from regulars.ingest.rows import Rows
from regulars.ingest.schema import CUSTOMERS, Note, note
from regulars.ingest.sums import rows_by_group
from regulars.ingest.zones import localize

_TEXTS = ("name", "kind", "acquisition_channel", "referrer_id", "region", "owner", "phone", "email")
_EXAMPLES = 5


@njit(types.void(INTS, INTS, INTS, INTS, types.int64[::1]), nogil=True, cache=True)
def _last_filled(rows, begins, start, stop, out):  # type: ignore[no-untyped-def]
    for g in range(begins.size - 1):
        out[g] = -1
        for k in range(begins[g + 1] - 1, begins[g] - 1, -1):
            i = rows[k]
            if stop[i] > start[i]:
                out[g] = i
                break


def build_customers(files: Sequence[Rows], orders: Sequence[Rows], dead: np.ndarray, zone: str) -> pa.Table | None:
    """One row per customer that has an attribute; None when there are none at all.

    What a customers file says goes before what orders say; within each, the last filled cell counts. ``dead`` flags the
    rows of the order files that are not used.
    """
    telling = [rows for rows in orders if set(ATTRIBUTES) & set(rows.columns) and "customer_id" in rows.columns]
    if not files and not telling:
        return None
    sheets = [*telling, *files]
    starts = np.cumsum([0] + [len(rows) for rows in orders])
    flags = [dead[starts[i] : starts[i + 1]] for i, rows in enumerate(orders) if any(rows is t for t in telling)]
    gone = np.concatenate([*flags, *(np.zeros(len(rows), bool) for rows in files)])

    def column(field: str) -> Cells:
        return joined([rows.cells(field) or no_cells(len(rows)) for rows in sheets])

    ids = column("customer_id")
    gone |= ~ids.filled
    group, count = grouped(ids, gone)
    rows, begins = rows_by_group(group, count)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {"customer_id": strings(ids, rows[begins[:-1]])}
    for field in _TEXTS:
        cells = column(field)
        pick = np.empty(count, np.int64)
        _last_filled(rows, begins, cells.start, cells.stop, pick)
        columns[field] = strings(cells, pick)
    columns["kind"] = _kinds(columns["kind"])
    columns["created_at"] = _created(sheets, rows, begins, zone)
    table = pa.Table.from_arrays([columns[name] for name in CUSTOMERS.names], schema=CUSTOMERS)
    told = np.zeros(count, bool)
    for name in CUSTOMERS.names[1:]:
        told |= np.asarray(table[name].is_valid())
    return table if told.all() else table.take(numbers(np.flatnonzero(told)))


def _kinds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """individual, organization or null."""
    words = {"organization": wordlist("organization"), "individual": wordlist("individual")}
    cells = cells_of(column.combine_chunks())
    codes = np.empty(len(cells), np.int32)
    kinds = list(words)
    meaning = [
        next((kinds.index(k) for k, listed in words.items() if text in listed), -1) for text in encoded(cells, codes)
    ]
    return labels(kinds, np.array([*meaning, -1], np.int64)[codes])


def _created(sheets: Sequence[Rows], rows: np.ndarray, begins: np.ndarray, zone: str) -> pa.Array:
    """The earliest day any row gives."""
    found = join_dates([sheet.dates.get("created_at") or Dates.empty(len(sheet)) for sheet in sheets])
    if begins.size == 1 or not (found.form >= dates.DAY).any():
        return numbers(np.zeros(begins.size - 1, np.int32), np.ones(begins.size - 1, bool))
    day, _ = localize(found.value, found.form, zone)
    known = found.form >= dates.DAY
    least = np.minimum.reduceat(np.where(known, day, np.int32(2**31 - 1))[rows], begins[:-1])
    return numbers(least, least == 2**31 - 1)


@njit(types.void(BYTES, INTS, INTS, types.uint8[::1], types.uint64[::1]), nogil=True, cache=True)
def _folded_hashes(data, start, stop, scratch, out):  # type: ignore[no-untyped-def]
    for i in range(start.size):
        size = 0
        for p in range(start[i], stop[i]):
            b = data[p]
            if b > 32 and size < scratch.size:
                scratch[size] = b + 32 if 65 <= b <= 90 else b
                size += 1
        out[i] = hash_bytes(scratch, 0, size)


def alike(ids: Cells) -> Note | None:
    """A note when customer ids differ by nothing but case or blanks: they are kept apart."""
    longest = int((ids.stop - ids.start).max(initial=1))
    folded = np.empty(len(ids), np.uint64)
    _folded_hashes(ids.data, ids.start, ids.stop, np.empty(longest, np.uint8), folded)
    group, count = grouped(ids, ~ids.filled)
    rows, begins = rows_by_group(group, count)
    first = rows[begins[:-1]]
    key = folded[first]
    order = np.argsort(key, kind="stable")
    same = np.flatnonzero(key[order][1:] == key[order][:-1])
    if not same.size:
        return None
    pairs = [f"{ids.text(int(first[order[i]]))!r} / {ids.text(int(first[order[i + 1]]))!r}" for i in same[:_EXAMPLES]]
    return note(
        "ids_alike",
        "{count} customer ids differ from another one only by upper and lower case or by blanks, and were kept apart: "
        "{examples}.",
        count=int(same.size),
        examples=", ".join(pairs),
    )
