"""Which policy leads, and how the window is spoken of."""

from regulars.report.chapters import CHAPTERS
from regulars.report.html_page import page_of
from tests.report.stories import told, year


def test_window_leads_once_it_is_observed():
    view = told({})
    assert (view.lead, view.bridge_policy, view.too_young) == ("window", "window", False)
    assert page_of(view, None).notes == ()


def test_young_data_lead_with_rhythm_and_say_why():
    view = told({}, of="young")
    assert (view.lead, view.bridge_policy, view.too_young) == ("rhythm", "rhythm", True)
    assert view.months == [{**row, "drawn": row["S"] > 0} for row in view.summary["retention_rhythm"]["month"]]
    (note,) = page_of(view, None).notes
    assert "The data begin on 31 Mar 2026" in note.striptags()


def test_rhythm_by_choice_needs_no_excuse():
    view = told({"activity": {"policy": "rhythm", "lead": "rhythm", "observable": True}})
    assert not view.too_young
    assert page_of(view, None).notes == ()


def test_a_year_that_began_before_the_window_goes_by_rhythm():
    both = {"window": year(fully_observed=False), "rhythm": year(S=900, E=1020)}
    view = told({"bridge": both})
    assert view.bridge["S"] == 900
    assert "A year ago the data did not yet reach back" in page_of(view, None).notes[0].striptags()


def test_the_window_is_a_year_or_its_days_or_what_there_is():
    assert told({}).span == "a year"
    assert told({"parameters.window": 90}).span == "the last 90 days"
    assert told({"parameters.window": 90}, lang="zh").span_of_profit == "近 90 天的利润"
    assert told({}, of="young").span == "the 215 days so far"
    assert told({}, lang="zh").span_of_profit == "年利润"


def test_twelve_chapters_with_keys_of_their_own():
    view = told({})
    chapters = [chapter(view) for chapter in CHAPTERS]
    assert [chapter.key for chapter in chapters] == [
        "movement",
        "retention",
        "abc",
        "rfm",
        "quadrants",
        "lifecycle",
        "rhythm",
        "cohorts",
        "value",
        "offers",
        "contacts",
        "quality",
    ]
    cards = [card.key for chapter in chapters for card in chapter.cards]
    assert len(cards) == len(set(cards))


def test_every_thing_leads_to_a_chapter():
    page = page_of(told({}), None)
    assert {thing.target for thing in page.things} <= {chapter.key for chapter in page.chapters}
