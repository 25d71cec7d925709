"""``regulars analyze``: files in, a folder of results out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from regulars.cli import texts
from regulars.cli.explain import system_language
from regulars.cli.rules import parameters_from, read_config, with_rules
from regulars.cli.terminal import StageProgress, interactive, json_line
from regulars.errors import ParameterError
from regulars.language import Language


def _option(name: str, help_text: str, **more: Any) -> Any:
    return typer.Option(name, help=help_text, **more)


@with_rules
def analyze_command(
    inputs: Annotated[list[Path] | None, typer.Argument(help=texts.INPUTS)] = None,
    out: Annotated[Path, _option("--out", texts.OUT)] = ...,  # type: ignore[assignment]
    as_of: Annotated[str | None, _option("--as-of", texts.AS_OF)] = None,
    map_: Annotated[list[str] | None, _option("--map", texts.MAP, metavar="FIELD=COLUMN")] = None,
    mapping: Annotated[Path | None, _option("--mapping", texts.MAPPING)] = None,
    save_mapping: Annotated[Path | None, _option("--save-mapping", texts.SAVE_MAPPING)] = None,
    preset: Annotated[str | None, _option("--preset", texts.PRESET)] = None,
    encoding: Annotated[str | None, _option("--encoding", texts.ENCODING)] = None,
    delimiter: Annotated[str | None, _option("--delimiter", texts.DELIMITER)] = None,
    sheet: Annotated[str | None, _option("--sheet", texts.SHEET)] = None,
    date_order: Annotated[Literal["dmy", "mdy", "ymd"] | None, _option("--date-order", texts.DATE_ORDER)] = None,
    currency: Annotated[str | None, _option("--currency", texts.CURRENCY)] = None,
    rate: Annotated[list[str] | None, _option("--rate", texts.RATE, metavar="CUR=RATE")] = None,
    max_rejects: Annotated[float | None, _option("--max-rejects", texts.MAX_REJECTS)] = None,
    drop_duplicates: Annotated[
        bool | None, typer.Option("--drop-duplicates/--keep-duplicates", help=texts.DUPLICATES)
    ] = None,
    customers: Annotated[Path | None, _option("--customers", texts.CUSTOMERS)] = None,
    lake: Annotated[Path | None, _option("--lake", texts.KEEP_LAKE)] = None,
    known_at: Annotated[str | None, _option("--known-at", texts.KNOWN_AT)] = None,
    lang: Annotated[Literal["zh", "en"] | None, _option("--lang", texts.LANGUAGE)] = None,
    title: Annotated[str | None, _option("--title", texts.TITLE)] = None,
    as_json: Annotated[bool, _option("--json", texts.JSON)] = False,
    quiet: Annotated[bool, _option("--quiet", texts.QUIET)] = False,
    overwrite: Annotated[bool, _option("--overwrite", texts.OVERWRITE)] = False,
    no_models: Annotated[bool, _option("--no-models", texts.NO_MODELS)] = False,
    no_reports: Annotated[bool, _option("--no-reports", texts.NO_REPORTS)] = False,
    config: Annotated[Path | None, _option("--config", texts.CONFIG)] = None,
    threads: Annotated[int | None, _option("--threads", texts.THREADS)] = None,
    *,
    rules: Mapping[str, str],
) -> None:
    """Analyse orders and write the report, the workbook and the tables."""
    from regulars.analyzing import Run
    from regulars.cli.closing import print_closing
    from regulars.outputs import analyze_to

    language = lang or system_language()
    settings = read_config(config)
    parameters = parameters_from(settings, rules)
    reading = _reading(
        settings, parameters.timezone, language,
        mapping=_mapping(mapping, _pairs("--map", map_)), preset=preset, encoding=encoding, delimiter=delimiter,
        sheet=sheet, date_order=date_order, currency=currency, rates=_rates(rate), max_rejects=max_rejects,
        drop_duplicates=drop_duplicates, customers_file=customers,
    )  # fmt: skip
    with StageProgress(language, quiet=quiet or as_json) as progress:
        run = Run(
            parameters, reading, as_of=_day(as_of), lake=lake, known_at=_known_at(known_at), threads=threads,
            title=title, models=not no_models, progress=progress,
        )  # fmt: skip
        analysis = analyze_to(inputs or [], run, out, lang=language, overwrite=overwrite, reports=not no_reports)
    if save_mapping is not None and analysis.mapping is not None:
        analysis.mapping.save(save_mapping)
    if as_json:
        sys.stdout.write(json_line(analysis.summary) + "\n")
    elif not quiet:
        print_closing(analysis, out, language)


def _reading(settings: Mapping[str, Any], zone: str, lang: Language, **given: Any) -> Any:
    from regulars.ingest import IngestOptions

    known = {f.name for f in fields(IngestOptions)}
    table = dict(settings.get("reading", {}))
    if unknown := sorted(set(table) - known):
        raise ParameterError(
            "unknown_parameter", "{name} is not a parameter.", "Tables and names are listed on the page “Parameters”.",
            name=f"reading.{unknown[0]}", suggestion="",
        )  # fmt: skip
    table.update({name: value for name, value in given.items() if value is not None})
    ask = _ask(lang) if interactive() else None
    return IngestOptions(**{**table, "timezone": zone, "lang": lang, "ask": ask})


def _ask(lang: Language) -> Any:
    from regulars.cli.asking import ask_in_terminal

    return lambda question: ask_in_terminal(question, lang)


def _pairs(option: str, given: list[str] | None) -> dict[str, str] | None:
    if not given:
        return None
    pairs = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise ParameterError(
                "bad_pair", "{option} {text} is not of the form NAME=VALUE.", "Example: {option} amount=实付金额",
                option=option, text=text,
            )  # fmt: skip
        pairs[name.strip()] = value.strip()
    return pairs


def _mapping(saved: Path | None, pairs: dict[str, str] | None) -> Any:
    """A saved mapping, with what is said on the command line on top."""
    from regulars.ingest.mapping import Mapping as Columns

    if saved is None:
        return pairs
    loaded = Columns.load(saved)
    return replace(loaded, columns={**loaded.columns, **(pairs or {})})


def _rates(given: list[str] | None) -> dict[str, Decimal] | None:
    pairs = _pairs("--rate", given)
    if pairs is None:
        return None
    try:
        return {name.upper(): Decimal(value) for name, value in pairs.items()}
    except InvalidOperation as error:
        raise ParameterError(
            "bad_rate", "An exchange rate is not a number: {rates}.", "Example: --rate USD=7.12", rates=pairs
        ) from error


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ParameterError(
            "bad_date", "{value} is not a day.", "Write it as YYYY-MM-DD, for example 2026-10-31.", value=text
        ) from error


def _known_at(text: str | None) -> int | date | None:
    return int(text) if text is not None and text.isdigit() else _day(text)
