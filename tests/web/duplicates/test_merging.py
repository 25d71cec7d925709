"""Two customers made one, and two again with everything each of them had."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from regulars.crm.accounts.errors import Forbidden, NotFound
from regulars.crm.customers import custom_values, merging
from regulars.crm.customers.errors import Conflict, Invalid
from regulars.crm.customers.models import Collaborator, CustomField, CustomValue, Event, Tag
from regulars.crm.customers.services import contacts, follow_ups
from regulars.crm.insights import lake_access
from regulars.crm.jobs.worker import run_pending
from tests.lake.lake_rows import Line, Order, tables

FIELDS = ("name", "key", "phone", "email", "region", "notes", "owner", "referrer", "consent", "merged_into",
          "next_follow_up", "tier", "sort_name", "phone_key")  # fmt: skip


@pytest.fixture
def couple(cast):
    """Two rows of one person, each with something of its own."""
    field = CustomField.objects.create(key="size", name="Size", type="text")
    kept = cast.customer("carol", name="苏婉清", key="C1", phone="13800001111", phone_key="13800001111", tier="gold")
    gone = cast.customer(
        "dave", name="苏婉青", key="C2", email="su@shop.example", email_key="su@shop.example", region="杭州",
        phone="13800002222", phone_key="13800002222", sort_name="su wan qing",
    )  # fmt: skip
    friend = cast.customer("carol", name="Friend", sort_name="friend", referrer=gone)
    gone.tags.add(Tag.objects.create(name="vip"))
    CustomValue.objects.create(customer=gone, field=field, text="XL")
    Collaborator.objects.create(customer=gone, user=cast.erin)
    contacts.add_contact(cast.alice, gone, name="Mother", phone="13900000000")
    follow_ups.follow_up(cast.alice, gone, body="called", next_on=date(2030, 1, 1), happened_at=timezone.now())
    lake = lake_access.open_or_create("CNY")
    orders = [
        Order("C1", "1", day=20000, amount=1000),
        Order("C2", "2", day=20010, amount=500, lines=(Line("tea", 500),)),
    ]
    lake.load(*tables(orders), source="shop")
    return kept, gone, friend


def state(*customers):
    """Everything that an undo must bring back."""
    found = []
    for customer in customers:
        customer.refresh_from_db()
        found.append(
            (
                {name: value for name, value in model_to_dict(customer).items() if name in FIELDS},
                sorted(customer.tags.values_list("name", flat=True)),
                sorted(customer.contacts.values_list("name", flat=True)),
                sorted(customer.follow_ups.values_list("body", flat=True)),
                sorted(Collaborator.objects.filter(customer=customer).values_list("user__name", flat=True)),
                custom_values.of([customer.pk]).get(customer.pk, {}),
                [(o.order_id, o.amount) for o in lake_access.orders_of(customer.key)],
                sorted(Event.objects.filter(customer=customer).exclude(kind__in=("merged", "unmerged"))
                       .values_list("pk", flat=True)),
            )
        )  # fmt: skip
    return found


def test_merging_takes_what_was_chosen_and_moves_the_rest(cast, couple):
    kept, gone, friend = couple
    merging.merge(cast.alice, kept=kept, gone=gone, choices={"name": "gone", "phone": "kept", "owner": "gone"})
    run_pending()
    kept.refresh_from_db()
    assert (kept.name, kept.phone, kept.email, kept.region) == ("苏婉青", "13800001111", "su@shop.example", "杭州")
    assert kept.owner == cast.dave and kept.next_follow_up == date(2030, 1, 1)
    assert list(kept.tags.values_list("name", flat=True)) == ["vip"]
    assert [c.name for c in kept.contacts.all()] == ["Mother"]
    assert custom_values.of([kept.pk])[kept.pk] == {"size": ["XL"]}
    friend.refresh_from_db()
    assert friend.referrer == kept
    assert [(o.order_id, o.amount) for o in lake_access.orders_of("C1")] == [
        ("2", Decimal("5.00")), ("1", Decimal("10.00")),
    ]  # fmt: skip


def test_undoing_restores_everything(cast, couple):
    kept, gone, friend = couple
    before = state(kept, gone, friend)
    made = merging.merge(cast.alice, kept=kept, gone=gone, choices={"name": "gone", "owner": "gone"})
    run_pending()
    assert state(kept, gone, friend) != before
    merging.unmerge(cast.alice, made)
    run_pending()
    assert state(kept, gone, friend) == before
    assert lake_access.lake().verify().sound


def test_what_was_changed_since_stays(cast, couple):
    kept, gone, _friend = couple
    made = merging.merge(cast.alice, kept=kept, gone=gone, choices={"region": "gone", "name": "gone"})
    kept.refresh_from_db()
    kept.name = "New name"
    kept.save()
    follow_ups.follow_up(cast.alice, kept, body="after the merge")
    merging.unmerge(cast.alice, made)
    kept.refresh_from_db()
    assert (kept.name, kept.region) == ("New name", "")
    assert list(kept.follow_ups.values_list("body", flat=True)) == ["after the merge"]


def test_a_customer_without_a_number_takes_over_the_other_ones(cast, couple):
    _kept, gone, _friend = couple
    fresh = cast.customer("carol", name="No orders yet")
    made = merging.merge(cast.alice, kept=fresh, gone=gone)
    run_pending()
    fresh.refresh_from_db()
    assert fresh.key == "C2" and len(lake_access.orders_of("C2")) == 1
    merging.unmerge(cast.alice, made)
    run_pending()
    gone.refresh_from_db()
    fresh.refresh_from_db()
    assert (fresh.key, gone.key) == (None, "C2")


def test_merges_are_taken_back_in_turn(cast, couple):
    kept, gone, friend = couple
    first = merging.merge(cast.alice, kept=kept, gone=gone)
    second = merging.merge(cast.alice, kept=kept, gone=friend)
    with pytest.raises(Conflict):
        merging.unmerge(cast.alice, first)
    merging.unmerge(cast.alice, second)
    merging.unmerge(cast.alice, first)
    with pytest.raises(Conflict):
        merging.unmerge(cast.alice, first)


def test_who_may_not_is_told_nothing_and_nothing_changes(cast, couple):
    kept, gone, _friend = couple
    before = state(kept, gone)
    for name in ("carol", "erin", "frank", "heidi", "mallory"):
        with pytest.raises((Forbidden, NotFound)):
            merging.merge(cast.people[name], kept=kept, gone=gone)
        assert cast.client(name).get(f"/duplicates/merge/{kept.public_id}/{gone.public_id}/").status_code in (403, 404)
        assert cast.client(name).post(f"/duplicates/merge/{kept.public_id}/{gone.public_id}/").status_code in (403, 404)
    with pytest.raises(Invalid):
        merging.merge(cast.alice, kept=kept, gone=kept)
    assert state(kept, gone) == before
