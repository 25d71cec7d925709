"""The places of the application, in the order of the sidebar. A place appears once its page exists and the reader has
the right to it; a group appears with its first place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from regulars.crm.accounts import policies


@dataclass(frozen=True)
class Place:
    """A page of the sidebar. ``route``: name of its address; ``permission``: key without which it is not shown."""

    key: str
    label: Any
    route: str
    permission: str = ""
    subject: str = ""  # the argument of the route


@dataclass(frozen=True)
class Group:
    label: Any
    places: tuple[Place, ...]


GROUPS = (
    Group(
        "",
        (
            Place("today", _("Today"), "home"),
            Place("customers", _("Customers"), "customers", "customers.view"),
            Place("follow_ups", _("Follow-ups"), "follow_ups", "customers.view"),
            Place("duplicates", _("Duplicates"), "duplicates", "customers.merge"),
        ),
    ),
    Group(
        _("Numbers"),
        (
            Place("numbers", _("Overview"), "numbers", "numbers.view"),
            Place("retention", _("Retention and churn"), "numbers_page", "numbers.view", "retention"),
            Place("classes", _("Classes ABC"), "numbers_page", "numbers.view", "classes"),
            Place("rfm", "RFM", "numbers_page", "numbers.view", "rfm"),
            Place("quadrants", _("Quadrants and migration"), "numbers_page", "numbers.view", "quadrants"),
            Place("lifecycle", _("Lifecycle"), "numbers_page", "numbers.view", "lifecycle"),
            Place("rhythm", _("Purchase rhythm"), "numbers_page", "numbers.view", "rhythm"),
            Place("cohorts", _("Cohorts"), "numbers_page", "numbers.view", "cohorts"),
            Place("value", _("Value and calibration"), "numbers_page", "numbers.view", "value"),
            Place("products", _("Products and channels"), "numbers_page", "numbers.view", "products"),
            Place("targets", _("Targets"), "targets", "numbers.view"),
        ),
    ),
    Group(
        _("Data"),
        (
            Place("imports", _("Import"), "imports", "customers.import"),
            Place("quality", _("Data quality"), "numbers_page", "numbers.view", "quality"),
            Place("runs", _("Runs and versions"), "runs", "numbers.view"),
            Place("jobs", _("Background work"), "jobs"),
            Place("bin", _("Recycle bin"), "bin", "customers.delete"),
        ),
    ),
    Group(
        "",
        (Place("settings", _("Settings"), "settings"),),
    ),
)
TABS = ("today", "customers", "numbers")


@dataclass(frozen=True)
class Link:
    """A place with its address, for one reader on one page."""

    key: str
    label: Any
    address: str
    here: bool


def address_of(route: str, subject: str = "") -> str | None:
    """The address of a route; None while the page does not exist."""
    try:
        return reverse(route, args=[subject] if subject else [])
    except NoReverseMatch:
        return None


def shown(actor: Any, path: str) -> list[tuple[Any, list[Link]]]:
    """The groups and places that ``actor`` sees, with the one that ``path`` belongs to marked."""
    open_places = [
        (group, place, address)
        for group in GROUPS
        for place in group.places
        if (address := address_of(place.route, place.subject))
        and (not place.permission or policies.can(actor, place.permission))
    ]
    here = max((a for _g, _p, a in open_places if _belongs(path, a)), key=len, default="")
    found: list[tuple[Any, list[Link]]] = []
    for group in GROUPS:
        links = [Link(p.key, p.label, a, a == here) for g, p, a in open_places if g is group]
        if links:
            found.append((group.label, links))
    return found


def _belongs(path: str, address: str) -> bool:
    return path == address if address == "/" else path.startswith(address)
