"""Every route of the application, read from the URL resolver: a new route is in the tests the moment it exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver

METHODS = ("get", "post")
API_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """``path`` with ``{name}`` where an id goes; ``converters``: name → kind of id ("int", "str", …)."""

    path: str
    name: str
    converters: tuple[tuple[str, str], ...]

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def methods(self) -> tuple[str, ...]:
        return API_METHODS if self.is_api else METHODS

    def __str__(self) -> str:
        return self.path


def routes() -> list[Route]:
    """All routes, each once."""
    found = {route.path: route for route in _walk(get_resolver(), "/", {})}
    return [found[path] for path in sorted(found)]


def _walk(resolver: Any, prefix: str, above: dict[str, str]) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        text, kinds = _template(pattern.pattern)
        kinds = above | kinds
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern, prefix + text, kinds)
        else:
            yield Route(prefix + text, pattern.name or "", tuple(kinds.items()))


def _template(pattern: Any) -> tuple[str, dict[str, str]]:
    text = str(pattern)
    if hasattr(pattern, "converters") and not text.startswith("^"):
        kinds = {
            name: type(kind).__name__.removesuffix("Converter").lower() for name, kind in pattern.converters.items()
        }
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", text), kinds
    names = re.findall(r"\(\?P<(\w+)>", text)
    plain = re.sub(r"\(\?P<(\w+)>[^()]*\)", r"{\1}", text).removeprefix("^").removesuffix("$").replace("\\Z", "")
    return plain, dict.fromkeys(names, "string")
