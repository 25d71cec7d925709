"""One entry of the registry: what a figure is called, says, is made from and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from regulars.engine.parameters import Parameters, ParameterText
from regulars.language import Language, translator

DOMAIN = "definitions"
TEXTS = ("name", "aliases", "sentence", "formula", "unit", "example", "source", "note")


@dataclass(frozen=True)
class Definition:
    """The definition of one figure. Texts are English message ids of the catalogue "definitions".

    ``aliases`` are other names, separated by commas. ``parameters`` name fields of Parameters. ``output`` lists the
    columns and keys it explains, as ``customers.parquet: abc`` or ``summary.json: retention.*.lost`` (``*`` stands for
    the kind of period). ``source`` is "definitions" or a paper by authors and year.
    """

    key: str
    section: str
    name: str
    sentence: str
    formula: str
    unit: str
    example: str
    aliases: str = ""
    parameters: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    source: str = "definitions"
    note: str = ""
    see_also: tuple[str, ...] = ()

    def localized(self, lang: Language) -> Definition:
        """The same definition with every text in ``lang``; keys, parameters and outputs stay as they are."""
        _ = translator(DOMAIN, lang)
        texts: dict[str, Any] = {name: _(text) for name in TEXTS if (text := getattr(self, name))}
        return replace(self, **texts)

    def rules(self, parameters: Parameters, lang: Language) -> tuple[ParameterText, ...]:
        """The rules this figure depends on, with the values of ``parameters``."""
        return tuple(text for text in parameters.describe(lang) if text.name in self.parameters)

    def text(self, lang: Language) -> str:
        """The definition as plain text, one fact a line."""
        _ = translator(DOMAIN, lang)
        said = self.localized(lang)
        facts = [
            (_("Formula"), said.formula),
            (_("Example"), said.example),
            (_("Note"), said.note),
            (_("Parameters"), ", ".join(said.parameters)),
            (_("Source"), said.source),
        ]
        colon = "：" if lang == "zh" else ": "
        lines = [f"{said.name} ({said.key})", said.sentence]
        return "\n".join(lines + [f"{label}{colon}{value}" for label, value in facts if value])

    def other_names(self) -> tuple[str, ...]:
        return tuple(name.strip() for name in self.aliases.split(",") if name.strip())

    def messages(self) -> set[str]:
        """Every text that the catalogue has to hold."""
        return {getattr(self, name) for name in TEXTS} - {""}
