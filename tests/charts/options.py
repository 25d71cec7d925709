"""How tests look into an option: its base, its series, its narrow changes."""

from __future__ import annotations

import json
from typing import Any

from regulars.charts.tokens import resolve


def base(option: dict[str, Any]) -> dict[str, Any]:
    return option.get("baseOption", option)


def series(option: dict[str, Any], kind: str | None = None) -> list[dict[str, Any]]:
    return [one for one in base(option)["series"] if kind is None or one["type"] == kind]


def narrow(option: dict[str, Any]) -> dict[str, Any]:
    return option["media"][0]["option"]


def is_drawable(option: dict[str, Any]) -> bool:
    """Whether the option is plain JSON without NaN and knows every colour it names in both themes."""
    json.dumps(option, allow_nan=False)
    return all('"$' not in json.dumps(_colours(resolve(option, theme))) for theme in ("light", "dark"))


def _colours(value: Any) -> Any:
    """The option without texts that may begin with a dollar sign."""
    if isinstance(value, dict):
        return {key: _colours(part) for key, part in value.items() if key not in ("tip", "formatter", "@labels")}
    if isinstance(value, list):
        return [_colours(part) for part in value]
    return value
