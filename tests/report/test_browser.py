"""The report in a real browser: what a reader sees and does."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from regulars.report.html import render_html
from regulars.report.html_embed import json_block
from tests.report import looks, sample
from tests.report.test_html import DATA_BLOCK, data_of, with_polyglot

pytestmark = pytest.mark.browser

NAMES = ("good", "young", "tiny", "bare")
FIGURES = 19
LATE_PEOPLE = "#contacts .people tbody tr"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("width", "lang", "theme"), [(1440, "zh", "light"), (390, "en", "dark"), (390, "zh", "light")])
def test_every_sample_opens_without_a_fault(open_report, name, width, lang, theme):
    opened = open_report(name, width=width, lang=lang, theme=theme)
    opened.page.evaluate(looks.DRAW_ALL)
    assert opened.troubles == []
    assert [url for url in opened.requests if not url.startswith("file:")] == []
    assert len(opened.requests) == 1
    assert opened.page.evaluate(looks.SIDEWAYS) == []
    assert opened.page.evaluate(looks.WORDS_IN_FIGURES) == []
    assert opened.page.evaluate(looks.LEFT_OVERS) == []


def test_every_figure_is_drawn_when_it_comes_near(open_report):
    page = open_report("good").page
    charts = page.locator("[data-chart]").count()
    assert page.locator("[data-chart] svg").count() < charts
    before = page.evaluate("document.documentElement.scrollHeight")
    page.evaluate(looks.DRAW_ALL)
    assert page.locator("[data-chart] svg").count() == charts == FIGURES
    assert page.evaluate("document.documentElement.scrollHeight") == before


def test_a_tablet_and_a_narrow_phone_do_not_scroll_sideways(open_report):
    for width in (320, 800, 1024):
        page = open_report("good", width=width).page
        page.evaluate(looks.DRAW_ALL)
        assert page.evaluate(looks.SIDEWAYS) == []


def test_the_language_changes_and_is_remembered(open_report):
    page = open_report("good").page
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.locator("[data-language]").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("#movement h2").inner_text() == "Movement"
    assert page.evaluate("document.activeElement.textContent") == "中文"
    page.reload()
    assert page.locator("#movement h2").inner_text() == "Movement"
    page.locator("[data-language]").click()
    assert page.locator("#movement h2").inner_text() == "客户变动"
    assert page.evaluate("document.title") == "青禾茶铺的客户"


def test_a_change_of_language_keeps_the_place(open_report):
    page = open_report("good").page
    page.locator("#rfm").scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    top = "document.getElementById('rfm').getBoundingClientRect().top"
    before = page.evaluate(top)
    page.evaluate("document.querySelector('[data-language]').click()")
    assert abs(page.evaluate(top) - before) < 2
    page.wait_for_selector("[data-chart=rfm-grid] svg")


def test_the_theme_changes_is_remembered_and_recolours_figures(open_report):
    page = open_report("good").page
    ground = "getComputedStyle(document.body).backgroundColor"
    bar = "document.querySelector('[data-chart=movement] svg').innerHTML.includes('#57BD9D')"
    assert page.evaluate(ground) == "rgb(247, 247, 245)"
    assert not page.evaluate(bar)
    page.locator("[data-theme-switch]").click()
    assert page.evaluate(ground) == "rgb(18, 20, 22)"
    assert page.evaluate(bar)
    assert page.locator("[data-theme-switch]").inner_text() == "浅色"
    page.reload()
    assert page.evaluate(ground) == "rgb(18, 20, 22)"


def test_without_a_choice_the_system_decides(open_report):
    page = open_report("good", theme="dark").page
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(100)
    assert page.locator("html").get_attribute("data-theme") == "light"


def test_a_definition_opens_and_closes_by_keyboard(open_report):
    page = open_report("good", lang="en").page
    page.locator("[data-define=churn-months]").focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog")
    assert box.bounding_box()["width"] == 348
    assert "L ÷ S" in box.inner_text()
    assert "regulars explain absolute_churn" in box.inner_text()
    assert re.search(r"\d+ / 1,\d{3} = \d\.\d% \(\d\.\d–\d\.\d\)", box.inner_text())
    assert page.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    page.keyboard.press("Escape")
    assert box.count() == 0
    assert page.evaluate("document.activeElement.dataset.define") == "churn-months"


def test_one_thing_floats_at_a_time(open_report):
    page = open_report("good").page
    page.locator("[data-define=movement]").click()
    page.locator("[data-export=movement]").click()
    assert page.get_by_role("dialog").count() == 0
    assert page.get_by_role("menu").count() == 1
    page.locator("h1").click()
    assert page.get_by_role("menu").count() == 0


def test_on_a_phone_a_definition_is_a_sheet_from_below(open_report):
    page = open_report("good", width=390).page
    page.locator("[data-define=movement]").click()
    box = page.get_by_role("dialog").bounding_box()
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 390, 844)
    page.locator(".shade").click(position={"x": 10, "y": 10})
    assert page.get_by_role("dialog").count() == 0


def test_each_table_says_what_its_chart_says(open_report):
    page = open_report("good", lang="en").page
    page.evaluate(looks.DRAW_ALL)
    shown = page.locator("[data-chart=movement] svg text").all_text_contents()
    page.locator("[data-twin=movement]").press("Enter")
    rows = page.locator("#twin-movement tbody tr").all()
    written = [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in rows]
    assert page.locator("[data-chart=movement]").is_hidden()
    assert len(written) == 6
    for name, count in written:
        assert name in shown
        assert count in {text.lstrip("−+") for text in shown}
    page.locator("[data-twin=movement]").press("Enter")
    assert page.locator("[data-chart=movement]").is_visible()


def test_every_table_twin_opens_by_keyboard(open_report):
    page = open_report("good").page
    for button in page.locator("[data-twin]").all():
        button.press("Enter")
        assert button.get_attribute("aria-expanded") == "true"
        twin = page.locator(f"#{button.get_attribute('aria-controls')}")
        assert twin.is_visible()
        assert twin.locator("tbody tr").count() > 0
        assert twin.locator("[role=region]").get_attribute("tabindex") == "0"


def downloaded(page, act):
    with page.expect_download() as waiting:
        act()
    return waiting.value, waiting.value.path()


def test_a_table_is_saved_with_raw_values(open_report):
    page = open_report("good", lang="en").page
    page.locator("[data-export=movement]").click()
    file, path = downloaded(page, page.get_by_role("menuitem").last.click)
    bridge = sample.good().summary["bridge"]["window"]
    assert file.suggested_filename == "regulars-movement-2026-10-31.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[:3] == ["Step,Customers", f"At start,{bridge['S']}", f"Lost,{bridge['lost']}"]


def test_a_saved_product_cannot_run_as_a_formula(open_report):
    page = open_report("good").page
    _, path = downloaded(page, page.locator("[data-csv=products]").click)
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    (formula,) = [row for row in rows if "HYPERLINK" in row]
    assert formula.startswith(""""'=HYPERLINK(""x"")""")
    assert len(rows) == 13


