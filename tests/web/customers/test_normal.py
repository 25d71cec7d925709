"""Normal forms and the search index: what people type finds whom they mean."""

from __future__ import annotations

import pytest

from regulars.crm.customers import grams, normal, search, services


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("0571-8765 4321", "57187654321"),
        ("+49 151 1234567", "491511234567"),
        ("", ""),
    ],
)
def test_a_phone_has_one_key_however_it_is_written(typed, key):
    assert normal.phone_key(typed) == key


def test_names_sort_by_pinyin_and_have_initials():
    assert normal.sort_name("苏婉清") == "su wan qing"
    assert normal.initials("苏婉清") == "swq"
    assert normal.initials("John Smith") == "js"
    assert normal.sort_name("ＡＢＣ 公司") == "abc gong si"


@pytest.fixture
def people(cast):
    named = {}
    for name, phone, email in (
        ("苏婉清", "13800004471", "su@example.com"),
        ("王伟", "13900002290", ""),
        ("王伟民", "", ""),
        ("伟王", "", ""),
        ("Acme Trading", "+49 151 1234567", "Info@Acme.example"),
    ):
        named[name] = services.register(cast.alice, name=name, phone=phone, email=email)
    return named


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("王伟", {"王伟", "王伟民"}),
        ("婉清", {"苏婉清"}),
        ("苏", {"苏婉清"}),
        ("swq", {"苏婉清"}),
        ("SWQ", {"苏婉清"}),
        ("4471", {"苏婉清"}),
        ("138 0000 4471", {"苏婉清"}),
        ("13900004471", set()),
        ("info@acme.example", {"Acme Trading"}),
        ("info@", set()),
        ("acme", {"Acme Trading"}),
        ("trading", {"Acme Trading"}),
        ("at", {"Acme Trading"}),
        ("'; DROP TABLE", set()),
        ("%", set()),
        ("", set()),
    ],
)
def test_search_finds_by_two_characters_initials_phone_tail_and_mail(cast, people, typed, names):
    assert {c.name for c in search.found(cast.alice, typed)} == names


def test_search_stays_within_what_the_actor_sees(cast, people):
    assert not search.found(cast.mallory, "王伟")
    services.assign(cast.alice, people["王伟"], owner=cast.mallory)
    assert [c.name for c in search.found(cast.mallory, "王伟")] == ["王伟"]


def test_the_exact_name_comes_first(cast, people):
    assert [c.name for c in search.found(cast.alice, "王伟")] == ["王伟", "王伟民"]


def test_renaming_moves_the_grams_in_the_same_transaction(cast, people):
    services.edit(cast.alice, people["王伟"], name="赵云")
    assert {c.name for c in search.found(cast.alice, "王伟")} == {"王伟民"}
    assert search.found(cast.alice, "赵云").count() == 1
    assert grams.Gram.objects.filter(customer=people["王伟"], gram="王伟").count() == 0


def test_a_common_gram_is_tested_row_by_row_and_finds_the_same(cast, people, monkeypatch):
    monkeypatch.setattr(grams, "COMMON", 1)
    assert {c.name for c in search.found(cast.alice, "王伟")} == {"王伟", "王伟民"}
