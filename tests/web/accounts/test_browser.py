"""Pages of people and rights in a real chromium: readable by machines, by keyboard, on a phone, in both languages."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from regulars.crm.accounts.models import ApiToken, Role, User
from tests.web.browsing import SIDEWAYS
from tests.web.cast import PASSWORD, make_cast

pytestmark = pytest.mark.browser
PAGES = ("people", "person_invite", "departments", "roles", "audit", "account", "mfa_index", "sessions", "tokens")
OUTSIDE = ("account_login", "account_reset_password", "account_signup")


@pytest.fixture
def cast(committed):
    return make_cast(password=True)


@pytest.mark.parametrize(("lang", "theme", "width"), [("zh", "light", 390), ("en", "dark", 1440)])
def test_pages_have_no_serious_flaw_and_fit(window, sign_in, axe, cast, lang, theme, width):
    User.objects.filter(pk=cast.alice.pk).update(language=lang, theme=theme)
    page = window(width=width, lang=lang, theme=theme)
    sign_in(page, User.objects.get(pk=cast.alice.pk))
    for name in PAGES:
        page.goto(reverse(name))
        assert axe(page) == [], name
        assert not page.evaluate(SIDEWAYS), name
    page.goto(reverse("person", args=[cast.carol.public_id]))
    assert axe(page) == []


def test_pages_outside_have_no_serious_flaw(window, axe, cast):
    page = window(width=390, lang="en")
    for name in OUTSIDE:
        page.goto(reverse(name))
        assert axe(page) == [], name
        assert not page.evaluate(SIDEWAYS), name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_newcomer_is_invited_and_joins(window, cast, mails_of, lang):
    """The owner signs in by keyboard alone, invites; the newcomer opens the link and is in."""
    page = window(lang=lang)
    page.goto("/sign-in/")
    page.keyboard.type("alice@shop.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"//[^/]+/$"))
    page.goto(reverse("person_invite"))
    page.fill("#id_name", "李雷")
    page.fill("#id_email", "li@shop.example")
    page.select_option("#id_role", "sales")
    page.select_option("#id_language", lang)
    page.keyboard.press("Enter")
    link = page.locator("[data-copy-from]")
    link.wait_for()
    address = link.input_value()
    newcomer = window(lang=lang)
    newcomer.goto(address)
    newcomer.fill("#id_password", "四个词连成的密码-horse")
    newcomer.keyboard.press("Enter")
    newcomer.wait_for_url(re.compile(r"//[^/]+/$"))
    assert User.objects.get(email="li@shop.example").has_usable_password()
    assert ("登录" if lang == "zh" else "Sign in") not in newcomer.title()


def test_a_role_is_changed_by_keyboard(window, sign_in, cast):
    page = window(lang="en")
    sign_in(page, cast.alice)
    page.goto(reverse("roles"))
    box = page.locator('input[name="permission.read_only"][value="follow_ups.create"]')
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast")
    assert "follow_ups.create" in Role.objects.get(key="read_only").permissions


def test_a_token_is_shown_once_and_revoked_after_a_question(window, sign_in, cast):
    page = window(lang="en")
    sign_in(page, cast.alice)
    page.goto(reverse("tokens"))
    page.fill("#id_name", "till")
    page.get_by_label("See customers").check()
    page.click("text=Make the token")
    text = page.locator("[data-copy-from]").input_value()
    assert text.startswith("reg_")
    page.goto(reverse("tokens"))
    assert text not in page.content()
    page.click("button:has-text('Revoke')")
    page.click("[data-answer=no]")
    assert ApiToken.objects.get().revoked_at is None
    page.click("button:has-text('Revoke')")
    page.click("[data-answer=yes]")
    page.wait_for_selector("text=revoked")
    assert ApiToken.objects.get().revoked_at is not None


@pytest.fixture
def mails_of(cast):
    from django.core import mail

    mail.outbox = []
    return mail.outbox
