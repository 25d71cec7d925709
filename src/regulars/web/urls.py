"""Routes of the pages. Every area is a package of views with a module ``routes`` that holds a list ``routes``."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

AREAS = ("today", "home", "accounts", "customers", "imports", "duplicates", "jobs", "runs", "numbers")


def routes_of(area: str) -> list[Any]:
    """The routes of an area; none where the area has none yet."""
    package = f"regulars.web.views.{area}"
    if find_spec(package) is None or find_spec(f"{package}.routes") is None:
        return []
    found: list[Any] = import_module(f"{package}.routes").routes
    return found


urlpatterns: list[Any] = [route for area in AREAS for route in routes_of(area)]
