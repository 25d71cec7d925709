"""Passwords: forgotten, new by a mailed link, changed. The flows are django-allauth's."""

from __future__ import annotations

from allauth.account.views import (
    PasswordChangeView,
    PasswordResetDoneView,
    PasswordResetFromKeyDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
    PasswordSetView,
)
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse_lazy

_forgotten = PasswordResetView.as_view(template_name="accounts/forgotten.html")
_sent = PasswordResetDoneView.as_view(template_name="accounts/forgotten_sent.html")
_new = PasswordResetFromKeyView.as_view(template_name="accounts/new_password.html")
_new_done = PasswordResetFromKeyDoneView.as_view(template_name="accounts/new_password_done.html")
_change = PasswordChangeView.as_view(
    template_name="accounts/change_password.html", success_url=reverse_lazy("mfa_index")
)
_set_first = PasswordSetView.as_view(
    template_name="accounts/change_password.html", success_url=reverse_lazy("mfa_index")
)


def forgotten(request: HttpRequest) -> HttpResponseBase:
    """Asks for the address; says the same whether or not it is known."""
    return _forgotten(request)


def sent(request: HttpRequest) -> HttpResponseBase:
    return _sent(request)


def new(request: HttpRequest, uidb36: str, key: str) -> HttpResponseBase:
    """A new password by the link of the mail; the link works once and for an hour."""
    return _new(request, uidb36=uidb36, key=key)


def new_done(request: HttpRequest) -> HttpResponseBase:
    return _new_done(request)


def change(request: HttpRequest) -> HttpResponseBase:
    """One's own password; other sessions end with it."""
    return _change(request)


def set_first(request: HttpRequest) -> HttpResponseBase:
    """A password for somebody who came by the provider alone."""
    return _set_first(request)
