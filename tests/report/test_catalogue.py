"""Every text of figures and report has its Chinese, with the same placeholders and the same emphasis."""

import re

import pytest
from babel.messages.pofile import read_po

from regulars.charts.reader import Reader
from tests.report.catalogue import CATALOGUE, messages


@pytest.fixture(scope="module")
def chinese():
    with CATALOGUE.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}


def test_every_text_is_translated_and_none_is_stale(chinese):
    assert set(chinese) == messages()
    assert [text for text, translated in chinese.items() if not translated.strip()] == []


def test_placeholders_and_emphasis_are_kept(chinese):
    marks = re.compile(r"\{\w+\}|</?b>")
    uneven = [t for t, c in chinese.items() if sorted(set(marks.findall(t))) != sorted(set(marks.findall(c)))]
    assert uneven == []


def test_chinese_has_no_space_before_its_own_punctuation(chinese):
    assert [c for c in chinese.values() if re.search(r"\s[，。；：？]|[，。；：？]\s+\S", c)] == []


def test_a_context_is_never_shown():
    assert Reader("en").say("rhythm|Lost") == "Lost"
    assert Reader("zh").say("rhythm|Lost") == "已失"
    assert Reader("zh").say("Lost") == "流失"
