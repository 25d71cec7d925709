"""``regulars explain TERM``: what a figure means, printed from the registry of definitions."""

from __future__ import annotations

import locale
import os
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from regulars.engine.definitions import REGISTRY, SECTIONS, Definition, find, section_title
from regulars.engine.parameters import Parameters
from regulars.language import Language, translator

DOMAIN = "definitions"


def system_language() -> Language:
    """zh when the environment asks for Chinese, else en."""
    names = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    chosen = next((name for name in names if name), None) or locale.getlocale()[0] or ""
    return "zh" if chosen.lower().startswith(("zh", "chinese")) else "en"


_ = translator("definitions", system_language())


def explain(
    term: str, lang: Language, *, parameters: Parameters | None = None, console: Console | None = None
) -> Definition:
    """Print what ``term`` means in ``lang`` and return its definition; ParameterError when nothing is called so."""
    definition = find(term)
    (console or Console(highlight=False)).print(_sheet(definition, lang, parameters or Parameters()))
    return definition


def list_terms(lang: Language, *, console: Console | None = None) -> None:
    """Print every definition by section: key, name and sentence."""
    console = console or Console(highlight=False)
    for section in SECTIONS:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        table.add_column(no_wrap=True, style="dim")
        table.add_column(no_wrap=True, style="bold")
        table.add_column(overflow="fold")
        for definition in REGISTRY.values():
            if definition.section == section:
                text = definition.localized(lang)
                table.add_row(text.key, text.name, text.sentence)
        console.print(Text(section_title(section, lang), style="bold underline"))
        console.print(table)
    console.print(Text(translator(DOMAIN, lang)("Explain one: regulars explain churn"), style="dim"))


def explain_command(
    term: Annotated[
        str | None, typer.Argument(help=_("A key, name, column or everyday word; without it, the list."))
    ] = None,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option("--lang", help=_("Language; otherwise that of the system."))
    ] = None,
) -> None:
    """Explain a figure: definition, formula, worked example, parameters, source."""
    language = lang or system_language()
    if term is None:
        list_terms(language)
    else:
        explain(term, language)


def _sheet(definition: Definition, lang: Language, parameters: Parameters) -> Table:
    _ = translator(DOMAIN, lang)
    text = definition.localized(lang)
    other = definition.localized("en" if lang == "zh" else "zh")
    sheet = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    sheet.add_column(no_wrap=True, style="dim")
    sheet.add_column(overflow="fold")
    sheet.add_row(Text(text.key, style="dim"), Text.assemble((text.name, "bold"), "  ", (other.name, "dim")))
    sheet.add_row("", text.sentence)
    rows = [
        (_("Formula"), text.formula),
        (_("Example"), text.example),
        (_("Parameters"), "\n".join(f"{r.label} = {r.value}  {r.option}" for r in definition.rules(parameters, lang))),
        (_("Unit"), text.unit),
        (_("Note"), text.note),
        (_("Stands in"), "\n".join(_places(definition))),
        (_("Source"), text.source),
        (_("Also called"), ", ".join((*text.other_names(), *other.other_names()))),
        (_("See also"), ", ".join(f"{REGISTRY[k].localized(lang).name} ({k})" for k in definition.see_also)),
    ]
    for label, value in rows:
        if value:
            sheet.add_row(label, Text(value))
    return sheet


def _places(definition: Definition) -> list[str]:
    """Columns and keys it explains; the rhythm and year views repeat the rows of ``retention`` and are left out."""
    repeated = ("summary.json: retention_rhythm.", "summary.json: bridge.")
    return [path for path in definition.output if not path.startswith(repeated)]
