"""Facts by the hundred million for benchmarks: in order of time, in bounded memory, the same for the same seed.

Customers stand in up to ``STRATA`` strata, each with its own purchase rate (gamma) and its own life (exponential, some
leave at once): counts are skewed as a negative binomial's. The members of a stratum arrive in order, so that those
alive on a day are a range of its members, and drawing one needs no memory beyond two tables of the strata. Customer
key = member × strata + stratum, so that keys are dense and appear roughly in order. Every customer buys on arrival.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numba
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from regulars.errors import ParameterError
from regulars.simulate.seasons import day_number, day_weights, end_of
from regulars.simulate.shop import Progress

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STRATA = 4096
FACTS = pa.schema([("customer_key", pa.int32()), ("day", pa.int32()), ("amount", pa.int64()), ("profit", pa.int64())])
STREAM_START = date(2022, 1, 1)
_SHAPE, _AT_ONCE, _MEAN_LIFE = 0.9, 0.16, 500.0
_LEVELS = 1024


@dataclass(frozen=True)
class _Plan:
    """What the kernel needs: strata, members arrived by each day, repeat orders of each day, amounts."""

    first_day: int
    rate: Floats
    life: Ints
    members: Ints
    arrived: Floats  # share of the members that have arrived before day d; one more entry than days
    repeats: Ints
    amounts: Ints  # quantiles of an order's amount in minor units
    seed: int


def stream_facts(
    orders: int,
    customers: int,
    months: int = 36,
    seed: int = 7,
    batch_rows: int = 1 << 20,
    *,
    start: date = STREAM_START,
) -> Iterator[pa.RecordBatch]:
    """``orders`` facts of ``customers`` customers in order of time, as batches of `FACTS` of up to ``batch_rows`` rows.

    customer_key int32, dense from 0, each with at least one order; day int32, days since 1970-01-01; amount and profit
    int64 minor units, one in a hundred a return. Memory is bounded by a batch and the strata. Raises ParameterError.
    """
    plan = _make_plan(orders, customers, months, seed, start)
    return _batches(plan, max(1, batch_rows))


def write_facts(
    path: str | Path,
    orders: int,
    customers: int,
    months: int = 36,
    seed: int = 7,
    *,
    start: date = STREAM_START,
    compression: str = "zstd",
    progress: Progress | None = None,
) -> None:
    """`stream_facts` as one Parquet file in order of time."""
    done = 0
    with pq.ParquetWriter(path, FACTS, compression=compression) as writer:
        for batch in stream_facts(orders, customers, months, seed, start=start):
            writer.write_batch(batch)
            done += batch.num_rows
            if progress is not None:
                progress("simulate", done, orders)


def _make_plan(orders: int, customers: int, months: int, seed: int, start: date) -> _Plan:
    if not 0 < customers <= orders or customers >= 2**31:
        raise ParameterError(
            "simulation_counts",
            "{orders} orders of {customers} customers cannot be: every customer has at least one.",
            "Ask for more orders or fewer customers.",
            orders=orders,
            customers=customers,
        )
    days = day_number(end_of(start, months)) - day_number(start) + 1
    rng = np.random.default_rng(seed)
    strata = max(1, min(STRATA, customers // 64))
    life = np.where(rng.random(strata) < _AT_ONCE, 1, np.ceil(rng.exponential(_MEAN_LIFE, strata))).astype(np.int64)
    flow = day_weights(start, days) * np.linspace(0.55, 1.0, days)
    flow[0] += 0.16 * flow.sum()  # those who were customers before the data begin
    arrived = np.concatenate([[0.0], np.cumsum(flow) / flow.sum()])
    arrived[-1] = 1.0
    alive = arrived[1:] - 0.5 * np.concatenate([np.zeros(min(365, days)), arrived[1 : max(1, days - 364)]])[:days]
    busy = day_weights(start, days) * alive
    return _Plan(
        first_day=day_number(start),
        rate=np.maximum(rng.gamma(_SHAPE, 1.0, strata), 1e-6),
        life=life,
        members=(customers - np.arange(strata) + strata - 1) // strata,
        arrived=arrived,
        repeats=_shared_out(orders - customers, busy),
        amounts=np.maximum(100, np.rint(np.sort(rng.lognormal(np.log(9200), 0.8, _LEVELS)))).astype(np.int64),
        seed=int(rng.integers(2**62)),
    )


def _shared_out(total: int, weights: Floats) -> Ints:
    """``total`` divided in proportion to ``weights``, in whole numbers that sum to it."""
    ends = np.rint(np.cumsum(weights) / weights.sum() * total).astype(np.int64)
    ends[-1] = total
    return np.diff(ends, prepend=0)


def _batches(plan: _Plan, batch_rows: int) -> Iterator[pa.RecordBatch]:
    key, day, amount, profit = _buffers(batch_rows)
    filled = 0
    for number in range(len(plan.repeats)):
        low, high, chance, other = _day_tables(plan, number)
        newcomers = _newcomers(plan, number)
        todo = len(newcomers) + int(plan.repeats[number])
        done = 0
        while done < todo:
            count = min(todo - done, batch_rows - filled)
            span = slice(filled, filled + count)
            _fill(key[span], amount[span], profit[span], newcomers, done, low, high, chance, other, plan.amounts,
                  plan.seed + number * 0x51_7C_C1B7)  # fmt: skip
            day[span] = plan.first_day + number
            done, filled = done + count, filled + count
            if filled == batch_rows:
                yield pa.RecordBatch.from_arrays([key, day, amount, profit], schema=FACTS)
                key, day, amount, profit = _buffers(batch_rows)
                filled = 0
    if filled:
        parts = [column[:filled].copy() for column in (key, day, amount, profit)]
        yield pa.RecordBatch.from_arrays(parts, schema=FACTS)


def _buffers(rows: int) -> tuple[NDArray[np.int32], NDArray[np.int32], Ints, Ints]:
    return np.empty(rows, np.int32), np.empty(rows, np.int32), np.empty(rows, np.int64), np.empty(rows, np.int64)


def _arrivals(plan: _Plan, day: int | Ints) -> Ints:
    """Members of every stratum that have come before ``day`` (from 0); a day may differ by stratum."""
    return np.ceil(plan.arrived[day] * plan.members - 1e-9).astype(np.int64)


def _newcomers(plan: _Plan, day: int) -> NDArray[np.int32]:
    """Keys of those whose first order falls on the day."""
    before, after = _arrivals(plan, day), _arrivals(plan, day + 1)
    counts = after - before
    strata = len(counts)
    stratum = np.repeat(np.arange(strata), counts)
    member = np.arange(len(stratum)) - np.repeat(np.cumsum(counts) - counts, counts) + before[stratum]
    return (member * strata + stratum).astype(np.int32)


def _day_tables(plan: _Plan, day: int) -> tuple[Ints, Ints, Floats, Ints]:
    """Members alive in every stratum, and an alias table (Walker 1977) to draw a stratum by rate × members alive."""
    high = _arrivals(plan, day + 1)
    low = np.minimum(_arrivals(plan, np.maximum(day + 1 - plan.life, 0)), high)
    weight = plan.rate * (high - low)
    if weight.sum() == 0:
        low = np.zeros_like(low)
        weight = high.astype(float)
    chance, other = _alias(weight / weight.sum() * len(weight))
    return low, high, chance, other


@numba.njit(cache=True, nogil=True)
def _alias(scaled: Floats) -> tuple[Floats, Ints]:
    n = len(scaled)
    chance, other = np.ones(n), np.arange(n)
    small, large = np.empty(n, np.int64), np.empty(n, np.int64)
    smalls = larges = 0
    for i in range(n):
        if scaled[i] < 1.0:
            small[smalls] = i
            smalls += 1
        else:
            large[larges] = i
            larges += 1
    while smalls and larges:
        smalls -= 1
        less, more = small[smalls], large[larges - 1]
        chance[less], other[less] = scaled[less], more
        scaled[more] -= 1.0 - scaled[less]
        if scaled[more] < 1.0:
            larges -= 1
            small[smalls] = more
            smalls += 1
    for i in range(smalls):
        chance[small[i]], other[small[i]] = (0.0, large[0]) if larges else (1.0, small[i])
    return chance, other


@numba.njit(cache=True, nogil=True)
def _mixed(value: np.uint64) -> np.uint64:
    """One step of SplitMix64 (Steele, Lea, Flood 2014): a random number from a counter."""
    value += np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@numba.njit(cache=True, nogil=True)
def _fill(key, amount, profit, newcomers, done, low, high, chance, other, amounts, seed):  # type: ignore[no-untyped-def]
    """Rows ``done`` and on of a day: the newcomers first, then repeat orders and returns of those alive."""
    strata = len(low)
    levels = np.uint64(len(amounts))
    for i in range(len(key)):
        row = done + i
        counter = _mixed(np.uint64(seed) + np.uint64(row) * np.uint64(2))
        money = _mixed(counter ^ np.uint64(0xD1B54A32D192ED03))
        if row < len(newcomers):
            who = np.int64(newcomers[row])
        else:
            stratum = np.int64(counter & np.uint64(0xFFFFFFFF)) * strata >> 32
            if np.float64(counter >> np.uint64(32)) * 2.3283064365386963e-10 >= chance[stratum]:
                stratum = other[stratum]
            span = high[stratum] - low[stratum]
            draw = np.int64(_mixed(money) >> np.uint64(32))
            who = (low[stratum] + (draw * span >> 32)) * strata + stratum
        level = _mixed(np.uint64(who))
        value = amounts[np.int64(money % levels)] * (np.int64(70) + np.int64(level % np.uint64(61))) // 100
        margin = np.int64(22) + np.int64((level >> np.uint64(32)) % np.uint64(25))
        if row >= len(newcomers) and (money >> np.uint64(40)) % np.uint64(100) < 1:
            value = -value
        key[i] = who
        amount[i] = value
        profit[i] = value * margin // 100
