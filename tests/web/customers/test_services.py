"""What people do with customers: rights first, one timeline entry, nothing half done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from regulars.crm.accounts.errors import Forbidden, NotFound
from regulars.crm.accounts.models import AuditEntry
from regulars.crm.customers import services, timeline
from regulars.crm.customers.errors import Conflict, Invalid
from regulars.crm.customers.models import Collaborator, Customer, CustomField, CustomValue, Event, FollowUp, Gram
from regulars.crm.customers.services.follow_ups import safe_name


@pytest.fixture
def su(cast):
    return services.register(cast.carol, name="苏婉清", phone="138 0000 4471")


def kinds(customer):
    return list(Event.objects.filter(customer=customer).order_by("id").values_list("kind", flat=True))


def test_three_fields_are_enough_and_the_customer_is_ones_own(cast, su):
    assert (su.owner, su.department, su.phone_key, su.sort_name) == (
        cast.carol,
        cast.carol.department,
        "13800004471",
        "su wan qing",
    )
    assert kinds(su) == [timeline.CREATED]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "A", "phone": "not a phone"}, "phone"),
        ({"name": "A", "email": "nobody"}, "email"),
        ({"name": "A", "kind": "robot"}, "kind"),
    ],
)
def test_what_cannot_be_kept_is_named_and_nothing_is_written(cast, values, field):
    with pytest.raises(Invalid) as refused:
        services.register(cast.carol, **values)
    assert set(refused.value.fields) == {field}
    assert not Customer.objects.exists()


def test_only_details_can_be_set(cast):
    made = services.register(
        cast.carol, name="A", owner_id=1, deleted_at=timezone.now(), public_id="x", sort_name="zzz"
    )
    assert (made.owner, made.deleted_at, made.sort_name) == (cast.carol, None, "a")
    services.edit(cast.carol, made, name="B", created_by=cast.alice, merged_into_id=made.pk, key="K")
    made.refresh_from_db()
    assert (made.name, made.merged_into_id, made.key) == ("B", None, None)


def test_who_may_not_create_cannot(cast):
    for name in ("erin", "frank", "grace", "heidi"):
        with pytest.raises(Forbidden):
            services.register(cast.people[name], name="A")


def test_an_outsider_is_told_there_is_nobody(cast, su):
    deeds = (
        lambda: services.edit(cast.mallory, su, name="X"),
        lambda: services.tag(cast.mallory, su, names=["x"]),
        lambda: services.delete(cast.mallory, su),
        lambda: services.follow_up(cast.mallory, su, body="x"),
        lambda: services.reveal(cast.mallory, su, field="phone"),
        lambda: services.assign(cast.mallory, su, owner=cast.mallory),
        lambda: services.add_contact(cast.mallory, su, name="X"),
    )
    before = Event.objects.count()
    for deed in deeds:
        with pytest.raises(NotFound):
            deed()
    assert Event.objects.count() == before


def test_a_change_tells_from_what_to_what_and_of_phones_only_that(cast, su):
    services.edit(cast.carol, su, region="杭州", phone="13900001111")
    told = Event.objects.filter(customer=su, kind=timeline.CHANGED).get().data["fields"]
    assert told == {"region": ["", "杭州"], "phone": None}


def test_saving_nothing_new_leaves_no_entry(cast, su):
    services.edit(cast.carol, su, name="苏婉清")
    assert kinds(su) == [timeline.CREATED]


def test_two_people_at_once_the_second_is_asked(cast, su):
    seen = su.updated_at.isoformat()
    services.edit(cast.carol, su, region="杭州")
    with pytest.raises(Conflict):
        services.edit(cast.alice, su, seen=seen, region="上海")
    su.refresh_from_db()
    assert su.region == "杭州"


def test_likely_duplicates_are_named_at_entry_only_as_far_as_one_sees(cast, su):
    assert services.lookalikes(cast.carol, phone="+86 13800004471") == [su]
    assert services.lookalikes(cast.carol, name="苏婉清") == [su]
    assert services.lookalikes(cast.mallory, phone="13800004471") == []
    assert services.lookalikes(cast.carol, name="", phone="13") == []


def test_the_department_goes_with_the_owner(cast, su):
    services.assign(cast.alice, su, owner=cast.mallory)
    su.refresh_from_db()
    assert (su.owner, su.department) == (cast.mallory, cast.mallory.department)
    with pytest.raises(Forbidden):
        services.assign(cast.mallory, su, owner=cast.carol)


def test_nobody_who_left_gets_customers(cast, su):
    cast.dave.is_active = False
    cast.dave.save()
    with pytest.raises(Invalid):
        services.assign(cast.alice, su, owner=cast.dave)


def test_a_collaborator_sees_and_edits_only_where_allowed(cast, su):
    services.add_collaborator(cast.alice, su, person=cast.mallory)
    with pytest.raises(Forbidden):
        services.edit(cast.mallory, su, name="X")
    services.add_collaborator(cast.alice, su, person=cast.mallory, may_edit=True)
    services.edit(cast.mallory, su, name="苏婉")
    services.remove_collaborator(cast.alice, su, person=cast.mallory)
    assert not Collaborator.objects.exists()


def test_the_bin_keeps_thirty_days_then_nothing(cast, su):
    services.delete(cast.alice, su)
    assert services.purge_due() == 0
    services.restore(cast.alice, su)
    services.delete(cast.alice, su)
    Customer.objects.filter(pk=su.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    assert services.purge_due() == 1
    assert not Customer.objects.exists()
    assert not Gram.objects.exists()
    assert AuditEntry.objects.filter(action="customer.purge", label="苏婉清").count() == 1


def test_what_is_in_the_bin_cannot_be_changed(cast, su):
    services.delete(cast.alice, su)
    su.refresh_from_db()
    with pytest.raises(Forbidden):
        services.edit(cast.alice, su, name="X")
    with pytest.raises(Invalid):
        services.follow_up(cast.alice, su, body="x")


def test_a_reveal_by_who_sees_it_masked_is_logged_and_otherwise_not(cast, su):
    assert services.reveal(cast.erin, su, field="phone") == "138 0000 4471"
    entry = AuditEntry.objects.get(action="customer.reveal")
    assert (entry.actor, entry.object_id, entry.details) == (cast.erin, su.public_id, {"field": "phone"})
    assert "4471" not in str(entry.details) + entry.label
    services.reveal(cast.carol, su, field="phone")
    assert AuditEntry.objects.filter(action="customer.reveal").count() == 1
    with pytest.raises(Forbidden):
        services.reveal(cast.heidi, su, field="phone")
    with pytest.raises(NotFound):
        services.reveal(cast.alice, su, field="notes")


def test_a_follow_up_sets_last_and_next_and_finishes_what_was_due(cast, su):
    today = timezone.localdate()
    first = services.follow_up(cast.carol, su, kind="call", body="call again", next_on=today)
    su.refresh_from_db()
    assert (su.next_follow_up, su.last_follow_up) == (today, first.happened_at)
    second = services.follow_up(
        cast.carol, su, kind="visit", body="@Bob @Mallory come", next_on=today + timedelta(days=9)
    )
    first.refresh_from_db()
    su.refresh_from_db()
    assert first.next_done_at is not None
    assert su.next_follow_up == today + timedelta(days=9)
    assert list(second.mentioned.all()) == [cast.bob]
    services.finish(cast.carol, second)
    services.remove_follow_up(cast.carol, second)
    su.refresh_from_db()
    assert (su.next_follow_up, su.last_follow_up) == (None, first.happened_at)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": " "}, "body"),
        ({"body": "x", "kind": "seance"}, "kind"),
        ({"body": "x", "next_on": date(2020, 1, 1)}, "next_on"),
        ({"body": "x" * 20_001}, "body"),
    ],
)
def test_a_follow_up_that_says_nothing_true_is_refused(cast, su, values, field):
    with pytest.raises(Invalid) as refused:
        services.follow_up(cast.carol, su, **values)
    assert field in refused.value.fields
    assert not FollowUp.objects.exists()


def test_files_are_capped_and_their_names_harmless(cast, su):
    file = SimpleUploadedFile("../../etc/pass\u202ewd.html", b"<script>alert(1)</script>")
    made = services.follow_up(cast.carol, su, body="x", files=[file])
    kept = made.attachments.get()
    assert kept.name == "pass_wd.html"
    assert kept.file.name.startswith("attachments/") and ".." not in kept.file.name and "html" not in kept.file.name
    big = SimpleUploadedFile("a", b"")
    big.size = 21 * 2**20
    with pytest.raises(Invalid):
        services.follow_up(cast.carol, su, body="x", files=[big])
    with pytest.raises(Invalid):
        services.follow_up(cast.carol, su, body="x", files=[SimpleUploadedFile("a", b"x") for _ in range(6)])


@pytest.mark.parametrize(
    ("given", "kept"), [("", "file"), ("...", "file"), ("a\\b\\c.txt", "c.txt"), ("报价 单.pdf", "报价 单.pdf")]
)
def test_a_safe_name_keeps_what_is_safe(given, kept):
    assert safe_name(given) == kept


def test_contacts_have_parts(cast, su):
    made = services.add_contact(cast.carol, su, name="陈总", part="decision_maker", phone="0571-88887777")
    assert made.phone_key == "57188887777"
    services.change_contact(cast.carol, made, title="CEO")
    with pytest.raises(Invalid):
        services.change_contact(cast.carol, made, part="king")
    services.remove_contact(cast.carol, made)
    assert kinds(su)[-3:] == [timeline.CONTACT_ADDED, timeline.CONTACT_CHANGED, timeline.CONTACT_REMOVED]


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("number", "twelve"),
        ("number", "1e40"),
        ("date", "soon"),
        ("yes_no", "maybe"),
        ("choice", "other"),
        ("choices", ["金卡", "other"]),
        ("link", "javascript:alert(1)"),
        ("link", "x"),
        ("person", "Zorro"),
        ("text", "x" * 501),
    ],
)
def test_a_custom_value_of_the_wrong_form_is_refused(cast, su, type, value):
    field = services.create_field(cast.alice, name="F", type=type, choices=["金卡"])
    with pytest.raises(Invalid) as refused:
        services.edit(cast.carol, su, custom={field.key: value})
    assert set(refused.value.fields) == {f"custom.{field.key}"}
    assert not CustomValue.objects.exists()


def test_fields_have_stable_keys_and_choices_that_are_used_stay(cast, su):
    field = services.create_field(cast.alice, name="口味", type="choice", choices=["浅焙", "深焙"])
    assert (field.key, [c["key"] for c in field.choices]) == ("kou_wei", ["qian_bei", "shen_bei"])
    services.edit(cast.carol, su, custom={"kou_wei": "浅焙"})
    services.change_field(cast.alice, field, choices=["浅焙", "中焙"])
    with pytest.raises(Invalid):
        services.change_field(cast.alice, field, choices=["中焙"])
    services.archive_field(cast.alice, field)
    with pytest.raises(Invalid):
        services.edit(cast.carol, su, custom={"kou_wei": "中焙"})
    services.return_field(cast.alice, field)
    assert CustomValue.objects.get().text == "qian_bei"
    with pytest.raises(Forbidden):
        services.create_field(cast.carol, name="X", type="text")
    assert CustomField.objects.count() == 1


def test_a_view_is_private_until_shared(cast):
    made = services.save_view(cast.carol, name="贵而迟", filter={}, columns=["region"], order=["name"])
    with pytest.raises(Forbidden):
        services.save_view(cast.carol, name="x", filter={}, columns=[], order=[], shared=True)
    with pytest.raises(NotFound):
        services.change_view(cast.dave, made, name="mine now")
    shared = services.save_view(cast.alice, name="All", filter={}, columns=[], order=[], shared=True)
    with pytest.raises(Forbidden):
        services.remove_view(cast.carol, shared)
