"""The department tree. ``path`` (``/1/4/9/``) is kept right on every move, so that "and below" is one prefix search."""

from __future__ import annotations

from django.db import transaction

from regulars.crm.accounts import audit, policies
from regulars.crm.accounts.errors import AccountError, Forbidden
from regulars.crm.accounts.models import Department, Role, User

DEEPEST = 12


def tree() -> list[tuple[Department, int]]:
    """Every department with its depth, parents before children, siblings by name."""
    children: dict[int | None, list[Department]] = {}
    for department in Department.objects.order_by("name", "pk"):
        children.setdefault(department.parent_id, []).append(department)
    found: list[tuple[Department, int]] = []
    waiting = [(department, 0) for department in reversed(children.get(None, []))]
    while waiting:
        department, depth = waiting.pop()
        found.append((department, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(department.pk, []))]
    return found


def require_tree(actor: User) -> None:
    """Who sees a part must not widen it by moving departments: the tree belongs to those who see all."""
    policies.require(actor, "people.manage")
    if policies.scope(actor) != Role.Scope.ALL:
        raise Forbidden(
            "departments_all",
            "Departments are changed by people who may see all customers.",
            "Ask the owner of this installation.",
        )


@transaction.atomic
def create_department(actor: User, *, name: str, parent: Department | None = None) -> Department:
    require_tree(actor)
    _locked()
    if parent is not None:
        parent.refresh_from_db()
        _check_depth(parent.path, 1)
    department = Department.objects.create(name=_clean(name), parent=parent)
    department.path = f"{parent.path if parent else '/'}{department.pk}/"
    department.save(update_fields=["path"])
    audit.record(actor, "department.create", object_type="department", object_id=department.pk, label=department.name)
    return department


@transaction.atomic
def change_department(actor: User, department: Department, *, name: str, parent: Department | None) -> Department:
    """Renames and moves; everything below moves along."""
    require_tree(actor)
    _locked()
    department.refresh_from_db()
    before = {"name": department.name, "parent": department.parent_id}
    department.name = _clean(name)
    department.save(update_fields=["name"])
    if (parent and parent.pk) != department.parent_id:
        _move(department, parent)
    audit.record(
        actor, "department.change", object_type="department", object_id=department.pk, label=department.name,
        details={"before": before, "after": {"name": department.name, "parent": department.parent_id}},
    )  # fmt: skip
    return department


def _move(department: Department, parent: Department | None) -> None:
    if parent is not None:
        parent.refresh_from_db()
        if parent.path.startswith(department.path):
            raise AccountError(
                "department_cycle",
                "{name} cannot be put below itself.",
                "Choose a department that is not below it.",
                name=department.name,
            )
    old, new = department.path, f"{parent.path if parent else '/'}{department.pk}/"
    below = list(Department.objects.filter(path__startswith=old))
    _check_depth(new, max(d.path.count("/") for d in below) - old.count("/"))
    for moved in below:
        moved.path = new + moved.path[len(old) :]
    Department.objects.bulk_update(below, ["path"])
    department.parent, department.path = parent, new
    department.save(update_fields=["parent", "path"])


@transaction.atomic
def delete_department(actor: User, department: Department) -> None:
    """Removes a department without people and without departments below; its customers keep their owners."""
    require_tree(actor)
    _locked()
    if department.children.exists() or department.users.exists():
        raise AccountError(
            "department_in_use",
            "{name} still has people or departments below it.",
            "Move them first.",
            name=department.name,
        )
    audit.record(actor, "department.delete", object_type="department", object_id=department.pk, label=department.name)
    department.delete()


def _locked() -> None:
    """Two moves at once could make a cycle together: one waits for the other (SQLite writes one at a time anyway)."""
    list(Department.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def _clean(name: str) -> str:
    cleaned = " ".join(name.split())[:120]
    if not cleaned:
        raise AccountError("department_name", "A department needs a name.", "Write a name.")
    return cleaned


def _check_depth(path: str, below: int) -> None:
    if path.count("/") - 1 + below > DEEPEST:
        raise AccountError(
            "department_depth", "The tree would be deeper than {depth} levels.", "Use fewer levels.", depth=DEEPEST
        )
