"""Purchases to summaries and outcomes, against a plain reading of the rules of definitions.md."""

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.engine.probability import backtest, fit_purchases, summarize
from regulars.engine.probability.purchase_table import read_purchases
from regulars.engine.probability.purchases import outcome, sorted_purchases, summarize_sorted

ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 30), st.integers(-40, 60)),
    max_size=60,
)


def purchase_days(rows, as_of):
    """customer -> {purchase day: net value}, a return lowering its own day or the purchase day before it."""
    found = defaultdict(dict)
    for customer in {row[0] for row in rows}:
        days = defaultdict(list)
        for who, day, value in rows:
            if who == customer and day <= as_of:
                days[day].append(value)
        for day in sorted(days):
            if any(value > 0 for value in days[day]):
                found[customer][day] = sum(days[day])
            elif found[customer]:
                found[customer][max(found[customer])] += sum(days[day])
    return {customer: days for customer, days in found.items() if days}


@settings(max_examples=200, deadline=None)
@given(ROWS, st.integers(0, 32))
def test_summary_is_the_plain_reading(rows, as_of):
    columns = [np.array([row[i] for row in rows], dtype=np.int64) for i in range(3)]
    summary = summarize(*columns, as_of)
    plain = purchase_days(rows, as_of)
    assert summary.customer.tolist() == sorted(plain)
    gaps = 0.0
    for i, customer in enumerate(sorted(plain)):
        days = sorted(plain[customer])
        assert summary.frequency[i] == len(days) - 1
        assert summary.recency[i] == days[-1] - days[0]
        assert summary.T[i] == as_of - days[0]
        assert summary.first_day[i] == days[0]
        repeat = [plain[customer][day] for day in days[1:]]
        assert summary.monetary_value[i] == pytest.approx(sum(repeat) / len(repeat) if repeat else 0.0)
        assert summary.total_value[i] == sum(plain[customer].values())
        gaps += sum(math.log(b - a) for a, b in itertools.pairwise(days))
    assert summary.log_gaps == pytest.approx(gaps)


@settings(max_examples=200, deadline=None)
@given(ROWS, st.integers(0, 20), st.integers(1, 12))
def test_outcome_is_the_plain_reading(rows, origin, horizon):
    columns = [np.array([row[i] for row in rows], dtype=np.int64) for i in range(3)]
    purchases = sorted_purchases(*columns)
    known = summarize_sorted(purchases, origin).customer
    after = outcome(purchases, origin, origin + horizon)
    for i, customer in enumerate(known):
        mine = [(day, value) for who, day, value in rows if who == customer and origin < day <= origin + horizon]
        days = sorted({day for day, value in mine if value > 0})
        assert after.days[i] == len(days)
        assert after.value[i] == sum(value for _, value in mine)
        assert after.wait[i] == (days[0] - origin if days else -1)
    assert len(after.days) == len(known)


def test_order_of_rows_and_their_types_change_nothing():
    rng = np.random.default_rng(2)
    customer, day = rng.integers(0, 50, 500), rng.integers(0, 300, 500)
    value = np.round(rng.normal(20, 30, 500), 2)
    order = rng.permutation(500)
    one = summarize(customer, day, value, 280)
    other = summarize(customer[order].astype(np.int32), day[order].astype(np.int16), value[order], 280)
    for name in ("customer", "frequency", "recency", "T", "monetary_value", "total_value"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_read_only_columns_are_taken():
    columns = [np.array([1, 1, 2]), np.array([3, 9, 4], dtype=np.int32), np.array([5.0, 6.0, 7.0])]
    for column in columns:
        column.flags.writeable = False
    assert summarize(*columns, 10).frequency.tolist() == [1, 0]


def test_tables_of_every_kind_are_read_alike():
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    rng = np.random.default_rng(4)
    ids = np.array(["ann", "bob", "cyd", "dan"])[rng.integers(0, 4, 80)]
    dates = np.datetime64("2024-01-01") + rng.integers(0, 200, 80).astype("timedelta64[D]")
    value = rng.integers(1, 90, 80).astype(float)
    frame = pd.DataFrame({"customer_id": ids, "date": dates, "amount": value})
    wanted = read_purchases({"customer": ids, "day": dates.astype(np.int64), "value": value})
    for table in (frame, pa.table(frame), pl.DataFrame({"customer_id": ids, "date": dates, "amount": value})):
        got = read_purchases(table)
        for name in ("customer", "day", "value"):
            assert np.array_equal(getattr(got, name), getattr(wanted, name))


def test_summaries_of_every_kind_are_fitted_alike():
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from .fits import made_up_summary

    columns = made_up_summary(200)
    wanted = fit_purchases(columns, "bg_nbd")
    for table in (pd.DataFrame(columns), pa.table(columns), pl.DataFrame(columns)):
        assert fit_purchases(table, "bg_nbd") == wanted


def test_purchase_summary_can_be_fitted_as_it_is():
    rng = np.random.default_rng(9)
    summary = summarize(rng.integers(0, 300, 3000), rng.integers(0, 700, 3000), np.ones(3000), 700)
    columns = {"frequency": summary.frequency, "recency": summary.recency, "T": summary.T}
    by_gaps, by_summary = fit_purchases(summary, "mbg_cnbd_k", k=2), fit_purchases(columns, "mbg_cnbd_k", k=2)
    assert by_gaps.parameters == by_summary.parameters
    assert by_gaps.log_likelihood != by_summary.log_likelihood
    one = fit_purchases({**columns, "log_gaps": [summary.log_gaps] + [0.0] * (len(summary) - 1)}, "mbg_cnbd_k", k=2)
    assert one.log_likelihood == pytest.approx(by_gaps.log_likelihood, rel=1e-12)


def test_missing_day_is_refused():
    days = np.array(["2024-01-01", "NaT"], dtype="datetime64[D]")
    with pytest.raises(Exception, match="the day of row 1 is missing"):
        backtest({"customer": [1, 2], "day": days, "value": [1.0, 2.0]})
