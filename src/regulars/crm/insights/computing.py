"""One run from its beginning to its publication: the engine over the lake, its files, new customers, the columns."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from regulars.analysis import Analysis
from regulars.analyzing import Run as Analyzing
from regulars.analyzing import run_analysis
from regulars.config.options import options
from regulars.crm.insights import arrivals, control, inbox, lake_access, metrics, publishing, runs
from regulars.crm.insights.models import Run
from regulars.crm.jobs.running import Interrupted, Running, Stopped, Taken
from regulars.engine.parameters import Parameters
from regulars.ingest import IngestOptions
from regulars.lake import Lake
from regulars.outputs import write_summary
from regulars.report.cells import write_csv_table
from regulars.report.html import write_html
from regulars.runners.table_file import TableFile


def work(running: Running) -> dict[str, object]:
    """The work of a job "insights.run". Begins anew after a kill; until the last step nobody sees anything of it."""
    run = runs.of_job(running.job)
    if run.state in (Run.State.PUBLISHED, Run.State.DROPPED):
        return _result(run)  # published, and killed before it could say so
    runs.tidy()
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING, started_at=timezone.now(), error={})
    try:
        published = _published(run, running)
    except (Interrupted, Taken):
        raise
    except Stopped:
        runs.fail(run, Stopped())
        Run.objects.filter(pk=run.pk).update(error=runs.stopped_reason())
        raise
    except Exception as error:
        runs.fail(run, error)
        raise
    control.after_publication(published)
    runs.retire()
    return _result(published)


def _result(run: Run) -> dict[str, object]:
    return {"run": run.public_id, "customers": run.customers, "address": "/runs/"}


def _published(run: Run, running: Running) -> Run:
    running.progress("drain")
    inbox.drain()
    lake = lake_access.lake()
    if lake is None or lake.snapshot().totals.orders == 0:
        raise runs.RunError("no_orders_yet", "There are no orders yet.", "Import an order file first.")
    folder = runs.folder_of(run)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    version = lake.snapshot().version
    analysis = compute(lake, version, folder, running)
    arrivals.add_customers(lake.snapshot(version), folder / "customers.parquet", running.progress)
    told = set(analysis.customers.column_names)
    run.columns = [name for name in metrics.NAMES if name in told]
    count = publishing.publish(run, folder / "customers.parquet", running.progress)
    running.progress("publish", count, count)
    with transaction.atomic():  # the moment from which everybody sees it
        run.state, run.error = Run.State.PUBLISHED, {}
        run.as_of, run.lake_version = analysis.summary["as_of"], version
        run.customers, run.summary = count, analysis.summary
        run.published_at = timezone.now()
        run.save(
            update_fields=[
                "state", "error", "as_of", "lake_version", "customers", "columns", "summary", "published_at",
            ]
        )  # fmt: skip
    run.refresh_from_db()
    return run


def compute(lake: Lake, version: int, folder: Path, running: Running) -> Analysis:
    """The same analysis as on the command line, over a version of the lake; its files in ``folder``."""
    zone = lake.snapshot(version).timezone
    location = options().lake_location
    how = Analyzing(
        Parameters().changed(timezone=zone),
        IngestOptions(timezone=zone),
        lake=Path(location) if "://" not in location else location,  # type: ignore[arg-type]
        known_at=version,
        title=options().name or None,
        progress=running.progress,
        work_folder=folder,
        tracks=True,
    )
    customers, spells = TableFile(folder / "customers.parquet"), TableFile(folder / "spells.parquet")
    with customers, spells:
        analysis = run_analysis([], how, customers.write, spells.write)
    analysis = replace(analysis, customers=customers.read(), spells=spells.read())
    write_summary(analysis.summary, folder / "summary.json")
    write_csv_table(folder / "contacts.csv", analysis.contacts)
    running.progress("report", 0, 1)
    write_html(
        analysis,
        folder / "report.html",
        lang="zh" if settings.LANGUAGE_CODE.startswith("zh") else "en",
        title=how.title,
    )
    running.progress("report", 1, 1)
    return analysis
