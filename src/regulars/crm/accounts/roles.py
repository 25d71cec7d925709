"""Roles: the seven an installation begins with, and the editable matrix."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from regulars.crm.accounts import audit, policies
from regulars.crm.accounts.errors import AccountError, Forbidden
from regulars.crm.accounts.models import Role, User
from regulars.crm.accounts.permissions import OWNER, ROLES, SENSITIVE, completed
from regulars.crm.public_ids import new_public_id


def ensure_roles(**_signal: Any) -> None:
    """Adds the built-in roles that are missing; those that people have changed stay as they are."""
    have = set(Role.objects.values_list("key", flat=True))
    Role.objects.bulk_create(
        [
            Role(
                key=role.key,
                scope=role.scope,
                permissions=sorted(role.permissions),
                clear_fields=sorted(role.clear_fields),
            )
            for role in ROLES.values()
            if role.key not in have
        ],
        ignore_conflicts=True,
    )


def display_name(role: Role) -> str:
    """The name people gave, else the translated name of the built-in role."""
    if role.name:
        return role.name
    return str(ROLES[role.key].name) if role.key in ROLES else role.key


def ordered() -> list[Role]:
    """All roles: the built-in ones in their order, then those of this installation by name."""
    position = {key: index for index, key in enumerate(ROLES)}
    return sorted(Role.objects.all(), key=lambda role: (position.get(role.key, len(position)), role.name, role.pk))


@transaction.atomic
def create_role(actor: User, *, name: str, like: Role) -> Role:
    """A new role that begins with the rights of ``like`` (not of the owner)."""
    policies.require(actor, "roles.manage")
    _check_may_shape(actor, like)
    role = Role.objects.create(
        key=f"role_{new_public_id()}",
        name=_clean(name),
        scope=like.scope,
        permissions=like.permissions,
        clear_fields=like.clear_fields,
    )
    audit.record(actor, "role.create", object_type="role", object_id=role.key, label=role.name)
    return role


@transaction.atomic
def change_role(
    actor: User, role: Role, *, scope: str, permissions: Collection[str], clear_fields: Collection[str], name: str = ""
) -> Role:
    """Sets what the holders of ``role`` may do. Nobody gives or takes a right that they do not have themselves."""
    policies.require(actor, "roles.manage")
    role = Role.objects.select_for_update().get(pk=role.pk)
    _check_may_shape(actor, role)
    before = {"scope": role.scope, "permissions": role.permissions, "clear_fields": role.clear_fields}
    role.scope = Role.Scope(scope)
    role.permissions = sorted(completed(set(permissions)))
    role.clear_fields = sorted(set(clear_fields) & set(SENSITIVE))
    if role.key not in ROLES:
        role.name = _clean(name or role.name)
    _check_may_shape(actor, role)
    role.save()
    after = {"scope": str(role.scope), "permissions": role.permissions, "clear_fields": role.clear_fields}
    if before != after:
        audit.record(
            actor, "role.change", object_type="role", object_id=role.key, label=display_name(role),
            details={"before": before, "after": after},
        )  # fmt: skip
    return role


@transaction.atomic
def delete_role(actor: User, role: Role) -> None:
    """Removes a role that this installation added and nobody holds."""
    policies.require(actor, "roles.manage")
    _check_may_shape(actor, role)
    if role.key in ROLES or role.users.exists():
        raise AccountError(
            "role_in_use",
            "The role {name} cannot be deleted.",
            "Built-in roles stay; give the people who hold it another role first.",
            name=display_name(role),
        )
    audit.record(actor, "role.delete", object_type="role", object_id=role.key, label=display_name(role))
    role.delete()


def _check_may_shape(actor: User, role: Role) -> None:
    if role.key == OWNER:
        raise AccountError("role_owner", "The role of the owner cannot be changed.", "Change another role, or add one.")
    if role.pk == actor.role_id or not policies.can_give(actor, role):
        raise Forbidden(
            "role_beyond",
            "This role holds rights that you do not have, or is your own.",
            "Ask the owner of this installation.",
        )


def _clean(name: str) -> str:
    cleaned = " ".join(name.split())[:80]
    if not cleaned:
        raise AccountError("role_name", "A role needs a name.", "Write a name.")
    return cleaned
