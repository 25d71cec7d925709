"""The stream of facts for benchmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.errors import ParameterError
from regulars.simulate import stream_facts, write_facts
from regulars.simulate.stream import FACTS

ORDERS, CUSTOMERS = 200_000, 10_000


@pytest.fixture(scope="module")
def facts() -> pa.Table:
    return pa.Table.from_batches(stream_facts(ORDERS, CUSTOMERS, 24, seed=3))


def test_there_are_exactly_as_many_facts_and_customers_as_asked(facts: pa.Table) -> None:
    assert facts.schema == FACTS
    assert facts.num_rows == ORDERS
    assert np.array_equal(np.unique(facts["customer_key"].to_numpy()), np.arange(CUSTOMERS))


def test_facts_come_in_order_of_time_within_the_months(facts: pa.Table) -> None:
    day = facts["day"].to_numpy()
    assert (np.diff(day) >= 0).all()
    assert np.datetime64(int(day[0]), "D") == np.datetime64("2022-01-01")
    assert np.datetime64(int(day[-1]), "D") == np.datetime64("2023-12-31")


def test_batches_of_any_size_hold_the_same_facts(facts: pa.Table) -> None:
    small = list(stream_facts(ORDERS, CUSTOMERS, 24, seed=3, batch_rows=7777))
    assert {batch.num_rows for batch in small[:-1]} == {7777}
    assert pa.Table.from_batches(small).combine_chunks().equals(facts.combine_chunks())


def test_another_seed_gives_other_facts(facts: pa.Table) -> None:
    other = pa.Table.from_batches(stream_facts(ORDERS, CUSTOMERS, 24, seed=4))
    assert not other.equals(facts)


def test_the_first_fact_of_everybody_is_a_purchase(facts: pa.Table) -> None:
    _keys, first = np.unique(facts["customer_key"].to_numpy(), return_index=True)
    assert (facts["amount"].to_numpy()[first] > 0).all()


def test_some_facts_are_returns_and_profit_has_the_sign_of_the_amount(facts: pa.Table) -> None:
    amount, profit = facts["amount"].to_numpy(), facts["profit"].to_numpy()
    assert (amount < 0).mean() == pytest.approx(0.0095, abs=0.002)
    assert (amount != 0).all()
    assert (np.sign(profit) == np.sign(amount)).all()
    assert (np.abs(profit) < np.abs(amount)).all()


def test_counts_are_skewed_as_a_negative_binomial(facts: pa.Table) -> None:
    counts = np.bincount(facts["customer_key"].to_numpy())
    assert counts.var() > 10 * counts.mean()
    assert np.median(counts) < 0.75 * counts.mean()
    top = np.sort(counts)[::-1][: CUSTOMERS // 10].sum() / counts.sum()
    assert 0.35 < top < 0.75


@pytest.mark.parametrize(("orders", "customers"), [(1, 1), (50, 50), (1000, 3), (5000, 130)])
def test_few_customers_make_a_stream_too(orders: int, customers: int) -> None:
    table = pa.Table.from_batches(stream_facts(orders, customers, 6))
    assert table.num_rows == orders
    assert len(set(table["customer_key"].to_pylist())) == customers


@pytest.mark.parametrize(("orders", "customers"), [(10, 11), (10, 0), (2**32, 2**31)])
def test_impossible_numbers_are_refused(orders: int, customers: int) -> None:
    with pytest.raises(ParameterError):
        stream_facts(orders, customers)


def test_one_parquet_file_holds_the_stream(facts: pa.Table, tmp_path: Path) -> None:
    seen: list[int] = []
    write_facts(
        tmp_path / "f.parquet", ORDERS, CUSTOMERS, 24, 3, progress=lambda _stage, done, _total: seen.append(done)
    )
    assert pq.read_table(tmp_path / "f.parquet").combine_chunks().equals(facts.combine_chunks())
    assert seen[-1] == ORDERS
