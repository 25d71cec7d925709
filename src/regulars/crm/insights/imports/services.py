"""The steps of an import: receive, map, try, import, undo. Each is taken once: a state moves by a filtered update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from regulars.crm.accounts import audit
from regulars.crm.accounts.errors import Forbidden, NotFound
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import can, require, scope
from regulars.crm.insights.imports import examining, files, targets
from regulars.crm.insights.imports.errors import ImportProblem, WrongStep
from regulars.crm.insights.models import ImportBatch, RememberedMapping
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.services import enqueue
from regulars.crm.public_ids import new_public_id
from regulars.errors import RegularsError
from regulars.ingest.looking import refused
from regulars.language import Language

State, What = ImportBatch.State, ImportBatch.What
WORKING = (State.TRYING, State.IMPORTING, State.UNDOING)
OPTIONS = {
    "date_order": ("", "dmy", "mdy", "ymd"),
    "update": ("", "all", "fill"),
}


def visible(actor: Any) -> Q:
    """The imports an actor may look at: one's own; everybody's for who sees all customers and may undo imports."""
    if not can(actor, "customers.import"):
        return Q(pk__in=[])
    if scope(actor) == "all" and can(actor, "imports.undo"):
        return Q()
    return Q(actor=actor)


def found(actor: Any, public_id: str) -> ImportBatch:
    """Raises NotFound for an import that is not there, or not for this actor."""
    require(actor, "customers.import")
    batch = ImportBatch.objects.filter(visible(actor), public_id=public_id).first()
    if batch is None:
        raise NotFound("not_found", "There is no such import, or you may not see it.", "")
    return batch


def receive(
    actor: User, *, what: str, uploaded: Sequence[tuple[str, Path]], place: Path, lang: Language, source: str = ""
) -> ImportBatch:
    """Make an import of files that lie whole below ``place``. Nothing stays when they hold no table."""
    require(actor, "customers.import")
    if what not in What.values:
        raise ImportProblem("unknown_import", "Choose what the file holds.", "")
    public_id = new_public_id()
    try:
        names = files.settle(place, public_id, list(uploaded))
        batch = ImportBatch(
            public_id=public_id, what=what, actor=actor, file_name=", ".join(names)[:200], path=f"imports/{public_id}",
            files=names, source=source.strip()[:80] or "orders",
            size=sum(path.stat().st_size for path in files.paths(public_id, names)),
        )  # fmt: skip
        examining.examine(batch, lang)
        batch.save()
    except BaseException:
        files.remove(public_id)
        raise
    audit.record(actor, "import.upload", object_type="import", object_id=public_id, label=batch.file_name)
    return batch


@transaction.atomic
def decide(
    actor: User, batch: ImportBatch, *, columns: Mapping[str, str], options: Mapping[str, Any], source: str = ""
) -> ImportBatch:
    """Say what each column is (field -> column) and how values are read."""
    require(actor, "customers.import")
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state not in (State.UPLOADED, State.TRIED, State.FAILED) or batch.result or batch.lake_version_before:
        raise _wrong_step()
    known = {target.key for target in targets.targets(batch.what, "en")}
    names = {column["name"] for sheet in batch.look["sheets"] for column in sheet["columns"]}
    if set(columns) - known or set(columns.values()) - names:
        raise ImportProblem("unknown_import_column", "This column or field does not exist.", "Reload the page.")
    for name, values in OPTIONS.items():
        if options.get(name, "") not in values:
            raise ImportProblem("unknown_import_option", "This choice does not exist.", "Reload the page.")
    batch.mapping = dict(columns)
    batch.options = {name: value for name, value in options.items() if value not in ("", None, [])}
    batch.source = source.strip()[:80] or batch.source
    batch.state, batch.error, batch.counters, batch.result = State.UPLOADED, {}, {}, {}
    batch.save()
    return batch


def try_out(actor: User, batch: ImportBatch, lang: Language) -> Job:
    """Begin the dry run."""
    require(actor, "customers.import")
    if examining.open_decisions(batch, lang):
        raise WrongStep("undecided", "Some columns are not decided yet.", "Go back to the columns.")
    return _begin(actor, batch, "imports.try", (State.UPLOADED, State.TRIED, State.FAILED), State.TRYING, lang)


def start(actor: User, batch: ImportBatch, lang: Language) -> Job:
    """Begin the import; the dry run has been looked at."""
    require(actor, "customers.import")
    job = _begin(actor, batch, "imports.import", (State.TRIED,), State.IMPORTING, lang)
    RememberedMapping.objects.update_or_create(
        what=batch.what, columns=batch.look["digest"],
        defaults={"source": batch.source, "mapping": batch.mapping, "options": batch.options},
    )  # fmt: skip
    audit.record(actor, "import.start", object_type="import", object_id=batch.public_id, label=batch.file_name)
    return job


def undo(actor: User, batch: ImportBatch, lang: Language) -> Job:
    """Begin to take a whole import back."""
    require(actor, "imports.undo")
    if batch.actor_id != actor.pk and scope(actor) != "all":
        raise Forbidden("forbidden", "Your role does not allow this ({permission}).", "", permission="imports.undo")
    job = _begin(actor, batch, "imports.undo", (State.DONE, State.FAILED), State.UNDOING, lang)
    audit.record(actor, "import.undo", object_type="import", object_id=batch.public_id, label=batch.file_name)
    return job


def go_on(actor: User, batch: ImportBatch, lang: Language) -> Job:
    """Take up work that broke off; what was done stays done and is not doubled."""
    require(actor, "imports.undo" if batch.state == State.UNDOING else "customers.import")
    if not stalled(batch):
        raise _wrong_step()
    kinds = {State.TRYING: "imports.try", State.IMPORTING: "imports.import", State.UNDOING: "imports.undo"}
    return _enqueued(actor, batch, kinds[State(batch.state)], lang)


@transaction.atomic
def discard(actor: User, batch: ImportBatch) -> None:
    """Forget an upload from which nothing was imported."""
    require(actor, "customers.import")
    states = (State.UPLOADED, State.TRIED, State.FAILED, State.UNDONE)
    removed = ImportBatch.objects.filter(pk=batch.pk, state__in=states, lake_version_after=None)
    if batch.changes.exists() or not removed.filter(result={}).delete()[0]:
        raise _wrong_step()
    audit.record(actor, "import.discard", object_type="import", object_id=batch.public_id, label=batch.file_name)
    transaction.on_commit(lambda: files.remove(batch.public_id))


def stalled(batch: ImportBatch) -> bool:
    """Whether work on the import ended without bringing it to its next step."""
    if batch.state not in WORKING:
        return False
    job = Job.objects.filter(public_id=batch.job).first()
    return job is None or job.state in (Job.State.FAILED, Job.State.STOPPED)


def failed(batch: ImportBatch, error: RegularsError, state: str) -> None:
    """Note why a step could not be taken."""
    ImportBatch.objects.filter(pk=batch.pk).update(state=state, error=refused(error), finished_at=timezone.now())


@transaction.atomic
def _begin(actor: User, batch: ImportBatch, kind: str, before: Sequence[str], after: str, lang: Language) -> Job:
    moved = ImportBatch.objects.filter(pk=batch.pk, state__in=before).update(state=after, error={}, finished_at=None)
    if not moved:
        raise _wrong_step()
    return _enqueued(actor, batch, kind, lang)


def _enqueued(actor: User, batch: ImportBatch, kind: str, lang: Language) -> Job:
    job = enqueue(kind, actor, {"import": batch.public_id, "lang": lang})
    ImportBatch.objects.filter(pk=batch.pk).update(job=job.public_id)
    return job


def _wrong_step() -> WrongStep:
    return WrongStep(
        "wrong_step",
        gettext_noop("This import is at another step by now."),
        gettext_noop("Reload the page to see where it is."),
    )
