"""What can be allowed: the registry of permission keys, the sensitive fields, the roles an installation begins with.

A permission is a word of the product ("customers.export"), never a table. The matrix on the roles page and the
reference page are made from this registry.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

OWNER = "owner"


@dataclass(frozen=True)
class Permission:
    """One thing that can be allowed. ``needs``: a permission without which this one means nothing."""

    key: str
    group: str
    name: Any  # lazy text
    needs: str = ""


GROUPS: dict[str, Any] = {
    "customers": _("Customers"),
    "work": _("Follow-ups and views"),
    "numbers": _("Numbers and imports"),
    "settings": _("Settings"),
}

_REGISTRY = (
    Permission("customers.view", "customers", _("See customers")),
    Permission("customers.create", "customers", _("Add customers"), "customers.view"),
    Permission("customers.edit", "customers", _("Change customers"), "customers.view"),
    Permission("customers.assign", "customers", _("Assign owner and collaborators"), "customers.edit"),
    Permission("customers.merge", "customers", _("Merge duplicates"), "customers.edit"),
    Permission("customers.delete", "customers", _("Delete and restore customers"), "customers.edit"),
    Permission("customers.export", "customers", _("Export customers"), "customers.view"),
    Permission("customers.reveal", "customers", _("Reveal masked phone, e-mail or address"), "customers.view"),
    Permission("follow_ups.create", "work", _("Note follow-ups"), "customers.view"),
    Permission("follow_ups.delete", "work", _("Delete follow-ups of others"), "follow_ups.create"),
    Permission("views.share", "work", _("Share views with everybody"), "customers.view"),
    Permission("numbers.view", "numbers", _("See numbers and reports")),
    Permission("runs.start", "numbers", _("Start a run"), "numbers.view"),
    Permission("targets.manage", "numbers", _("Set targets and class floors"), "numbers.view"),
    Permission("customers.import", "numbers", _("Import files")),
    Permission("imports.undo", "numbers", _("Undo imports"), "customers.import"),
    Permission("orders.edit", "numbers", _("Enter and change orders"), "customers.view"),
    Permission("people.manage", "settings", _("Manage people and departments")),
    Permission("roles.manage", "settings", _("Change roles")),
    Permission("fields.manage", "settings", _("Manage custom fields and tags")),
    Permission("audit.view", "settings", _("Read and export the audit log")),
    Permission("settings.manage", "settings", _("Change settings of the installation")),
    Permission("tokens.own", "settings", _("Make API tokens for oneself")),
)
PERMISSIONS: dict[str, Permission] = {permission.key: permission for permission in _REGISTRY}

# Fields that a role sees in clear or masked; of customers and of their contacts alike.
SENSITIVE: dict[str, Any] = {"phone": _("Phone"), "email": _("E-mail"), "address": _("Address")}

# What a token can carry beside permissions: without it a token sees sensitive fields masked, whatever the role.
CLEAR_SCOPE = "fields.clear"
SCOPES: dict[str, Any] = {key: permission.name for key, permission in PERMISSIONS.items()} | {
    CLEAR_SCOPE: _("Sensitive fields in clear, as far as the role sees them")
}


@dataclass(frozen=True)
class DefaultRole:
    key: str
    name: Any
    description: Any
    scope: str
    permissions: tuple[str, ...]
    clear_fields: tuple[str, ...] = field(default=())


_CUSTOMER_WORK = ("customers.view", "customers.create", "customers.edit", "follow_ups.create", "orders.edit")
_ALL_CUSTOMERS = tuple(p.key for p in _REGISTRY if p.group in ("customers", "work"))
_ALL_FIELDS = tuple(SENSITIVE)

ROLES: dict[str, DefaultRole] = {
    role.key: role
    for role in (
        DefaultRole(
            OWNER,
            pgettext_lazy("role", "Owner"),
            _("May do everything; cannot be narrowed, so that nobody is locked out."),
            "all",
            tuple(PERMISSIONS),
            _ALL_FIELDS,
        ),
        DefaultRole(
            "manager",
            pgettext_lazy("role", "Manager"),
            _("Leads a department: its customers, its assignments, its numbers."),
            "department",
            (
                *_ALL_CUSTOMERS,
                "numbers.view",
                "runs.start",
                "targets.manage",
                "customers.import",
                "imports.undo",
                "orders.edit",
                "tokens.own",
            ),
            _ALL_FIELDS,
        ),
        DefaultRole(
            "sales",
            pgettext_lazy("role", "Sales"),
            _("Looks after own customers."),
            "own",
            (*_CUSTOMER_WORK, "customers.reveal", "numbers.view", "tokens.own"),
            ("phone",),
        ),
        DefaultRole(
            "service",
            pgettext_lazy("role", "Service"),
            _("Answers customers of the department; sees contact data only on request, which is logged."),
            "department",
            ("customers.view", "customers.edit", "follow_ups.create", "customers.reveal", "orders.edit"),
        ),
        DefaultRole(
            "marketer",
            pgettext_lazy("role", "Marketer"),
            _("Works with all customers, with contact data masked."),
            "all",
            (
                "customers.view",
                "customers.export",
                "views.share",
                "follow_ups.create",
                "numbers.view",
                "runs.start",
                "customers.import",
                "imports.undo",
                "tokens.own",
            ),
        ),
        DefaultRole(
            "analyst",
            pgettext_lazy("role", "Analyst"),
            _("Reads all numbers and lists, with contact data masked."),
            "all",
            ("customers.view", "customers.export", "views.share", "numbers.view", "runs.start", "tokens.own"),
        ),
        DefaultRole(
            "read_only",
            pgettext_lazy("role", "Read-only"),
            _("Looks at the department, changes nothing."),
            "department",
            ("customers.view", "numbers.view"),
        ),
    )
}


def completed(keys: set[str]) -> set[str]:
    """``keys`` without unknown ones, and with everything they need."""
    wanted = keys & set(PERMISSIONS)
    while missing := {PERMISSIONS[key].needs for key in wanted} - wanted - {""}:
        wanted |= missing
    return wanted
