"""Passkeys in a real chromium with a virtual authenticator: added, used instead of the password, used to confirm."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from regulars.crm.accounts.models import AuditEntry
from tests.web.cast import PASSWORD, make_cast

pytestmark = pytest.mark.browser


@pytest.fixture
def there(site) -> str:
    """Passkeys belong to a name, not to a number."""
    return site.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def cast(committed):
    return make_cast(password=True)


def with_authenticator(page):
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                     "isUserVerified": True, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    return devtools


def by_password(page, there: str, next_page: str = "/account/security/") -> None:
    page.goto(f"{there}/sign-in/?next={next_page}")
    page.fill("#id_login", "carol@shop.example")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(f"**{next_page}")


def test_a_passkey_is_added_and_opens_the_door_without_a_password(window, there, cast):
    page = window(lang="en")
    with_authenticator(page)
    by_password(page, there)
    page.click("text=Add a passkey")
    page.fill("#id_password", PASSWORD)
    page.click("button:has-text('Confirm')")
    page.fill("#id_name", "My laptop")
    page.click("main button[type=submit]")
    page.wait_for_url("**/account/security/codes/")
    codes = page.locator("textarea").input_value().split()
    assert len(codes) == 10
    page.goto(f"{there}/account/security/")
    assert page.locator("text=My laptop").count() == 1
    assert Authenticator.objects.get(type="webauthn").wrap().is_passwordless
    page.goto(f"{there}/sign-out/")
    page.click("main button[type=submit]")
    page.wait_for_url("**/sign-in/")
    page.click("text=Sign in with a passkey")
    page.wait_for_url(f"{there}/")
    assert AuditEntry.objects.filter(action="person.sign_in").last().details == {"methods": ["mfa:webauthn"]}
    page.goto(f"{there}/account/security/")
    page.locator("a.danger:has-text('Remove')").first.click()
    page.click("main button:has-text('Use the passkey'), main button:has-text('Confirm')")  # an own confirmation


def test_the_second_step_takes_the_passkey(window, there, cast):
    page = window(lang="en")
    with_authenticator(page)
    by_password(page, there)
    page.click("text=Add a passkey")
    page.fill("#id_password", PASSWORD)
    page.click("button:has-text('Confirm')")
    page.click("main button[type=submit]")
    page.wait_for_url("**/account/security/codes/")
    page.context.clear_cookies()
    page.goto(f"{there}/sign-in/")
    page.fill("#id_login", "carol@shop.example")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/sign-in/second-step/")
    page.click("text=Use the passkey")
    page.wait_for_url(f"{there}/")


def test_a_passkey_that_is_refused_is_said_in_words(window, there, cast):
    page = window(lang="zh")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                     "isUserVerified": False, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    page.goto(f"{there}/sign-in/")
    page.locator("form[data-passkey] button").click()
    page.locator("form[data-passkey] [role=alert]:visible").wait_for()
    assert page.url.endswith("/sign-in/")
