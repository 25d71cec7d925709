"""Cuts from value counts against the sentences of the definitions, worked out customer by customer."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regulars.engine.counts import UNREACHABLE, ValueCounts

VALUES = st.lists(st.integers(-50, 50), min_size=1, max_size=60)
HUGE = st.lists(st.integers(2**59, 2**61), min_size=1, max_size=9)
SHARES = (Fraction(1, 5), Fraction(1, 3), Fraction(4, 5))


@given(VALUES, st.integers(1, 7))
def test_merged_parts_count_like_the_whole(values: list[int], parts: int) -> None:
    whole = ValueCounts.of(np.array(values))
    merged = ValueCounts.merged(ValueCounts.of(np.array(values[i::parts], np.int64)) for i in range(parts))
    assert merged.values.tolist() == whole.values.tolist() == sorted(set(values))
    assert merged.counts.tolist() == whole.counts.tolist() == [values.count(v) for v in sorted(set(values))]


@given(VALUES)
def test_a_share_cut_is_the_least_value_with_that_share_strictly_below(values: list[int]) -> None:
    cuts = ValueCounts.of(np.array(values)).share_cuts(SHARES)
    for share, cut in zip(SHARES, cuts, strict=True):
        for value in values:
            below = Fraction(sum(v < value for v in values), len(values))
            assert (value >= cut) == (below >= share)


@given(VALUES | HUGE)
def test_a_concentration_cut_follows_the_rule_of_abc(values: list[int]) -> None:
    cuts = ValueCounts.of(np.array(values)).concentration_cuts(SHARES)
    positive = [v for v in values if v > 0]
    for share, cut in zip(SHARES, cuts, strict=True):
        for value in positive:
            more = sum(v for v in positive if v > value)
            assert (value >= cut) == (Fraction(more, sum(positive)) < share)


@given(HUGE)
def test_sums_beyond_64_bits_stay_exact(values: list[int]) -> None:
    assert ValueCounts.of(np.array(values)).sum == sum(values)


def test_nobody_reaches_a_cut_of_nobody() -> None:
    nobody = ValueCounts.of(np.empty(0, np.int64))
    assert nobody.share_cuts(SHARES) == nobody.concentration_cuts(SHARES) == (UNREACHABLE,) * 3
    assert nobody.sum == nobody.total == 0
