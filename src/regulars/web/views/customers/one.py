"""The page of one customer: who they are, what the run knows of them, what happened, what to do."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.crm.accounts import policies as rights
from regulars.crm.customers import custom_values, policies, services
from regulars.crm.customers.filters import own
from regulars.crm.customers.listing import counting, paging
from regulars.crm.customers.listing.ordering import Place
from regulars.crm.customers.models import Collaborator, Contact, Customer, CustomField, FollowUp
from regulars.crm.insights import lake_access, metrics
from regulars.web import languages
from regulars.web.views.customers import cells, finding, forms, happenings, rhythm, state, story
from regulars.web.views.customers.story import Kept

MONTHS = 6
KEPT = 7


@login_required
@require_safe
def customer(request: HttpRequest, public_id: str) -> HttpResponse:
    actor: Any = request.user
    found = finding.customer_of(request, public_id, "department", "referrer", "merged_into")
    if found.merged_into is not None:
        return HttpResponseRedirect(reverse("customer", args=[found.merged_into.public_id]))
    orders = lake_access.orders_of(found.key) if rights.can(actor, "numbers.view") else []
    history = history_of(actor, found)
    row = history[0].row if history else None
    as_of = history[0].as_of if history else timezone.localdate()
    lang, currency = languages.reading(), lake_access.currency()
    context = {
        "customer": found,
        "row": row,
        "as_of": as_of,
        "query": request.GET.urlencode(),
        "statement": story.statement(row) if history else "",
        "figures": story.figures(row, history, currency, lang) if row is not None else [],
        "strip": rhythm.strip(rhythm.days_of(orders), row, as_of, currency, lang),
        "months": judgements(history, currency),
        "reasoning": story.reasoning(row, currency) if row is not None else None,
        "products": _products(orders, as_of),
        "timeline": happenings.made(actor, found, orders, history, kind="all", skip=0),
        "kinds": kind_words(),
        "currency": currency,
        "chips": _chips(row),
        **_people(request, found),
        **_details(actor, found),
    }
    return render(request, "customers/one.html", context)


def history_of(actor: Any, found: Customer) -> list[Kept]:
    """What the current run and the kept ones of earlier months say, newest first; nothing without the right to it."""
    if not rights.can(actor, "numbers.view"):
        return []
    months: dict[tuple[int, int], Any] = {}
    runs = metrics.kept()
    for run in runs:
        if run.as_of is not None:
            months.setdefault((run.as_of.year, run.as_of.month), run)
    chosen = sorted(months.values(), key=lambda run: run.as_of, reverse=True)[:KEPT]
    return [Kept(run.as_of, metrics.for_customer(found, run)) for run in chosen]


def judgements(history: list[Kept], currency: str) -> dict[str, Any] | None:
    """A small table: one column a month end, as then known."""
    told = [kept for kept in reversed(history[:MONTHS]) if kept.row is not None]
    if len(told) < 2:
        return None
    return {"columns": told, "currency": currency}


def _chips(row: Any) -> list[dict[str, str]]:
    if row is None:
        return []
    made = []
    for name in ("rhythm", "quadrant"):
        value = getattr(row, name)
        if value:
            tone = cells.TONES[name].get(value, "none")
            label = story.named(name, value)
            if name == "quadrant" and value != "dormant":
                label = _("quadrant {letter}").format(letter=value)
            made.append({"tone": tone, "label": label, "shape": "sq" if name == "quadrant" else ""})
    return made


def _products(orders: list[lake_access.OrderSeen], as_of: date) -> list[dict[str, Any]]:
    """Products bought more than once and when they are due again."""
    made = []
    for each in lake_access.products_of(orders)[:40]:
        if each.due is None or each.gap_days is None or each.gap_days < 1:
            continue
        left = (each.due - as_of).days
        share = max(0.04, min(1.0, (as_of - each.last).days / each.gap_days))
        if left < -4 * each.gap_days:
            continue  # long given up
        made.append(
            {
                "label": each.label,
                "left": left,
                "over": -left,
                "bar": round(share * 64),
                "late": left < 0,
                "times": each.times,
            }
        )
    return made[:6]


def _people(request: HttpRequest, found: Customer) -> dict[str, Any]:
    actor: Any = request.user
    may_assign = rights.can(actor, "customers.assign")
    return {
        "may_edit": found.deleted_at is None and policies.can_edit(actor, found),
        "may_follow": found.deleted_at is None and rights.can(actor, "follow_ups.create"),
        "may_assign": may_assign,
        "may_delete": rights.can(actor, "customers.delete"),
        "may_reveal": rights.can(actor, "customers.reveal"),
        "owners": forms.owners(actor) if may_assign else [],
        "collaborators": list(Collaborator.objects.filter(customer=found).select_related("user")),
        "follow_kinds": own.FOLLOW_UP_KINDS,
        "open_steps": list(
            FollowUp.objects.filter(customer=found, next_done_at=None, next_on__isnull=False, deleted_at=None)
            .select_related("author")
            .order_by("next_on")[:5]
        ),
        "tags": list(found.tags.order_by("name")),
    }


def _details(actor: Any, found: Customer) -> dict[str, Any]:
    held = custom_values.of([found.pk]).get(found.pk, {})
    shown = []
    for each in custom_values.fields():
        if held.get(each.key):
            shown.append((each, _custom_shown(each, held[each.key])))
    return {
        "contact_data": contact_data(actor, found),
        "consents": [(name, found.consent.get(key)) for key, name in own.CONSENTS] if found.consent else [],
        "custom": shown,
        "contacts": [
            (each, contact_data(actor, each)) for each in Contact.objects.filter(customer=found).order_by("id")
        ],
    }


def contact_data(actor: Any, holder: Any) -> list[dict[str, Any]]:
    """Phone, mail and address as the reader sees them; masked ones can be revealed by who may."""
    made = []
    for name, label in (("phone", _("Phone")), ("email", _("E-mail")), ("address", _("Address"))):
        value = getattr(holder, name, "")
        if value:
            masked = not rights.sees_clear(actor, name)
            made.append({"name": name, "label": label, "value": policies.masked(actor, name, value), "masked": masked})
    return made


def _custom_shown(each: CustomField, values: list[Any]) -> str:
    if each.type in (CustomField.Type.CHOICE, CustomField.Type.CHOICES):
        names = {choice["key"]: choice["name"] for choice in each.choices}
        return _(", ").join(str(names.get(value, value)) for value in values)
    if each.type == CustomField.Type.PERSON:
        from regulars.crm.accounts.models import User

        return _(", ").join(User.objects.filter(pk__in=[int(value) for value in values]).values_list("name", flat=True))
    if isinstance(values[0], bool):
        return _("yes") if values[0] else _("no")
    return str(values[0])


def kind_words() -> list[tuple[str, str]]:
    return [("all", _("All")), ("orders", _("Orders")), ("follow_ups", _("Follow-ups")), ("changes", _("Changes"))]


@login_required
@require_safe
def timeline(request: HttpRequest, public_id: str) -> HttpResponse:
    """More of the timeline, or one kind of it."""
    actor: Any = request.user
    found = finding.customer_of(request, public_id)
    kind = request.GET.get("kind", "all")
    skip = request.GET.get("skip", "0")
    if kind not in happenings.KINDS or not (skip.isascii() and skip.isdigit() and len(skip) < 6):
        raise Http404
    orders = lake_access.orders_of(found.key) if rights.can(actor, "numbers.view") and kind in ("all", "orders") else []
    history = history_of(actor, found) if kind in ("all", "changes") else []
    told = happenings.made(actor, found, orders, history, kind=kind, skip=int(skip))
    template = "customers/entries.html" if int(skip) else "customers/timeline.html"
    return render(request, template, {"customer": found, "timeline": told, "kinds": kind_words()})


@login_required
@require_safe
def beside(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the customer stands in the list it was opened from, and who comes before and after."""
    found = finding.customer_of(request, public_id)
    listed = state.read(request)
    order = listed.listing.order
    values = Customer.objects.filter(pk=found.pk).values_list(*(key.path for key in order)).first()
    if values is None:
        raise Http404
    neighbours = {}
    for name, backwards in (("previous", True), ("next", False)):
        place = Place(tuple(values), found.pk, backwards)
        near = paging.page(listed.listing.wanted, listed.listing.tree, order, place=place, limit=1)
        if near.ids:
            other = Customer.objects.only("public_id").get(pk=near.ids[0]).public_id
            step = listed.first + (-1 if backwards else 1)
            neighbours[name] = f"{reverse('customer', args=[other])}?{listed.query(n=max(1, step))}"
    context = {
        "listed": listed,
        "list_address": f"{reverse('customers')}?{listed.query()}",
        "count": counting.count(listed.listing).customers,
        "known": "n" in request.GET,
        **neighbours,
    }
    return render(request, "customers/beside.html", context)


