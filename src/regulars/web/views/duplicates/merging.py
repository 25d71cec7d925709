"""Merging two customers, field by field, and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.crm.customers import merging
from regulars.crm.customers.models import Customer
from regulars.web import toasts
from regulars.web.views.duplicates.pairs import customer_of


@login_required
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, kept: str, gone: str) -> HttpResponse:
    """GET shows both side by side; POST makes them one."""
    stays, goes = customer_of(request.user, kept), customer_of(request.user, gone)
    if request.method == "GET":
        return _page(request, stays, goes)
    choices = {name.removeprefix("take-"): value for name, value in request.POST.items() if name.startswith("take-")}
    made = merging.merge(request.user, kept=stays, gone=goes, choices=choices)
    toasts.tell(
        request, _("{gone} is part of {kept} now.").format(gone=goes.name, kept=stays.name),
        undo=f"/duplicates/undo/{made.public_id}/",
    )  # fmt: skip
    return redirect("customer", stays.public_id)


def _page(request: HttpRequest, stays: Customer, goes: Customer) -> HttpResponse:
    found = merging.preview(request.user, kept=stays, gone=goes)
    rows: list[dict[str, Any]] = [
        {"choice": choice, "label": choice.label or field_name(choice.key), "kept": _text(choice.key, choice.kept),
         "gone": _text(choice.key, choice.gone)}
        for choice in found.choices
    ]  # fmt: skip
    context = {
        "kept": stays, "gone": goes, "preview": found, "open": [row for row in rows if row["choice"].differs],
        "same": [row for row in rows if not row["choice"].differs],
    }  # fmt: skip
    return render(request, "duplicates/merge.html", context)


def _text(key: str, value: Any) -> str:
    if key == "kind" and value:
        return {"individual": _("individual"), "organization": _("organization")}.get(str(value), str(value))
    if isinstance(value, list):
        return ", ".join(_("yes") if v is True else _("no") if v is False else str(v) for v in value)
    return str(value or "")


def field_name(key: str) -> str:
    return {
        "name": _("name"), "kind": _("kind"), "phone": _("phone"), "email": _("e-mail"), "wechat": _("WeChat"),
        "region": _("region"), "address": _("address"), "source": _("source"), "tier": _("tier"), "owner": _("owner"),
        "referrer": _("referrer"), "notes": _("notes"),
    }.get(key, key)  # fmt: skip


@login_required
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Two again, with everything each of them had."""
    made = merging.unmerge(request.user, merging.found(request.user, public_id))
    toasts.tell(
        request, _("{gone} and {kept} are two customers again.").format(gone=made.gone.name, kept=made.kept.name)
    )
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("customer", made.kept.public_id)
