"""Separate fits for groups are taken where groups differ, and left where they do not."""

import numpy as np
import pytest

from regulars.engine.probability.groups import fit_groups
from regulars.engine.probability.processes import simulate
from regulars.engine.probability.summaries import SummaryColumns, read_summary

FAST = {"r": 2.0, "alpha": 20.0, "a": 0.6, "b": 4.0}
SLOW = {"r": 0.4, "alpha": 60.0, "a": 1.5, "b": 2.0}


def columns_of(*draws):
    parts = [
        read_summary(simulate("bg_nbd", truth, customers=2500, until=300.0, seed=seed).summary(300.0))
        for truth, seed in draws
    ]
    joined = (np.concatenate([getattr(part, name) for part in parts]) for name in ("frequency", "recency", "age"))
    return SummaryColumns(*joined), np.repeat(np.arange(len(parts)), 2500)


def test_groups_that_differ_are_fitted_apart():
    columns, group = columns_of((FAST, 1), (SLOW, 2))
    fits = fit_groups(columns, group, "bg_nbd")
    assert fits.separate and fits.gain > 0.05
    assert fits.fit_of(0).parameters["r"] == pytest.approx(2.0, rel=0.2)
    assert fits.fit_of(1).parameters["r"] == pytest.approx(0.4, rel=0.25)
    assert fits.fit_of(99) is fits.pooled


def test_groups_that_do_not_differ_stay_together():
    columns, _ = columns_of((FAST, 1), (FAST, 2))
    for seed in range(8):
        group = np.random.default_rng(seed).integers(0, 5, 5000)
        fits = fit_groups(columns, group, "bg_nbd")
        assert not fits.separate and fits.fit_of(0) is fits.pooled


def test_small_groups_keep_the_common_fit():
    columns, group = columns_of((FAST, 1), (SLOW, 2))
    group = np.where(np.arange(5000) < 30, 7, group)
    fits = fit_groups(columns, group, "bg_nbd")
    assert 7 not in fits.groups and fits.fit_of(7) is fits.pooled


def test_one_group_is_no_group():
    columns, _ = columns_of((FAST, 1))
    assert not fit_groups(columns, np.zeros(2500), "bg_nbd").separate
