"""The rules said in regulars.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from regulars.engine.parameters.about import ABOUT, unknown_parameter
from regulars.engine.parameters.values import closest
from regulars.errors import ParameterError

TABLES: tuple[str, ...] = tuple(dict.fromkeys(about["table"] for about in ABOUT.values()))


def rules_in(source: str | Path | Mapping[str, Any], other_tables: Collection[str] = ()) -> dict[str, Any]:
    """Name → raw value of every rule that ``source`` sets; ParameterError for what is no rule."""
    content = source if isinstance(source, Mapping) else _parse(Path(source))
    values: dict[str, Any] = {}
    for key, value in content.items():
        if key in ABOUT:
            values[key] = value
        elif isinstance(value, Mapping):
            if key not in other_tables:
                values |= _table(key, value, other_tables)
        else:
            raise unknown_parameter(key)
    return values


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ParameterError(
            "parameter_file_unreadable",
            "The parameter file {path} cannot be read: {reason}.",
            "Check the path and that the file may be read.",
            path=path,
            reason=error.strerror or error,
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(
            "parameter_file_invalid",
            "The parameter file {path} is not valid TOML: {reason}.",
            "Texts need quotation marks, lists square brackets: abc_cuts = [0.8, 0.9].",
            path=path,
            reason=error,
        ) from error


def _table(table: str, content: Mapping[str, Any], other_tables: Collection[str]) -> dict[str, Any]:
    known = (*TABLES, *other_tables)
    if table not in known:
        raise ParameterError(
            "unknown_table",
            "[{table}] is not a table of regulars.toml.",
            "Closest: [{suggestion}]. Tables: {tables}.",
            table=table,
            suggestion=closest(table, known) or known[0],
            tables=", ".join(known),
        )
    for name in content:
        if name not in ABOUT:
            raise unknown_parameter(name)
        if ABOUT[name]["table"] != table:
            raise ParameterError(
                "parameter_in_wrong_table",
                "{name} does not belong in [{table}].",
                "Move it to [{right}].",
                name=name,
                table=table,
                right=ABOUT[name]["table"],
            )
    return dict(content)
