"""Language and appearance: a cookie for everybody, kept with the person who is signed in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from regulars.web import languages
from regulars.web.context import THEMES

YEAR = 365 * 86_400


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    response = back(request)
    if chosen in languages.DJANGO:
        _kept(request, response, languages.COOKIE, languages.DJANGO[chosen])
        _remembered(request, "language", chosen)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    response = back(request)
    if chosen in THEMES:
        _kept(request, response, "theme", chosen)
        _remembered(request, "theme", chosen)
    return response


def back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that the form stood on, never to another server."""
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return HttpResponseRedirect(wanted if safe else "/")


def _kept(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=bool(settings.SESSION_COOKIE_SECURE)
    )


def _remembered(request: HttpRequest, field: str, value: str) -> None:
    person = request.user
    if person.is_authenticated and getattr(person, field) != value:
        setattr(person, field, value)
        person.save(update_fields=[field])
