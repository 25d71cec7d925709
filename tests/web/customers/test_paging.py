"""Keyset pages: every customer once, forward and back, whatever ties, gaps and changes of direction there are."""

from __future__ import annotations

import random

import pytest

from regulars.crm.customers.errors import FilterError
from regulars.crm.customers.listing import counting, ordering, paging
from regulars.crm.customers.listing.request import listing
from regulars.crm.customers.models import Customer

SIZE = 7


@pytest.fixture
def crowd(cast, published, monkeypatch):
    """90 customers with many equal and many unknown values; windows small enough that every way round is taken."""
    draw = random.Random(5)
    made = []
    for n in range(90):
        made.append(
            cast.customer(
                "carol",
                name=f"N{draw.randrange(30):02d}",
                sort_name=f"n{draw.randrange(30):02d}",
                region=draw.choice(["", "A", "B"]),
                key=f"K{n}",
            )
        )
    rows = [
        (
            c,
            {
                "profit_window": draw.choice([None, 5, 5, 10, -3, 1000]),
                "lateness": draw.choice([None, 0.5, 2.25]),
                "abc": draw.choice("ABC"),
            },
        )
        for c in made[:70]
    ]
    published(rows)
    monkeypatch.setattr(paging, "FIRST", 10)
    monkeypatch.setattr(paging, "SECOND", 20)
    return cast


def walk(actor, order, told, forward=True):
    """The ids of all pages, and their addresses."""
    listed = listing(actor, filter=told, order=order)
    found, place = [], ""
    for _ in range(60):
        page = listed.page(place, SIZE)
        found.append(page.ids)
        place = page.after
        if not place:
            return found
    raise AssertionError("the pages do not end")


ORDERS = [
    ["name"],
    ["-name"],
    ["created"],
    ["metric.profit_window"],
    ["-metric.profit_window"],
    ["-metric.lateness"],
    ["region", "-metric.profit_window"],
    ["-metric.profit_window", "name"],
    ["metric.lateness", "-region"],
]
FILTERS = [
    {},
    {"all": [{"field": "region", "op": "is", "value": ["A"]}]},
    {"all": [{"field": "metric.abc", "op": "is", "value": ["A", "B"]}]},
    {"none": [{"field": "metric.abc", "op": "is", "value": ["A"]}]},
    {"all": [{"field": "name", "op": "is", "value": ["nobody"]}]},
]


@pytest.mark.parametrize("told", FILTERS, ids=range(len(FILTERS)))
@pytest.mark.parametrize("order", ORDERS, ids="|".join)
def test_every_customer_comes_once_and_going_back_shows_the_same_pages(crowd, order, told):
    pages = walk(crowd.alice, order, told)
    listed = listing(crowd.alice, filter=told, order=order)
    flat = [pk for page in pages for pk in page]
    assert sorted(flat) == sorted(listed.customers.values_list("pk", flat=True))
    expected = listed.customers.order_by(*ordering.ordering(listed.order, backwards=False))
    assert flat == list(expected.values_list("pk", flat=True))
    if len(pages) < 2:
        return
    places = [""]
    for _ in pages[1:]:
        places.append(listed.page(places[-1], SIZE).after)
    before = listed.page(places[-1], SIZE)
    for wanted in reversed(pages[:-1]):
        before = listed.page(before.before, SIZE)
        assert before.ids == wanted
    assert before.before == ""


def test_a_row_that_vanishes_takes_nobody_along(crowd):
    listed = listing(crowd.alice, order=["-metric.profit_window"])
    first = listed.page("", SIZE)
    rest = [pk for page in walk(crowd.alice, ["-metric.profit_window"], {}) for pk in page][SIZE:]
    Customer.objects.filter(pk=first.ids[-1]).update(name="changed")
    assert listed.page(first.after, SIZE).ids == rest[:SIZE]


@pytest.mark.parametrize("place", ["x", "a", "aW10", "a!!!", "bWzFd", "a" + "A" * 500, "aWyJ4IiwxXQ"])
def test_a_place_that_is_none_is_refused(crowd, place):
    with pytest.raises(FilterError):
        listing(crowd.alice, order=["-metric.profit_window"]).page(place)


@pytest.mark.parametrize(
    "order", [["password"], ["owner__password"], ["-id;drop"], ["metric.abc__x"], ["phone"], ["?"]]
)
def test_an_order_by_what_is_no_field_is_ignored(crowd, order):
    assert ordering.parse(order, listing(crowd.grace).registry) == ordering.default(listing(crowd.grace).registry)


def test_counts_follow_every_change_and_tell_what_is_hidden(crowd):
    assert counting.count(listing(crowd.alice)).customers == 90
    hidden = counting.count(listing(crowd.mallory))
    assert (hidden.customers, hidden.hidden) == (0, 90)
    from regulars.crm.customers import services

    services.delete(crowd.alice, Customer.objects.first())
    assert counting.count(listing(crowd.alice)).customers == 89
