"""Dry run, import, its result, and taking it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.crm.accounts import audit
from regulars.crm.accounts.policies import require
from regulars.crm.insights.imports import files, services, targets, undoing
from regulars.crm.insights.imports.errors import WrongStep
from regulars.crm.insights.models import ImportBatch
from regulars.ingest import reason_text
from regulars.web import languages, toasts
from regulars.web.views.imports.shown import ShownImport

State, What = ImportBatch.State, ImportBatch.What
REASONS = 8


@login_required
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST begins the dry run; GET shows how far it is, then what the import would do."""
    batch = services.found(request.user, public_id)
    if request.method == "POST":
        services.try_out(request.user, batch, languages.reading())
        return redirect("import_trial", public_id)
    if batch.state in (State.IMPORTING, State.DONE, State.UNDOING, State.UNDONE):
        return redirect("import_result", public_id)
    shown = ShownImport(batch, request.user)
    tried = batch.look.get("tried") if batch.state == State.TRIED else None
    context = {
        "shown": shown, "batch": batch, "steps": shown.steps("trial"), "tried": tried,
        "statement": _tried_statement(batch, tried) if tried else "",
        "amount": Decimal(tried["amount"]) / 100 if tried and "amount" in tried else None,
        "reasons": _reasons(tried), "changes": _changes(batch, tried), "earlier": _earlier(request, tried),
        "nothing": bool(tried) and not batch.counters.get("used_rows"),
    }  # fmt: skip
    return render(request, "imports/trial.html", context)


def _tried_statement(batch: ImportBatch, tried: dict[str, Any]) -> str:
    if batch.what == What.ORDERS:
        fresh = tried["orders"] - tried["known_orders"]
        text = ngettext("{n} new order would be added.", "{n} new orders would be added.", fresh)
        text = text.format(n=f"{fresh:,}")
        people = tried["new_customers"]
        more = ngettext("{n} new customer comes with them.", "{n} new customers come with them.", people)
        between = "" if languages.reading() == "zh" else " "
        return f"{text}{between}{more.format(n=f'{people:,}')}" if people else text
    numbers = tried["numbers"]
    return _("{new} would be added, {updated} brought up to date, {unchanged} stay as they are.").format(
        new=f"{numbers.get('new', 0):,}", updated=f"{numbers.get('updated', 0):,}",
        unchanged=f"{numbers.get('unchanged', 0):,}",
    )  # fmt: skip


def _reasons(tried: dict[str, Any] | None) -> list[tuple[str, int]]:
    lang = languages.reading()
    return [(reason_text(r["reason"], lang), r["rows"]) for r in (tried or {}).get("reasons", [])[:REASONS]]


def _changes(batch: ImportBatch, tried: dict[str, Any] | None) -> list[dict[str, Any]]:
    if not tried or batch.what == What.ORDERS:
        return []
    labels = targets.labels(batch.what, languages.reading())
    return [{**change, "label": labels.get(change["field"], change["field"])} for change in tried["changes"]]


def _earlier(request: HttpRequest, tried: dict[str, Any] | None) -> ShownImport | str | None:
    """The import that brought these files before; "elsewhere" when none that the reader knows did."""
    taken = (tried or {}).get("taken")
    if taken is None:
        return None
    batch = ImportBatch.objects.filter(services.visible(request.user), public_id=taken).first()
    return ShownImport(batch, request.user) if batch is not None else "elsewhere"


@login_required
@require_POST
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = services.found(request.user, public_id)
    services.start(request.user, batch, languages.reading())
    return redirect("import_result", public_id)


@login_required
@require_GET
def result(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = services.found(request.user, public_id)
    if batch.state in (State.UPLOADED, State.TRYING, State.TRIED):
        return redirect("import", public_id)
    shown = ShownImport(batch, request.user)
    load = batch.result.get("load") or {}
    context = {
        "shown": shown, "batch": batch, "steps": shown.steps("import"), "load": load,
        "numbers": (batch.result.get("tally") or {}).get("numbers", {}),
        "undone": batch.result.get("undone"), "statement": _statement(batch, load),
        "has_rejects": (files.folder(batch.public_id) / "rejects.csv").exists(),
    }  # fmt: skip
    return render(request, "imports/result.html", context)


def _statement(batch: ImportBatch, load: dict[str, Any]) -> str:
    if batch.state == State.UNDONE:
        return _("This import was taken back.")
    if batch.state != State.DONE:
        return ""
    if batch.what != What.ORDERS:
        used = batch.counters.get("used_rows", 0)
        return ngettext("{n} row was imported.", "{n} rows were imported.", used).format(n=f"{used:,}")
    if batch.result.get("unchanged"):
        return _("These files were imported before; nothing was added.")
    count = load.get("new", 0) + load.get("replaced", 0)
    text = ngettext("{n} order is in.", "{n} orders are in.", count).format(n=f"{count:,}")
    return _("{text} The figures are being computed anew.").format(text=text)


@login_required
@require_GET
def rejects(request: HttpRequest, public_id: str) -> FileResponse:
    """The rejected rows with file, line, column, value and reason; no spreadsheet runs what is in them."""
    batch = services.found(request.user, public_id)
    path = files.folder(batch.public_id) / "rejects.csv"
    if not path.exists():
        raise Http404
    audit.record(request.user, "import.rejects", object_type="import", object_id=public_id, label=batch.file_name)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"rejects-{public_id}.csv", content_type="text/csv"
    )


@login_required
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET says what would happen; POST does it."""
    batch = services.found(request.user, public_id)
    require(request.user, "imports.undo")
    shown = ShownImport(batch, request.user)
    if not shown.can_undo:
        raise WrongStep("wrong_step", "This import is at another step by now.", "Reload the page to see where it is.")
    if request.method == "POST":
        services.undo(request.user, batch, languages.reading())
        return redirect("import_result", public_id)
    context = {"shown": shown, "batch": batch, "outlook": undoing.outlook(batch)}
    return render(request, "imports/undo.html", context)


@login_required
@require_POST
def go_on(request: HttpRequest, public_id: str) -> HttpResponse:
    services.go_on(request.user, services.found(request.user, public_id), languages.reading())
    return redirect("import", public_id)


@login_required
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = services.found(request.user, public_id)
    services.discard(request.user, batch)
    toasts.tell(request, _("The upload was discarded."))
    return redirect("imports")
