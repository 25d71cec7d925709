"""The list of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.crm.accounts import policies as rights
from regulars.crm.customers.filters import contradictions, reading
from regulars.crm.customers.listing import columns, counting, paging
from regulars.crm.customers.models import Customer, Tag
from regulars.web import languages
from regulars.web.views.customers import cells, filter_bar, state
from regulars.web.views.customers.state import ListState

# What the page offers by right.
OFFERED = (
    "customers.create",
    "customers.assign",
    "customers.edit",
    "customers.delete",
    "customers.export",
    "customers.import",
    "views.share",
)


@dataclass(frozen=True)
class Row:
    customer: Customer
    address: str
    cells: list[cells.Cell]


@dataclass(frozen=True)
class Heading:
    column: Any
    address: str
    direction: str  # "", ascending, descending
    right: bool
    sortable: bool


def rows_of(listed: ListState, ids: list[int]) -> list[Row]:
    """The rows of a page: their number of queries does not depend on how many there are."""
    actor, chosen = listed.listing.actor, listed.listing.columns
    found = paging.in_order(ids, columns.with_related(Customer.objects.all(), chosen))
    sheet = columns.sheet(actor, chosen, found)
    may_edit = rights.can(actor, "customers.edit")
    masked = {column.key for column in chosen if column.masked(actor)}
    made = []
    for at, customer in enumerate(found):
        address = reverse("customer", args=[customer.public_id])
        query = listed.query(n=listed.first + at)
        line = [cells.cell(c, sheet.value(customer, c), may_edit, c.key in masked) for c in chosen]
        made.append(Row(customer, f"{address}?{query}", line))
    return made


def headings(listed: ListState) -> list[Heading]:
    order = {key.field.key: key for key in listed.listing.order}
    made = []
    for column in listed.listing.columns:
        sortable = listed.listing.registry.sortable(column.key) is not None
        key = order.get(column.key)
        first = "" if column.key == "name" or column.kind in cells.TONES else "-"
        told = f"{first}{column.key}" if key is None else (column.key if key.descending else f"-{column.key}")
        direction = "" if key is None else ("descending" if key.descending else "ascending")
        right = column.kind in cells.RIGHT
        made.append(Heading(column, f"?{listed.query(o=told)}", direction, right, sortable))
    return made


@login_required
@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    """The whole page, or for htmx what lies below its head."""
    rights.require(request.user, "customers.view")
    listed = state.read(request)
    page = listed.listing.page(listed.place, state.PAGE)
    rows = rows_of(listed, page.ids)
    context = {
        "listed": listed,
        "rows": rows,
        "headings": headings(listed),
        "first": listed.first,
        "last": listed.first + len(rows) - 1,
        "previous": f"?{listed.query(at=page.before, n=max(1, listed.first - state.PAGE))}" if page.before else "",
        "next": f"?{listed.query(at=page.after, n=listed.first + len(rows))}" if page.after else "",
        "count_address": f"{reverse('customers_count')}?{listed.query()}",
        **_around(request, listed),
    }
    partial = request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Boosted")
    response = render(request, "customers/listing.html" if partial else "customers/list.html", context)
    if partial:
        query = listed.query(at=listed.place, n=listed.first if listed.place else "")
        response["HX-Push-Url"] = f"{reverse('customers')}?{query}"
    return response


def _around(request: HttpRequest, listed: ListState) -> dict[str, Any]:
    """Tabs, filter bar, column chooser and the dialogs of actions."""
    actor: Any = request.user
    lang = languages.reading()
    may = {key.replace(".", "_"): rights.can(actor, key) for key in OFFERED}
    chosen = {column.key for column in listed.listing.columns}
    others = [column for column in columns.available(listed.listing.registry) if column.key not in chosen]
    made = {
        "views": state.views_of(actor),
        "changed": state.is_changed(listed),
        "bar": filter_bar.bar(listed.listing.tree, listed.listing.registry, lang),
        "sentence": reading.sentence(listed.listing.tree, listed.listing.registry, lang),
        "contradictions": contradictions.contradictions(listed.listing.tree, listed.listing.registry, lang),
        "told": listed.listing.told(),
        "other_columns": others,
        "may": may,
        "problem": " ".join(listed.problem.localized(lang)).strip() if listed.problem else "",
        "people": filter_bar.people(listed.listing.registry),
        "tag_names": Tag.objects.order_by("name").values_list("name", flat=True)[:500] if may["customers_edit"] else (),
        "empty": _empty(listed),
    }
    return made


def _empty(listed: ListState) -> str:
    if listed.listing.text:
        return _("Nobody is called “{text}”.").format(text=listed.listing.text)
    return _("Nobody matches this filter.") if listed.listing.tree else ""


@login_required
@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """How many there are: asked apart, so that the list is there first."""
    rights.require(request.user, "customers.view")
    listed = state.read(request)
    return render(request, "customers/count.html", {"count": counting.count(listed.listing), "listed": listed})
