"""New customers in three fields, and changing one: on its page or in a cell of the list."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.crm.accounts import policies as rights
from regulars.crm.accounts.models import User
from regulars.crm.customers import policies, services
from regulars.crm.customers.errors import Conflict, Invalid
from regulars.crm.customers.filters.fields import Registry
from regulars.crm.customers.listing import columns
from regulars.crm.customers.models import Customer, CustomField
from regulars.crm.customers.services.checking import must_edit
from regulars.web import languages, toasts
from regulars.web.views.customers import cells, finding, forms


def person(public_id: str) -> User | None:
    if not public_id:
        return None
    found = User.objects.filter(public_id=public_id, is_active=True).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    actor: Any = request.user
    rights.require(actor, "customers.create")
    typed, wrong = forms.typed_of(request.POST), {}
    if request.method == "POST":
        values, custom = forms.split(request.POST)
        try:
            made = services.register(actor, owner=person(request.POST.get("owner", "")), custom=custom, **values)
        except Invalid as error:
            wrong = error.messages()
        else:
            toasts.tell(request, _("{name} was added.").format(name=made.name))
            return leads_to(request, reverse("customer", args=[made.public_id]))
    context = {"controls": forms.quick(request, typed, wrong), "wrong": wrong}
    return render(request, "customers/new.html", context, status=422 if wrong else 200)


def leads_to(request: HttpRequest, address: str) -> HttpResponse:
    """Go to another page, also from a part of one."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


