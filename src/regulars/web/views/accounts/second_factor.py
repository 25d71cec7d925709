"""One's own second factors: the app (TOTP), passkeys, recovery codes. The flows are django-allauth's; each change asks
for the password once more.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache

from regulars.crm.accounts import audit
from regulars.crm.accounts.models import User


def _logged(request: HttpRequest, action: str) -> None:
    person = cast(User, request.user)
    audit.record(person, action, object_type="person", object_id=person.public_id, label=person.name)


class _AddApp(ActivateTOTPView):
    template_name = "accounts/add_app.html"

    def form_valid(self, form: Any) -> HttpResponse:
        _logged(self.request, "factor.add_app")
        return cast(HttpResponse, super().form_valid(form))


class _RemoveApp(DeactivateTOTPView):
    template_name = "accounts/remove_factor.html"

    def form_valid(self, form: Any) -> HttpResponse:
        _logged(self.request, "factor.remove_app")
        return cast(HttpResponse, super().form_valid(form))


class _AddPasskey(AddWebAuthnView):
    template_name = "accounts/add_passkey.html"

    def form_valid(self, form: Any) -> HttpResponse:
        _logged(self.request, "factor.add_passkey")
        return cast(HttpResponse, super().form_valid(form))


class _RemovePasskey(RemoveWebAuthnView):
    template_name = "accounts/remove_factor.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        _logged(self.request, "factor.remove_passkey")
        return cast(HttpResponse, super().form_valid(form))


class _NewCodes(GenerateRecoveryCodesView):
    template_name = "accounts/new_codes.html"

    def form_valid(self, form: Any) -> HttpResponse:
        _logged(self.request, "factor.new_codes")
        return cast(HttpResponse, super().form_valid(form))


_add_app = _AddApp.as_view()
_remove_app = _RemoveApp.as_view()
_add_passkey = _AddPasskey.as_view()
_remove_passkey = _RemovePasskey.as_view()
_codes = ViewRecoveryCodesView.as_view(template_name="accounts/codes.html")
_new_codes = _NewCodes.as_view()


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """What protects the account: password, app, passkeys, recovery codes left."""
    found = list(Authenticator.objects.filter(user=cast(User, request.user)).order_by("created_at"))
    by_type: dict[str, list[Authenticator]] = {}
    for factor in found:
        by_type.setdefault(factor.type, []).append(factor)
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES, [])
    context = {
        "app": next(iter(by_type.get(Authenticator.Type.TOTP, [])), None),
        "passkeys": by_type.get(Authenticator.Type.WEBAUTHN, []),
        "has_codes": bool(codes),
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else 0,
        "has_password": cast(User, request.user).has_usable_password(),
    }
    return render(request, "accounts/security.html", context)


@login_required
def add_app(request: HttpRequest) -> HttpResponseBase:
    return _add_app(request)


@login_required
def remove_app(request: HttpRequest) -> HttpResponseBase:
    return _remove_app(request)


@login_required
def add_passkey(request: HttpRequest) -> HttpResponseBase:
    return _add_passkey(request)


@login_required
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponseBase:
    get_object_or_404(Authenticator, pk=pk, user=cast(User, request.user), type=Authenticator.Type.WEBAUTHN)
    return _remove_passkey(request, pk=pk)


@login_required
@never_cache
def codes(request: HttpRequest) -> HttpResponseBase:
    """The recovery codes, shown once."""
    return _codes(request)


@login_required
@reauthentication_required
def new_codes(request: HttpRequest) -> HttpResponseBase:
    return _new_codes(request)
