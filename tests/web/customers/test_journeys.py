"""What people do with customers all day, in a real browser: by mouse, by keyboard alone, on a phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from regulars.crm.customers import services
from regulars.crm.customers.models import Customer, CustomField, FollowUp, SavedView
from regulars.crm.jobs.worker import run_pending
from tests.web.browsing import SIDEWAYS

pytestmark = pytest.mark.browser

REGIONS = ("杭州", "上海", "宁波")


@pytest.fixture
def shop(committed, cast, published):
    """Sixty customers of Carol with a published run; one of Mallory."""
    rows = []
    for n in range(60):
        one = services.register(cast.carol, name=f"客户{n:02d}", region=REGIONS[n % 3], phone=f"1380000{n:04d}")
        rows.append(
            (
                one,
                {
                    "abc": "ABC"[n % 3],
                    "rhythm": ("slipping", "on_rhythm")[n % 2],
                    "lifecycle": ("decline", "maturity")[n % 2],
                    "quadrant": "e",
                    "rfm_group": "HHH",
                    "profit_window": 1000 - n,
                    "lateness": 1.81,
                    "lateness_percentile": 0.84,
                    "typical_gap": 21.0,
                    "recency_days": 38,
                    "purchase_days": 9,
                    "orders": 12,
                    "orders_window": 8,
                    "p_alive": 0.38,
                    "clv_12m": 3120,
                    "clv_12m_low": 940,
                    "clv_12m_high": 5460,
                    "value_at_risk": 1200,
                    "r_score": 4,
                    "f_score": 5,
                    "m_score": 5,
                    "last_purchase": "2026-09-23",
                    "first_purchase": "2024-09-03",
                    "next_purchase_from": "2026-09-30",
                    "next_purchase_to": "2026-10-22",
                    "amount_total": 9000,
                    "profit_total": 3000,
                },
            )
        )
    services.register(cast.mallory, name="别人的客户")
    published(rows)
    return cast


def opened(window, sign_in, user, path, **how):
    page = window(**how)
    sign_in(page, user)
    page.goto(path)
    return page


def rows(page):
    return page.locator("tbody tr")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_is_free_of_serious_findings_and_fits(shop, window, sign_in, axe, lang, theme, width):
    shop.alice.language = lang
    shop.alice.save()
    one = Customer.objects.get(name="客户00")
    services.follow_up(shop.alice, one, kind="call", body="明天再打", next_on=timezone.localdate())
    services.create_field(shop.alice, name="口味", type="choice", choices=["浅焙"])
    paths = (
        "/customers/?f=all(metric.abc~is~A,B;any(region~is~杭州;region~is~上海))",
        f"/customers/{one.public_id}/?n=1",
        "/customers/new/",
        f"/customers/{one.public_id}/edit/",
        "/follow-ups/",
        "/customers/bin/",
        "/settings/fields/",
    )
    page = opened(window, sign_in, shop.alice, paths[0], width=width, lang=lang, theme=theme)
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert [found for found in axe(page) if ".find" not in found] == [], path
        assert not page.evaluate(SIDEWAYS), path


def test_a_new_customer_in_three_fields_with_a_warning(shop, window, sign_in):
    page = opened(window, sign_in, shop.carol, "/customers/")
    page.keyboard.press("c")
    page.get_by_label("名字").fill("苏婉清")
    page.get_by_label("手机").fill("13800000003")
    expect(page.locator("#lookalikes")).to_contain_text("客户03")
    page.get_by_label("手机").fill("13912344471")
    page.get_by_role("button", name="添加").click()
    expect(page.locator("h1")).to_have_text("苏婉清")
    assert Customer.objects.get(name="苏婉清").owner == shop.carol


def test_filtering_by_keyboard_alone_then_saving_the_view(shop, window, sign_in):
    page = opened(window, sign_in, shop.alice, "/customers/")
    expect(page.locator("#total")).to_have_text("61")
    page.keyboard.press("f")
    page.keyboard.type("chengshi")
    page.keyboard.press("Enter")
    expect(page.locator("#condition-op")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("杭州")
    page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("20")
    assert "f=all" in page.url
    token = page.locator("[data-token='0'] button").first
    token.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(".gp")).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.type("abc")
    page.keyboard.press("Enter")
    page.locator("#condition").get_by_role("checkbox", name="A", exact=True).check()
    page.locator("[data-condition-done]").click()
    expect(page.locator("[data-token='1']")).to_be_visible()
    expect(page.locator("#total")).to_have_text("20")
    page.get_by_role("button", name="＋ 存为视图").click()
    page.locator("#view-name").fill("杭州的 A")
    page.locator("#save-view").get_by_role("button", name="保存").click()
    expect(page.get_by_role("link", name="杭州的 A")).to_have_attribute("aria-current", "page")
    assert SavedView.objects.get().filter["all"][0] == {"any": [{"field": "region", "op": "is", "value": ["杭州"]}]}
    page.locator("[data-token='0.0'] button").first.focus()
    page.keyboard.press("Backspace")
    expect(page.locator("[data-token='0.0']")).to_have_count(0)


def test_joining_a_group_otherwise_changes_who_is_meant(shop, window, sign_in):
    page = opened(window, sign_in, shop.alice, "/customers/?f=all(region~is~杭州;metric.abc~is~B)")
    expect(page.locator(".empty")).to_contain_text("没有符合条件的客户")
    page.locator("[data-join-of='']").click()
    page.get_by_role("menuitem", name="满足任一").click()
    expect(page.locator("#total")).to_have_text("40")
    page.locator("[data-join-of='']").click()
    page.get_by_role("menuitem", name="不含").click()
    expect(page.locator("#total")).to_have_text("21")


def test_selecting_all_that_match_assigning_and_undoing(shop, window, sign_in):
    page = opened(window, sign_in, shop.alice, "/customers/?f=all(region~is~杭州,上海)&c=owner")
    expect(page.locator("#total")).to_have_text("40")
    page.goto("/customers/?c=owner,region")
    expect(page.locator("#total")).to_have_text("61")
    page.locator("[data-tick-all]").check()
    expect(page.locator("[data-bulk-bar]")).to_contain_text("50")
    page.locator("[data-select-all]").click()
    expect(page.locator("[data-selected]")).to_contain_text("已选中符合条件的全部 61 位")
    page.locator("[data-bulk-bar]").get_by_role("button", name="分配负责人").click()
    page.get_by_label("新负责人").select_option(label="Dave")
    page.locator("#bulk-assign").get_by_role("button", name="分配负责人").click()
    expect(page.locator("#bulk-job .job")).to_be_visible()
    run_pending()
    expect(page.locator("#bulk-job").get_by_role("button", name=re.compile("撤销|Undo"))).to_be_visible()
    expect(rows(page).first).to_contain_text("Dave")
    assert Customer.objects.filter(owner=shop.dave).count() == 61
    page.locator("#bulk-job").get_by_role("button", name=re.compile("撤销|Undo")).click()
    page.wait_for_timeout(300)
    run_pending()
    expect(rows(page).first).to_contain_text("Carol")
    assert Customer.objects.filter(owner=shop.mallory).count() == 1


def test_the_list_by_keyboard_alone(shop, window, sign_in):
    page = opened(window, sign_in, shop.alice, "/customers/?o=name")
    expect(page.locator("#total")).to_have_text("61")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-selected-count]")).to_have_text("3")
    page.keyboard.press("Escape")
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    page.keyboard.press("e")
    field = page.locator("[data-cell-form] input")
    expect(field).to_be_focused()
    field.fill("苏州")
    page.keyboard.press("Enter")
    expect(page.locator("tr.fo")).to_contain_text("苏州")
    page.keyboard.press("k")
    name = page.locator("tr.fo [data-row-link]").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("[data-beside]")).to_contain_text("共 61")
    page.keyboard.press("j")
    expect(page.locator("h1")).not_to_have_text(name)


def test_the_story_of_a_customer_and_a_follow_up_with_a_next_date(shop, window, sign_in):
    one = Customer.objects.get(name="客户00")
    window.expect("422")
    page = opened(window, sign_in, shop.carol, f"/customers/{one.public_id}/")
    expect(page.locator(".say")).to_contain_text("晚过 84% 的回购")
    page.locator(".kp [data-define]").first.click()
    expect(page.locator("#definition")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#follow-body")).to_be_focused()
    page.locator("#follow-up").get_by_role("button", name="记下").click()
    expect(page.locator("#follow-up")).to_contain_text("请写下说了什么、做了什么")
    page.locator("#follow-body").fill("问到企业团购 @Bob")
    page.get_by_role("button", name="3 天后").click()
    page.locator("#follow-files").set_input_files({"name": "报价.txt", "mimeType": "text/plain", "buffer": b"100"})
    page.locator("#follow-up").get_by_role("button", name="记下").click()
    expect(page.locator("#timeline")).to_contain_text("问到企业团购")
    expect(page.locator("#timeline")).to_contain_text("报价.txt")
    made = FollowUp.objects.get()
    assert list(made.mentioned.all()) == [shop.bob]
    assert made.next_on == timezone.localdate() + timedelta(days=3)
    page.goto("/follow-ups/")
    expect(page.locator("main")).to_contain_text("客户00")
    page.get_by_role("button", name="完成").click()
    expect(page.locator("article")).to_have_count(0)


def test_a_masked_number_is_revealed_on_request(shop, window, sign_in):
    one = Customer.objects.get(name="客户00")
    page = opened(window, sign_in, shop.erin, f"/customers/{one.public_id}/")
    expect(page.locator(".kv")).to_contain_text("138 **** 0000")
    page.get_by_role("button", name=re.compile("显示")).click()
    expect(page.locator(".kv")).to_contain_text("13800000000")


def test_deleting_and_taking_out_of_the_bin(shop, window, sign_in):
    one = Customer.objects.get(name="客户00")
    page = opened(window, sign_in, shop.alice, f"/customers/{one.public_id}/")
    page.get_by_role("button", name="更多", exact=True).first.click()
    page.get_by_role("button", name="删除", exact=True).click()
    page.locator("[data-answer=yes]").click()
    expect(page.locator("h1")).to_have_text("客户")
    page.goto("/customers/bin/")
    page.get_by_role("button", name="恢复").click()
    expect(page.locator("main")).to_contain_text("回收站是空的")


def test_an_own_field_appears_in_the_form_the_list_and_the_filter(shop, window, sign_in):
    page = opened(window, sign_in, shop.alice, "/settings/fields/")
    page.get_by_label("名字", exact=True).fill("口味")
    page.get_by_label("存什么").select_option("choice")
    page.get_by_label(re.compile("选项，每行一个")).last.fill("浅焙\n深焙")
    page.get_by_role("button", name="添加").click()
    expect(page.locator("main")).to_contain_text("kou_wei")
    assert CustomField.objects.get().choices[0]["key"] == "qian_bei"
    one = Customer.objects.get(name="客户00")
    page.goto(f"/customers/{one.public_id}/edit/")
    page.get_by_label("口味").select_option("qian_bei")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".kv")).to_contain_text("浅焙")
    page.goto("/customers/?f=all(custom.kou_wei~is~qian_bei)&c=custom.kou_wei")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_contain_text("浅焙")


def test_columns_are_chosen_and_ordered(shop, window, sign_in):
    page = opened(window, sign_in, shop.alice, "/customers/?c=region,owner")
    expect(page.locator("#total")).to_have_text("61")
    page.get_by_role("button", name="选择列").click()
    page.locator("#columns li[data-key=owner] [data-up]").click()
    page.locator("#columns li[data-key=source] input").check()
    page.locator("#columns").get_by_role("button", name="应用").click()
    expect(page.locator("thead")).to_contain_text("来源")
    heads = [head.strip() for head in page.locator("thead th").all_inner_texts()]
    assert heads.index("负责人") < heads.index("城市") < heads.index("来源")


def test_on_a_phone_the_list_is_cards_and_the_filter_a_sentence(shop, window, sign_in):
    page = opened(window, sign_in, shop.carol, "/customers/?f=all(region~is~杭州)", width=390)
    expect(page.locator(".ft-say")).to_contain_text("城市")
    expect(page.locator(".ft-tree")).to_be_hidden()
    page.locator("[data-filter-open]").click()
    expect(page.locator(".ft-tree")).to_be_visible()
    page.locator("[data-filter-open]").click()
    page.locator("#list-search").fill("客户03")
    expect(rows(page)).to_have_count(1)
    page.locator("[data-row-link]").click()
    expect(page.locator("h1")).to_have_text("客户03")
    assert page.locator(".acts .pri").bounding_box()["height"] >= 44
