"""Which orders of a load the lake has already: key (source, order_id, customer_id), compared as text.

The stored 64-bit hash only finds candidates, so that no text of an untouched row group is read; equality is decided on
the ids themselves. An order that comes again with the same values and the same lines is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.lake import faults, kernels
from regulars.lake.parquet import as_column, open_file, read_rows
from regulars.lake.records import StoredFile
from regulars.lake.storage import Storage

Bools = npt.NDArray[np.bool_]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

COMPARED = (
    "day",
    "amount",
    "profit",
    "profit_source",
    "discount",
    "status",
    "channel",
    "campaign",
    "referrer",
    "at",
)
_SEPARATOR = pa.scalar("\x1f", pa.large_string())
LINE_COLUMNS = ("product", "quantity", "amount", "profit")


@dataclass(frozen=True)
class Match:
    """Stored orders of one file that come again: their row numbers in it, the incoming rows, and what is stored."""

    file: StoredFile
    place: Int64
    incoming: Int64
    stored: pa.Table


def order_hashes(order_ids: pa.Array, keys: Int32, source: int) -> pa.Array:
    """The hash column of a load (int64, null where there is no order id)."""
    text = order_ids.cast(pa.large_string())
    if text.null_count == len(text):
        return pa.nulls(len(text), pa.int64())
    _, offsets, content = text.buffers()
    starts = np.frombuffer(offsets, np.int64)[text.offset : text.offset + len(text) + 1]
    values = kernels.hashes(starts, np.frombuffer(content, np.uint8), keys, source)
    return pa.array(values, mask=~text.is_valid().to_numpy(zero_copy_only=False))


def refuse_repeated_orders(rows: pa.Table, customer_ids: pa.Array) -> None:
    """LakeError when one key comes twice in a load: whichever row were kept, the other would be lost silently."""
    hashes = rows.column("order_hash")
    if hashes.null_count == len(hashes):
        return
    column = as_column(hashes)
    values = column.array(np.int64)
    order = np.argsort(values, kind="stable")
    same = np.flatnonzero(values[order][1:] == values[order][:-1])
    suspects = np.unique(np.concatenate([order[same], order[same + 1]]))
    suspects = suspects[column.known_array()[suspects]]
    counts = key_text(rows.take(pa.array(suspects))).value_counts()
    repeated = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(repeated):
        key, _, order_id = repeated.field("values")[0].as_py().partition("\x1f")
        holder = np.flatnonzero(as_column(rows.column("customer_key")).array(np.int32) == int(key))[0]
        raise faults.order_twice(order_id, customer_ids[int(holder)].as_py())


def key_text(rows: pa.Table) -> pa.Array:
    """customer_key and order id of each row as one text."""
    keys = rows.column("customer_key").cast(pa.large_string())
    text = pc.binary_join_element_wise(keys, rows.column("order_id").cast(pa.large_string()), _SEPARATOR)
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def find_matches(storage: Storage, files: Sequence[StoredFile], rows: pa.Table, customers: int) -> list[Match]:
    """Stored orders with the key of one of ``rows`` (stored columns, one bucket, one source).

    ``customers`` is how many keys the lake knew before: rows of newer customers cannot match.
    """
    old = pc.and_(pc.is_valid(rows.column("order_id")), pc.less(rows.column("customer_key"), customers))
    numbers = np.flatnonzero(old.to_numpy(zero_copy_only=False))
    if len(numbers) == 0:
        return []
    asked = rows.take(pa.array(numbers))
    matches = []
    for file in files:
        if file.all_null("order_hash"):
            continue
        place, stored = _candidates(storage, file, asked.column("order_hash"))
        if len(place) == 0:
            continue
        hit = pc.index_in(key_text(stored), value_set=key_text(asked))
        found = pc.and_(pc.is_valid(hit), pc.equal(stored.column("source"), rows.column("source")[0]))
        chosen = np.flatnonzero(found.to_numpy(zero_copy_only=False))
        if len(chosen):
            incoming = numbers[as_column(pa.chunked_array([hit.take(pa.array(chosen))])).array(np.int32)]
            matches.append(Match(file, place[chosen], incoming, stored.take(pa.array(chosen))))
    return matches


def _candidates(storage: Storage, file: StoredFile, hashes: pa.ChunkedArray) -> tuple[Int64, pa.Table]:
    """Row numbers whose hash is one of ``hashes``, and those rows, read from the row groups that hold them."""
    stored = read_rows(storage, file, ["order_hash"]).column("order_hash")
    place = np.flatnonzero(pc.is_in(stored, value_set=hashes.combine_chunks()).to_numpy())
    if len(place) == 0:
        return place, pa.table({})
    metadata = open_file(storage, file).metadata
    ends = np.cumsum([metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)])
    group = np.searchsorted(ends, place, "right")
    groups = np.unique(group)
    sizes = np.diff(np.concatenate([[0], ends]))[groups]
    starts_read = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    index = np.searchsorted(groups, group)
    local = place - (ends[group] - sizes[index]) + starts_read[index]
    return place, read_rows(storage, file, None, groups.tolist()).take(pa.array(local))


def same_values(stored: pa.Table, incoming: pa.Table, columns: Sequence[str] = COMPARED) -> Bools:
    """Row by row, whether all ``columns`` agree; null agrees with null."""
    same = np.ones(stored.num_rows, np.bool_)
    for name in columns:
        left, right = stored.column(name), incoming.column(name)
        equal = pc.fill_null(pc.equal(left, right), False)
        both = pc.or_(equal, pc.and_(pc.is_null(left), pc.is_null(right)))
        same &= both.to_numpy(zero_copy_only=False)
    return same


def same_lines(stored: pa.Table, incoming: pa.Table, orders: int) -> Bools:
    """For orders 0 … orders - 1 (column ``order``), whether both tables hold the same lines, in whatever sequence."""
    numbers = [as_column(rows.column("order")).array(np.int32) for rows in (stored, incoming)]
    counts = [np.bincount(number, minlength=orders) for number in numbers]
    same: Bools = counts[0] == counts[1]
    left, right = (_in_order(rows, same) for rows in (stored, incoming))
    differing = ~same_values(left, right, LINE_COLUMNS)
    same[as_column(left.column("order")).array(np.int32)[differing]] = False
    return same


def _in_order(rows: pa.Table, chosen: Bools) -> pa.Table:
    rows = rows.filter(pa.array(chosen[as_column(rows.column("order")).array(np.int32)]))
    keys = [(name, "ascending") for name in ("order", *LINE_COLUMNS)]
    return rows.take(pc.sort_indices(rows, sort_keys=keys))
