"""Whose customers an actor sees and may change, and what of the sensitive fields is shown."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from regulars.crm.accounts import policies
from regulars.crm.accounts.models import Role, User
from regulars.crm.customers.models import Collaborator, Customer

NOBODY = Q(pk__in=[])


def alive() -> Q:
    """Customers that are neither in the recycle bin nor merged into another."""
    return Q(deleted_at=None, merged_into=None)


def visible_to(actor: Any) -> Q:
    """The customers within the actor's data scope, and those the actor was asked to help with.

    Recycle bin and merged ones included: combine with :func:`alive`.
    """
    if not policies.can(actor, "customers.view"):
        return NOBODY
    scope = policies.scope(actor)
    if scope == Role.Scope.ALL:
        return Q()
    helping = Q(pk__in=Collaborator.objects.filter(user=actor).values("customer"))
    if scope == Role.Scope.DEPARTMENT and (departments := policies.departments_below(actor)):
        return Q(department__in=departments) | Q(owner=actor) | helping
    if scope == Role.Scope.SUBORDINATES and (people := policies.subordinates(actor)):
        return Q(owner__in=[actor.pk, *people]) | helping
    return Q(owner=actor) | helping


def _in_scope(actor: User, customer: Customer) -> bool:
    scope = policies.scope(actor)
    if scope == Role.Scope.ALL or customer.owner_id == actor.pk:
        return True
    if scope == Role.Scope.DEPARTMENT:
        return customer.department_id in policies.departments_below(actor)
    return scope == Role.Scope.SUBORDINATES and customer.owner_id in policies.subordinates(actor)


def can_see(actor: Any, customer: Customer) -> bool:
    """Whether ``customer`` is among those of :func:`visible_to`."""
    if not policies.can(actor, "customers.view"):
        return False
    return _in_scope(actor, customer) or Collaborator.objects.filter(customer=customer, user=actor).exists()


def can_edit(actor: Any, customer: Customer) -> bool:
    """Whether the actor may change ``customer``: in scope, or a collaborator who may edit; never a merged one."""
    if not policies.can(actor, "customers.edit") or customer.merged_into_id is not None:
        return False
    if _in_scope(actor, customer):
        return True
    return Collaborator.objects.filter(customer=customer, user=actor, may_edit=True).exists()


def editable_by(actor: Any) -> Q:
    """The set form of :func:`can_edit`, for bulk actions."""
    if not policies.can(actor, "customers.edit"):
        return NOBODY
    helping = Q(pk__in=Collaborator.objects.filter(user=actor, may_edit=True).values("customer"))
    scope = policies.scope(actor)
    unmerged = Q(merged_into=None)
    if scope == Role.Scope.ALL:
        return unmerged
    if scope == Role.Scope.DEPARTMENT and (departments := policies.departments_below(actor)):
        return unmerged & (Q(department__in=departments) | Q(owner=actor) | helping)
    if scope == Role.Scope.SUBORDINATES and (people := policies.subordinates(actor)):
        return unmerged & (Q(owner__in=[actor.pk, *people]) | helping)
    return unmerged & (Q(owner=actor) | helping)


def masked(actor: Any, field: str, value: str | None) -> str:
    """``value`` as the actor may see it. An empty value stays empty: that there is none is no secret."""
    text = value or ""
    if not text or policies.sees_clear(actor, field):
        return text
    return mask(field, text)


def mask(field: str, text: str) -> str:
    """``text`` with its telling part hidden; how much is hidden does not depend on its length."""
    if field == "phone":
        digits = [c for c in text if c.isdigit()]
        if len(digits) < 7:
            return "****"
        return (
            f"{''.join(digits[:3])} **** {''.join(digits[-4:])}"
            if len(digits) >= 11
            else f"**** {''.join(digits[-3:])}"
        )
    if field == "email":
        name, at, domain = text.partition("@")
        return f"{name[:1]}***@{domain}" if at and len(name) > 1 else "***"
    return f"{text[:2]}****" if len(text) > 6 else "****"


def findable_by(actor: Any, field: str) -> str:
    """How ``field`` may be searched: "any" (prefix, sort, ranges) or "exact" (masked: only by the whole value)."""
    return "any" if policies.sees_clear(actor, field) else "exact"
