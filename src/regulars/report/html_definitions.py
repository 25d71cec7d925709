"""The words behind a figure: name, sentence, formula, this page's numbers, parameters, source."""

from __future__ import annotations

from typing import Any

from regulars.engine.definitions import REGISTRY
from regulars.engine.parameters import ParameterText
from regulars.engine.parameters.about import ABOUT
from regulars.report.page import Card, Use
from regulars.report.view import View


def definitions_of(card: Card, view: View) -> list[dict[str, Any]]:
    """Every definition a card leans on, in order; a key that the registry does not know keeps its numbers."""
    return [_definition(use, view) for use in card.uses]


def _definition(use: Use, view: View) -> dict[str, Any]:
    made: dict[str, Any] = {"key": use.key, "here": [list(pair) for pair in use.here]}
    found = REGISTRY.get(use.key)
    if found is None:
        return {**made, "name": use.key.replace("_", " "), "other": "", "sentence": "", "formula": "", "rules": []}
    lang = view.reader.lang
    text, other = found.localized(lang), found.localized("en" if lang == "zh" else "zh")
    rules = [[rule.label, with_unit(rule)] for rule in found.rules(view.rules, lang)]
    return {
        **made,
        "name": text.name,
        "other": other.name,
        "sentence": text.sentence,
        "formula": text.formula,
        "example": text.example,
        "rules": rules,
        "source": "" if found.source == "definitions" else text.source,
    }


def with_unit(rule: ParameterText) -> str:
    """The value of a rule as it is read aloud: 365 days, 80%, not set."""
    counts_days = ABOUT[rule.name]["unit"] == "days" and rule.value[-1].isdigit()
    return f"{rule.value} {rule.unit}" if counts_days else rule.value
