"""A masked phone or e-mail is found by its whole value only: nothing shorter says whose it is. The last four digits
are part of the mask that everybody sees (``137 **** 9999``), so that they may be looked for.
"""

from __future__ import annotations

import pytest

from regulars.crm.customers import grams
from regulars.crm.customers.models import Customer
from tests.web.permissions.world import EMAIL, MARK, PHONE, World, build


@pytest.fixture
def world() -> World:
    return build()


PARTS = (PHONE[-5:], PHONE[:3], PHONE[:7], PHONE[:-1], PHONE[1:], EMAIL[:6], EMAIL.split("@")[1], EMAIL[:-1])


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", ["heidi", "erin"])
def test_a_part_finds_nobody(world: World, name: str, part: str):
    grams.index(list(Customer.objects.all()))
    page = world.cast.client(name).get("/customers/", {"q": part}).content.decode()
    assert MARK not in page


@pytest.mark.parametrize("whole", [PHONE, EMAIL])
def test_the_whole_value_finds_the_customer(world: World, whole: str):
    grams.index(list(Customer.objects.all()))
    page = world.cast.client("heidi").get("/customers/", {"q": whole}).content.decode()
    assert MARK in page