def test_figures_are_saved_as_pictures(open_report):
    page = open_report("good", lang="en").page
    page.locator("[data-export=churn-months]").click()
    _, path = downloaded(page, page.get_by_role("menuitem").nth(0).click)
    drawing = ET.fromstring(path.read_text(encoding="utf-8"))
    assert "Less money leaves than people, every month" in "".join(drawing.itertext())
    page.locator("[data-export=churn-months]").click()
    _, path = downloaded(page, page.get_by_role("menuitem").nth(1).click)
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_menu_is_walked_with_arrows(open_report):
    page = open_report("good").page
    page.locator("[data-export=movement]").press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "图片 SVG"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "图片 PNG"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.export") == "movement"


def test_a_door_opens_exactly_its_people(open_report):
    page = open_report("good", lang="en").page
    door = page.locator(".five a.n").first
    count = int(door.inner_text().replace(",", ""))
    door.click()
    assert page.locator("#contacts [data-letter=A]").get_attribute("aria-pressed") == "true"
    assert set(page.locator(f"{LATE_PEOPLE} .abc").all_inner_texts()) == {"A"}
    assert page.locator(".pager").inner_text().split("\n")[0].endswith(f"/ {count}")
    _, path = downloaded(page, page.locator(".pager .btn").last.click)
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == count + 1
    assert rows[0].startswith("customer_id,name,abc,rhythm,typical_gap")
    assert any(",'+SUM(A1)<b>," in row for row in rows)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_reason_takes_one_or_two_lines(open_report, lang):
    heights = """() => [...document.querySelectorAll("#contacts .reason")].map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return Math.round(range.getBoundingClientRect().height / 20);
    })"""
    for name in ("good", "young"):
        page = open_report(name, lang=lang).page
        assert max(page.evaluate(heights)) <= (2 if lang == "en" else 1)


def test_with_forecasts_the_list_shows_what_is_at_risk(open_report):
    page = open_report("good", lang="en").page
    heads = page.locator("#contacts thead th").all_inner_texts()
    assert heads[-4:] == ["At risk", "P(alive)", "12 months", "Was due"]
    without = open_report("young", lang="en").page
    assert without.locator("#contacts thead th").all_inner_texts()[-3:] == ["Profit", "Lateness", "Was due"]


