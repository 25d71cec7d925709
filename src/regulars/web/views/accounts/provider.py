"""Sign-in through the organization's OpenID Connect provider (REGULARS_OIDC_…)."""

from __future__ import annotations

import logging

import requests
from allauth.socialaccount.providers.openid_connect import views
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST

from regulars.config.options import options

LOG = logging.getLogger("regulars.web")


@require_POST
def leave(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """To the provider; by POST only, so that no foreign page can start it."""
    _check(provider_id)
    try:
        return views.login(request, provider_id)
    except requests.RequestException as error:
        return _unreachable(request, error)


def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back with a code; only for people who are here already."""
    _check(provider_id)
    try:
        return views.callback(request, provider_id)
    except requests.RequestException as error:
        return _unreachable(request, error)


def stopped(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/provider_failed.html", {"stopped": True})


def failed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/provider_failed.html", {"stopped": False}, status=502)


def unknown(request: HttpRequest) -> HttpResponse:
    """Signed in over there, but nobody here has that address."""
    return render(request, "account/signup_closed.html", status=403)


def _unreachable(request: HttpRequest, error: Exception) -> HttpResponse:
    LOG.warning("the sign-in provider cannot be reached: %s", type(error).__name__)
    return failed(request)


def _check(provider_id: str) -> None:
    if not options().oidc_issuer or provider_id != "sso":
        raise Http404
