"""Merging a duplicate and taking it back, in a browser."""

from __future__ import annotations

import pytest

from regulars.crm.customers.duplicates import services
from regulars.crm.customers.models import Customer
from regulars.crm.jobs.worker import run_pending
from tests.web.browsing import SIDEWAYS

pytestmark = pytest.mark.browser


@pytest.fixture
def couple(committed, cast):
    one = cast.customer("carol", name="苏婉清", phone="13800001111", phone_key="13800001111", region="杭州")
    other = cast.customer("dave", name="苏婉青", sort_name="su wan qing", phone="13800001111", phone_key="13800001111")
    services.search(cast.alice)
    run_pending()
    return one, other


def test_merge_and_undo(site, cast, couple, page, sign_in, axe):
    page.set_default_timeout(60_000)
    one, other = couple
    sign_in(page, cast.alice)
    page.goto("/duplicates/")
    assert "电话相同" in page.inner_text(".pair") and axe(page) == []
    page.get_by_role("link", name="合并").first.click()
    page.wait_for_selector("text=苏婉青 将并入 苏婉清")
    assert axe(page) == []
    page.get_by_label("苏婉青").check()
    page.get_by_role("button", name="合并", exact=True).click()
    page.wait_for_url(f"**/customers/{one.public_id}/")
    one.refresh_from_db()
    assert one.name == "苏婉青"
    page.locator(".toast .undo").click()
    page.wait_for_selector("text=又是两位客户了")
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.name == "苏婉清" and other.merged_into is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_not_the_same_on_a_phone(site, cast, couple, window, sign_in, axe, lang):
    page = window(width=390, lang=lang, theme="dark")
    page.set_default_timeout(60_000)
    sign_in(page, cast.alice)
    page.goto("/duplicates/")
    assert not page.evaluate(SIDEWAYS) and axe(page) == []
    page.get_by_role("button", name="不是同一位" if lang == "zh" else "Not the same").click()
    page.wait_for_selector(".pair", state="detached")
    services.search(cast.alice)
    run_pending()
    page.goto("/duplicates/")
    assert page.locator(".pair").count() == 0
    assert Customer.objects.filter(merged_into=None).count() == 2
