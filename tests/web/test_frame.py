"""The frame around every page: policy, language, appearance, finding, notices, pages of what is not as expected."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from regulars.crm.insights.models import Run
from regulars.crm.jobs import registry, services
from regulars.crm.jobs.worker import run_pending
from regulars.errors import LakeError
from regulars.web import assets, toasts
from regulars.web.views.home.choices import back
from tests.web.browsing import SIDEWAYS, until
from tests.web.cast import make_cast

TOKENS = Path(__file__).resolve().parents[2] / "frontend" / "app" / "styles" / "tokens.css"
PAGES = ("/", "/runs/", "/jobs/", "/definitions/abc/")


@pytest.fixture
def cast():
    return make_cast()


def test_a_page_carries_the_content_policy_and_nothing_inline(cast):
    for address in PAGES:
        answer = cast.client("alice").get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy and "style-src 'self';" in policy and "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY" and answer.headers["Cache-Control"] == "no-store"
        text = answer.content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|javascript:", text) == []


def test_static_files_are_kept_for_ever_under_an_address_that_changes_with_them(cast):
    text = cast.client("alice").get("/").content.decode()
    address = re.search(r'href="(/static/app/app\.css\?v=\w{12})"', text)[1]
    answer = cast.client("alice").get(address)
    assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
    assert assets.fingerprint("app/app.css") in address


def test_text_is_compressed_and_files_for_saving_are_not(cast):
    answer = cast.client("alice").get("/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


def test_dark_tokens_are_the_same_chosen_and_by_the_system():
    text = TOKENS.read_text()
    blocks = re.findall(r'data-theme="(dark|auto)"\] \{(.*?)\}', text, re.S)
    chosen, system = ({line.strip() for line in body.splitlines() if line.strip()} for _name, body in blocks)
    assert chosen == system and len(chosen) > 30


@pytest.mark.parametrize(("told", "language"), [("zh-CN,zh;q=0.9", "zh-Hans"), ("en-GB", "en"), ("fr", "zh-Hans")])
def test_the_browser_decides_the_language_until_somebody_chooses(cast, told, language):
    text = cast.client("alice", headers={"Accept-Language": told}).get("/").content.decode()
    assert f'<html lang="{language}"' in text


def test_a_chosen_language_stays_with_the_person(cast):
    client = cast.client("alice")
    answer = client.post("/language/", {"language": "en", "next": "/runs/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/runs/")
    cast.alice.refresh_from_db()
    assert cast.alice.language == "en"
    fresh = make_client(cast.alice, "zh-CN")
    assert '<html lang="en"' in fresh.get("/").content.decode()


def make_client(user, told):
    from django.test import Client

    client = Client(headers={"Accept-Language": told})
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_choosing_never_leads_to_another_server(rf_post, wanted):
    assert back(rf_post({"next": wanted})).url == "/"


@pytest.fixture
def rf_post():
    from django.test import RequestFactory

    return lambda values: RequestFactory().post("/language/", values)


def test_an_unknown_theme_or_language_changes_nothing(cast):
    client = cast.client("alice")
    client.post("/theme/", {"theme": "<script>"})
    client.post("/language/", {"language": "xx"})
    cast.alice.refresh_from_db()
    assert (cast.alice.theme, cast.alice.language) == ("", "")


def test_an_absent_page_and_a_wrong_address_look_alike(cast):
    answers = [
        cast.client("alice").get(address) for address in ("/nothing-here/", "/jobs/abcdefgh/", "/runs/abc/report/")
    ]
    assert {answer.status_code for answer in answers} == {404}


def test_htmx_gets_a_part_instead_of_a_page(cast):
    answer = cast.client("alice").get("/jobs/abcdefgh/", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == 404 and "<html" not in text and "mid" in text


def test_a_known_error_becomes_a_page_with_code_and_hint(cast, monkeypatch):
    def broken(*_arguments):
        raise LakeError("lake_busy", "The lake is busy.", "Try again.")

    monkeypatch.setattr("regulars.web.views.runs.pages.metrics.current", broken)
    answer = cast.client("alice").get("/runs/")
    text = answer.content.decode()
    assert answer.status_code == 503 and "lake_busy" in text and "E-" in text


def test_a_defect_becomes_a_page_with_a_number_and_no_trace(cast, monkeypatch):
    monkeypatch.setattr("regulars.web.views.runs.pages.metrics.current", lambda: 1 / 0)
    answer = cast.client("alice").get("/runs/")
    text = answer.content.decode()
    assert answer.status_code == 500 and re.search(r"E-[0-9A-F]{6}", text)
    assert "ZeroDivision" not in text and "Traceback" not in text


def test_a_form_without_a_token_is_refused_with_a_way_on(cast):
    client = make_csrf_client(cast.alice)
    answer = client.post("/runs/start/")
    assert answer.status_code == 403 and Run.objects.count() == 0


def make_csrf_client(user):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def test_a_message_reaches_an_htmx_request_in_its_header(cast, rf_post):
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.http import HttpResponse

    request = rf_post({})
    request.META["HTTP_HX_REQUEST"] = "true"
    request.session = {}
    request._messages = FallbackStorage(request)
    toasts.tell(request, "已分配给周恺", undo="/jobs/x/undo/")
    header = toasts.carried(request, HttpResponse()).headers["HX-Trigger"]
    assert header.isascii() and "/jobs/x/undo/" in header and toasts.NAME in header


def test_the_line_under_the_header_tells_of_a_failed_run_and_goes_with_the_next(cast):
    def published():
        return Run.objects.create(
            reason="night", state="published", published_at=timezone.now(), as_of=date(2026, 10, 29), columns=[]
        )

    client = make_client(cast.alice, "en")
    published()
    assert "did not finish" not in client.get("/jobs/").content.decode()
    Run.objects.create(reason="night", state="failed", error={"code": "no_space"})
    text = client.get("/jobs/").content.decode()
    assert "The figures stop at 29 Oct 2026: the last run did not finish." in text
    assert "did not finish" not in make_client(cast.erin, "en").get("/jobs/").content.decode() or "numbers.view" in (
        cast.erin.role.permissions
    )
    published()
    assert "did not finish" not in client.get("/jobs/").content.decode()


def test_everybody_sees_their_own_work_alone(cast, monkeypatch):
    monkeypatch.setattr(registry, "_kinds", {})
    registry.job("t.own", title="Own work")(lambda running: {})
    job = services.enqueue("t.own", cast.carol)
    run_pending()
    assert cast.client("carol").get(f"/jobs/{job.public_id}/").status_code == 200
    assert cast.client("alice").get(f"/jobs/{job.public_id}/").status_code == 200
    for address in ("", "progress/"):
        assert cast.client("mallory").get(f"/jobs/{job.public_id}/{address}").status_code == 404
    for verb in ("stop", "undo"):
        assert cast.client("mallory").post(f"/jobs/{job.public_id}/{verb}/").status_code == 404
    assert "Own work" not in cast.client("mallory").get("/jobs/").content.decode()


def test_only_those_with_the_right_start_runs_and_save_reports(cast):
    assert cast.client("heidi").post("/runs/start/").status_code == 403
    assert cast.client("anonymous").post("/runs/start/").status_code == 302
    assert Run.objects.count() == 0
    assert cast.client("alice").post("/runs/start/").status_code == 302
    assert Run.objects.count() == 1


def test_pages_of_the_frame_ask_the_database_little(cast, query_count):
    client = cast.client("alice")
    for address, most in (("/jobs/", 6), ("/runs/", 8), ("/definitions/abc/", 5)):
        client.get(address)
        with query_count() as seen:
            client.get(address)
        assert seen.count <= most, seen.statements


@pytest.mark.browser
@pytest.mark.parametrize(("width", "lang", "theme"), [(1440, "zh", "light"), (1440, "en", "dark"), (390, "zh", "dark")])
def test_pages_of_the_frame_hold_in_a_browser(window, sign_in, axe, width, lang, theme):
    cast = make_cast()
    page = window(width=width, lang=lang, theme=theme)
    sign_in(page, cast.alice)
    for address in PAGES:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.locator("h1, h3").count() > 0
        assert not page.evaluate(SIDEWAYS), address
        assert axe(page) == [], address


@pytest.mark.browser
def test_finding_works_by_keyboard_alone(window, sign_in):
    cast = make_cast()
    cast.customer("alice", name="苏婉清")
    page = window(lang="en")
    sign_in(page, cast.alice)
    page.goto("/jobs/")
    page.keyboard.press("/")
    page.wait_for_selector("#palette[open] #palette-found a")
    page.keyboard.type("runs")
    until(page, "document.querySelectorAll('#palette-found a').length === 1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette[open]")
    page.keyboard.press("Escape")
    assert page.locator("#palette[open]").count() == 0


@pytest.mark.browser
def test_the_theme_and_the_language_change_and_stay(window, sign_in):
    cast = make_cast()
    page = window(lang="zh")
    sign_in(page, cast.alice)
    page.goto("/jobs/")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(247, 247, 245)"
    page.locator(".top .av").click()
    page.locator("#person-menu button[value=dark]").click()
    until(page, f"{ground} === 'rgb(18, 20, 22)'")
    page.locator(".top button[name=language]").click()
    page.wait_for_selector("html[lang=en]")
    assert page.locator("h1").inner_text() == "Background work"


@pytest.mark.browser
def test_a_definition_opens_beside_its_mark_and_gives_focus_back(window, sign_in):
    from regulars.crm.insights.models import Run as Row

    cast = make_cast()
    assert Row.objects.count() == 0
    page = window(lang="en")
    sign_in(page, cast.alice)
    page.goto("/definitions/abc/")
    page.evaluate(
        "document.querySelector('.definition').insertAdjacentHTML('beforeend',"
        " '<button type=button class=i id=mark data-define=/definitions/abc/>i</button>')"
    )
    page.locator("#mark").focus()
    page.keyboard.press("Enter")
    box = page.locator("#definition:popover-open")
    box.wait_for()
    assert "ABC class" in box.inner_text() and "regulars explain abc" in box.inner_text()
    page.keyboard.press("Escape")
    until(page, "document.activeElement.id === 'mark'")


@pytest.mark.browser
def test_progress_moves_by_itself_and_undo_is_one_press(window, sign_in, monkeypatch):
    cast = make_cast()
    monkeypatch.setattr(registry, "_kinds", {})
    registry.job("t.assign", title="Assign owner")(lambda running: running.keep_undo({"before": 1}) or {"skipped": 41})
    undone = []
    registry.undoes("t.assign")(lambda running: undone.append(running.undo_data))
    job = services.enqueue("t.assign", cast.alice)
    page = window(lang="en")
    sign_in(page, cast.alice)
    page.goto(f"/jobs/{job.public_id}/")
    page.wait_for_selector(".job progress")
    run_pending()
    page.wait_for_selector(".job .chip:has-text('done')")
    assert "skipped 41" in page.locator(".job").inner_text()
    page.locator(".job button:has-text('Undo')").click()
    page.wait_for_selector(".job:has-text('Undo: Assign owner')")
    run_pending()
    page.wait_for_selector(".job .chip:has-text('done')")
    assert undone == [{"before": 1}]
