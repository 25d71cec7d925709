"""The main job in one function: files → facts in a lake → engine → figures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import pyarrow as pa

from regulars.analysis import Analysis
from regulars.engine.calendar import day_number, day_of
from regulars.engine.facts import LONGEST_HISTORY_DAYS
from regulars.engine.parameters import Parameters
from regulars.errors import ParameterError
from regulars.ingest import Ingested, IngestOptions, read_orders
from regulars.ingest.schema import REJECTS
from regulars.lake import Lake
from regulars.runners.buckets import BucketMap
from regulars.runners.contact_table import contact_table
from regulars.runners.course import FEW_ORDERS
from regulars.runners.history import lifecycle_history
from regulars.runners.lake_source import LakeSource
from regulars.runners.local import LocalRunner
from regulars.runners.lookalikes import look_alikes
from regulars.runners.memory import memory_of
from regulars.runners.pool import Progress, default_threads
from regulars.runners.population import Population, Sink
from regulars.runners.referral import referral
from regulars.runners.summary import InputFacts, make_summary
from regulars.staging import TEMPORARY, scratch, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

RunnerName = Literal["local", "spark"]
CONTACTS = 1000
ORDERS_A_BUCKET = 50_000
MOST_BUCKETS = 64
DIGITS = 2  # the ingest keeps every amount in hundredths


class Runner(Protocol):
    """What computes a run: LocalRunner or SparkRunner."""

    @property
    def map(self) -> BucketMap: ...

    def run(self, customers: Sink, spells: Sink | None = None, *, contacts: int = 0) -> Population: ...


@dataclass(frozen=True)
class Run:
    """How one analysis is to be done; the rules are in ``parameters``, how files are read in ``reading``.

    ``memory`` in bytes; ``master`` and ``spark`` (settings of Spark's own) are for the runner "spark"; states that find
    no room, and tables on their way back from workers, wait in ``work_folder``.
    """

    parameters: Parameters
    reading: IngestOptions
    as_of: date | None = None
    lake: Path | None = None
    known_at: int | date | None = None
    buckets: int | None = None
    threads: int | None = None
    title: str | None = None
    models: bool = True
    progress: Progress | None = None
    memory: int | None = None
    runner: RunnerName = "local"
    master: str | None = None
    spark: Mapping[str, str] | None = None
    storage_options: Mapping[str, str] | None = None
    work_folder: Path | None = None
    tracks: bool = False  # columns of past periods for the web pages, on this machine only


def analyze(inputs: Any = (), *, as_of: date | str | None = None, **options: Any) -> Analysis:
    """Analyse orders and return every figure.

    ``inputs``: a path or several (files or folders), a pandas DataFrame, or an Arrow table, whose columns are
    recognised. ``as_of``: the as-of day (a date or YYYY-MM-DD), by default the last day with an order. Further
    options: every rule of ``Parameters`` by name (``window=180``, ``policy="rhythm:3"``, ``margin=0.4`` …), every
    field of ``IngestOptions`` (``mapping={"amount": "实付金额"}``, ``max_rejects=0.5`` …), ``parameters`` (a ready
    Parameters), ``lake`` (a folder that keeps the facts: a later call adds to it), ``known_at`` (an earlier version
    of the lake, or a day), ``storage_options`` (of a lake in an object store), ``buckets``, ``threads``, ``title``,
    ``memory`` ("1GB": stay below it), ``runner`` ("local" or "spark", with ``master`` and ``spark``, a dict of Spark's
    settings), ``progress`` (called with stage, done, total).

    Raises InputError and its kinds for files that cannot be used, ParameterError for options that cannot be.
    """
    run = _run_of(options, _as_date(as_of))
    batches: list[pa.RecordBatch] = []
    spells: list[pa.RecordBatch] = []
    analysis = run_analysis(_as_inputs(inputs), run, batches.append, spells.append)
    return replace(analysis, customers=_table(batches), spells=_table(spells))


def run_analysis(inputs: Sequence[Any], run: Run, customers: Sink, spells: Sink) -> Analysis:
    """The same with the two large tables handed to sinks, bucket by bucket; those of the result are empty."""
    ingested = read_orders(inputs, run.reading, run.progress) if inputs else None
    with _lake(run, ingested) as lake:
        if ingested is not None:
            lake.load(
                ingested.orders, ingested.lines, ingested.customers, source=ingested.source, content=ingested.content,
                counters=ingested.counters.as_dict(), currency=ingested.currency, products=ingested.products,
                progress=run.progress,
            )  # fmt: skip
        version = run.known_at if isinstance(run.known_at, int) else None
        if isinstance(run.known_at, date):
            version = lake.version_at(run.known_at)
        source = LakeSource(lake.snapshot(version), run.parameters.margin, run.storage_options)
        as_of = day_number(run.as_of) if run.as_of is not None else source.last_day
        source.check_as_of(as_of)
        _check_not_too_late(source, as_of)
        rows = lake.rows_read(source.snapshot.version) if ingested is None else ingested.counters.as_dict()
        with _runner(source, run, as_of) as runner:
            return _compute(source, run, runner, as_of, ingested, rows, customers, spells)


def _compute(
    source: LakeSource, run: Run, runner: Runner, as_of: int, ingested: Ingested | None, rows: dict[str, int],
    customers: Sink, spells: Sink,
) -> Analysis:  # fmt: skip
    threads = run.threads or default_threads()
    population = runner.run(customers, spells, contacts=CONTACTS)
    about = _input_facts(source, run, runner.map, ingested, rows, as_of)
    summary = make_summary(population, source.names, about)
    summary["referral"] = referral(source, population, runner.map)
    if summary["value"] is not None:
        summary["value"]["lookalikes"] = look_alikes(source, population)
    if source.orders <= FEW_ORDERS:
        summary["lifecycle_history"] = lifecycle_history(
            source, run.parameters, as_of, population.minor, threads=threads, progress=run.progress
        )
    return Analysis(
        summary=summary,
        customers=_table([]),
        spells=_table([]),
        contacts=contact_table(source, population, runner.map),
        rejects=ingested.rejects if ingested is not None else REJECTS.empty_table(),
        mapping=ingested.mapping if ingested is not None else None,
        notes=ingested.warnings if ingested is not None else (),
    )


@contextmanager
def _runner(source: LakeSource, run: Run, as_of: int) -> Iterator[Runner]:
    p, threads = run.parameters, run.threads or default_threads()
    if run.runner == "local":
        yield LocalRunner(
            source, p, as_of, DIGITS, run.models, threads, run.progress, run.memory, run.work_folder, run.tracks
        )
        return
    from regulars.runners.spark import SparkRunner
    from regulars.runners.spark_session import connected

    with connected(run.master, run.spark) as cluster:
        yield SparkRunner(source, p, as_of, cluster, DIGITS, run.models, run.progress, run.work_folder)


def _check_not_too_late(source: LakeSource, as_of: int) -> None:
    if as_of > source.last_day and as_of - source.first_day >= LONGEST_HISTORY_DAYS:
        raise ParameterError(
            "as_of_too_late",
            "The as-of day {as_of} lies {days} days after the last order, {last}.",
            "Choose an earlier day, or leave --as-of out.",
            as_of=day_of(as_of).isoformat(),
            days=as_of - source.last_day,
            last=day_of(source.last_day).isoformat(),
        )


def _input_facts(
    source: LakeSource, run: Run, map: BucketMap, ingested: Ingested | None, rows: dict[str, int], as_of: int
) -> InputFacts:
    """``rows``: of the files just read, or of all loads when the lake is looked at as it is."""
    profits = source.profit_sources(as_of, map)
    margin = run.parameters.margin
    orders = profits.none + profits.profit + profits.cost
    known = InputFacts(
        counters={name: count for name, count in rows.items() if name not in ("profit_fallback_orders", "loads")},
        currency=source.snapshot.currency,
        profit_basis=profits.basis(margin),
        profit_fallback_orders=profits.fallback(margin),
        no_profit_share=profits.none / orders if orders else None,
        title=run.title,
        has_discount=source.has_discount,
    )
    if ingested is None:
        return known
    return replace(
        known,
        sources=list(ingested.mappings),
        rejected_reasons=_reasons(ingested.rejects),
        warnings=[{"code": n.code, "message": n.message} for n in ingested.warnings],
    )


def _reasons(rejects: pa.Table) -> list[dict[str, Any]]:
    counted = rejects.group_by("reason").aggregate([("line", "count")]).to_pylist()
    rows = [{"reason": row["reason"], "rows": row["line_count"]} for row in counted]
    return sorted(rows, key=lambda row: (-row["rows"], row["reason"]))


@contextmanager
def _lake(run: Run, ingested: Ingested | None) -> Iterator[Lake]:
    if run.lake is not None:
        yield _kept_lake(run, run.lake, new=ingested is not None)
        return
    if ingested is None:
        raise ParameterError(
            "nothing_to_analyse", "There is nothing to analyse.", "Name a file, a folder or --lake DIR."
        )
    buckets = run.buckets or min(MOST_BUCKETS, 1 + ingested.orders.num_rows // ORDERS_A_BUCKET)
    home = Path(tempfile.gettempdir())
    sweep(home, TEMPORARY)
    with scratch(home, TEMPORARY) as folder:
        yield Lake.create(
            folder / "lake", buckets=buckets, currency=ingested.currency, timezone=run.parameters.timezone,
            durable=False,
        )  # fmt: skip


def _kept_lake(run: Run, folder: Path, *, new: bool) -> Lake:
    options = run.storage_options
    if new and not Lake.exists(folder, options):
        return Lake.create(
            folder, buckets=run.buckets or MOST_BUCKETS, timezone=run.parameters.timezone, storage_options=options
        )
    lake = Lake.open(folder, storage_options=options)
    zone = lake.snapshot().timezone
    if zone != run.parameters.timezone:
        raise ParameterError(
            "timezone_of_lake",
            "The lake keeps days of {zone}, not of {asked}.",
            "Days are fixed when orders are read: use --timezone {zone}, or another lake.",
            zone=zone,
            asked=run.parameters.timezone,
        )
    return lake


def _run_of(options: dict[str, Any], as_of: date | None) -> Run:
    parameters = options.pop("parameters", None) or Parameters()
    known = {f.name for f in fields(Run)} - {"parameters", "reading", "as_of"}
    reading = {f.name for f in fields(IngestOptions)}
    run = {name: options.pop(name) for name in list(options) if name in known}
    rules = {name: options.pop(name) for name in list(options) if name not in reading}
    parameters = parameters.changed(**rules)
    for name in ("lake", "work_folder"):
        if isinstance(run.get(name), str):
            run[name] = Path(run[name])
    if isinstance(run.get("memory"), str):
        run["memory"] = memory_of(run["memory"])
    _check_runner(run)
    return Run(parameters, IngestOptions(**{**options, "timezone": parameters.timezone}), as_of, **run)


def _check_runner(run: Mapping[str, Any]) -> None:
    name = run.get("runner", "local")
    if name not in get_args(RunnerName):
        raise ParameterError(
            "runner_unknown", "There is no runner {name}.", "Runners: {names}.",
            name=name, names=", ".join(get_args(RunnerName)),
        )  # fmt: skip


def _as_date(day: date | str | None) -> date | None:
    if not isinstance(day, str):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise ParameterError(
            "bad_date", "{value} is not a day.", "Write it as YYYY-MM-DD, for example 2026-10-31.", value=day
        ) from error


def _as_inputs(inputs: Any) -> list[Any]:
    if isinstance(inputs, str | Path):
        return [Path(inputs)]
    if isinstance(inputs, Iterable) and not hasattr(inputs, "columns"):
        return [Path(one) if isinstance(one, str) else one for one in inputs]
    return [inputs]


def _table(batches: list[pa.RecordBatch]) -> pa.Table:
    return pa.Table.from_batches(batches) if batches else pa.table({})


__all__ = ["Analysis", "Run", "analyze", "run_analysis"]
