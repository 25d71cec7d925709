"""What may be called a finding, and what is left to chance."""

import pytest

from regulars.report.noise import counts_differ, means_differ, shares_differ, stands_out


@pytest.mark.parametrize(
    ("a", "n_a", "b", "n_b", "differ"),
    [(60, 100, 40, 100, True), (52, 100, 48, 100, False), (0, 0, 5, 10, False), (6, 10, 4, 10, False)],
)
def test_shares_differ_outside_newcombes_interval(a, n_a, b, n_b, differ):
    assert shares_differ(a, n_a, b, n_b) is differ
    assert shares_differ(b, n_b, a, n_a) is differ


def test_a_difference_can_be_real_and_too_small_to_speak_of():
    assert shares_differ(50_500, 100_000, 49_500, 100_000)
    assert not shares_differ(50_500, 100_000, 49_500, 100_000, least=0.03)


def test_looking_at_many_asks_for_more():
    assert shares_differ(62, 120, 45, 120)
    assert not shares_differ(62, 120, 45, 120, comparisons=10)


def test_counts_differ_like_poisson_counts():
    assert counts_differ(100, 60)
    assert not counts_differ(100, 80)
    assert not counts_differ(0, 0)


def test_means_differ_only_with_many_orders():
    assert means_differ(45.0, 50_000, 38.0, 50_000)
    assert not means_differ(45.0, 300, 38.0, 300)
    assert not means_differ(38.5, 10**7, 38.0, 10**7)
    assert not means_differ(45.0, 0, 38.0, 300)
    assert not means_differ(-5.0, 50_000, 38.0, 50_000)


def test_one_stands_out_or_nobody_does():
    assert stands_out([300, 200, 210], [500, 500, 500]) == 0
    assert stands_out([255, 250, 245], [500, 500, 500]) is None
    assert stands_out([30, 200], [40, 500]) is None
    assert stands_out([300], [500]) is None
