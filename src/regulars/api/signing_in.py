"""Who asks: a token in the Authorization header, or a session of the pages (with the CSRF token to write)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from regulars.crm.accounts import tokens


class Token(HttpBearer):
    """``Authorization: Bearer reg_…``; the token's scopes narrow what its person may."""

    openapi_description = (
        "A token of a person, made under Settings → API tokens. Its scopes narrow the person's rights."
    )

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        actor = tokens.actor_of(token)
        if actor is not None:
            request.user = actor  # type: ignore[assignment]
        return actor


class Session(APIKeyCookie):
    """The session of the pages. What changes something needs the CSRF token, as any form does."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        user = request.user
        return user if user.is_authenticated and user.is_active else None


def who(request: HttpRequest) -> str:
    """A name for the rate limit: the token as sent, else the person, else the address."""
    told = request.headers.get("Authorization", "")
    if told:
        return f"token:{hash(told)}"
    user = getattr(request, "user", None)
    return f"user:{user.pk}" if user is not None and user.is_authenticated else f"at:{request.META.get('REMOTE_ADDR')}"