@login_required
@require_safe
def lookalikes(request: HttpRequest) -> HttpResponse:
    """Who could already be this customer, while it is typed."""
    actor: Any = request.user
    rights.require(actor, "customers.create")
    told = {name: request.GET.get(name, "")[:200] for name in ("name", "phone", "email")}
    found = services.lookalikes(actor, **told)
    for customer in found:
        customer.phone = policies.masked(actor, "phone", customer.phone)
    return render(request, "customers/lookalikes.html", {"found": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    actor: Any = request.user
    customer = finding.customer_of(request, public_id, "referrer")
    must_edit(actor, customer)
    typed, wrong, conflict = forms.typed_of(request.POST), {}, ""
    if request.method == "POST":
        try:
            _save(request, customer)
        except Invalid as error:
            wrong = error.messages()
        except Conflict as error:
            conflict = " ".join(error.localized(languages.reading()))
            customer = finding.customer_of(request, public_id, "referrer")
        else:
            toasts.tell(request, _("Saved."))
            return HttpResponseRedirect(reverse("customer", args=[customer.public_id]))
    for key in ("sms", "call", "mail", "wechat"):
        if f"consent.{key}" in typed:
            typed.setdefault("consent", {})[key] = {"yes": True, "no": False}.get(typed[f"consent.{key}"])
    context = {
        "customer": customer,
        "controls": forms.whole(actor, customer, typed, wrong),
        "seen": customer.updated_at.isoformat(),
        "conflict": conflict,
        "wrong": wrong,
    }
    return render(request, "customers/edit.html", context, status=422 if wrong else 409 if conflict else 200)


def _save(request: HttpRequest, customer: Customer) -> None:
    actor: Any = request.user
    values, custom = forms.split(request.POST)
    for name in ("phone", "email", "address"):
        if not rights.sees_clear(actor, name) and not str(values.get(name, "")).strip():
            values.pop(name, None)  # masked: an empty control keeps what is there
    more: dict[str, Any] = {}
    if "referrer" in request.POST:
        more["referrer"] = _referrer(request, request.POST["referrer"].strip())
    services.edit(actor, customer, seen=request.POST.get("seen", ""), custom=custom, **more, **values)


def _referrer(request: HttpRequest, told: str) -> Customer | None:
    if not told:
        return None
    found = finding.seen(request).filter(key=told).first() or finding.seen(request).filter(public_id=told).first()
    if found is None:
        raise Invalid({"referrer": gettext_noop("There is no such customer.")})
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: HttpRequest, public_id: str, column: str) -> HttpResponse:
    """One cell of the list: its control, and after saving its new value."""
    actor: Any = request.user
    customer = finding.customer_of(request, public_id)
    registry = Registry(actor)
    field = registry.get(column)
    if field is None or not (column in cells.EDITABLE or field.group == "custom") or field.masked(actor):
        raise Http404
    must_edit(actor, customer, "customers.assign" if column == "owner" else "customers.edit")
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            _save_cell(request, customer, column)
        except Invalid as error:
            wrong = error.messages()
        else:
            customer = columns.with_related(Customer.objects.all(), [field]).get(pk=customer.pk)
            sheet = columns.sheet(actor, [field], [customer])
            made = cells.cell(field, sheet.value(customer, field), True, False)
            return render(
                request, "customers/cell.html", {"cell": made, "customer": customer, "first": column == "name"}
            )
    control = _control(actor, customer, column, request.POST.get("value"))
    control.problem = next(iter(wrong.values()), "")
    context = {"control": control, "customer": customer, "column": column}
    return render(request, "customers/cell_edit.html", context, status=422 if wrong else 200)


def _control(actor: User, customer: Customer, column: str, typed: str | None) -> forms.Control:
    if column == "owner":
        made = forms.Control(
            "value",
            _("Owner"),
            "select",
            customer.owner.public_id if customer.owner else "",
            options=[("", "–"), *forms.owners(actor)],
        )
    elif column.startswith("custom."):
        each = CustomField.objects.get(key=column.removeprefix("custom."))
        from regulars.crm.customers import custom_values

        made = forms.custom_control(
            each, custom_values.of([customer.pk], [each]).get(customer.pk, {}).get(each.key, [])
        )
    else:
        made = next(c for c in forms.whole(actor, customer, {}, {}) if c.name == column)
    made.name, made.focus = "value", True
    if typed is not None:
        made.value = typed
    return made


def _save_cell(request: HttpRequest, customer: Customer, column: str) -> None:
    actor: Any = request.user
    value = request.POST.get("value", "")
    if column == "owner":
        services.assign(actor, customer, owner=person(value))
    elif column.startswith("custom."):
        services.edit(actor, customer, custom={column.removeprefix("custom."): request.POST.getlist("value")})
    else:
        services.edit(actor, customer, **{column: value})


@login_required
@require_POST
def change(request: HttpRequest, public_id: str, action: str) -> HttpResponse:
    """Assign, tag, untag, collaborators, delete, restore: small changes on the page of a customer."""
    actor: Any = request.user
    customer = finding.customer_of(request, public_id)
    given = request.POST
    address = reverse("customer", args=[customer.public_id])
    try:
        if action == "assign":
            services.assign(actor, customer, owner=person(given.get("owner", "")))
            told = _("Assigned to {name}.").format(name=customer.owner.name if customer.owner else "–")
        elif action == "tag":
            services.tag(actor, customer, names=given.get("tags", "").replace("，", ",").split(","))
            told = _("Tagged.")
        elif action == "untag":
            services.untag(actor, customer, names=[given.get("tag", "")])
            told = _("Tag removed.")
        elif action == "collaborate":
            helper = person(given.get("person", ""))
            if helper is None:
                raise Http404
            services.add_collaborator(actor, customer, person=helper, may_edit=given.get("may_edit") == "yes")
            told = _("{name} works along.").format(name=helper.name)
        elif action == "leave":
            services.remove_collaborator(actor, customer, person=User.objects.get(public_id=given.get("person", "")))
            told = _("Removed.")
        elif action == "delete":
            services.delete(actor, customer)
            told, address = (
                _("{name} is in the recycle bin for 30 days.").format(name=customer.name),
                reverse("customers"),
            )
        elif action == "restore":
            services.restore(actor, customer)
            told = _("{name} is back.").format(name=customer.name)
        else:
            raise Http404
    except User.DoesNotExist:
        raise Http404 from None
    except Invalid as error:
        toasts.tell(request, next(iter(error.messages().values())), wrong=True)
        return leads_to(request, address)
    toasts.tell(request, told)
    if not policies.can_see(actor, customer):
        address = reverse("customers")
    return leads_to(request, given.get("next") if given.get("next") == reverse("bin") else address)
