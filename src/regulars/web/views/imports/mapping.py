"""What each column is, and fifty rows as they will be understood."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from regulars.crm.insights.imports import examining, previewing, services, targets
from regulars.crm.insights.imports.people import MATCHES
from regulars.crm.insights.models import ImportBatch
from regulars.errors import InputError, ParameterError
from regulars.ingest.money import CURRENCIES
from regulars.web import languages
from regulars.web.views.imports.shown import ShownImport

What, State = ImportBatch.What, ImportBatch.State


@login_required
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = services.found(request.user, public_id)
    if request.method == "GET":
        if batch.state in (*services.WORKING, State.DONE, State.UNDONE):
            return redirect("import", public_id)
        return _columns(request, batch)
    twice = _given_twice(request)
    if twice:
        return _columns(request, batch, problem=twice, status=422)
    batch = services.decide(
        request.user, batch, columns=_mapping(request, batch), options=_options(request, batch),
        source=request.POST.get("source", ""),
    )  # fmt: skip
    if "next" in request.POST and not examining.open_decisions(batch, languages.reading()):
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": f"/imports/{public_id}/preview/"})
        return redirect("import_preview", public_id)
    return _columns(request, batch)


def _mapping(request: HttpRequest, batch: ImportBatch) -> dict[str, str]:
    names = [column["name"] for column in examining.leading_sheet(batch)["columns"]]
    chosen = {request.POST.get(f"use-{place}", ""): name for place, name in enumerate(names)}
    chosen.pop("", None)
    return chosen


def _given_twice(request: HttpRequest) -> str:
    seen: set[str] = set()
    for name, value in request.POST.items():
        if name.startswith("use-") and value:
            if value in seen:
                return str(value)
            seen.add(str(value))
    return ""


def _options(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    given: dict[str, Any] = {
        "date_order": request.POST.get("date_order") or request.POST.get("kept_date_order", ""),
        "currency": request.POST.get("currency", ""),
    }
    if batch.what == What.CUSTOMERS:
        given["update"] = request.POST.get("update", "")
        given["match"] = [name for name in MATCHES if name in request.POST.getlist("match")]
    if batch.what == What.ORDERS and request.POST.get("currency", "") not in CURRENCIES:
        given["currency"] = ""
    return given


def _columns(request: HttpRequest, batch: ImportBatch, problem: str = "", status: int = 200) -> HttpResponse:
    lang = languages.reading()
    labels = targets.labels(batch.what, lang)
    rows = examining.column_rows(batch, lang)
    decisions = examining.open_decisions(batch, lang)
    sheet = examining.leading_sheet(batch)
    context = {
        "shown": ShownImport(batch, request.user),
        "batch": batch,
        "sheet": sheet,
        "steps": ShownImport(batch, request.user).steps("columns"),
        "rows": [{**row, "place": n, "reason": _reason(row), "meant": _meant(row)} for n, row in enumerate(rows)],
        "targets": list(labels.items()),
        "statement": _statement(rows, decisions, labels),
        "decisions": decisions,
        "button": _button(decisions, labels),
        "twice": labels.get(problem, ""),
        "date_order": batch.options.get("date_order", ""),
        "currencies": [code for code in CURRENCIES if code],
        "currency": batch.options.get("currency", ""),
        "matches": [(name, labels[name], name in (batch.options.get("match") or MATCHES)) for name in MATCHES]
        if batch.what == What.CUSTOMERS
        else [],
        "update": batch.options.get("update", "all"),
        "delimiter": _delimiter(sheet["delimiter"]),
    }
    part = request.headers.get("HX-Request") == "true"
    template = "imports/columns_form.html" if part else "imports/columns.html"
    return render(request, template, context, status=status)


def _statement(rows: list[dict[str, Any]], decisions: list[tuple[str, str]], labels: dict[str, str]) -> str:
    known = sum(1 for row in rows if row["field"])
    text = _("{known} of {all} columns are recognised").format(known=known, all=len(rows))
    if not decisions:
        return _("{text}; nothing needs a decision.").format(text=text)
    kind, name = decisions[0]
    if kind == "date_order":
        return _("{text}; “{column}” can be read two ways, please decide once.").format(text=text, column=name)
    return _("{text}; which column is the {field}?").format(text=text, field=labels[name])


def _button(decisions: list[tuple[str, str]], labels: dict[str, str]) -> str:
    if not decisions:
        return _("Next: preview")
    kind, name = decisions[0]
    if kind == "date_order":
        return _("First choose how to read the dates")
    return _("First choose the column of: {field}").format(field=labels[name])


def _reason(row: dict[str, Any]) -> str:
    if row["open"]:
        return _("no day above 12 in the first rows")
    if row["unread"]:
        return _("the sample cannot be read as this")
    told = {"name": _("by name and content"), "preset": _("known export"), "content": _("by content"),
            "given": _("chosen by you")}  # fmt: skip
    return told.get(row["how"] or "", "")


def _meant(row: dict[str, Any]) -> str:
    words = {
        "cancelled": _("cancelled, its money does not count"), "unpaid": _("unpaid, its money does not count"),
        "valid": _("valid"), "organization": _("organization"), "individual": _("individual"),
    }  # fmt: skip
    meant = row["meant"]
    return words.get(meant, meant) if row["field"] in ("status", "kind") else meant


def _delimiter(sign: str | None) -> str:
    names = {",": _("comma"), "\t": _("tab"), ";": _("semicolon"), " ": _("space")}
    return names.get(sign or "", sign or "")


@login_required
@require_GET
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    batch = services.found(request.user, public_id)
    if batch.state not in (State.UPLOADED, State.TRIED, State.FAILED):
        return redirect("import", public_id)
    lang = languages.reading()
    if examining.open_decisions(batch, lang):
        return redirect("import_columns", public_id)
    labels = {**targets.labels(batch.what, lang), "when": _("order time"), "products": _("products")}
    context: dict[str, Any] = {"shown": (shown := ShownImport(batch, request.user)), "batch": batch}
    context["steps"] = shown.steps("preview")
    try:
        found = previewing.preview(batch, lang)
    except (InputError, ParameterError) as error:
        context["message"], context["hint"] = error.localized(lang)
        return render(request, "imports/preview.html", context, status=422)
    context |= {
        "columns": [(key, labels.get(key, key)) for key in found["columns"]],
        "numbers": {"amount", "profit", "discount"},
        "rows": [[(key, row.get(key)) for key in found["columns"]] for row in found["rows"]],
        "rejects": found["rejects"],
        "warnings": found["warnings"],
        "statement": ngettext(
            "This is how the first row will be understood.", "This is how the first {n} rows will be understood.",
            len(found["rows"]),
        ).format(n=len(found["rows"])),
    }  # fmt: skip
    return render(request, "imports/preview.html", context)
