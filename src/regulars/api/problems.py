"""Errors as problem+json (RFC 9457), whatever went wrong: one form for every status."""

from __future__ import annotations

import json
import logging
import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from regulars.crm.customers.errors import Invalid
from regulars.errors import RegularsError
from regulars.web import failures, languages

LOG = logging.getLogger("regulars.api")
TYPE = "application/problem+json"
TITLES = {
    400: "Bad request", 401: "Not signed in", 403: "Forbidden", 404: "Not found", 405: "Method not allowed",
    409: "Conflict", 411: "Length required", 413: "Too large", 415: "Unsupported media type", 422: "Invalid",
    429: "Too many requests", 500: "Internal error", 503: "Not available", 507: "No room",
}  # fmt: skip


def problem(
    status: int, code: str, detail: str = "", *, hint: str = "", errors: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """An answer that says what is wrong: ``code`` is stable, ``detail`` and ``hint`` are for people, ``errors`` names
    the parts of the request (``where``, ``message``).
    """
    body: dict[str, Any] = {
        "type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, "code": code,
    }  # fmt: skip
    if detail:
        body["detail"] = detail
    if hint:
        body["hint"] = hint
    if errors is not None:
        body["errors"] = errors
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=TYPE, headers=headers or {})


def of_error(error: BaseException) -> HttpResponse | None:
    """The answer to an error raised on purpose; None for a defect."""
    if isinstance(error, Invalid):
        told = [{"where": name, "message": message} for name, message in error.messages().items()]
        return problem(422, error.code, "; ".join(t["message"] for t in told), errors=told)
    found = failures.known(error)
    if found is None:
        return None
    message, hint = found.localized(languages.reading())
    return problem(failures.status_of(found), found.code, message, hint=hint)


def register(api: Any) -> None:
    """Hand every error of an operation to this module."""

    @api.exception_handler(RegularsError)
    def of_ours(request: HttpRequest, error: RegularsError) -> HttpResponse:
        answer = of_error(error)
        assert answer is not None
        return answer

    @api.exception_handler(ValidationError)
    def of_values(request: HttpRequest, error: ValidationError) -> HttpResponse:
        told = [
            {"where": ".".join(str(part) for part in e["loc"] if part != "body"), "message": e["msg"]}
            for e in error.errors
        ]
        return problem(422, "invalid", "The request does not have the form it must have.", errors=told)

    @api.exception_handler(AuthenticationError)
    def of_nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return unauthenticated()

    @api.exception_handler(Http404)
    def of_nothing(request: HttpRequest, error: Http404) -> HttpResponse:
        return not_found()

    @api.exception_handler(HttpError)
    def of_http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, f"http_{error.status_code}", str(error))

    @api.exception_handler(Exception)
    def of_defect(request: HttpRequest, error: Exception) -> HttpResponse:
        return of_error(error) or defect(request, error)


def defect(request: HttpRequest, error: BaseException) -> HttpResponse:
    number = f"E-{secrets.token_hex(3).upper()}"
    LOG.error("error number %s at %s %s", number, request.method, request.path, exc_info=error)
    return problem(500, "defect", f"This failed where it should not have ({number}).")


def unauthenticated() -> HttpResponse:
    return problem(
        401, "not_signed_in", "A token is needed: Authorization: Bearer reg_…", headers={"WWW-Authenticate": "Bearer"}
    )


def not_found() -> HttpResponse:
    return problem(404, "not_found", "There is no such thing, or you may not see it.")
