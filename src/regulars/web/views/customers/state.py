"""What a list page shows, read from its address and written back: filter, search, order, columns, place, view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, QueryDict

from regulars.crm.accounts.models import User
from regulars.crm.customers.errors import FilterError
from regulars.crm.customers.filters import compact, tree
from regulars.crm.customers.filters.fields import Registry
from regulars.crm.customers.filters.tree import Condition, Group
from regulars.crm.customers.listing.request import Listing, listing
from regulars.crm.customers.models import SavedView

MINE = "mine"
EVERYBODY = "all"
PAGE = 50


@dataclass(frozen=True)
class ListState:
    """``view``: "all", "mine" or the public id of a saved view; ``changed``: other than the view keeps it."""

    listing: Listing
    view: str = EVERYBODY
    saved: SavedView | None = None
    place: str = ""
    first: int = 1
    problem: FilterError | None = None

    def params(self, **over: Any) -> dict[str, str]:
        """The parameters of this list; ``over`` replaces some (place, first, order, columns, filter, search)."""
        told = self.listing.told()
        wanted: dict[str, Any] = {
            "v": self.view if self.view != EVERYBODY else "",
            "f": compact.written(self.listing.tree),
            "q": self.listing.text,
            "o": ",".join(told["order"]),
            "c": ",".join(told["columns"]) if self._own_columns else "",
            "at": "",
            "n": "",
        }
        wanted.update(over)
        return {key: str(value) for key, value in wanted.items() if value not in ("", None)}

    @property
    def _own_columns(self) -> bool:
        from regulars.crm.customers.listing import columns

        keys = [column.key for column in self.listing.columns]
        return keys != [column.key for column in columns.chosen((), self.listing.registry)]

    def query(self, **over: Any) -> str:
        """As the query of an address; an empty filter is said, so that it beats that of the view."""
        params = self.params(**over)
        if self.view != EVERYBODY and "f" not in params:
            params["f"] = "all()"
        return urlencode(params)

    def at(self, place: str, first: int) -> ListState:
        return replace(self, place=place, first=first)


def views_of(actor: User) -> list[SavedView]:
    """The tabs: one's own and those shared, in their order."""
    found = SavedView.objects.filter(Q(owner=actor) | Q(shared=True)).order_by("position", "id")
    return list(found.select_related("owner"))


def mine() -> Group:
    return Group("all", (Condition("owner", "is", ["me"]),))


def read(request: HttpRequest, given: QueryDict | None = None) -> ListState:
    """The list of this request. A filter that cannot be understood becomes ``problem``, and everybody is shown."""
    asked = given if given is not None else request.GET
    actor: Any = request.user
    registry = Registry(actor)
    view = asked.get("v", EVERYBODY)
    saved = None
    if view not in (EVERYBODY, MINE):
        saved = SavedView.objects.filter(Q(owner=actor) | Q(shared=True), public_id=view).first()
        view = saved.public_id if saved else EVERYBODY
    kept: dict[str, Any] = {"filter": {}, "order": [], "columns": []}
    if saved is not None:
        kept = {"filter": saved.filter, "order": saved.order, "columns": saved.columns}
    elif view == MINE:
        kept["filter"] = mine().as_json()
    problem: FilterError | None = None
    filter: Any = asked.get("tree") or asked.get("f") or kept["filter"]
    order = [each for each in asked.get("o", "").split(",") if each] or kept["order"]
    chosen = [each for each in asked.get("c", "").split(",") if each] or kept["columns"]
    try:
        made = listing(actor, filter=filter, search=asked.get("q", ""), order=order, chosen=chosen, registry=registry)
    except FilterError as error:
        problem = error
        made = listing(actor, filter={}, search=asked.get("q", ""), order=order, chosen=chosen, registry=registry)
    number = asked.get("n", "")
    first = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 1
    return ListState(made, view, saved, asked.get("at", ""), max(1, first), problem)


def is_changed(state: ListState) -> bool:
    """Whether the filter is another than the one its view keeps."""
    kept = tree.EVERYBODY
    if state.saved is not None:
        kept = tree.parse(state.saved.filter, Registry(state.listing.actor))
    elif state.view == MINE:
        kept = mine()
    return compact.written(state.listing.tree) != compact.written(kept)
