"""What an actor may do. Every service and view asks here; a token narrows whatever the role allows."""

from __future__ import annotations

from typing import Any

from regulars.crm.accounts.errors import Forbidden
from regulars.crm.accounts.models import Department, Role, User
from regulars.crm.accounts.permissions import CLEAR_SCOPE, OWNER, PERMISSIONS, SENSITIVE

SCOPE_WIDTH = (Role.Scope.OWN, Role.Scope.SUBORDINATES, Role.Scope.DEPARTMENT, Role.Scope.ALL)


def is_present(actor: Any) -> bool:
    """Somebody who is signed in and still works here."""
    return isinstance(actor, User) and actor.pk is not None and actor.is_active


def granted(role: Role) -> frozenset[str]:
    """The permission keys of a role; the owner has all of them, also those that come with an update."""
    if role.key == OWNER:
        return frozenset(PERMISSIONS)
    return frozenset(role.permissions) & PERMISSIONS.keys()


def can(actor: Any, key: str) -> bool:
    """Whether the actor's role has ``key``, and the token (if the request came by one) too."""
    if key not in PERMISSIONS:
        raise KeyError(f"unknown permission {key!r}")
    if not is_present(actor) or key not in granted(actor.role):
        return False
    return actor.token_scopes is None or key in actor.token_scopes


def require(actor: Any, key: str) -> None:
    """Raises :class:`Forbidden` unless the actor may."""
    if not can(actor, key):
        raise Forbidden(
            "forbidden",
            "Your role does not allow this ({permission}).",
            "Ask somebody who manages people and roles.",
            permission=key,
        )


def sees_clear(actor: Any, field: str) -> bool:
    """Whether the actor sees ``field`` (phone, email, address) in clear; other fields are not sensitive."""
    if field not in SENSITIVE:
        return True
    if not is_present(actor):
        return False
    if actor.token_scopes is not None and CLEAR_SCOPE not in actor.token_scopes:
        return False
    return actor.role.key == OWNER or field in actor.role.clear_fields


def scope(actor: User) -> str:
    """The data scope of the actor's role."""
    return Role.Scope.ALL if actor.role.key == OWNER else actor.role.scope


def subordinates(actor: User) -> list[int]:
    """Ids of everybody below the actor, direct and indirect; once a request."""
    known: list[int] | None = actor.__dict__.get("_subordinates")
    if known is None:
        found: set[int] = set()
        level = {actor.pk}
        while level:
            level = set(User.objects.filter(manager__in=level).values_list("pk", flat=True)) - found - {actor.pk}
            found |= level
        known = actor.__dict__["_subordinates"] = sorted(found)
    return known


def departments_below(actor: User) -> list[int]:
    """Ids of the actor's department and all below it; once a request."""
    known: list[int] | None = actor.__dict__.get("_departments")
    if known is None:
        known = []
        if actor.department is not None:
            below = Department.objects.filter(path__startswith=actor.department.path)
            known = sorted(below.values_list("pk", flat=True))
        actor.__dict__["_departments"] = known
    return known


def can_give(actor: User, role: Role) -> bool:
    """Whether the actor may give ``role`` to somebody: nobody hands out more than they have."""
    if actor.role.key == OWNER:
        return True
    if role.key == OWNER or not granted(role) <= granted(actor.role):
        return False
    if not set(role.clear_fields) <= set(actor.role.clear_fields):
        return False
    return SCOPE_WIDTH.index(Role.Scope(role.scope)) <= SCOPE_WIDTH.index(Role.Scope(actor.role.scope))


def oversees(actor: User, department: Department | None) -> bool:
    """Whether a department lies within the actor's data scope, so that putting people there shows nothing new."""
    if scope(actor) == Role.Scope.ALL:
        return True
    return department is not None and department.pk in departments_below(actor)


def can_manage(actor: Any, person: User) -> bool:
    """Whether the actor may change ``person``: the right to, no less power than the person has, the person's
    department in scope; oneself only as the owner.
    """
    if not can(actor, "people.manage") or not can_give(actor, person.role):
        return False
    return actor.role.key == OWNER or (person.pk != actor.pk and oversees(actor, person.department))
