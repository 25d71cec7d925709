"""Customers, contacts and follow-ups from tables: added, brought up to date, taken back."""

from __future__ import annotations

import pytest

from regulars.crm.customers import custom_values
from regulars.crm.customers.models import Contact, Customer, CustomField, FollowUp
from regulars.crm.insights.imports import jobs
from regulars.crm.insights.models import ImportChange
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.worker import run_pending
from tests.web.imports.files import imported, tried, undone, uploaded

PEOPLE = """客户编号,姓名,手机,邮箱,地区,标签,负责人,Size
K1,苏婉清,13800001111,su@shop.example,杭州,"vip,茶",Carol,XL
K2,林子涵,13800002222,,宁波,,,
,欧阳雪,13800003333,,上海,,,
,没有邮箱,13800004444,not-an-address,,,,
"""


@pytest.fixture
def alice(cast):
    CustomField.objects.create(key="size", name="Size", type="text")
    return cast.client("alice")


def test_new_customers_with_everything_that_is_known_of_them(alice, cast):
    batch = imported(alice, PEOPLE, "people.csv", "customers")
    assert batch.state == "done", batch.error
    assert batch.counters["rows"] == 4 and batch.counters["rejected_rows"] == 1 and batch.counters["used_rows"] == 3
    su = Customer.objects.get(key="K1")
    assert (su.name, su.phone, su.region, su.owner) == ("苏婉清", "13800001111", "杭州", cast.carol)
    assert su.department == cast.carol.department
    assert sorted(su.tags.values_list("name", flat=True)) == ["vip", "茶"]
    assert custom_values.of([su.pk])[su.pk] == {"size": ["XL"]}
    assert Customer.objects.get(name="欧阳雪").owner == cast.alice
    assert "婉清" in alice.get("/customers/?search=婉清").content.decode()


def test_known_customers_are_brought_up_to_date_and_returned(alice, cast):
    by_phone = cast.customer("dave", name="Old name", phone="+86 138 0000 2222", phone_key="13800002222", region="A")
    by_number = cast.customer("carol", name="苏婉清", key="K1", region="北京")
    batch = tried(alice, uploaded(alice, PEOPLE, "people.csv", "customers"))
    changes = {(c["customer"], c["field"]): (c["before"], c["after"]) for c in batch.look["tried"]["changes"]}
    assert changes["苏婉清", "region"] == ("北京", "杭州")
    by_number.refresh_from_db()
    assert by_number.region == "北京"  # a dry run changes nothing
    alice.post(f"/imports/{batch.public_id}/start/")
    run_pending()
    batch.refresh_from_db()
    assert batch.result["tally"]["numbers"] == {"updated": 2, "new": 1}
    by_phone.refresh_from_db()
    by_number.refresh_from_db()
    assert (by_phone.name, by_phone.key, by_phone.region) == ("林子涵", "K2", "宁波")
    assert by_number.region == "杭州"
    by_number.region = "苏州"  # somebody goes on working
    by_number.save()
    batch = undone(alice, batch)
    assert batch.state == "undone", batch.error
    by_phone.refresh_from_db()
    by_number.refresh_from_db()
    assert (by_phone.name, by_phone.key, by_phone.region) == ("Old name", None, "A")
    assert (by_number.region, by_number.phone) == ("苏州", "")
    assert not by_number.tags.exists() and custom_values.of([by_number.pk]) == {}
    assert not Customer.objects.filter(name="欧阳雪").exists() and not ImportChange.objects.exists()


def test_only_empty_fields_are_filled_on_request(alice, cast):
    held = cast.customer("carol", name="Mine", key="K1", region="")
    batch = uploaded(alice, PEOPLE, "people.csv", "customers")
    fields = ("customer_id", "name", "phone", "email", "region", "tags", "owner", "custom.size")
    uses = {f"use-{n}": field for n, field in enumerate(fields)}
    alice.post(f"/imports/{batch.public_id}/columns/", {**uses, "update": "fill", "match": ["customer_id"]})
    batch = tried(alice, batch)
    alice.post(f"/imports/{batch.public_id}/start/")
    run_pending()
    held.refresh_from_db()
    assert (held.name, held.region) == ("Mine", "杭州")


def test_what_is_not_ones_own_is_refused_and_unchanged(cast):
    other = cast.customer("mallory", name="Hers", key="K1", phone="13800001111", phone_key="13800001111")
    bob = cast.client("bob")
    batch = imported(bob, PEOPLE, "people.csv", "customers")
    other.refresh_from_db()
    assert (other.name, other.region) == ("Hers", "")
    assert batch.counters["rejected_rows"] == 2
    rejects = b"".join(bob.get(f"/imports/{batch.public_id}/rejects/").streaming_content).decode("utf-8-sig")
    assert "Hers" not in rejects and "K1" in rejects


def test_contacts_and_follow_ups(alice, cast):
    company = cast.customer("carol", name="杭州见山文创有限公司", key="K9", kind="organization", phone="0571-8888",
                            phone_key="5718888")  # fmt: skip
    text = "公司,联系人,职务,角色,手机\n杭州见山文创有限公司,王敏,经理,决策人,13900001111\n没有这家,李,,,\n"
    batch = imported(alice, text, "contacts.csv", "contacts")
    assert [(c.name, c.part) for c in company.contacts.all()] == [("王敏", "decision_maker")]
    assert batch.counters["rejected_rows"] == 1
    text = (
        "客户编号,跟进时间,方式,内容,下次\nK9,2026-03-05 10:00,电话,谈了价格,2030-01-02\nK9,2026-13-05,电话,坏日期,\n"
    )
    more = imported(alice, text, "notes.csv", "follow_ups")
    assert more.counters["rejected_rows"] == 1
    follow = FollowUp.objects.get()
    assert (follow.kind, follow.body, str(follow.next_on)) == ("call", "谈了价格", "2030-01-02")
    company.refresh_from_db()
    assert str(company.next_follow_up) == "2030-01-02"
    undone(alice, more)
    undone(alice, batch)
    company.refresh_from_db()
    assert not FollowUp.objects.exists() and not Contact.objects.exists() and company.next_follow_up is None


def test_a_killed_import_goes_on_where_it_was(alice, cast, monkeypatch):
    """Rows without any number are the hard case: only the marks tell which were written."""
    lines = "".join(f"name {n},region {n}\n" for n in range(1000))
    batch = tried(alice, uploaded(alice, f"姓名,地区\n{lines}", "people.csv", "customers"))
    alice.post(f"/imports/{batch.public_id}/start/")
    written = jobs._chunk

    def dies(batch, work, chunk, tally, rejects, dry):
        if tally.done == 400:
            raise SystemExit
        written(batch, work, chunk, tally, rejects, dry)

    monkeypatch.setattr(jobs, "_chunk", dies)
    with pytest.raises(SystemExit):
        run_pending()
    assert Customer.objects.count() == 400
    monkeypatch.setattr(jobs, "_chunk", written)
    Job.objects.update(state=Job.State.WAITING)  # what the sweep does with a job whose worker died
    run_pending()
    batch.refresh_from_db()
    assert batch.state == "done" and Customer.objects.count() == 1000
    assert batch.counters["used_rows"] == 1000
