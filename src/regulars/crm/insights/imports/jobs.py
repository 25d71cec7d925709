"""The work behind the steps. Killed at any moment and begun again, it doubles nothing and loses nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulars.crm.accounts import policies
from regulars.crm.insights import inbox
from regulars.crm.insights.imports import company, orders, people, rows, services, undoing
from regulars.crm.insights.models import ImportBatch
from regulars.crm.jobs.services import Running, job
from regulars.errors import RegularsError
from regulars.language import Language

State, What = ImportBatch.State, ImportBatch.What
LANE = "imports"
_TABLES = {What.CUSTOMERS: people.Customers, What.CONTACTS: company.Contacts, What.FOLLOW_UPS: company.FollowUps}


def _batch(running: Running, *states: str) -> ImportBatch | None:
    """The import a job is about; None when it is past that step already."""
    return ImportBatch.objects.filter(public_id=running.arguments["import"], state__in=states).first()


def _lang(running: Running) -> Language:
    return "zh" if running.arguments.get("lang") == "zh" else "en"


@job("imports.try", title=_("Dry run of an import"))
def try_out(running: Running) -> dict[str, Any]:
    batch = _batch(running, State.TRYING)
    if batch is None:
        return {}
    try:
        if batch.what == What.ORDERS:
            result = orders.try_out(batch, _lang(running), running.progress)
            counters = result.pop("counters")
        else:
            tally = _walk(batch, running, dry=True)
            counters, result = tally.counters, tally.to_json()
    except RegularsError as error:
        services.failed(batch, error, State.UPLOADED)
        raise
    ImportBatch.objects.filter(pk=batch.pk, state=State.TRYING).update(
        state=State.TRIED, counters=counters, look={**batch.look, "tried": result}
    )
    return {"import": batch.public_id}


@job("imports.import", title=_("Import"), lane=LANE)
def do_import(running: Running) -> dict[str, Any]:
    batch = _batch(running, State.IMPORTING)
    if batch is None:
        return {}
    try:
        done = _orders(batch, running) if batch.what == What.ORDERS else _table(batch, running)
    except RegularsError as error:
        services.failed(batch, error, State.FAILED)
        raise
    return {"import": batch.public_id, **done}


def _orders(batch: ImportBatch, running: Running) -> dict[str, Any]:
    lang = _lang(running)
    found = orders.read(batch, lang, running.progress)
    orders.refuse_unusable(found)
    orders.write_rejects(batch, found.rejects, lang)
    loaded = orders.load(batch, found, running.progress)
    report = loaded.report.to_json()
    result = {
        "content": sorted(set(found.content)),
        "unchanged": loaded.version is None,
        "load": report if loaded.version is not None else None,
        "warnings": [{"code": note.code, "message": note.localized(lang)} for note in found.warnings],
    }
    ImportBatch.objects.filter(pk=batch.pk).update(
        lake_version_after=loaded.version, counters=found.counters.as_dict(), result=result
    )
    result["customers_made"] = orders.add_customers(batch, found, running.progress)
    _finish(batch, State.IMPORTING, State.DONE, result=result)
    if loaded.version is not None:
        _begin_run(running)
    return {"orders": report["new"] + report["replaced"], "customers": result["customers_made"]}


def _table(batch: ImportBatch, running: Running) -> dict[str, Any]:
    tally = _walk(batch, running, dry=False)
    _finish(batch, State.IMPORTING, State.DONE, counters=tally.counters, result={"tally": tally.to_json()})
    return dict(tally.numbers)


def _walk(batch: ImportBatch, running: Running, *, dry: bool) -> rows.Tally:
    """Every row of the files, in chunks; an import goes on after the last chunk that was written."""
    kept = {} if dry else batch.result.get("tally") or {}
    tally = rows.Tally.of(kept) if kept else rows.Tally()
    work = _TABLES[What(batch.what)](batch, running.actor, dry=dry)
    with rows.opened(batch) as grids:
        total = rows.total(grids)
        if not kept:
            tally.counters["rows"] = tally.counters["skipped_rows"] = rows.blank(grids)
        rejects = rows.Rejects(batch, at=tally.rejects_at)
        try:
            for chunk in rows.chunks(batch, grids, tally):
                _chunk(batch, work, chunk, tally, rejects, dry)
                running.progress("read", tally.done, total)
        finally:
            rejects.close()
    return tally


def _chunk(batch: ImportBatch, work: Any, chunk: Any, tally: rows.Tally, rejects: rows.Rejects, dry: bool) -> None:
    with transaction.atomic():
        good = []
        for row, wide in chunk:
            tally.counters["rows"] += 1
            if wide:
                _refuse(batch, tally, rejects, row, rows.Refused("", rows.TOO_WIDE))
            else:
                good.append(row)
        work.apply(good, tally, lambda row, refused: _refuse(batch, tally, rejects, row, refused))
        tally.done += len(chunk)
        tally.rejects_at = rejects.flush()
        if not dry:
            ImportBatch.objects.filter(pk=batch.pk).update(result={"tally": tally.to_json()})


def _refuse(batch: ImportBatch, tally: rows.Tally, rejects: rows.Rejects, row: rows.Row, refused: rows.Refused) -> None:
    tally.counters["rejected_rows"] += 1
    rejects.add(row, batch.mapping.get(refused.field, refused.field), refused)


def _finish(batch: ImportBatch, before: str, after: str, **values: Any) -> None:
    ImportBatch.objects.filter(pk=batch.pk, state=before).update(state=after, finished_at=timezone.now(), **values)


def _begin_run(running: Running) -> None:
    """New orders are worth new figures; who may not start runs by hand gets one all the same."""
    from regulars.crm.insights import runs

    runs.start(running.actor if policies.can(running.actor, "runs.start") else None, "import")


@job("imports.undo", title=_("Undo an import"), lane=LANE)
def undo(running: Running) -> dict[str, Any]:
    batch = _batch(running, State.UNDOING)
    if batch is None:
        return {}
    try:
        done: dict[str, Any] = {}
        if batch.what == What.ORDERS:
            done |= undoing.take_orders_back(batch, running.progress)
        done |= undoing.return_changes(batch, running.progress)
        done |= undoing.remove_customers(batch, running.progress)
    except RegularsError as error:
        services.failed(batch, error, State.DONE)
        raise
    _finish(batch, State.UNDOING, State.UNDONE, result={**batch.result, "undone": done})
    if done.get("version") is not None:
        _begin_run(running)
    return done


@job("inbox.drain", title=_("Orders of the inbox into the lake"), lane=LANE)
def drain(_running: Running) -> dict[str, Any]:
    return {"orders": inbox.drain()}
