"""Every rule of an analysis as a command-line option, and rules from regulars.toml beneath them."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from regulars.cli import texts
from regulars.cli.reader import spoken_language
from regulars.engine.parameters import Parameters, option_name
from regulars.engine.parameters.toml import rules_in

CONFIG = Path("regulars.toml")
OTHER_TABLES = ("reading",)


def with_rules(command: Callable[..., None]) -> Callable[..., None]:
    """Give ``command`` (which takes ``rules``) one option per field of Parameters, help from the registry of rules."""
    lang = spoken_language()
    own = [p for p in inspect.signature(command, eval_str=True).parameters.values() if p.name != "rules"]
    options = []
    for text in Parameters().describe(lang):
        note = f"{text.help} [{text.default}]"
        about = typer.Option(option_name(text.name), help=note, rich_help_panel=texts.RULES, metavar=texts.VALUE)
        annotation = Annotated[str | None, about]
        options.append(
            inspect.Parameter(text.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        )
    names = {option.name for option in options}

    def wrapped(**values: Any) -> None:
        rules = {name: values.pop(name) for name in list(values) if name in names}
        command(**values, rules={name: value for name, value in rules.items() if value is not None})

    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + options
    wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {p.name: p.annotation for p in parameters}
    wrapped.__name__, wrapped.__doc__ = command.__name__, command.__doc__
    return wrapped


def config_file(given: Path | None) -> Path | None:
    """The given file, else regulars.toml in the present folder, else none."""
    return given if given is not None else CONFIG if CONFIG.is_file() else None


def read_config(path: Path | None) -> Mapping[str, Any]:
    """Content of regulars.toml, or nothing. Raises ParameterError for what is no TOML or no rule."""
    if path is None:
        return {}
    rules_in(path, OTHER_TABLES)  # reports what is wrong with the file
    return tomllib.loads(path.read_text(encoding="utf-8-sig"))


def parameters_from(config: Mapping[str, Any], options: Mapping[str, str]) -> Parameters:
    """Defaults, then the file, then the command line."""
    return Parameters.from_toml(config, OTHER_TABLES).changed(**options)