@login_required
@require_POST
def reveal(request: HttpRequest, public_id: str) -> HttpResponse:
    """A masked value in clear; leaves an entry in the audit log."""
    actor: Any = request.user
    found = finding.customer_of(request, public_id)
    contact = None
    if request.POST.get("contact"):
        contact = finding.contact_of(request, found, request.POST["contact"])
    value = services.reveal(actor, found, field=request.POST.get("field", ""), contact=contact)
    return render(request, "customers/revealed.html", {"value": value, "field": request.POST.get("field", "")})


@login_required
@require_safe
def similar(request: HttpRequest, public_id: str) -> HttpResponse:
    """Old customers that began like this one, and what became of them, as the current run found them."""
    actor: Any = request.user
    found = finding.customer_of(request, public_id)
    rights.require(actor, "numbers.view")
    run = metrics.current()
    summary = run.summary if run is not None else {}
    told = ((summary.get("value") or {}).get("lookalikes") or {}) if isinstance(summary, dict) else {}
    row = next((each for each in told.get("rows") or [] if each.get("customer_id") == found.key), None)
    if row is None:
        return HttpResponse("")  # the place for them goes away
    keys = [match["customer_id"] for match in row["matches"]]
    seen = {each.key: each for each in finding.seen(request).filter(key__in=keys, deleted_at=None)}
    matches = [
        {**match, "customer": seen.get(match["customer_id"])}
        for match in row["matches"]
        if match["customer_id"] in seen
    ]
    hidden = len(keys) - len(matches)
    context = {
        "row": row,
        "matches": matches,
        "hidden": hidden,
        "backtest": told.get("backtest"),
        "currency": lake_access.currency(),
    }
    return render(request, "customers/similar.html", context)
