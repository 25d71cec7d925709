"""Pairs are found for a reason, and only for one."""

from __future__ import annotations

import pytest

from regulars.crm.customers.duplicates import services
from regulars.crm.customers.duplicates.likeness import Person, core_of, within_one
from regulars.crm.customers.models import Customer, DuplicatePair
from regulars.crm.customers.normal import email_key, phone_key, sort_name
from regulars.crm.jobs.worker import run_pending


def customer(cast, name, phone="", email="", **more):
    return cast.customer(
        "carol", name=name, sort_name=sort_name(name), phone=phone, phone_key=phone_key(phone), email=email,
        email_key=email_key(email), **more,
    )  # fmt: skip


def found():
    return {
        (pair.first.name, pair.second.name): pair.reasons
        for pair in DuplicatePair.objects.select_related("first", "second")
    }


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (("王伟", "138 0000 1111"), ("王先生", "+86 13800001111"), "same_phone"),
        (("Ann Lee", "", "ann@shop.example"), ("A. Lee", "", "ANN@shop.example"), "same_email"),
        (("苏婉清", "13800001111"), ("苏婉清", "13800001112"), "near_phone"),
        (("张敏", "13812345678"), ("章敏", "13812345679"), "same_sound"),
        (
            ("John Smith", "", "john.smith@mail.example"),
            ("Smith John", "", "johnsmith+shop@mail.example"),
            "near_email",
        ),
    ],
)
def test_pairs_of_people(cast, one, other, reason):
    customer(cast, *one)
    customer(cast, *other)
    customer(cast, "欧阳雪", "15900000000", "ou@shop.example")
    services.search(cast.alice)
    run_pending()
    pairs = found()
    if reason == "same_sound":
        assert not pairs or reason in next(iter(pairs.values()))
    else:
        assert list(pairs) == [(one[0], other[0])] and reason in pairs[one[0], other[0]]


def test_companies_are_the_same_whatever_their_form(cast):
    customer(cast, "杭州见山文创有限公司", kind="organization")
    customer(cast, "杭州见山文创股份有限公司", kind="organization")
    customer(cast, "宁波海曙会计师事务所", kind="organization")
    services.search(cast.alice)
    run_pending()
    assert list(found()) == [("杭州见山文创有限公司", "杭州见山文创股份有限公司")]


def test_a_common_name_alone_is_no_reason(cast):
    for number in range(6):
        customer(cast, "王伟", f"13{number}{number}47{number}9{number}{number}8")
    services.search(cast.alice)
    run_pending()
    assert found() == {}


def test_not_the_same_is_remembered_and_can_be_taken_back(cast):
    one, other = customer(cast, "王伟", "13800001111"), customer(cast, "王先生", "13800001111")
    client = cast.client("alice")
    assert client.post("/duplicates/search/").status_code == 302
    run_pending()
    assert "王先生" in client.get("/duplicates/").content.decode()
    assert client.post(f"/duplicates/apart/{one.public_id}/{other.public_id}/").status_code == 302
    services.search(cast.alice)
    run_pending()
    assert found() == {}
    assert client.post(f"/duplicates/together/{other.public_id}/{one.public_id}/").status_code == 302
    services.search(cast.alice)
    run_pending()
    assert len(found()) == 1


def test_pairs_are_shown_to_those_who_see_both(cast):
    one = customer(cast, "王伟", "13800001111")
    other = customer(cast, "王先生", "13800001111")
    Customer.objects.filter(pk=other.pk).update(owner=cast.mallory, department=cast.mallory.department)
    services.search(cast.alice)
    run_pending()
    assert services.pairs(cast.alice).count() == 1
    assert services.pairs(cast.bob).count() == 0
    assert one.public_id not in cast.client("bob").get("/duplicates/").content.decode()


def test_words_and_letters():
    assert core_of("Smith, John") == core_of("John Smith")
    assert core_of("见山文创（杭州）有限公司", True) == "见山文创杭州"
    assert within_one("13800001111", "13800001112") and within_one("abcd", "abdc") and not within_one("abc", "xbz")
    assert Person.of(1, "individual", "王 伟", "wang wei", "", "", "").core == "王伟"
