"""The oracle itself, without the product: figures from books, and identities that need no second opinion."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.histories import baskets, days_of, options, shops
from tests.oracle.intervals import Z95, holm, newcombe_excludes_zero, newcombe_p, wilson
from tests.oracle.test_random_histories import by_oracle, check_bridges, check_shares

quick = settings(max_examples=60, deadline=None, database=None)


def test_wilson_interval_of_the_definitions() -> None:
    low, high = wilson(25, 500)
    assert (round(low, 3), round(high, 3)) == (0.034, 0.073)


def test_wilson_interval_of_newcombe_1998() -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: 81/263, 15/148, 0/20 and 1/29."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (hits, base), bounds in published.items():
        assert wilson(hits, base) == pytest.approx(bounds, abs=5e-5)


def test_newcombe_method_10_touches_zero_at_its_own_p() -> None:
    first, second = (56, 70), (48, 80)
    assert newcombe_excludes_zero(first, second, Z95)
    assert 0.001 < newcombe_p(first, second) < 0.05
    assert newcombe_p(first, first) == 1.0
    assert newcombe_p(first, second) == pytest.approx(newcombe_p(second, first), rel=1e-9)


def test_holm_steps_down_and_stops() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]


@quick
@given(table=shops(), chosen=options(), data=st.data())
def test_bridges_reconcile_and_classes_sum(table: pd.DataFrame, chosen: dict[str, Any], data: st.DataObject) -> None:
    result = by_oracle(table, data.draw(days_of(table)), chosen)
    check_bridges(result.summary)
    check_shares(result.summary, result.customers.to_dict("records"))


@quick
@given(table=shops(), chosen=options(), data=st.data())
def test_later_facts_and_the_order_of_rows_change_nothing(
    table: pd.DataFrame, chosen: dict[str, Any], data: st.DataObject
) -> None:
    day = data.draw(days_of(table))
    cut = table[table["ordered_at"] <= day.isoformat()].sample(frac=1, random_state=1).reset_index(drop=True)
    whole, part = by_oracle(table, day, chosen), by_oracle(cut, day, chosen)
    for result in (whole, part):
        result.summary["input"] = {"orders": result.summary["input"]["orders"]}
    assert whole.customers.to_dict("records") == part.customers.to_dict("records")
    assert whole.spells.to_dict("records") == part.spells.to_dict("records")
    assert whole.summary == part.summary


@quick
@given(table=baskets())
def test_lines_make_the_order_they_belong_to(table: pd.DataFrame) -> None:
    result = by_oracle(table, date(2013, 1, 1), {"window": 3650})
    assert result.summary["input"]["orders"] == table["order_id"].nunique()
    assert result.summary["products"]["total"] <= table["product_id"].replace("", None).nunique()
