"""Collapsing, merging, pairing and climbing: the machinery under the fits."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.engine.probability.climb import thinned
from regulars.engine.probability.collapse import collapse, collapse_indexed, merge, sorting_order
from regulars.engine.probability.newton import maximize, trust_step
from regulars.engine.probability.pairs import unique_pairs
from regulars.engine.probability.threads import in_chunks

from .fits import made_up_summary

TRIPLES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(4, 8)), min_size=1, max_size=50)


def rows_of(histories):
    return list(zip(histories.frequency.tolist(), histories.recency.tolist(), histories.age.tolist(), strict=True))


@settings(max_examples=100, deadline=None)
@given(TRIPLES, st.sampled_from([1.0, 0.1, 1 / 7]))
def test_histories_are_the_distinct_rows_with_their_counts(rows, unit):
    x, t_x, age = (np.array([row[i] for row in rows]) for i in range(3))
    histories, index = collapse_indexed(x, t_x * unit, age * unit)
    distinct = sorted({(a, c * unit, b * unit) for a, b, c in rows})
    assert [(a, c, b) for a, b, c in rows_of(histories)] == distinct
    assert histories.weight.sum() == len(rows) == histories.n
    back = [rows_of(histories)[i] for i in index]
    assert back == [(a, b * unit, c * unit) for a, b, c in rows]
    assert rows_of(collapse(x, t_x * unit, age * unit)) == rows_of(histories)
    pairs = unique_pairs(x.astype(np.int64), age * unit)
    assert np.array_equal(pairs.frequency[pairs.index], x) and np.array_equal(pairs.age[pairs.index], age * unit)
    assert list(zip(pairs.frequency, pairs.age, strict=True)) == sorted({(a, c * unit) for a, _, c in rows})


def test_merge_is_collapse_of_all():
    summary = made_up_summary(300)
    columns = [summary[name] for name in ("frequency", "recency", "T")]
    parts = [collapse(*(column[i::3] for column in columns), log_gaps=float(i)) for i in range(3)]
    whole, merged = collapse(*columns), merge(parts)
    assert rows_of(merged) == rows_of(whole) and np.array_equal(merged.weight, whole.weight)
    assert merged.log_gaps == 3.0
    assert merge([parts[0], collapse(*columns)]).log_gaps is None


def test_sorting_order_is_stable_for_keys_of_any_size():
    rng = np.random.default_rng(3)
    for bits in (10, 40, 62):
        key = rng.integers(0, 1 << bits, 400) >> rng.integers(0, 8, 400)
        key[::3] = key[0]
        assert np.array_equal(sorting_order(key, bits), np.argsort(key, kind="stable"))


def test_thinned_sample_is_even_and_whole_customers():
    few, many = (
        collapse(*(summary[name] for name in ("frequency", "recency", "T")))
        for summary in (made_up_summary(900), made_up_summary(80_000))
    )
    sample = thinned(many)
    assert sample.n == 5000 and (sample.weight > 0).all()
    mean = (sample.weight * sample.frequency).sum() / sample.n
    assert mean == pytest.approx((many.weight * many.frequency).sum() / many.n, rel=0.1)
    assert thinned(few) is few


def test_newton_climbs_from_afar_and_over_a_saddle():
    def hill(point):
        x, y = point
        value = -((x**2 - 1) ** 2) - (y - 2) ** 2
        return value, np.array([-4 * x * (x**2 - 1), -2 * (y - 2)]), np.diag([-12 * x**2 + 4, -2.0])

    box = np.full(2, 50.0)
    for start in ([30.0, -40.0], [0.05, 0.0], [-4.0, 9.0]):
        top = maximize(hill, np.array(start), lower=-box, upper=box)
        assert top.converged and top.value == pytest.approx(0.0, abs=1e-12) and not top.held.any()


def test_newton_stops_at_the_edge_of_the_box():
    def slope(point):
        return float(point[0] - point[1] ** 2), np.array([1.0, -2 * point[1]]), np.diag([0.0, -2.0])

    top = maximize(slope, np.array([0.0, 1.0]), lower=np.full(2, -3.0), upper=np.full(2, 3.0))
    assert top.converged and top.held.tolist() == [True, False]
    assert top.point.tolist() == pytest.approx([3.0, 0.0])


def test_trust_step_stays_within_its_radius():
    rng = np.random.default_rng(2)
    for _ in range(50):
        half = rng.normal(size=(4, 4))
        step = trust_step(rng.normal(size=4), half + half.T, 0.3)
        assert np.linalg.norm(step) <= 0.3 * (1 + 1e-9)


def test_chunks_cover_everything_in_order():
    for n in (0, 1, 99, 100, 2500):
        parts = in_chunks(n, lambda start, stop: list(range(start, stop)), least=100)
        assert list(itertools.chain(*parts)) == list(range(n)) and len(parts) <= 16
