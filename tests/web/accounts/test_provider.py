"""Sign-in through a provider (OpenID Connect), against a small one on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client, override_settings

from regulars.config.options import options
from regulars.crm.accounts.models import AuditEntry, User
from tests.web.accounts.provider import CLIENT, SECRET, Provider, serve

LEAVE = "/sign-in/provider/sso/"


@pytest.fixture
def provider(monkeypatch) -> Iterator[Provider]:
    provider, server = serve()
    monkeypatch.setattr(options(), "oidc_issuer", provider.issuer)
    monkeypatch.setattr(options(), "oidc_name", "Shop SSO")
    app = {"provider_id": "sso", "name": "Shop SSO", "client_id": CLIENT, "secret": SECRET,
           "settings": {"server_url": provider.issuer}}  # fmt: skip
    with override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}):
        yield provider
    server.shutdown()
    server.server_close()


def round_trip(provider: Provider, client: Client, claims: dict, *, next_page: str = ""):
    """Leaves, signs in over there, comes back."""
    provider.claims = claims
    left = client.post(LEAVE + (f"?next={next_page}" if next_page else ""))
    assert left.status_code == 302 and left["Location"].startswith(f"{provider.issuer}/authorize?"), left
    back = urlsplit(provider.authorize(left["Location"]))
    return client.get(f"{back.path}?{back.query}")


def claims(email: str = "carol@shop.example", verified: bool = True, sub: str = "c-1") -> dict:
    return {"sub": sub, "email": email, "email_verified": verified, "name": "Carol over there"}


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_button_is_there_only_with_a_provider(cast):
    assert LEAVE not in Client().get("/sign-in/").content.decode()
    assert Client().post(LEAVE).status_code == 404


def test_a_person_with_the_verified_address_comes_in(cast, provider):
    assert "Shop SSO" in Client().get("/sign-in/").content.decode()
    client = Client()
    answer = round_trip(provider, client, claims(), next_page="/account/")
    assert answer.status_code == 302 and answer["Location"] == "/account/"
    assert client.session["_auth_user_id"] == str(cast.carol.pk)
    assert AuditEntry.objects.get(action="person.sign_in").details["methods"][0].startswith("socialaccount")
    assert User.objects.get(pk=cast.carol.pk).name == "Carol", "the provider does not rename people"


def test_the_second_time_the_account_counts_and_not_the_address(cast, provider):
    round_trip(provider, Client(), claims())
    client = Client()
    round_trip(provider, client, claims(email="dave@shop.example"))
    assert client.session["_auth_user_id"] == str(cast.carol.pk)


@pytest.mark.parametrize(
    "told",
    [claims(verified=False), claims(email="stranger@evil.example"), {"sub": "c-1"}, claims(email="")],
    ids=["not verified", "unknown", "no address", "empty address"],
)
def test_others_stay_outside_and_nobody_is_made(cast, provider, told):
    before = User.objects.count()
    client = Client()
    answer = round_trip(provider, client, told)
    assert not is_in(client) and answer.status_code in (200, 302, 403)
    assert User.objects.count() == before and not SocialAccount.objects.exists()


def test_who_has_left_stays_outside(cast, provider):
    round_trip(provider, Client(), claims())
    User.objects.filter(pk=cast.carol.pk).update(is_active=False)
    for told in (claims(), claims(sub="new")):
        client = Client()
        round_trip(provider, client, told)
        assert not is_in(client)


def test_the_second_step_is_asked_for_here_too(cast, provider):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=cast.carol, type="totp", data={"secret": "x"})
    client = Client()
    answer = round_trip(provider, client, claims())
    assert answer["Location"] == "/sign-in/second-step/" and not is_in(client)


def test_only_a_post_leaves_for_the_provider(cast, provider):
    assert Client().get(LEAVE).status_code == 405
    assert Client(enforce_csrf_checks=True).post(LEAVE).status_code == 403
    assert Client().post("/sign-in/provider/other/").status_code == 404


def test_an_answer_nobody_asked_for_is_refused(cast, provider):
    provider.claims = claims()
    left = Client().post(LEAVE)
    back = urlsplit(provider.authorize(left["Location"]))
    victim = Client()
    answer = victim.get(f"{back.path}?{back.query}")
    assert not is_in(victim) and answer.status_code in (200, 302, 400, 401, 403)


def test_a_code_works_once(cast, provider):
    provider.claims = claims()
    client = Client()
    left = client.post(LEAVE)
    back = urlsplit(provider.authorize(left["Location"]))
    client.get(f"{back.path}?{back.query}")
    assert is_in(client)
    client.post("/sign-out/")
    client.get(f"{back.path}?{back.query}")
    assert not is_in(client)


def test_a_token_for_another_client_is_refused(cast, provider):
    provider.wrong_audience = True
    client = Client()
    round_trip(provider, client, claims())
    assert not is_in(client)


def test_the_way_back_stays_here(cast, provider):
    client = Client()
    answer = round_trip(provider, client, claims(), next_page="https://evil.example/")
    assert is_in(client) and answer["Location"] == "/"


def test_a_provider_that_is_down_is_said_in_words(cast, provider, monkeypatch):
    from tests.web.accounts import provider as module

    with override_settings(
        SOCIALACCOUNT_PROVIDERS={
            "openid_connect": {"APPS": [{"provider_id": "sso", "name": "x", "client_id": "x", "secret": module.SECRET,
                                         "settings": {"server_url": "http://127.0.0.1:9"}}]}
        }
    ):  # fmt: skip
        answer = Client(raise_request_exception=False).post(LEAVE)
    assert answer.status_code == 502 and module.SECRET not in answer.content.decode()


def test_tokens_of_the_provider_are_not_kept(cast, provider):
    round_trip(provider, Client(), claims())
    assert not SocialToken.objects.exists()
    assert "planted-access-token" not in str(list(SocialAccount.objects.values()))
