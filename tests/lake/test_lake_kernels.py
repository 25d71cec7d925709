"""The loops over rows against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from regulars.lake import kernels, merging
from regulars.lake.parquet import Column

NUMBERS = hnp.arrays(np.int32, st.integers(0, 60), elements=st.integers(-3, 12))


@given(NUMBERS, st.integers(1, 5))
def test_sort_index_is_a_stable_lexsort(major, seed):
    minor = np.random.default_rng(seed).integers(0, 4, len(major)).astype(np.int32)
    assert np.array_equal(kernels.sort_index(major, minor), np.lexsort((minor, major)))


def test_sort_index_of_sparse_values_needs_no_counting_table():
    major = np.array([2**31 - 1, -(2**31), 5, 5], np.int32)
    minor = np.array([0, 1, 2**31 - 1, -(2**31)], np.int32)
    assert kernels.sort_index(major, minor).tolist() == [1, 3, 2, 0]


@given(st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12), min_size=1, max_size=4))
def test_runs_merge_into_one_sorted_run(lists):
    runs = []
    for number, rows in enumerate(lists):
        position, day = (np.array([row[i] for row in sorted(rows)], np.int32) for i in (0, 1))
        amount = np.arange(len(rows), dtype=np.int64) + 100 * number
        silent = Column(len(rows), None, constant=7)
        runs.append(merging.Run(str(number), position, day, {"amount": Column(len(rows), amount), "status": silent}))
    whole = merging.merge(runs, {"amount": np.int64, "status": np.int8})
    rows = [
        (int(run.position[i]), int(run.day[i]), int(run.columns["amount"].values[i]))
        for run in runs
        for i in range(len(run.day))
    ]
    found = list(
        zip(whole.position.tolist(), whole.day.tolist(), whole.columns["amount"].array(np.int64).tolist(), strict=True)
    )
    assert sorted(found) == sorted(rows)
    assert [row[:2] for row in found] == sorted(row[:2] for row in rows)
    assert whole.columns["status"].constant == 7


def test_columns_known_in_one_run_only():
    here = merging.Run("a", np.array([0, 2], np.int32), np.array([1, 1], np.int32), {"profit": Column(2, None)})
    there = merging.Run(
        "b", np.array([1], np.int32), np.array([1], np.int32), {"profit": Column(1, np.array([9], np.int64))}
    )
    profit = merging.merge([here, there], {"profit": np.int64}).columns["profit"]
    assert profit.known.tolist() == [False, True, False]
    assert profit.values.tolist() == [0, 9, 0]


@given(hnp.arrays(np.int32, st.integers(0, 80), elements=st.integers(-1, 40)), st.integers(1, 7))
def test_partition_groups_by_bucket_and_keeps_the_order(keys, buckets):
    starts, destination = kernels.partition(keys, buckets)
    grouped = kernels.scatter(np.arange(len(keys)), destination, np.int64)
    bucket = np.where(keys >= 0, keys % buckets, buckets)
    assert np.array_equal(grouped, np.argsort(bucket, kind="stable"))
    assert np.array_equal(np.diff(starts), np.bincount(bucket, minlength=buckets + 1))


def test_partition_refuses_keys_below_minus_one():
    with pytest.raises(ValueError, match="negative"):
        kernels.partition(np.array([0, -2], np.int32), 4)


@pytest.mark.parametrize(
    ("keys", "days", "state"),
    [
        ([1, 1, 5], [3, 3, 1], kernels.SORTED),
        ([1, 1, 5], [3, 2, 1], kernels.UNSORTED),
        ([5, 1], [3, 4], kernels.UNSORTED),
        ([1, 2], [3, 4], kernels.FOREIGN),
        ([-1, 1], [3, 4], kernels.FOREIGN),
        ([], [], kernels.SORTED),
    ],
)
def test_positions_tell_what_is_wrong(keys, days, state):
    position, found = kernels.positions(np.array(keys, np.int32), np.array(days, np.int32), 4, 1)
    assert found == state
    if state != kernels.FOREIGN:
        assert position.tolist() == [key // 4 for key in keys]
