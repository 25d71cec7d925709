"""The parameters of the analysis with their meaning, and the definitions of the figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from regulars.engine.definitions import REGISTRY
from regulars.engine.parameters import Parameters
from regulars.report.workbook.book import Book
from regulars.report.workbook.page import Column, Page


def write_rules(book: Book) -> None:
    _ = book.translate
    page = Page(book, _("Parameters and definitions"), _("The rules behind every figure"))
    summary = book.summary
    page.title(
        _("Parameters and definitions"),
        _("As of {day}, time zone {zone}, Regulars {version}.").format(
            day=summary["as_of"], zone=summary["timezone"], version=summary["version"]
        ),
    )
    columns = [
        Column("label", _("Parameter")),
        Column("help", _("Meaning"), "wrap"),
        Column("value", _("Value"), "wrap"),
        Column("unit", _("Unit")),
        Column("default", _("Default"), "wrap"),
        Column("name", _("Name in summary.json")),
    ]
    page.table(columns, _parameter_rows(book), main=True)
    page.section(_("Definitions"))
    columns = [
        Column("name", _("Figure")),
        Column("text", _("Definition"), "wrap"),
        Column("formula", _("Formula"), "wrap"),
        Column("key", _("Key")),
    ]
    page.table(columns, _definitions(book))
    page.close()


def _parameter_rows(book: Book) -> list[dict[str, Any]]:
    known = {text.name: text for text in Parameters().describe(book.lang)}
    rows = []
    for name, value in book.summary["parameters"].items():
        row: dict[str, Any] = {"name": name, "value": plain_value(value), "label": name}
        text = known.get(name)
        if text is not None:
            row |= {"label": text.label, "unit": text.unit, "default": text.default, "help": text.help}
        rows.append(row)
    return rows


def plain_value(value: Any) -> str | None:
    """A parameter as a person writes it."""
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return ", ".join(plain_value(item) or "" for item in value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _definitions(book: Book) -> list[dict[str, str]]:
    texts = [definition.localized(book.lang) for definition in REGISTRY.values()]
    return [{"name": text.name, "text": text.sentence, "formula": text.formula, "key": text.key} for text in texts]
