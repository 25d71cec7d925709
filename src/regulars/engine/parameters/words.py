"""The rules in words for people: labels, helps and values in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from regulars.engine.parameters.about import ABOUT
from regulars.engine.parameters.values import plain
from regulars.language import Language, translator


@dataclass(frozen=True)
class ParameterText:
    """One rule in the reader's language."""

    name: str
    table: str
    label: str
    help: str
    unit: str
    value: str
    default: str
    option: str

    @property
    def changed(self) -> bool:
        return self.value != self.default


def parameter_text(name: str, value: object, default: object, lang: Language) -> ParameterText:
    _ = translator("definitions", lang)
    about = ABOUT[name]
    return ParameterText(
        name=name,
        table=about["table"],
        label=_(about["label"]),
        help=_(about["help"]),
        unit=_(about["unit"]) if about["unit"] else "",
        value=shown(value, about["unit"], lang),
        default=shown(default, about["unit"], lang),
        option=option_name(name),
    )


def option_name(name: str) -> str:
    """The command-line option of a rule: ``late_percentile`` → ``--late-percentile``."""
    return "--" + name.replace("_", "-")


def shown(value: object, unit: str, lang: Language) -> str:
    """A value as a reader expects it: shares in per cent, lists with commas, nothing as "not set"."""
    _ = translator("definitions", lang)
    if value is None:
        return _("not set")
    if isinstance(value, tuple):
        return ", ".join(shown(item, unit, lang) for item in value)
    if unit == "share" and isinstance(value, Fraction):
        percent = plain(value * 100)
        return f"{percent}%" if not isinstance(percent, str) else str(value)
    return str(plain(value))


def rule_messages() -> set[str]:
    """Every text of the rules that the catalogue "definitions" has to hold."""
    return {about[part] for about in ABOUT.values() for part in ("label", "help", "unit")} - {""}
