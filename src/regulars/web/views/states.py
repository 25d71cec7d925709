"""Pages of what is not as expected: no right, not there, wrong input, failed. Never a stack trace, always a way on."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from regulars.errors import RegularsError
from regulars.web import failures, languages

LOG = logging.getLogger("regulars.web")


def of_error(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The page of an error that was raised on purpose; None for a defect, which Django hands to :func:`failed`."""
    found = failures.known(error)
    if found is None:
        return None
    status = failures.status_of(found)
    if status == 404:
        return not_found(request)
    if status == 403:
        return forbidden(request, found)
    message, hint = found.localized(languages.reading())
    number = _number(found, status)
    return _page(request, status, _("This did not work."), f"{message} {hint}".strip(), code=found.code, number=number)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RegularsError):
        message, hint = exception.localized(languages.reading())
        return _page(request, 403, _("Not with your rights."), f"{message} {hint}".strip(), code=exception.code)
    return _page(request, 403, _("Not with your rights."), _("Ask somebody who manages people and roles."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Absent, or not for the reader's eyes: the same page."""
    return _page(request, 404, _("There is nothing here."), _("It was removed, or it is not among what you may see."))


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token of this session."""
    text = _("The page was open for too long, or cookies are switched off. Go back, reload the page and send it again.")
    return _page(request, 403, _("This form is no longer valid."), text, code="csrf")


def failed(request: HttpRequest) -> HttpResponse:
    number = secrets.token_hex(3).upper()
    LOG.error("error number E-%s at %s", number, request.path)
    text = _("The failure is on our side and has been noted; other pages are not affected.")
    return _page(request, 500, _("This page could not be made."), text, number=f"E-{number}")


def _number(error: RegularsError, status: int) -> str:
    if status < 500:
        return ""
    number = secrets.token_hex(3).upper()
    LOG.error("error number E-%s: %s: %s", number, error.code, error.message)
    return f"E-{number}"


def _page(request: HttpRequest, status: int, title: str, text: str, **more: Any) -> HttpResponse:
    part = request.headers.get("HX-Request") == "true"
    template = "states/part.html" if part else "states/page.html"
    context = {"title": title, "text": text, "status": status, "retry": status >= 500, **more}
    try:
        return render(request, template, context, status=status)
    except Exception:  # the frame itself cannot be made, for example without a database
        LOG.exception("the error page could not be made in full")
        return render(None, "states/bare.html", context, status=status)
