"""The analysis pages in a real chromium: drawing, doors by mouse and by keyboard, tables, exports, phone, print."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from regulars.crm.insights import pages
from tests.web.browsing import SIDEWAYS

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("REGULARS_SHOTS", "")
PLACES = {"overview": "/numbers/", **{k: f"/numbers/{k}/" for k in pages.PAGES if k != "overview"}}
PLACES |= {"targets": "/numbers/targets/", "control": "/numbers/control/", "today": "/"}


def wait_drawn(page):
    page.wait_for_load_state("networkidle")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_timeout(150)


def shot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width,theme", [(1440, "light"), (390, "dark")])
def test_every_page_is_drawn_and_accessible(window, sign_in, axe, cast, lang, width, theme):
    page = window(width=width, lang=lang, theme=theme)
    sign_in(page, cast.alice)
    found = []
    for key, place in PLACES.items():
        page.goto(place)
        wait_drawn(page)
        drawn = page.locator("[data-chart]").count()
        assert page.locator("[data-chart] > div svg").count() >= drawn, key
        assert page.locator("p.void", has_text="could not be drawn").count() == 0
        assert not page.evaluate(SIDEWAYS), (key, width)
        shot(page, f"{key}-{lang}-{width}-{theme}")
        found += [f"{key}: {one}" for one in axe(page)]
    assert found == []


def test_a_bar_opens_its_customers_by_mouse_and_by_keyboard(window, sign_in, cast):
    page = window(lang="en")
    sign_in(page, cast.alice)
    page.goto("/numbers/retention/")
    wait_drawn(page)
    bridge = page.locator("[data-chart=movement]")
    bridge.scroll_into_view_if_needed()
    box = bridge.bounding_box()
    bridge.click(position={"x": box["width"] / 12, "y": box["height"] - 60})
    page.wait_for_url("**/customers/?**")
    assert "movement" in page.url
    page.go_back()
    wait_drawn(page)
    chart = page.locator("[data-chart=movement]")
    chart.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert "Lost" in page.locator(".mark-said").first.text_content()
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/?**")
    assert "year.lost" in page.url


def test_table_definition_and_exports(window, sign_in, cast):
    page = window(lang="en")
    sign_in(page, cast.alice)
    page.goto("/numbers/classes/")
    wait_drawn(page)
    card = page.locator("[data-card=pareto]")
    card.get_by_role("button", name="Table", exact=True).click()
    assert card.locator("table").first.is_visible()
    card.get_by_role("button", name="Chart").click()
    assert card.locator("[data-chart] svg").first.is_visible()
    card.get_by_role("button", name="Definition").click()
    page.wait_for_selector("#definition:popover-open")
    assert "regulars explain" in page.locator("#definition").text_content()
    page.keyboard.press("Escape")
    assert card.get_by_role("button", name="Definition").evaluate("e => e === document.activeElement")
    for kind, ending in (("Picture (SVG)", ".svg"), ("Picture (PNG)", ".png"), ("Table (CSV)", ".csv")):
        card.get_by_role("button", name="Export").click()
        with page.expect_download() as download:
            card.get_by_role("button", name=kind).click()
        assert download.value.suggested_filename.endswith(ending)
        assert Path(download.value.path()).stat().st_size > 200


def test_later_takes_somebody_off_today_and_back(window, sign_in, cast):
    from playwright.sync_api import expect

    page = window(lang="en")
    sign_in(page, cast.alice)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    first = page.locator(".call").first
    name = first.locator(".nm").text_content()
    rows = page.locator(".call").count()
    first.get_by_role("button", name="Later").click()
    first.get_by_role("button", name="in a week").click()
    expect(page.locator(".call")).to_have_count(rows - 1)
    page.locator(".toast .undo").click()
    expect(page.locator(".call .nm").first).to_have_text(name)
