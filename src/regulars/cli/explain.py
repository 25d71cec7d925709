"""``regulars explain TERM``: what a figure means, printed from the registry of definitions."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from regulars.cli import texts
from regulars.cli.reader import system_language
from regulars.cli.wrapping import hanging, wrap
from regulars.engine.definitions import REGISTRY, SECTIONS, Definition, find, section_title
from regulars.engine.parameters import Parameters
from regulars.language import Language, translator

WIDEST, GAP = 100, 2


def explain(
    term: str, lang: Language, *, parameters: Parameters | None = None, console: Console | None = None
) -> Definition:
    """Print what ``term`` means in ``lang`` and return its definition; ParameterError when nothing is called so."""
    definition = find(term)
    console = console or Console(highlight=False)
    for line in _sheet(definition, lang, parameters or Parameters(), min(console.width, WIDEST)):
        console.print(line, soft_wrap=True)
    return definition


def list_terms(lang: Language, *, console: Console | None = None) -> None:
    """Print every definition by section: name, key and sentence."""
    console = console or Console(highlight=False)
    width = min(console.width, WIDEST)
    for section in SECTIONS:
        console.print(Text(section_title(section, lang), style="bold underline"), soft_wrap=True)
        for definition in REGISTRY.values():
            if definition.section == section:
                text = definition.localized(lang)
                console.print(Text.assemble((text.name, "bold"), "  ", (text.key, "dim")), soft_wrap=True)
                for line in wrap(text.sentence, width - GAP):
                    console.print(Text(" " * GAP + line), soft_wrap=True)
        console.print()
    _ = translator("definitions", lang)
    console.print(Text(_("Explain one: regulars explain churn"), style="dim"), soft_wrap=True)


def explain_command(
    term: Annotated[str | None, typer.Argument(help=texts.EXPLAINED, metavar=texts.TERM)] = None,
    lang: Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help=texts.LANGUAGE, metavar="zh|en")] = None,
) -> None:
    """Explain a figure: definition, formula, worked example, parameters, source."""
    language = lang or system_language()
    if term is None:
        list_terms(language)
    else:
        explain(term, language)


def _sheet(definition: Definition, lang: Language, parameters: Parameters, width: int) -> list[Text]:
    _ = translator("definitions", lang)
    text = definition.localized(lang)
    other = definition.localized("en" if lang == "zh" else "zh")
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
    rows = [(label, value) for label, value in rows if value]
    indent = GAP + max(cell_len(label) for label, _value in rows)
    lines = [Text.assemble((text.name, "bold"), "  ", (other.name, "dim"), "  ", (text.key, "dim"))]
    lines += [Text(line) for line in (*wrap(text.sentence, width), "")]
    for label, value in rows:
        first, *more = hanging(label, value, indent, width)
        lines.append(Text.assemble((first[: len(label)], "dim"), first[len(label) :]))
        lines += [Text(line) for line in more]
    return lines


def _places(definition: Definition) -> list[str]:
    """Columns and keys it explains; the rhythm and year views repeat the rows of ``retention`` and are left out."""
    repeated = ("summary.json: retention_rhythm.", "summary.json: bridge.")
    return [path for path in definition.output if not path.startswith(repeated)]
