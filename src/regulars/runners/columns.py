"""The customers table and the spells table as Arrow batches (names and types fixed by the output reference)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.engine.assign import Assignment
from regulars.engine.classes import ABC, LEVELS
from regulars.engine.fold import BucketState
from regulars.engine.lifecycle import STAGES, STEPS
from regulars.engine.quadrants import PLACES, QUADRANTS
from regulars.engine.rfm import GROUPS
from regulars.engine.rhythm import STATES
from regulars.engine.spells import KINDS, Spells
from regulars.engine.tracks import Tracks


def money_type(digits: int) -> pa.DataType:
    return pa.decimal128(18, max(2, digits))


def money_column(minor: NDArray[np.int64], digits: int, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """int64 minor units as decimals: two places, or as many as the currency has. No copy through Python objects."""
    if digits < 2:
        minor = minor * 10 ** (2 - digits)
    words = np.empty((len(minor), 2), np.int64)
    words[:, 0] = minor
    words[:, 1] = minor >> 63
    valid = None if missing is None else pa.array(~missing).buffers()[1]
    return pa.Array.from_buffers(money_type(digits), len(minor), [valid, pa.py_buffer(words)])


def code_column(codes: NDArray[Any], labels: tuple[str, ...]) -> pa.Array:
    """Codes as dictionary text; negative codes are null."""
    indices = pa.array(codes.astype(np.int8), mask=codes < 0 if (codes < 0).any() else None)
    return pa.DictionaryArray.from_arrays(indices, pa.array(labels))


def day_column(days: NDArray[np.int32], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    return pa.array(days, mask=missing).view(pa.date32())


def customers_batch(ids: pa.Array, state: BucketState, given: Assignment, as_of: int, digits: int) -> pa.RecordBatch:
    """The rows of one bucket: customers with a purchase up to the as-of day."""
    keep = np.flatnonzero(given.buyer)
    whole, money = state.whole[:, keep], state.money[:, keep]
    state = BucketState(whole, money, state.falling[keep], state.gaps, state.day_orders)
    rhythm = given.rhythm
    silent = rhythm.state[keep] < 0
    bought = state.orders_window > 0
    per_order = np.maximum(state.orders_window, 1)
    mean = (2 * state.spend_window + per_order) // (2 * per_order)
    columns: dict[str, pa.Array] = {
        "customer_id": ids.take(pa.array(keep)) if len(keep) < len(ids) else ids,
        "first_purchase": day_column(state.first),
        "last_purchase": day_column(state.last),
        "recency_days": pa.array(np.int32(as_of) - state.last),
        "tenure_days": pa.array(np.int32(as_of) - state.first),
        "orders": pa.array(state.orders),
        "purchase_days": pa.array(state.purchase_days),
        "amount_total": money_column(state.amount_total, digits),
        "profit_total": money_column(state.profit_total, digits),
        "orders_window": pa.array(state.orders_window),
        "amount_window": money_column(state.amount_window, digits),
        "profit_window": money_column(state.profit_window, digits),
        "mean_order_value": money_column(mean, digits, ~bought),
        "active": pa.array(given.active[keep]),
        "abc": code_column(given.abc[keep], ABC),
        "frequency_class": code_column(given.frequency[keep], LEVELS),
        "amount_class": code_column(given.amount[keep], LEVELS),
        "r_score": pa.array(given.r[keep]),
        "f_score": pa.array(given.f[keep]),
        "m_score": pa.array(given.m[keep]),
        "rfm_group": code_column(given.group[keep], GROUPS),
        "quadrant": code_column(given.quadrant[keep], QUADRANTS),
        "lifecycle": code_column(given.stage[keep], STAGES),
        "lifecycle_b": code_column(given.step[keep], STEPS),
        "typical_gap": pa.array(rhythm.typical_gap[keep], mask=silent),
        "lateness": pa.array(rhythm.lateness[keep], mask=silent),
        "lateness_percentile": pa.array(rhythm.percentile[keep], mask=silent),
        "rhythm": code_column(rhythm.state[keep], STATES),
        "next_purchase_from": day_column(rhythm.next_from[keep], silent),
        "next_purchase_to": day_column(rhythm.next_to[keep], silent),
    }
    return pa.RecordBatch.from_pydict(columns)


def track_columns(tracks: Tracks, buyer: NDArray[np.bool_]) -> dict[str, pa.Array]:
    """The columns of the tracks, for the customers with a purchase of one bucket."""
    keep = np.flatnonzero(buyer)
    cell = tracks.cell[keep]
    return {
        "track_active": pa.array(tracks.active[keep]),
        "track_bought": pa.array(tracks.bought[keep]),
        "track_year": pa.array(tracks.year[keep]),
        "track_before": code_column(tracks.place_before[keep], PLACES),
        "track_now": code_column(tracks.place_now[keep], PLACES),
        "track_cell": pa.array(cell, mask=cell < 0),
    }


def spells_batch(ids: pa.Array, spells: Spells) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {
            "customer_id": ids.take(pa.array(spells.customer)),
            "kind": code_column(spells.kind, KINDS),
            "start": day_column(spells.start),
            "end": day_column(spells.end),
            "days": pa.array(spells.days),
            "purchases": pa.array(spells.purchases),
        }
    )


def with_columns(batch: pa.RecordBatch, more: dict[str, pa.Array]) -> pa.RecordBatch:
    """The batch with further columns on its right."""
    return pa.RecordBatch.from_arrays([*batch.columns, *more.values()], names=[*batch.schema.names, *more])
