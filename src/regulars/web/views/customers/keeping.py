"""The recycle bin, contacts of an organization, and the settings page of custom fields."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.crm.accounts import policies as rights
from regulars.crm.customers import contacts, services
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.models import CustomField
from regulars.crm.customers.queries import in_bin
from regulars.crm.customers.services.binning import KEPT
from regulars.web import toasts
from regulars.web.views.customers import finding, forms
from regulars.web.views.customers.entering import leads_to

PAGE = 100
TYPES = (
    ("text", gettext_lazy("Text")),
    ("long_text", gettext_lazy("Long text")),
    ("number", gettext_lazy("Number")),
    ("money", gettext_lazy("Money")),
    ("date", gettext_lazy("Date")),
    ("yes_no", gettext_lazy("Yes or no")),
    ("choice", gettext_lazy("One of several")),
    ("choices", gettext_lazy("Several of several")),
    ("link", gettext_lazy("Link")),
    ("person", gettext_lazy("Person of the team")),
)


@login_required
@require_safe
def bin(request: HttpRequest) -> HttpResponse:
    actor: Any = request.user
    rights.require(actor, "customers.delete")
    rows = list(in_bin(actor)[:PAGE])
    now = timezone.now()
    shown = [(row, max(0, (row.deleted_at + KEPT - now).days)) for row in rows if row.deleted_at is not None]
    return render(request, "customers/bin.html", {"rows": shown, "days": timedelta(days=30).days})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, public_id: str, contact_id: str = "") -> HttpResponse:
    """Add, change or remove a contact."""
    actor: Any = request.user
    customer = finding.customer_of(request, public_id)
    held = finding.contact_of(request, customer, contact_id) if contact_id else None
    given, wrong = request.POST, {}
    if request.method == "POST":
        values = {name: given[name] for name in ("name", "title", "part", "phone", "email", "notes") if name in given}
        try:
            if held is None:
                services.add_contact(actor, customer, **values)
            elif given.get("action") == "remove":
                services.remove_contact(actor, held)
            else:
                kept = {n: v for n, v in values.items() if rights.sees_clear(actor, n) or v.strip()}
                services.change_contact(actor, held, **kept)
        except Invalid as error:
            wrong = error.messages()
        else:
            toasts.tell(request, _("Saved."))
            return leads_to(request, reverse("customer", args=[customer.public_id]))
    from regulars.crm.customers.services.checking import must_edit

    must_edit(actor, customer)
    context = {
        "customer": customer,
        "contact": held,
        "controls": _contact_controls(actor, held, forms.typed_of(given), wrong),
    }
    return render(request, "customers/contact.html", context, status=422 if wrong else 200)


def _contact_controls(actor: Any, held: Any, typed: dict[str, Any], wrong: dict[str, str]) -> list[forms.Control]:
    def value(name: str) -> str:
        return getattr(held, name, "") if held is not None and rights.sees_clear(actor, name) else ""

    parts = [(key, str(name)) for key, name in contacts.PARTS]
    made = [
        forms.Control("name", _("Name"), value=value("name"), required=True, focus=True, longest=120),
        forms.Control("part", _("Part played"), "select", held.part if held else "other", options=parts),
        forms.Control("title", _("Position"), value=value("title"), longest=120),
        forms.Control("phone", _("Phone"), "tel", value("phone"), longest=40),
        forms.Control("email", _("E-mail"), "email", value("email"), longest=254),
        forms.Control("notes", _("Notes"), "textarea", value("notes"), wide=True),
    ]
    for each in made:
        each.value, each.problem = typed.get(each.name, each.value), wrong.get(each.name, "")
    return made


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def fields(request: HttpRequest) -> HttpResponse:
    """Custom fields: add one, see them all."""
    actor: Any = request.user
    rights.require(actor, "fields.manage")
    given, wrong = request.POST, {}
    if request.method == "POST":
        try:
            made = services.create_field(
                actor,
                name=given.get("name", ""),
                type=given.get("type", ""),
                choices=given.get("choices", "").splitlines(),
                required=given.get("required") == "yes",
            )
        except Invalid as error:
            wrong = error.messages()
        else:
            toasts.tell(request, _("The field “{name}” was added.").format(name=made.name))
            return leads_to(request, reverse("fields"))
    names = dict(TYPES)
    held = CustomField.objects.order_by("archived_at", "position", "id")
    context = {
        "fields": [(each, names.get(each.type, each.type)) for each in held],
        "types": TYPES,
        "typed": given,
        "wrong": wrong,
    }
    return render(request, "customers/fields.html", context, status=422 if wrong else 200)


@login_required
@require_POST
def change_field(request: HttpRequest, key: str, action: str) -> HttpResponse:
    actor: Any = request.user
    rights.require(actor, "fields.manage")
    found = CustomField.objects.filter(key=key).first()
    if found is None:
        raise Http404
    try:
        if action == "archive":
            services.archive_field(actor, found)
        elif action == "return":
            services.return_field(actor, found)
        elif action == "change":
            changes: dict[str, Any] = {
                "name": request.POST.get("name", ""),
                "required": request.POST.get("required") == "yes",
            }
            if "choices" in request.POST:
                changes["choices"] = request.POST["choices"].splitlines()
            services.change_field(actor, found, **changes)
        else:
            raise Http404
    except Invalid as error:
        toasts.tell(request, next(iter(error.messages().values())), wrong=True)
    else:
        toasts.tell(request, _("Saved."))
    return leads_to(request, reverse("fields"))
