"""Departments and roles: a tree that stays a tree, a matrix that saves what differs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from regulars.crm.accounts import departments, policies
from regulars.crm.accounts.errors import AccountError, Forbidden
from regulars.crm.accounts.models import AuditEntry, Department, Role, User
from tests.web.cast import PASSWORD


def role(key: str) -> Role:
    return Role.objects.get(key=key)


# ---- departments


def paths() -> dict[str, str]:
    return dict(Department.objects.values_list("name", "path"))


def test_a_department_moves_with_everything_below(cast):
    north, south = cast.departments["north"], cast.departments["south"]
    till = departments.create_department(cast.alice, name=" Till  1 ", parent=north)
    corner = departments.create_department(cast.alice, name="Corner", parent=till)
    departments.change_department(cast.alice, north, name="North", parent=south)
    south.refresh_from_db()
    assert paths()["North"] == f"{south.path}{north.pk}/"
    assert paths()["Till 1"] == f"{south.path}{north.pk}/{till.pk}/"
    assert paths()["Corner"] == f"{south.path}{north.pk}/{till.pk}/{corner.pk}/"
    departments.change_department(cast.alice, north, name="North", parent=None)
    assert paths()["Corner"] == f"/{north.pk}/{till.pk}/{corner.pk}/"


def test_a_department_cannot_go_below_itself(cast):
    head, north = cast.departments["head"], cast.departments["north"]
    before = paths()
    for parent in (head, north):
        with pytest.raises(AccountError):
            departments.change_department(cast.alice, head, name="Head office", parent=parent)
    assert paths() == before


def test_a_department_in_use_stays(cast):
    for department in (cast.departments["north"], cast.departments["head"]):
        with pytest.raises(AccountError):
            departments.delete_department(cast.alice, department)
    empty = departments.create_department(cast.alice, name="Empty")
    departments.delete_department(cast.alice, empty)
    assert not Department.objects.filter(name="Empty").exists()


def test_the_tree_has_a_bottom(cast):
    parent = None
    with pytest.raises(AccountError):
        for number in range(departments.DEEPEST + 2):
            parent = departments.create_department(cast.alice, name=f"level {number}", parent=parent)
    assert parent is not None and parent.path.count("/") - 1 == departments.DEEPEST


def test_the_tree_belongs_to_those_who_see_all(cast):
    manager = role("manager")
    manager.permissions = [*manager.permissions, "people.manage"]
    manager.save()
    bob = User.objects.get(pk=cast.bob.pk)
    assert policies.can(bob, "people.manage")
    with pytest.raises(Forbidden):
        departments.change_department(bob, cast.departments["south"], name="S", parent=cast.departments["north"])
    with pytest.raises(Forbidden):
        departments.create_department(bob, name="X")


def test_the_page_of_departments_adds_moves_and_refuses(cast):
    client = cast.client("alice")
    assert (
        client.post(reverse("departments"), {"name": "Till", "parent": str(cast.departments["north"].pk)}).status_code
        == 302
    )
    till = Department.objects.get(name="Till")
    assert client.post(reverse("department", args=[till.pk]), {"name": "Till 2", "parent": ""}).status_code == 302
    head = cast.departments["head"]
    cyclic = client.post(
        reverse("department", args=[head.pk]), {"name": "H", "parent": str(cast.departments["north"].pk)}
    )
    assert cyclic.status_code == 422
    assert client.post(reverse("department_delete", args=[head.pk])).status_code == 302
    assert Department.objects.filter(pk=head.pk).exists()
    assert client.get(reverse("department", args=[999999])).status_code == 404


# ---- roles on their page


def test_the_matrix_saves_what_differs_and_leaves_the_owner(cast):
    client = cast.client("alice")
    answer = client.post(
        reverse("roles"),
        {"scope.read_only": "own", "permission.read_only": ["customers.reveal"], "clear.read_only": ["email"],
         "scope.owner": "own", "permission.owner": []},
    )  # fmt: skip
    assert answer.status_code == 302
    changed = role("read_only")
    assert (changed.scope, changed.permissions, changed.clear_fields) == (
        "own", ["customers.reveal", "customers.view"], ["email"]
    )  # fmt: skip
    assert role("owner").scope == "all"
    assert [e.object_id for e in AuditEntry.objects.filter(action="role.change")] == ["read_only"]


def test_roles_of_ones_own_come_and_go(cast):
    client = cast.client("alice")
    assert client.post(reverse("role_new"), {"name": "Trainee", "like": "read_only"}).status_code == 302
    trainee = Role.objects.get(name="Trainee")
    assert trainee.permissions == role("read_only").permissions
    cast.dave.role = trainee
    cast.dave.save()
    client.post(reverse("role_delete", args=[trainee.key]))
    assert Role.objects.filter(pk=trainee.pk).exists(), "somebody holds it"
    cast.dave.role = role("sales")
    cast.dave.save()
    client.post(reverse("role_delete", args=[trainee.key]))
    client.post(reverse("role_delete", args=["sales"]))
    assert not Role.objects.filter(pk=trainee.pk).exists()
    assert Role.objects.filter(key="sales").exists(), "built-in roles stay"
    assert client.post(reverse("role_new"), {"name": "Second owner", "like": "owner"}).status_code == 422


def test_the_password_of_the_cast_is_good_enough():
    from django.contrib.auth.password_validation import validate_password

    validate_password(PASSWORD)