def test_without_a_forecast_the_chapter_has_no_figure(open_report):
    for name in ("young", "tiny", "bare"):
        page = open_report(name).page
        assert page.locator("#value [data-card]").count() == 1
        assert page.locator("#value [data-chart]").count() == 0


def test_the_list_turns_its_pages_by_keyboard(open_report):
    page = open_report("good").page
    first = page.locator(f"{LATE_PEOPLE} th").first.inner_text()
    page.locator("[data-go=on]").press("Enter")
    assert page.locator(f"{LATE_PEOPLE} th").first.inner_text() != first
    assert page.evaluate("document.activeElement.dataset.go") == "on"
    assert page.locator("#live").inner_text().startswith("21–40")
    page.locator("[data-go=back]").press("Enter")
    assert page.locator(f"{LATE_PEOPLE} th").first.inner_text() == first
    assert page.evaluate("document.activeElement.dataset.go") == "on"


def test_months_and_quarters_change_places(open_report):
    page = open_report("good", lang="en").page
    assert page.locator("[data-step=quarter] tbody th").first.inner_text() == "Q3 2026"
    page.locator("[data-show=month]").click()
    assert page.locator("[data-step=month] tbody th").first.inner_text() == "Oct 2026"
    assert page.locator("[data-step=quarter]").is_hidden()


def test_hover_says_the_figure_in_words(open_report):
    page = open_report("good", lang="en").page
    page.locator("[data-chart=churn-months]").hover(position={"x": 200, "y": 120})
    tip = page.locator("[data-chart=churn-months] .tip")
    assert re.fullmatch(r"[A-Z][a-z]{2} 202\d", tip.locator("b").first.inner_text())
    assert "Absolute" in tip.inner_text()


def test_contents_on_a_phone_are_a_sheet(open_report):
    page = open_report("good", width=390).page
    assert page.locator(".toc").is_hidden()
    page.locator("[data-contents]").click()
    assert page.locator(".toc").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".toc").is_hidden()
    page.locator("[data-contents]").click()
    page.locator(".toc a[href='#rhythm']").click()
    assert page.locator(".toc").is_hidden()
    page.wait_for_timeout(100)
    assert 0 <= page.locator("#rhythm").bounding_box()["y"] < 120


def test_contents_mark_the_chapter_on_screen(open_report):
    page = open_report("good").page
    page.locator("#cohorts").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('cohorts').scrollIntoView()")
    page.wait_for_timeout(300)
    assert page.locator(".toc [aria-current]").get_attribute("href") == "#cohorts"


def test_touch_targets_are_large_enough(open_report):
    page = open_report("good", width=390).page
    assert page.evaluate(looks.SMALL_TARGETS) == []


@pytest.mark.parametrize("name", NAMES)
def test_controls_have_names_and_headings_nest(open_report, name):
    page = open_report(name).page
    page.evaluate(looks.DRAW_ALL)
    assert page.evaluate(looks.UNNAMED) == []
    levels = page.evaluate(looks.HEADINGS)
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_on_paper_every_figure_is_there_in_light_colours(open_report):
    page = open_report("good", theme="dark").page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("[data-chart] svg").count() == FIGURES
    assert page.locator("html").get_attribute("data-theme") == "light"
    widths = """() => [...document.querySelectorAll('[data-chart]')].map((one) =>
      [one.clientWidth, Number(one.querySelector('svg').getAttribute('width'))])"""
    assert all(place == drawn < 703 for place, drawn in page.evaluate(widths))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert len(page.pdf(prefer_css_page_size=True)) > 100_000


def test_hostile_names_stay_text(open_report):
    opened = open_report("hostile", html=render_html(with_polyglot()))
    opened.page.evaluate(looks.DRAW_ALL)
    opened.page.locator("[data-language]").click()
    opened.page.evaluate(looks.DRAW_ALL)
    assert opened.troubles == []
    assert opened.page.locator("#page img").count() == 0
    assert "onerror=alert(1)" in opened.page.locator(LATE_PEOPLE).first.inner_text()


def test_a_figure_that_fails_leaves_its_table_and_the_others(open_report):
    html = render_html(sample.good())
    data = data_of(html)
    data["pages"]["zh"]["figures"]["migration"]["option"] = None
    html = DATA_BLOCK.sub(lambda found: found.group(1) + json_block(data) + found.group(3), html)
    page = open_report("broken", html=html).page
    page.evaluate(looks.DRAW_ALL)
    assert "这张图没有画出来" in page.locator("[data-card=migration]").inner_text()
    assert page.locator("#twin-migration tbody tr").count() > 5
    assert page.locator("#twin-migration").is_visible()
    assert page.locator("[data-chart=rfm-grid] svg").count() == 1
