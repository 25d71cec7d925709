"""What a list shows: filter, search, order, columns — asked in an address, a saved view, a job or the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from regulars.crm.accounts.models import User
from regulars.crm.customers import grams
from regulars.crm.customers.filters import compact, compiling, tree
from regulars.crm.customers.filters.fields import Field, Registry
from regulars.crm.customers.filters.tree import Group
from regulars.crm.customers.listing import columns, ordering, paging
from regulars.crm.customers.listing.ordering import Order
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import alive, visible_to

LONGEST_SEARCH = 120


@dataclass
class Listing:
    """One list as one actor sees it. Everything starts from what the actor may see."""

    actor: User
    registry: Registry
    tree: Group
    text: str
    order: Order
    columns: list[Field]

    @cached_property
    def asked(self) -> Q:
        """The filter and the search alone, without rights."""
        made = compiling.compiled(self.tree, self.registry)
        return made & self.search.condition if self.text else made

    @cached_property
    def search(self) -> grams.Search:
        return grams.search(self.text)

    @property
    def wanted(self) -> Q:
        return alive() & visible_to(self.actor) & self.asked

    @property
    def customers(self) -> QuerySet[Customer]:
        return Customer.objects.filter(self.wanted)

    def page(self, place: str = "", limit: int = 50) -> paging.Page:
        here = ordering.place_read(place, self.order)
        walk = not self.text or self.search.common
        return paging.page(self.wanted, self.tree, self.order, place=here, limit=limit, walk=walk)

    def told(self) -> dict[str, Any]:
        """The same list as JSON, for a job or a saved view."""
        return {
            "filter": self.tree.as_json() if self.tree else {},
            "search": self.text,
            "order": [key.told for key in self.order],
            "columns": [column.key for column in self.columns],
        }


def listing(
    actor: User,
    *,
    filter: Any = None,
    search: str = "",
    order: Sequence[str] = (),
    chosen: Sequence[str] = (),
    registry: Registry | None = None,
) -> Listing:
    """``filter``: JSON, or the compact form of an address."""
    known = registry or Registry(actor)
    if isinstance(filter, str) and not filter.lstrip().startswith(("{", "[")):
        filter = compact.read(filter)
    made = tree.parse(filter, known)
    text = search.strip().replace("\0", "")[:LONGEST_SEARCH]
    return Listing(actor, known, made, text, ordering.parse(order, known), columns.chosen(chosen, known))


def from_told(actor: User, told: Mapping[str, Any]) -> Listing:
    return listing(
        actor,
        filter=told.get("filter"),
        search=str(told.get("search") or ""),
        order=[str(each) for each in told.get("order") or ()],
        chosen=[str(each) for each in told.get("columns") or ()],
    )
