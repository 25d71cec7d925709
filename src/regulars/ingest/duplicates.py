"""Identical rows: counted always, dropped by the rule of the definitions (section 13) or on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regulars.ingest import dates, reasons
from regulars.ingest.cells import Cells, equal_cells, mix_cells, no_cells
from regulars.ingest.columns import Dates
from regulars.ingest.facts import Facts, Limbs
from regulars.ingest.grouping import repeats
from regulars.ingest.schema import Note, note


@dataclass(frozen=True)
class Duplicates:
    """``repeated`` counts the repeats of identical rows; ``drop`` are the rows to leave out; ``notes`` say why."""

    repeated: int
    drop: np.ndarray
    notes: tuple[Note, ...]


def find_duplicates(
    facts: Facts,
    verdict: np.ndarray,
    group: np.ndarray,
    order_ids: Cells | None,
    ordered: Dates,
    worth: Limbs,
    always: bool | None,
    all_alone: bool,
) -> Duplicates:
    """Repeats among the usable rows. ``group`` numbers the order ids, ``always`` is the user's wish (None: the rule);
    ``all_alone`` says that no two usable rows share an order id."""
    if len(facts.sheets) == 1 and order_ids is not None and all_alone and order_ids.filled.all():
        return Duplicates(0, np.zeros(0, np.int64), ())
    drop: list[np.ndarray] = []
    found: list[np.ndarray] = []
    for i, rows in enumerate(facts.sheets):
        span = slice(int(facts.first[i]), int(facts.first[i + 1]))
        again = _repeats_in_sheet(facts, i, group[span], order_ids is not None and "order_id" in rows.columns)
        found.append(again + span.start)
        if again.size and (always or (always is None and _is_order_level(group[span], again, rows.cells("order_id")))):
            drop.append(again + span.start)
    notes: list[Note] = []
    if len(facts.sheets) > 1:
        across = _repeats_across(facts, verdict, order_ids, ordered, worth)
        found.append(across)
        if across.size and always is not False:
            notes.append(_overlap(facts, across))
            drop.append(across)
    rows_to_drop = np.unique(np.concatenate(drop)) if drop else np.zeros(0, np.int64)
    return Duplicates(int(np.unique(np.concatenate(found)).size), rows_to_drop, tuple(notes))


def _repeats_in_sheet(facts: Facts, index: int, group: np.ndarray, by_order: bool) -> np.ndarray:
    """Rows that repeat an earlier usable row of the same sheet in every column."""
    rows = facts.sheets[index]
    if by_order:
        low = int(group[group >= 0].min()) if (group >= 0).any() else 0
        keys = np.where(group >= 0, group - low, -1).astype(np.int32)
        ids = rows.cells("order_id")
        assert ids is not None
        missing = ~ids.filled & (group >= 0)
        if missing.any():
            keys[missing] = int(keys[missing].min())
        count = int(keys.max()) + 1 if keys.size else 0
    else:
        keys, count = np.where(group >= 0, 0, -1).astype(np.int32), 1
    original = repeats(keys, max(count, 1), rows.hash)
    again = np.flatnonzero(original >= 0)
    return again[rows.sheet.same_rows(rows.pieces, again, original[again])] if again.size else again


def _is_order_level(group: np.ndarray, again: np.ndarray, order_ids: Cells | None) -> bool:
    """Whether the order ids of a sheet are unique once the repeats are left out."""
    if order_ids is None:
        return False
    held = (group >= 0) & order_ids.filled
    held[again] = False
    ids = group[held]
    return bool(ids.size) and int(np.bincount(ids - ids.min()).max()) == 1


def _common(facts: Facts, names: Sequence[str]) -> list[str]:
    return [name for name in names if all(name in rows.columns for rows in facts.sheets)]


def _repeats_across(
    facts: Facts, verdict: np.ndarray, order_ids: Cells | None, ordered: Dates, worth: Limbs
) -> np.ndarray:
    """Rows of a later sheet that were there in an earlier one, count for count.

    Compared is what all sheets have: order, customer, time, money, quantity, product, status. Without order ids only
    rows with a time of day count as the same order again: two equal purchases on one day are no rarity.
    """
    live = verdict == reasons.FINE
    keyed = bool(_common(facts, ["order_id"]))
    if not keyed:
        live &= ordered.form > dates.DAY
    elif order_ids is not None:
        live &= order_ids.filled
    product = (_common(facts, ["product_name"]) or _common(facts, ["product_id"]))[:1]
    texts = [facts.cells(name) for name in (*_common(facts, ["order_id", "customer_id"]), *product)]
    if "status" in _common(facts, ["status"]):
        texts.append(_word_cells(facts))
    key = np.zeros(len(facts), np.uint64)
    for cells in texts:
        mix_cells(cells.data, cells.start, cells.stop, key)
    numbers = [ordered.value, ordered.form.astype(np.int64), worth.unit, worth.rest]
    if _common(facts, ["quantity"]):
        quantity = facts.numbers("quantity")
        numbers += [quantity.mantissa, quantity.decimals.astype(np.int64)]
    for values in numbers:
        key = (key ^ values.view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    rows = np.flatnonzero(live)
    sheet = np.searchsorted(facts.first, rows, side="right") - 1
    seen = np.sort(np.concatenate([_distinct(key[rows[sheet == i]]) for i in range(len(facts.sheets))]))
    shared = np.isin(key[rows], seen[1:][seen[1:] == seen[:-1]])
    rows, sheet = rows[shared], sheet[shared]
    order = np.lexsort((rows, sheet, key[rows]))
    return _beyond_earlier(rows[order], sheet[order], key[rows][order], texts, numbers)


def _distinct(values: np.ndarray) -> np.ndarray:
    ordered = np.sort(values)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if ordered.size else ordered


def _word_cells(facts: Facts) -> Cells:
    """The status column as cells again."""
    parts = [rows.words["status"] for rows in facts.sheets]
    texts = sorted({text for part in parts for text in part.texts})
    place = {text: i for i, text in enumerate(texts)}
    raw = "".join(texts).encode()
    ends = np.cumsum([0] + [len(text.encode()) for text in texts] + [0])
    codes = np.concatenate([np.array([place[t] for t in p.texts] + [len(texts)], np.int64)[p.codes] for p in parts])
    return (
        Cells(np.frombuffer(raw + bytes(8), np.uint8), ends[codes], ends[codes + 1]) if texts else no_cells(len(facts))
    )


def _beyond_earlier(
    rows: np.ndarray, sheet: np.ndarray, key: np.ndarray, texts: list[Cells], numbers: list[np.ndarray]
) -> np.ndarray:
    """Of rows sorted by (key, sheet), those whose n-th occurrence in their sheet has a match in an earlier sheet."""
    if rows.size == 0:
        return rows
    new_key = np.r_[True, key[1:] != key[:-1]]
    new_run = new_key | np.r_[True, sheet[1:] != sheet[:-1]]
    index = np.arange(rows.size)
    start = index[new_run][np.cumsum(new_run) - 1]
    nth = index - start
    group = np.cumsum(new_key)
    order = np.lexsort((sheet, nth, group))
    same = (group[order][1:] == group[order][:-1]) & (nth[order][1:] == nth[order][:-1])
    later, earlier = rows[order[1:][same]], rows[order[:-1][same]]
    sure = np.ones(later.size, bool)
    for cells in texts:
        sure &= equal_cells(cells, later, earlier)
    for values in numbers:
        sure &= values[later] == values[earlier]
    return np.sort(later[sure])


def _overlap(facts: Facts, across: np.ndarray) -> Note:
    files = sorted({facts.sheet_at(int(row))[0].sheet.file for row in across[:100_000]})
    return note(
        "files_overlap",
        "{count} rows of {files} were already in an earlier file and were left out.",
        count=int(across.size),
        files=", ".join(files),
    )
