"""Signing in: limits, constant work for unknown people, the way back, second factors, recovery codes."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from regulars.crm.accounts import services
from regulars.crm.accounts.models import AuditEntry, User
from tests.web.cast import PASSWORD, make_cast

SIGN_IN = "/sign-in/"


@pytest.fixture
def cast():
    return make_cast(password=True)


def sign_in(client: Client, email: str = "carol@shop.example", password: str = PASSWORD, **more: str):
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def with_app(client: Client) -> tuple[str, list[str]]:
    """Sets up the app through the pages; gives its secret and the recovery codes."""
    confirmed = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert confirmed.status_code == 302
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page)[1]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    shown = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = re.search(r"<textarea[^>]*>([^<]+)</textarea>", shown)[1].split()
    from django.core.cache import cache

    cache.clear()  # the code just used may come again in the same half minute of a test
    return secret, codes


def test_the_right_password_opens_the_door_and_is_logged(cast):
    client = Client()
    answer = sign_in(client)
    assert answer.status_code == 302 and answer["Location"] == "/"
    assert signed_in(client)
    entry = AuditEntry.objects.get(action="person.sign_in")
    assert entry.actor == cast.carol and entry.address == "127.0.0.1" and entry.details == {"methods": ["password"]}


def test_capital_letters_in_the_address_do_not_matter(cast):
    client = Client()
    sign_in(client, "Carol@Shop.Example")
    assert signed_in(client)


def test_wrong_password_and_unknown_person_get_the_same_page(cast):
    known = sign_in(Client(), password="wrong-horse-battery")
    unknown = sign_in(Client(), email="nobody@shop.example", password="wrong-horse-battery")
    strip = re.compile(r'value="[^"]*"|hx-headers=\S+')
    assert known.status_code == unknown.status_code == 200
    assert strip.sub("", known.content.decode()) == strip.sub("", unknown.content.decode())


@pytest.mark.parametrize("email", ["carol@shop.example", "nobody@shop.example", "left@shop.example"])
def test_each_failed_attempt_does_the_same_work(cast, query_count, monkeypatch, email):
    """The shape, not the clock: one password hash and the same number of statements, whoever is asked for."""
    left = User(email="left@shop.example", name="Left", role=cast.dave.role, is_active=False)
    left.set_password(PASSWORD)
    left.save()
    hashed = []
    from django.contrib.auth import hashers

    hasher = type(hashers.get_hasher())
    original = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, p, s, *a: hashed.append(p) or original(self, p, s, *a))
    with query_count() as seen:
        sign_in(Client(), email=email, password="wrong-horse-battery")
    assert len(hashed) == 1
    assert sum("accounts_user" in s for s in seen.statements) <= 3
    assert sum("accounts_auditentry" in s for s in seen.statements) == 1


def test_five_failures_lock_the_address_even_for_the_right_password(cast):
    for _attempt in range(5):
        sign_in(Client(), password="wrong-horse-battery")
    client = Client()
    answer = sign_in(client)
    assert not signed_in(client)
    assert answer.status_code == 200
    other = Client()
    sign_in(other, "dave@shop.example")
    assert signed_in(other), "others are not locked"


def test_many_addresses_from_one_place_are_limited(cast):
    for number in range(20):
        sign_in(Client(), email=f"nobody{number}@shop.example", password="wrong-horse-battery")
    client = Client()
    sign_in(client)
    assert not signed_in(client)


def test_what_was_typed_into_the_address_field_is_not_logged(cast):
    sign_in(Client(), email="my-secret-password@x.example", password="wrong-horse-battery")
    sign_in(Client(), password="wrong-horse-battery")
    unknown, known = AuditEntry.objects.filter(action="person.sign_in_failed").order_by("pk")
    assert unknown.label == "" and "secret" not in str(unknown.details)
    assert known.label == "Carol" and known.actor is None


@pytest.mark.parametrize(
    "there",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "http:evil.example", "javascript:alert(1)",
     "https://testserver@evil.example/", "\thttps://evil.example", "http://127.0.0.1/", "https:///evil.example"],
)  # fmt: skip
def test_the_way_back_never_leads_away(cast, there):
    client = Client()
    answer = client.post(
        f"{SIGN_IN}?next=/customers/", {"login": "carol@shop.example", "password": PASSWORD, "next": there}
    )
    assert answer.status_code == 302 and answer["Location"] == "/"
    again = client.get(SIGN_IN, {"next": there})
    assert again.status_code == 302 and again["Location"] == "/"


def test_the_way_back_leads_to_the_page_that_was_asked_for(cast):
    client = Client()
    asked = client.get(reverse("account"))
    assert asked.status_code == 302 and asked["Location"] == "/sign-in/?next=/account/"
    answer = sign_in(client, next="/account/")
    assert answer["Location"] == "/account/"


def test_the_session_gets_a_new_key_at_sign_in(cast):
    client = Client()
    client.get(SIGN_IN)
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client)
    assert client.session.session_key != session.session_key


def test_signing_out_needs_a_post(cast):
    client = Client()
    sign_in(client)
    assert client.get("/sign-out/").status_code == 200 and signed_in(client)
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert not signed_in(client)
    assert AuditEntry.objects.filter(action="person.sign_out", actor=cast.carol).count() == 1


def test_who_has_left_cannot_sign_in_and_open_sessions_end(cast):
    client = Client()
    sign_in(client)
    services.deactivate(cast.alice, cast.carol)
    assert client.get(reverse("account")).status_code == 302
    again = Client()
    sign_in(again)
    assert not signed_in(again)


def test_the_app_asks_for_a_code_and_a_code_works_once(cast):
    client = Client()
    sign_in(client)
    secret, _codes = with_app(client)
    fresh = Client()
    answer = sign_in(fresh, next="/account/")
    assert answer["Location"] == reverse("mfa_authenticate") and not signed_in(fresh)
    wrong = fresh.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200 and not signed_in(fresh)
    code = code_of(secret)
    right = fresh.post(reverse("mfa_authenticate"), {"code": code})
    assert right["Location"] == "/account/" and signed_in(fresh)
    replay = Client()
    sign_in(replay)
    replay.post(reverse("mfa_authenticate"), {"code": code})
    assert not signed_in(replay), "the same code must not open a second door"


def test_secrets_of_second_factors_are_not_readable_in_the_database(cast):
    client = Client()
    sign_in(client)
    secret, codes = with_app(client)
    kept = " ".join(str(a.data) for a in Authenticator.objects.filter(user=cast.carol))
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_a_recovery_code_opens_once_and_codes_are_shown_once(cast):
    client = Client()
    sign_in(client)
    _secret, codes = with_app(client)
    assert len(codes) == 10
    assert not any(code in client.get(reverse("mfa_view_recovery_codes")).content.decode() for code in codes)
    first = Client()
    sign_in(first)
    first.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert signed_in(first)
    second = Client()
    sign_in(second)
    second.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert not signed_in(second)


def test_new_recovery_codes_make_the_old_ones_void(cast):
    client = Client()
    sign_in(client)
    _secret, codes = with_app(client)
    assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    old = Client()
    sign_in(old)
    old.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert not signed_in(old)
    assert AuditEntry.objects.filter(action="factor.new_codes", actor=cast.carol).exists()


def test_guessing_codes_is_limited(cast):
    client = Client()
    sign_in(client)
    secret, _codes = with_app(client)
    guesser = Client()
    sign_in(guesser)
    for number in range(8):
        guesser.post(reverse("mfa_authenticate"), {"code": f"{number:06d}"})
    guesser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert not signed_in(guesser)


def test_changing_second_factors_asks_for_the_password_again(cast):
    client = Client()
    sign_in(client)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not Authenticator.objects.exists()


def test_another_installation_cannot_read_the_secret_of_the_app(cast, settings_secret):
    client = Client()
    sign_in(client)
    secret, codes = with_app(client)
    settings_secret("another installation's secret, fifty characters long or so")
    authenticator = Authenticator.objects.get(user=cast.carol, type="totp")
    assert not authenticator.wrap().validate_code(code_of(secret))
    assert not Authenticator.objects.get(user=cast.carol, type="recovery_codes").wrap().validate_code(codes[0])


@pytest.fixture
def settings_secret():
    from django.test import override_settings

    opened = []

    def change(secret: str) -> None:
        override = override_settings(SECRET_KEY=secret)
        override.enable()
        opened.append(override)

    yield change
    for override in opened:
        override.disable()
