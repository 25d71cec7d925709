"""Random histories of loads, compactions and merges against a model in plain Python."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.lake import Lake
from tests.lake.lake_rows import Line, Order, line_rows, order_row, stored_lines, stored_orders, tables, text

EXAMPLES = int(os.environ.get("REGULARS_LAKE_EXAMPLES", "30"))
CUSTOMERS = st.sampled_from([None, "a", "b", "c", "d", "é", "客户"])
LINES = st.lists(
    st.builds(
        Line,
        product=st.sampled_from([None, "tea", "pot", "茶"]),
        amount=st.integers(-3, 3),
        quantity=st.sampled_from([None, 500, 1000]),
        profit=st.sampled_from([None, 1]),
    ),
    max_size=3,
).map(tuple)
ORDERS = st.lists(
    st.builds(
        Order,
        customer=CUSTOMERS,
        order_id=st.sampled_from([None, "1", "2", "3", "01", "11"]),
        day=st.integers(19000, 19003),
        amount=st.integers(-2, 2),
        profit=st.sampled_from([None, None, 0, 1]),
        status=st.sampled_from([0, 0, 1]),
        channel=st.sampled_from([None, "web", "app"]),
        discount=st.sampled_from([None, None, 4]),
        at=st.sampled_from([None, 1_640_000_000]),
        lines=LINES,
    ),
    max_size=8,
    unique_by=lambda order: (order.customer, order.order_id) if order.order_id else object(),
)
LOADS = st.tuples(st.just("load"), ORDERS, st.sampled_from(["shop", "market"]), st.integers(0, 3))
MERGES = st.tuples(st.just("identify"), st.sampled_from("abcd"), st.sampled_from("abcd"))
STEPS = st.lists(st.one_of(LOADS, LOADS, LOADS, st.just(("compact",)), MERGES), min_size=1, max_size=7)


@dataclass(frozen=True)
class Model:
    """What the lake must hold: orders by key, customers by first appearance, contents taken, merges."""

    orders: dict[object, Order] = field(default_factory=dict)
    customers: tuple[str, ...] = ()
    taken: frozenset[object] = frozenset()
    merged: dict[str, str] = field(default_factory=dict)

    def load(self, orders: list[Order], source: str, content: int) -> Model:
        if (source, content) in self.taken:
            return self
        keyed = {
            (source, order.order_id, order.customer) if order.order_id else (source, content, number): order
            for number, order in enumerate(orders)
        }
        seen = dict.fromkeys([*self.customers, *(order.customer for order in orders if order.customer is not None)])
        return replace(self, orders=self.orders | keyed, customers=tuple(seen), taken=self.taken | {(source, content)})

    def end(self, customer: str | None) -> str | None:
        while customer is not None and self.merged.get(customer, customer) != customer:
            customer = self.merged[customer]
        return customer

    def can_merge(self, left: str, right: str) -> bool:
        known = left in self.customers and right in self.customers
        return known and (left == right or replace(self, merged=self.merged | {left: left}).end(right) != left)

    def rows(self):
        orders = [(order, self.end(order.customer)) for order in self.orders.values()]
        return (
            sorted((order_row(order, who) for order, who in orders), key=text),
            sorted((row for order, who in orders for row in line_rows(order, who)), key=text),
        )


def apply(lake: Lake, model: Model, step) -> Model:
    if step[0] == "load":
        _, orders, source, content = step
        report = lake.load(*tables(orders), source=source, content=[str(content)])
        assert report.unchanged == ((source, content) in model.taken)
        assert report.orders == report.new + report.replaced + report.identical
        return model.load(orders, source, content)
    if step[0] == "compact":
        lake.compact()
        snapshot = lake.snapshot()
        assert all(len(files) == 1 for files in snapshot.files.values())
        return model
    _, left, right = step
    if not model.can_merge(left, right):
        return model
    lake.identify({left: right})
    return replace(model, merged=model.merged | {left: right})


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS, st.integers(1, 3))
def test_any_history_equals_the_model_at_every_version(steps, buckets):
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake.create(folder + "/lake", buckets=buckets, durable=False)
        model, states = Model(), {0: Model()}
        for step in steps:
            model = apply(lake, model, step)
            version = lake.snapshot().version
            states.setdefault(version, model)
            assert states[version].rows() == model.rows()
        for version, state in states.items():
            snapshot = lake.snapshot(version)
            assert (stored_orders(snapshot), stored_lines(snapshot)) == state.rows()
            ids = [None] * snapshot.n_customers
            for bucket in range(buckets):
                ids[bucket::buckets] = snapshot.customer_ids(bucket).to_pylist()
            assert tuple(ids) == state.customers
        assert set(states) == set(range(lake.snapshot().version + 1))
        assert lake.verify().problems == ()
