"""Routes of the API: every operation, the OpenAPI document, the reference page; the rest is a problem too."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path

from regulars.api import reference
from regulars.api.application import api, surrounded


def _operations() -> list[Any]:
    patterns, _app, _namespace = api.urls
    for pattern in patterns:
        pattern.callback = surrounded(pattern.callback)
    return list(patterns)


urlpatterns: list[Any] = [
    path("openapi.json", reference.openapi, name="api_openapi"),
    path("", reference.page, name="api_reference"),
    *_operations(),
    re_path(r"^.*$", surrounded(reference.nothing)),
]
