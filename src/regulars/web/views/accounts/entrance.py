"""Coming in and going out. The flows are django-allauth's (limits, constant time, stages); the pages are ours."""

from __future__ import annotations

from typing import Any

from allauth.account.views import AccountInactiveView, LoginView, LogoutView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from regulars.config.options import options
from regulars.crm.accounts import services


class _SecondStep(AuthenticateView):
    """Says which second factors the person has, so that the page offers no others."""

    template_name = "accounts/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        types = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        context["has_passkey"] = Authenticator.Type.WEBAUTHN in types
        context["has_app"] = Authenticator.Type.TOTP in types
        return context


class _SignIn(LoginView):
    template_name = "accounts/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"provider": options().oidc_issuer and options().oidc_name}


_sign_in = _SignIn.as_view()
_sign_out = LogoutView.as_view(template_name="accounts/sign_out.html")
_confirm = ReauthenticateView.as_view(template_name="accounts/confirm.html")
_confirm_by_code = CodeReauthenticateView.as_view(template_name="accounts/confirm_by_code.html")
_confirm_by_passkey = ReauthenticateWebAuthnView.as_view(template_name="accounts/confirm_by_passkey.html")
_second_step = _SecondStep.as_view()
_passkey = LoginWebAuthnView.as_view()
_left = AccountInactiveView.as_view(template_name="accounts/left.html")


@never_cache
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """E-mail and password; a fresh installation asks for its owner instead."""
    if request.method == "GET" and services.is_fresh():
        return redirect("first_owner")
    return _sign_in(request)


def second_step(request: HttpRequest) -> HttpResponseBase:
    """The code of the app, a recovery code, or a passkey, after the password."""
    return _second_step(request)


def passkey(request: HttpRequest) -> HttpResponseBase:
    """Sign-in by passkey alone. GET as JSON: what the browser signs; POST: what it signed."""
    return _passkey(request)


def left(request: HttpRequest) -> HttpResponseBase:
    """The right password of somebody who no longer works here."""
    return _left(request)


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """POST signs out; GET asks."""
    return _sign_out(request)


def confirm(request: HttpRequest) -> HttpResponseBase:
    """The password once more, before something that matters."""
    return _confirm(request)


def confirm_by_code(request: HttpRequest) -> HttpResponseBase:
    return _confirm_by_code(request)


def confirm_by_passkey(request: HttpRequest) -> HttpResponseBase:
    return _confirm_by_passkey(request)
