"""The OpenAPI document and a page that people read it on: plain HTML, nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.api import problems
from regulars.api.limits import A_MINUTE


@require_GET
def openapi(request: HttpRequest) -> JsonResponse:
    """The document is no secret: it says what there is, not who or what is in it."""
    from regulars.api.application import document

    return JsonResponse(document())


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    from regulars.api.application import document

    told = document()
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in told["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_shown(told, address, method, operation))
    context = {"groups": groups.items(), "version": told["info"]["version"], "a_minute": A_MINUTE}
    return render(request, "api/reference.html", context)


def nothing(request: HttpRequest) -> HttpResponse:
    return problems.not_found()


def _shown(told: dict[str, Any], address: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    good = next((status for status in operation["responses"] if str(status).startswith("2")), "")
    answer = operation["responses"].get(good, {}).get("content", {}).get("application/json", {}).get("schema")
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "address": address,
        "summary": operation.get("summary", ""),
        "parameters": [
            {"name": p["name"], "where": p["in"], "required": p.get("required", False), "type": _type(p["schema"])}
            for p in operation.get("parameters", [])
        ],
        "body": _fields(told, body),
        "status": good,
        "answer": _fields(told, answer),
    }


def _fields(told: dict[str, Any], schema: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The fields of a body or answer: name, type, whether it must be there."""
    if not schema:
        return []
    found = _resolved(told, schema)
    required = set(found.get("required", ()))
    return [
        {"name": name, "type": _type(each), "required": name in required}
        for name, each in found.get("properties", {}).items()
    ]


def _resolved(told: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return told["components"]["schemas"][name] if name else schema


def _type(schema: dict[str, Any]) -> str:
    """A type in words: "string", "integer or null", "list of LineIn"."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type", "any"))
