"""What every request passes: what a page may load, who reads it in which language, and errors as pages."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation

from regulars.config.options import options
from regulars.crm.accounts import audit
from regulars.web import languages, toasts
from regulars.web.views import states

Answer = Callable[[HttpRequest], HttpResponse]
COMPRESSED = ("text/html", "text/css", "text/javascript", "application/json", "application/problem+json", "image/svg")


def policy() -> str:
    """The content security policy: only what this server serves, nothing inline."""
    form = ["'self'"]
    if options().oidc_issuer:  # signing in there is a form here that leads there
        issuer = urlsplit(options().oidc_issuer)
        form.append(f"{issuer.scheme}://{issuer.netloc}")
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
        f" connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action {' '.join(form)}"
    )


def content_security(get_response: Answer) -> Answer:
    """Every answer carries the content security policy and may not be framed or sniffed."""
    value = policy()

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", value)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        return response

    return answer


def compressed(get_response: Answer) -> Answer:
    """Text is sent compressed; files for saving go as they are, with their length."""
    gzip = GZipMiddleware(get_response)

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        kind = response.headers.get("Content-Type", "")
        if kind.startswith(COMPRESSED) and "Content-Disposition" not in response.headers:
            return gzip.process_response(request, response)  # type: ignore[return-value]
        return response

    return answer


class Person:
    """The reader's language, the business time zone, the address for the audit log, errors as pages."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = languages.django_code(getattr(request.user, "language", ""))
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        timezone.activate(settings.TIME_ZONE)
        with audit.coming_from(client_address(request)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        if request.user.is_authenticated:  # nothing of a person's pages stays in shared or browser caches
            response.headers.setdefault("Cache-Control", "no-store" if is_page(response) else "private")
        return toasts.carried(request, response)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None  # the API answers in its own form
        return states.of_error(request, error)


def is_page(response: HttpResponse) -> bool:
    return str(response.headers.get("Content-Type", "")).startswith("text/html")


def client_address(request: HttpRequest) -> str | None:
    """The client's address: told by the proxy under ``--production``, else that of the connection."""
    told: Any = request.META.get("REMOTE_ADDR")
    if options().production and request.META.get("HTTP_X_FORWARDED_FOR"):
        told = request.META["HTTP_X_FORWARDED_FOR"].rpartition(",")[2].strip()  # the last is the nearest proxy's word
    try:
        return str(ipaddress.ip_address(told or ""))
    except ValueError:
        return None
