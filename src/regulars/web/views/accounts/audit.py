"""The audit log: search, pages by key, export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from regulars.crm.accounts import audit as log
from regulars.crm.accounts import policies, queries
from regulars.crm.accounts.models import AuditEntry, User
from regulars.report.cells import csv_record
from regulars.web.views.accounts.actions import action_name

BIGGEST = 2**62
LONGEST = 300


class SearchForm(forms.Form):
    person = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    object = forms.CharField(label=gettext_lazy("Object"), max_length=80, required=False)
    since = forms.DateField(
        label=pgettext_lazy("period", "From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=pgettext_lazy("period", "To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = User.objects.order_by("name", "pk").values_list("public_id", "name")
        cast(forms.ChoiceField, self.fields["person"]).choices = [("", _("Everybody")), *everybody]
        cast(forms.ChoiceField, self.fields["action"]).choices = [("", _("Everything")), *_action_choices()]

    def wanted(self) -> queries.AuditFilter:
        """What was asked for; a field that cannot be understood does not restrict, and the form says so."""
        return queries.AuditFilter(**{k: v for k, v in getattr(self, "cleaned_data", {}).items() if v})


def _action_choices() -> list[tuple[str, str]]:
    return sorted(((action, action_name(action)) for action in queries.audit_actions()), key=lambda pair: pair[1])


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Entries, newest first, a page at a time."""
    actor = cast(User, request.user)
    policies.require(actor, "audit.view")
    form = SearchForm(request.GET)
    form.is_valid()
    rows, next_before = queries.audit_page(actor, form.wanted(), before=_whole(request.GET.get("before")))
    asked = {k: v for k, v in request.GET.items() if k in form.fields and v}
    context = {
        "form": form,
        "rows": [{"entry": e, "action": action_name(e.action), "details": _details(e.details)} for e in rows],
        "asked": asked,
        "newest": "before" in request.GET,
        "first": "?" + urlencode(asked),
        "next": f"?{urlencode(asked | {'before': next_before})}" if next_before else "",
    }
    return render(request, "accounts/audit.html", context)


@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The found entries as CSV; that somebody exported them is logged too."""
    actor = cast(User, request.user)
    policies.require(actor, "audit.view")
    form = SearchForm(request.POST)
    form.is_valid()
    wanted = form.wanted()
    found = queries.audit_log(actor, wanted)
    log.record(actor, "audit.export", object_type="audit", details={k: str(v) for k, v in vars(wanted).items() if v})
    response = StreamingHttpResponse(_lines(found.iterator(chunk_size=1000)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate():%Y-%m-%d}.csv"'
    return response


def _lines(entries: Iterator[AuditEntry]) -> Iterator[str]:
    yield "\ufeff" + csv_record(
        ["at", "person", "email", "action", "object_type", "object_id", "label", "details", "address"]
    )
    for e in entries:
        person, email = (e.actor.name, e.actor.email) if e.actor else ("", "")
        told = json.dumps(e.details, ensure_ascii=False) if e.details else ""
        yield csv_record(
            [e.at.isoformat(), person, email, e.action, e.object_type, e.object_id, e.label, told, e.address or ""]
        )


def _details(details: Any) -> str:
    """Details in one line, long ones cut: "role: sales → service", "field: phone"."""
    if not isinstance(details, dict):
        return ""
    before, after = details.get("before"), details.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        told = [f"{k}: {_short(before.get(k))} → {_short(v)}" for k, v in after.items() if before.get(k) != v]
    else:
        told = [f"{k}: {_short(v)}" for k, v in details.items()]
    text = "; ".join(told)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _short(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) <= BIGGEST else None
