"""``regulars analyze``: files in, a folder of results out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from regulars.cli import texts
from regulars.cli.reader import system_language
from regulars.cli.reading import mapping_of, pairs, rates_of, settings_in, share_option, words
from regulars.cli.rules import config_file, parameters_from, read_config, with_rules
from regulars.cli.running import where_options
from regulars.cli.storing import storage_options
from regulars.cli.terminal import StageProgress, interactive, json_line
from regulars.errors import OutputError, ParameterError
from regulars.language import Language
from regulars.staging import temporary_home

if TYPE_CHECKING:
    from regulars.ingest import IngestOptions


def _option(name: str, help_text: str, metavar: str | None = None, panel: str | None = None, **more: Any) -> Any:
    return typer.Option(name, help=help_text, metavar=metavar, rich_help_panel=panel, **more)


def _result(name: str, help_text: str, metavar: str | None = None) -> Any:
    return _option(name, help_text, metavar, texts.RESULT)


def _reads(name: str, help_text: str, metavar: str | None = None) -> Any:
    return _option(name, help_text, metavar, texts.READING)


@with_rules
def analyze_command(
    inputs: Annotated[list[Path] | None, typer.Argument(help=texts.INPUTS, metavar=texts.INPUT)] = None,
    out: Annotated[Path, _result("--out", texts.OUT, texts.FOLDER)] = ...,  # type: ignore[assignment]
    overwrite: Annotated[bool, _result("--overwrite", texts.OVERWRITE)] = False,
    as_of: Annotated[str | None, _result("--as-of", texts.AS_OF, texts.DAY)] = None,
    title: Annotated[str | None, _result("--title", texts.TITLE, texts.TEXT)] = None,
    lang: Annotated[Literal["zh", "en"] | None, _result("--lang", texts.LANGUAGE, "zh|en")] = None,
    no_reports: Annotated[bool, _result("--no-reports", texts.NO_REPORTS)] = False,
    no_models: Annotated[bool, _result("--no-models", texts.NO_MODELS)] = False,
    as_json: Annotated[bool, _result("--json", texts.JSON)] = False,
    quiet: Annotated[bool, _result("--quiet", texts.QUIET)] = False,
    map_: Annotated[list[str] | None, _reads("--map", texts.MAP, texts.COLUMN)] = None,
    mapping: Annotated[Path | None, _reads("--mapping", texts.MAPPING, texts.FILE)] = None,
    save_mapping: Annotated[Path | None, _reads("--save-mapping", texts.SAVE_MAPPING, texts.FILE)] = None,
    customers: Annotated[Path | None, _reads("--customers", texts.CUSTOMERS, texts.FILE)] = None,
    preset: Annotated[str | None, _reads("--preset", texts.PRESET, texts.NAME)] = None,
    encoding: Annotated[str | None, _reads("--encoding", texts.ENCODING, texts.NAME)] = None,
    delimiter: Annotated[str | None, _reads("--delimiter", texts.DELIMITER, texts.CHARACTER)] = None,
    sheet: Annotated[str | None, _reads("--sheet", texts.SHEET, texts.NAME)] = None,
    date_order: Annotated[
        Literal["dmy", "mdy", "ymd"] | None, _reads("--date-order", texts.DATE_ORDER, "dmy|mdy|ymd")
    ] = None,
    currency: Annotated[str | None, _reads("--currency", texts.CURRENCY, texts.CODE)] = None,
    rate: Annotated[list[str] | None, _reads("--rate", texts.RATE, texts.RATE_OF)] = None,
    max_rejects: Annotated[str | None, _reads("--max-rejects", texts.MAX_REJECTS, texts.SHARE)] = None,
    drop_duplicates: Annotated[bool | None, _reads("--drop-duplicates/--keep-duplicates", texts.DUPLICATES)] = None,
    cancelled_words: Annotated[str | None, _reads("--cancelled-words", texts.CANCELLED, texts.WORDS)] = None,
    unpaid_words: Annotated[str | None, _reads("--unpaid-words", texts.UNPAID, texts.WORDS)] = None,
    source: Annotated[str | None, _reads("--source", texts.SOURCE, texts.NAME)] = None,
    lake: Annotated[Path | None, _option("--lake", texts.KEEP_LAKE, texts.FOLDER)] = None,
    storage_option: Annotated[list[str] | None, _option("--storage-option", texts.LAKE_OPTION, texts.OPTION)] = None,
    known_at: Annotated[str | None, _option("--known-at", texts.KNOWN_AT, texts.VERSION_OR_DAY)] = None,
    config: Annotated[Path | None, _option("--config", texts.CONFIG, texts.FILE)] = None,
    threads: Annotated[int | None, _option("--threads", texts.THREADS, texts.NUMBER, min=1)] = None,
    memory: Annotated[str | None, _option("--memory", texts.MEMORY, texts.SIZE)] = None,
    runner: Annotated[Literal["local", "spark"], _option("--runner", texts.RUNNER, "local|spark")] = "local",
    master: Annotated[str | None, _option("--master", texts.MASTER, texts.URL)] = None,
    spark_conf: Annotated[list[str] | None, _option("--spark-conf", texts.SPARK_CONF, texts.SETTING)] = None,
    *,
    rules: Mapping[str, str],
) -> None:
    """Analyse orders and write the report, the workbook and the tables."""
    from regulars.analyzing import Run
    from regulars.cli.closing import print_closing
    from regulars.outputs import analyze_to

    language = lang or system_language()
    file = config_file(config)
    settings = read_config(file)
    table = settings_in(settings.get("reading", {}), file.parent if file else Path())
    parameters = parameters_from(settings, rules)
    _check_place(save_mapping)
    with StageProgress(language, quiet=quiet or as_json) as progress, temporary_home():
        reading = _reading(
            table, parameters.timezone, language, progress, columns=pairs("--map", map_), mapping=mapping,
            preset=preset, encoding=encoding, delimiter=delimiter, sheet=sheet, date_order=date_order,
            currency=currency, rates=rates_of(pairs("--rate", rate)), max_rejects=share_option(max_rejects),
            drop_duplicates=drop_duplicates, cancelled_words=words(cancelled_words), unpaid_words=words(unpaid_words),
            customers_file=customers, source=source,
        )  # fmt: skip
        run = Run(
            parameters, reading, as_of=day_of(as_of), lake=lake, known_at=_known_at(known_at), threads=threads,
            title=title and title.encode("utf-8", "replace").decode(), models=not no_models, progress=progress,
            storage_options=storage_options(storage_option), **where_options(runner, memory, master, spark_conf),
        )  # fmt: skip
        analysis = analyze_to(
            inputs or [], run, out, lang=language, overwrite=overwrite, reports=not no_reports,
            keep=[path for path in (file, mapping, *table.values()) if isinstance(path, Path)],
        )  # fmt: skip
    if save_mapping is not None and analysis.mapping is not None:
        analysis.mapping.save(save_mapping)
    if as_json:
        sys.stdout.write(json_line(analysis.summary) + "\n")
    elif not quiet:
        print_closing(analysis, out, language)


def _reading(
    table: Mapping[str, Any], zone: str, lang: Language, progress: StageProgress,
    columns: dict[str, str] | None, mapping: Path | None, **said: Any,
) -> IngestOptions:  # fmt: skip
    """Options of the ingest: what regulars.toml says, and on top what the command line says."""
    from regulars.ingest import IngestOptions

    options = {**table, **{name: value for name, value in said.items() if value is not None}}
    options["mapping"] = mapping_of(mapping if mapping is not None else table.get("mapping"), columns) or {}
    options.update(timezone=zone, lang=lang, ask=_asker(lang, progress) if interactive() else None)
    return IngestOptions(**options)


def _asker(lang: Language, progress: StageProgress) -> Any:
    from regulars.cli.asking import ask_in_terminal

    def ask(question: Any) -> str:
        with progress.paused():
            return ask_in_terminal(question, lang)

    return ask


def _check_place(path: Path | None) -> None:
    """Say before the work, not after it, that the mapping has no place to go to."""
    if path is not None and (path.is_dir() or not path.resolve().parent.is_dir()):
        raise OutputError(
            "mapping_place", "The mapping cannot be saved to {path}.", "Name a file in a folder that exists.", path=path
        )


def day_of(text: str | None) -> date | None:
    """YYYY-MM-DD as a day; ParameterError for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ParameterError(
            "bad_date", "{value} is not a day.", "Write it as YYYY-MM-DD, for example 2026-10-31.", value=text
        ) from error


def _known_at(text: str | None) -> int | date | None:
    return int(text) if text is not None and text.isdecimal() else day_of(text)
