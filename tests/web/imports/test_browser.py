"""The import wizard as people use it, in a browser."""

from __future__ import annotations

import threading

import pytest

from regulars.crm.customers.models import Customer
from regulars.crm.insights.models import ImportBatch
from regulars.crm.jobs.worker import run_pending
from tests.web.browsing import SIDEWAYS
from tests.web.imports.files import MORE_ORDERS, ORDERS

pytestmark = pytest.mark.browser
DATES = "order,customer,amount,date\n1,a,5,03/04/2026\n2,b,6,05/04/2026\n3,c,x,06/04/2026\n"


@pytest.fixture
def working():
    """Work in the background, as the worker would do it."""
    ended = threading.Event()

    def work():
        while not ended.wait(0.1):
            run_pending()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    ended.set()
    thread.join(timeout=30)


def go(page, name, text, file="orders.csv"):
    page.goto("/imports/")
    page.get_by_role("link", name=name).first.click()
    page.set_input_files("input[type=file]", {"name": file, "mimeType": "text/csv", "buffer": text.encode()})


def test_the_whole_way_in_chinese_and_back(site, cast, page, sign_in, axe, working):
    page.set_default_timeout(60_000)
    sign_in(page, cast.alice)
    go(page, "导入文件", ORDERS)
    assert axe(page) == []
    page.get_by_role("button", name="上传").click()
    page.wait_for_url("**/columns/")
    assert "认出了" in page.inner_text(".say") and axe(page) == []
    page.get_by_role("button", name="下一步：预览").click()
    page.wait_for_url("**/preview/")
    assert "120.50" in page.inner_text("table") and axe(page) == []
    page.get_by_role("button", name="下一步：试算").click()
    page.wait_for_url("**/trial/")
    page.wait_for_selector(".rows-sum")
    assert "将新增 3 单" in page.inner_text(".say") and axe(page) == []
    with page.expect_download() as got:
        page.get_by_role("link", name="下载").click()
    assert "not money" in got.value.path().read_text("utf-8-sig")
    page.get_by_role("button", name="导入 3 行").click()
    page.wait_for_url("**/result/")
    page.wait_for_selector("text=已导入 3 单")
    assert axe(page) == [] and Customer.objects.count() == 2
    page.get_by_role("link", name="撤销这次导入").click()
    page.wait_for_selector("text=2 位客户")
    page.get_by_role("button", name="撤销这次导入").click()
    page.wait_for_selector("text=这次导入已撤销")
    assert not Customer.objects.exists()


def test_a_decision_is_asked_for_and_the_keyboard_suffices(site, cast, window, sign_in, axe):
    page = window(lang="en")
    page.set_default_timeout(60_000)
    sign_in(page, cast.alice)
    go(page, "Import a file", DATES)
    page.get_by_role("button", name="Upload").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/columns/")
    button = page.get_by_role("button", name="First choose how to read the dates")
    assert button.is_disabled() and axe(page) == []
    page.get_by_role("button", name="2026-04-03").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=nothing needs a decision")
    page.get_by_role("button", name="Next: preview").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/preview/")
    assert "2026-04-03" in page.inner_text("table")


def test_a_column_can_be_given_another_use_at_once(site, cast, page, sign_in):
    page.set_default_timeout(60_000)
    sign_in(page, cast.alice)
    go(page, "导入文件", ORDERS)
    page.get_by_role("button", name="上传").click()
    page.wait_for_url("**/columns/")
    page.get_by_label("实付金额 用作").select_option("")
    page.wait_for_selector("button:has-text('请先选定哪一列是')")
    page.get_by_label("实付金额 用作").select_option("amount")
    page.wait_for_selector("button:has-text('下一步：预览'):not([disabled])")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_fit_a_phone(site, cast, window, sign_in, axe, theme):
    from tests.web.imports.files import imported, uploaded

    alice = cast.client("alice")
    done = imported(alice, ORDERS)
    batch = uploaded(alice, MORE_ORDERS)
    page = window(width=390, theme=theme)
    page.set_default_timeout(60_000)
    sign_in(page, cast.alice)
    for address in ("/imports/", "/imports/new/", f"/imports/{batch.public_id}/columns/",
                    f"/imports/{batch.public_id}/preview/", f"/imports/{done.public_id}/result/",
                    f"/imports/{done.public_id}/undo/", "/api/v1/"):  # fmt: skip
        page.goto(address)
        assert not page.evaluate(SIDEWAYS), address
        assert axe(page) == [], address
    assert ImportBatch.objects.count() == 2
