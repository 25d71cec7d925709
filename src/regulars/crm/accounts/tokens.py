"""API tokens: made once, shown once, kept as a digest, narrowed by scopes, ended by time or by hand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from regulars.crm.accounts import audit, policies
from regulars.crm.accounts.errors import AccountError, Forbidden, NotFound
from regulars.crm.accounts.models import ApiToken, User
from regulars.crm.accounts.permissions import CLEAR_SCOPE, SCOPES
from regulars.crm.accounts.sealing import digest, new_token

PREFIX = "reg_"
LONGEST_DAYS = 365
SEEN_EVERY = timedelta(minutes=1)


def scopes_for(actor: User) -> list[str]:
    """The scopes the actor can put into a token: what the role allows, nothing more."""
    granted = policies.granted(actor.role)
    clear = (
        [CLEAR_SCOPE] if actor.role.clear_fields or policies.granted(actor.role) >= set(SCOPES) - {CLEAR_SCOPE} else []
    )
    return [key for key in SCOPES if key in granted] + clear


@transaction.atomic
def create_token(actor: User, *, name: str, scopes: Collection[str], days: int | None = 90) -> tuple[ApiToken, str]:
    """A new token of the actor and its text, which is nowhere kept. ``days`` None: until revoked."""
    policies.require(actor, "tokens.own")
    if actor.token_scopes is not None:
        raise Forbidden("token_by_token", "A token cannot make tokens.", "Sign in and make the token on its page.")
    if not name.strip():
        raise AccountError("token_name", "A token needs a name.", "Say what will use it.")
    unknown = sorted(set(scopes) - set(scopes_for(actor)))
    if unknown or not scopes:
        raise AccountError(
            "token_scopes",
            "These rights cannot be put into the token: {scopes}.",
            "Choose at least one of the rights that your role has.",
            scopes=", ".join(unknown) or "–",
        )
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise AccountError("token_days", "A token lasts 1 to {days} days.", "Choose a shorter time.", days=LONGEST_DAYS)
    text = new_token(PREFIX)
    token = ApiToken.objects.create(
        user=actor,
        name=name.strip()[:80],
        digest=digest("token", text),
        scopes=sorted(set(scopes)),
        expires_at=None if days is None else timezone.now() + timedelta(days=days),
    )
    audit.record(
        actor, "token.create", object_type="token", object_id=token.public_id, label=token.name,
        details={"scopes": token.scopes, "expires_at": token.expires_at and token.expires_at.isoformat()},
    )  # fmt: skip
    return token, text


@transaction.atomic
def revoke_token(actor: User, *, public_id: str) -> ApiToken:
    """Ends a token at once: one's own, or that of somebody the actor manages."""
    token = ApiToken.objects.select_related("user__role").filter(public_id=public_id).first()
    if token is None or actor.token_scopes is not None:
        raise NotFound("token_unknown", "There is no such token.")
    if token.user_id != actor.pk and not policies.can_manage(actor, token.user):
        raise NotFound("token_unknown", "There is no such token.")
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(actor, "token.revoke", object_type="token", object_id=token.public_id, label=token.name)
    return token


def is_live(token: ApiToken, now: datetime) -> bool:
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > now)


def actor_of(text: str) -> User | None:
    """The person behind a token, with ``token_scopes`` set; None for an unknown, expired, revoked or empty token, or
    when the person no longer works here.
    """
    if not text.startswith(PREFIX) or len(text) > 200:
        return None
    token = (
        ApiToken.objects.select_related("user__role", "user__department").filter(digest=digest("token", text)).first()
    )
    now = timezone.now()
    if token is None or not is_live(token, now) or not token.user.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at > SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    token.user.token_scopes = frozenset(token.scopes)
    return token.user
