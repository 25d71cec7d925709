"""The API as a whole: its routers, its document, and what surrounds every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from ninja import NinjaAPI

from regulars.api import limits, problems, signing_in
from regulars.api.v1 import company, customers, figures, numbers, orders, views
from regulars.version import VERSION

PREFIX = "/api/v1"
MOST_BYTES = 5 << 20
DESCRIPTION = (
    "Customers, contacts, follow-ups, orders, metrics, runs and saved views of an installation of Regulars, under the"
    " rights of whoever asks. Errors are application/problem+json. Lists come in keyset pages (`limit`, `after`)."
)


class Api(NinjaAPI):
    """NinjaAPI with a document that says how errors look."""

    def get_openapi_schema(self, **named: Any) -> Any:
        schema = super().get_openapi_schema(**named)
        schema["openapi"] = "3.1.0"
        schema["components"].setdefault("schemas", {})["Problem"] = PROBLEM
        for path in schema["paths"].values():
            for operation in path.values():
                answers = operation["responses"]
                for status in ("400", "401", "403", "404", "405", "409", "413", "415", "422", "429", "503"):
                    answers[status] = {"description": problems.TITLES[int(status)], "content": {problems.TYPE: REF}}
                answers["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
        return schema


REF = {"schema": {"$ref": "#/components/schemas/Problem"}}
PROBLEM = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; for programs."},
        "detail": {"type": "string", "description": "For people."},
        "hint": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "message"],
                "properties": {"where": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}

api = Api(
    title="Regulars",
    version=VERSION,
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    auth=[signing_in.Token(), signing_in.Session()],
    urls_namespace="api",
    servers=[{"url": "/"}],
)
problems.register(api)
api.add_router("/customers", customers.router)
api.add_router("", company.contacts)
api.add_router("", company.follow_ups)
api.add_router("", orders.router)
api.add_router("", figures.router)
api.add_router("/runs", figures.run_router)
api.add_router("/numbers", numbers.router)
api.add_router("/definitions", numbers.definition_router)
api.add_router("/targets", numbers.target_router)
api.add_router("/views", views.router)

View = Callable[..., HttpResponse]


def surrounded(view: View) -> View:
    """What every request passes: the limit, its size, and errors of Django in our form."""

    def answer(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        verdict = limits.ask(signing_in.who(request))
        if verdict.wait:
            response = problems.problem(
                429, "too_many_requests", "Too many requests.", headers={"Retry-After": str(verdict.wait)}
            )
        else:
            response = _answered(view, request, given, named)
        response.headers["RateLimit"] = f"limit={verdict.limit}, remaining={verdict.left}, reset={verdict.wait or 60}"
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # the session's way in checks it (signing_in.Session)
    return answer


def _answered(view: View, request: HttpRequest, given: Any, named: Any) -> HttpResponse:
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return problems.problem(422, "invalid", "A request cannot hold NUL.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return problems.problem(413, "too_large", "A request has 5 MB at most.", hint="Send fewer rows at once.")
    body = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    told = request.META.get("CONTENT_LENGTH") not in ("", "0", None)
    if told and request.method in ("POST", "PATCH", "PUT") and body != "application/json":
        return problems.problem(415, "unsupported_media_type", "Bodies are application/json.")
    try:
        response = view(request, *given, **named)
    except Exception as error:
        response = problems.of_error(error) or problems.defect(request, error)
    return _in_form(request, response)


def _in_form(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Errors that Django or the framework answered by themselves, as problems."""
    if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(problems.TYPE):
        return response
    if response.status_code == 405:
        allowed = response.headers.get("Allow", "")
        return problems.problem(
            405, "method_not_allowed", f"{request.method} cannot be used here.", headers={"Allow": allowed}
        )
    if response.status_code == 403:
        return problems.problem(
            403, "csrf", "The CSRF token is missing or wrong.", hint="Send X-CSRFToken, or a token."
        )
    code = problems.TITLES.get(response.status_code, "error").lower().replace(" ", "_")
    return problems.problem(response.status_code, code)


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=PREFIX)
    return found
