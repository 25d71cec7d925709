"""Conditions on orders, answered by the lake and joined under the rights of who asks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from regulars.crm.customers.filters import compiling, tree
from regulars.crm.customers.filters.fields import Registry
from regulars.crm.customers.models import Customer
from regulars.crm.insights import bought, lake_access
from tests.web.shops import load_shop, remove_lake


@pytest.fixture(scope="module")
def lake():
    remove_lake()
    yield load_shop()
    remove_lake()


def by_hand(what, name, since):
    """The same question, answered order by order."""
    seen = lake_access.view()
    found = set()
    for bucket in range(seen.snapshot.buckets):
        for key in seen.snapshot.customer_ids(bucket).to_pylist():
            for order in lake_access.orders_of(key):
                told = {"channel": [order.channel], "product": [line.label for line in order.lines if line.amount > 0]}
                told["category"] = [line.category for line in order.lines if line.amount > 0]
                if order.day >= since and order.is_purchase and name in told[what]:
                    found.add(key)
    return found


@pytest.mark.parametrize("what", ["product", "category", "channel"])
@pytest.mark.parametrize("since", [date(2000, 1, 1), date(2025, 10, 1)])
def test_the_lake_names_exactly_who_bought(lake, what, since):
    name = bought.names(what)[0]
    found = bought.bought(what, [name], since)
    assert set(found) == by_hand(what, name, since)
    assert len(found) == len(set(found))
    assert bought.bought(what, ["no such thing"], since) == []


def test_the_answer_is_joined_under_rights_and_counts_from_today(lake, cast):
    name = bought.names("product")[0]
    keys = bought.bought("product", [name], date(2000, 1, 1))
    for key in keys[:3]:
        cast.customer("carol", name=key, key=key)
    other = cast.customer("carol", name="other", key="nobody in the lake")
    days = (timezone.localdate() - date(2000, 1, 1)) // timedelta(days=1)
    registry = Registry(cast.alice)

    def names(op):
        told = {"all": [{"field": "order.product", "op": op, "value": [days, name]}]}
        made = compiling.compiled(tree.parse(told, registry), registry)
        return set(Customer.objects.filter(made).values_list("name", flat=True))

    assert names("bought") == set(keys[:3])
    assert names("not_bought") == {other.name}
    assert "order.product" not in Registry(cast.erin).fields
