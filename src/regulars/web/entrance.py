"""How django-allauth meets this product: who may come in, where to after it, what is logged, how secrets are kept."""

from __future__ import annotations

import secrets
from base64 import b32encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import InvalidToken
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from regulars.crm.accounts import audit, services
from regulars.crm.accounts.models import User
from regulars.crm.accounts.sealing import sealed, unsealed

# Said by the page that follows anyway.
NOT_WORTH_A_MESSAGE = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in, sign-out, passwords."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # people come by invitation

    def is_safe_url(self, url: str | None) -> bool:
        """Only pages of this server: other names it answers to are other origins."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *rest: Any, **more: Any
    ) -> None:
        if message_template not in NOT_WORTH_A_MESSAGE:
            super().add_message(request, level, message_template, *rest, **more)

    def login(self, request: HttpRequest, user: Any) -> None:
        methods = [_method(record) for record in get_authentication_records(request, user)]
        super().login(request, user)
        _record(user, "person.sign_in", methods=methods)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            _record(request.user, "person.sign_out")
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """One entry whether or not the address is known; what was typed is kept only where it is a person's address
        (people type passwords into the wrong field).
        """
        person = User.objects.filter(email=str(credentials.get("email", "")).strip().lower()).first()
        audit.record(
            None,
            "person.sign_in_failed",
            object_type="person" if person else "",
            object_id=person.public_id if person else "",
            label=person.name if person else "",
        )

    def set_password(self, user: Any, password: str) -> None:
        super().set_password(user, password)
        services.close_invitations(user)
        _record(user, "person.password")


def _method(record: dict[str, Any]) -> str:
    return ":".join(str(record[key]) for key in ("method", "type", "provider") if record.get(key))


def _record(person: User, action: str, **details: Any) -> None:
    audit.record(
        person, action, object_type="person", object_id=person.public_id, label=person.name, details=details or None
    )


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are encrypted with the secret of the installation."""

    def encrypt(self, text: str) -> str:
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return unsealed(encrypted_text)
        except InvalidToken:
            # Made by another installation: a secret that nobody knows, so that no code fits.
            return b32encode(secrets.token_bytes(20)).decode()


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Sign-in through the organization's provider: for people who are here already, matched by a verified address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        return super().can_authenticate_by_email(login, email) and services.works_here(email)

    def get_requests_session(self) -> Any:
        session = super().get_requests_session()
        session.max_redirects = 3
        return session
