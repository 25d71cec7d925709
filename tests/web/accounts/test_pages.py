"""Every page of people and rights answers, in both languages, to those who may see it."""

from __future__ import annotations

import pytest
from django.urls import reverse

SETTINGS = ("people", "person_invite", "departments", "roles", "audit")
OWN = ("account", "mfa_index", "sessions", "tokens", "mfa_activate_totp", "mfa_add_webauthn", "account_set_password")
OUTSIDE = ("account_login", "account_reset_password", "account_signup", "account_reset_password_done", "sign_out")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SETTINGS + OWN)
def test_the_owner_opens_every_page(cast, name, language):
    cast.alice.language = language
    cast.alice.save()
    answer = cast.client("alice").get(reverse(name))
    assert answer.status_code == 200
    assert f'lang="{"zh-Hans" if language == "zh" else "en"}"' in answer.content.decode()


@pytest.mark.parametrize("name", OUTSIDE)
def test_pages_outside_need_nobody_signed_in(cast, name):
    answer = cast.client("anonymous").get(reverse(name))
    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("name", SETTINGS)
def test_who_does_not_manage_sees_no_settings(cast, name):
    for person in ("bob", "carol", "erin", "frank", "grace", "heidi"):
        assert cast.client(person).get(reverse(name)).status_code == 403


def test_settings_leads_to_the_first_page_that_is_allowed(cast):
    assert cast.client("alice").get(reverse("settings"))["Location"] == reverse("people")
    assert cast.client("carol").get(reverse("settings"))["Location"] == reverse("account")
