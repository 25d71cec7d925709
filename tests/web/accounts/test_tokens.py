"""API tokens: only digests are kept, each ends, none is worth anything elsewhere."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from regulars.crm.accounts import services, tokens
from regulars.crm.accounts.errors import AccountError, Forbidden, NotFound
from regulars.crm.accounts.models import ApiToken, AuditEntry
from regulars.crm.accounts.permissions import CLEAR_SCOPE


@pytest.fixture
def made(cast) -> tuple[ApiToken, str]:
    return tokens.create_token(cast.carol, name="till", scopes=["customers.view"])


def test_a_token_stands_for_its_person_narrowed(cast, made):
    actor = tokens.actor_of(made[1])
    assert actor == cast.carol and actor.token_scopes == {"customers.view"}


def test_only_the_digest_is_kept(cast, made):
    token, text = made
    assert text not in str(ApiToken.objects.values().get())
    assert text not in str(list(AuditEntry.objects.values()))
    assert len(token.digest) == 64


@pytest.mark.parametrize("text", ["", " ", "reg_", "None", "null", "reg_" + "x" * 43, "reg_\x00", "x" * 5000, "reg_ü"])
def test_other_texts_are_nobody(cast, made, text):
    assert tokens.actor_of(text) is None


def test_a_digest_is_not_a_token(cast, made):
    assert tokens.actor_of(made[0].digest) is None
    assert tokens.actor_of(tokens.PREFIX + made[0].digest) is None


def test_an_empty_digest_in_the_table_opens_nothing(cast, made):
    ApiToken.objects.update(digest="")
    assert tokens.actor_of("") is None and tokens.actor_of(tokens.PREFIX) is None


def test_a_token_ends_by_time(cast, made):
    ApiToken.objects.update(expires_at=timezone.now())
    assert tokens.actor_of(made[1]) is None


def test_a_token_ends_by_hand_at_once(cast, made):
    tokens.revoke_token(cast.carol, public_id=made[0].public_id)
    assert tokens.actor_of(made[1]) is None


def test_a_token_ends_when_its_person_leaves(cast, made):
    services.deactivate(cast.alice, cast.carol)
    assert tokens.actor_of(made[1]) is None
    services.reactivate(cast.alice, cast.carol)
    assert tokens.actor_of(made[1]) is None, "coming back does not bring tokens back"


def test_a_token_of_another_installation_is_nobody(cast, made):
    with override_settings(SECRET_KEY="the secret of quite another installation"):
        assert tokens.actor_of(made[1]) is None
    assert tokens.actor_of(made[1]) == cast.carol


def test_a_token_holds_no_more_than_the_role(cast):
    for scopes in (["customers.export"], ["people.manage", "customers.view"], ["everything"], []):
        with pytest.raises(AccountError):
            tokens.create_token(cast.carol, name="t", scopes=scopes)
    assert CLEAR_SCOPE not in tokens.scopes_for(cast.frank)
    assert CLEAR_SCOPE in tokens.scopes_for(cast.carol) and CLEAR_SCOPE in tokens.scopes_for(cast.alice)
    with pytest.raises(Forbidden):
        tokens.create_token(cast.heidi, name="t", scopes=["customers.view"])


@pytest.mark.parametrize("days", [0, -1, 366, 10**9])
def test_a_token_lasts_a_year_at_most(cast, days):
    with pytest.raises(AccountError):
        tokens.create_token(cast.carol, name="t", scopes=["customers.view"], days=days)


def test_a_token_makes_no_tokens(cast):
    cast.alice.token_scopes = frozenset({"tokens.own", "customers.view"})
    with pytest.raises(Forbidden):
        tokens.create_token(cast.alice, name="t", scopes=["customers.view"])


def test_others_do_not_revoke(cast, made):
    for person in (cast.dave, cast.mallory, cast.bob):
        with pytest.raises(NotFound):
            tokens.revoke_token(person, public_id=made[0].public_id)
    tokens.revoke_token(cast.alice, public_id=made[0].public_id)
    assert tokens.actor_of(made[1]) is None


def test_use_is_noted_at_most_once_a_minute(cast, made, query_count):
    tokens.actor_of(made[1])
    assert ApiToken.objects.get().last_used_at is not None
    with query_count() as seen:
        tokens.actor_of(made[1])
    assert seen.count == 1
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    with query_count() as seen:
        tokens.actor_of(made[1])
    assert seen.count == 2


def test_the_page_shows_the_text_once(cast):
    client = cast.client("carol")
    answer = client.post(reverse("tokens"), {"name": "till", "days": "30", "scopes": ["customers.view"]})
    text = re.search(r'value="(reg_[^"]+)"', answer.content.decode())[1]
    assert tokens.actor_of(text) == cast.carol
    assert "no-store" in answer["Cache-Control"]
    assert text not in client.get(reverse("tokens")).content.decode()
    token = ApiToken.objects.get()
    assert client.post(reverse("token_revoke", args=[token.public_id])).status_code == 302
    assert tokens.actor_of(text) is None


def test_the_page_refuses_scopes_beyond_the_role(cast):
    answer = cast.client("carol").post(reverse("tokens"), {"name": "t", "days": "30", "scopes": ["people.manage"]})
    assert answer.status_code == 422 and not ApiToken.objects.exists()
    assert cast.client("heidi").get(reverse("tokens")).status_code == 403
