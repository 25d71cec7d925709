"""Every text for people has its Chinese, with the same placeholders, compiled and committed."""

import pytest

import catalogues
import translatable


@pytest.fixture(scope="module")
def found():
    return translatable.collect()


def test_source_has_messages_of_every_kind(found):
    assert len(found.messages["definitions"]) > 500
    assert found.errors
    assert any("/parameters/" in error.place for error in found.errors)


@pytest.mark.parametrize("domain", sorted(translatable.collect().messages))
def test_every_message_is_translated(domain, found):
    have = catalogues.translations(domain)
    absent = [text for text in found.messages[domain] if not have.get(text, "").strip()]
    assert absent == []


@pytest.mark.parametrize("path", catalogues.po_files(), ids=lambda path: path.stem)
def test_placeholders_are_those_of_the_english(path):
    uneven = [
        (text, chinese)
        for text, chinese in catalogues.translations(path.stem).items()
        if catalogues.placeholders(text) != catalogues.placeholders(chinese)
    ]
    assert uneven == []


@pytest.mark.parametrize("path", catalogues.po_files(), ids=lambda path: path.stem)
def test_compiled_catalogue_is_up_to_date(path):
    assert path.with_suffix(".mo").read_bytes() == catalogues.compiled(path), "run: python scripts/catalogues.py"


@pytest.mark.parametrize("path", catalogues.po_files(), ids=lambda path: path.stem)
def test_no_entry_is_fuzzy(path):
    assert [message.id for message in catalogues.load(path) if message.fuzzy and message.id] == []


def test_every_error_can_be_read_from_the_source(found):
    assert found.unreadable == [], "an error needs a literal code and a literal template"


def test_an_error_code_has_one_class(found):
    kinds = {}
    for error in found.errors:
        kinds.setdefault(error.code, set()).add(error.kind)
    assert {code: names for code, names in kinds.items() if len(names) > 1} == {}
