"""Which texts the figures and the report say: every constant given to ``say``, ``rich`` or ``mark``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import regulars

PACKAGE = Path(regulars.__file__).parent
CATALOGUE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "report.po"


def sources() -> Iterator[Path]:
    """The modules of figures and of the HTML report; the workbook has a catalogue of its own."""
    yield from (PACKAGE / "charts").rglob("*.py")
    for path in (PACKAGE / "report").rglob("*.py"):
        if "workbook" not in path.parts:
            yield path


def messages() -> set[str]:
    """Every English message id."""
    return {text for path in sources() for text in _in_file(path)}


def _in_file(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            place = {"say": 0, "mark": 0, "rich": 1}.get(_name(node.func))
            if place is not None and len(node.args) > place:
                yield from _texts(node.args[place])


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body)
        yield from _texts(value.orelse)
