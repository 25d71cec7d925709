"""Every column of every model, sent to every route that writes, by somebody who may use it: only what its form offers
changes, never who owns, who made, who may, or what was merged and deleted.
"""

from __future__ import annotations

from typing import Any

import pytest

from regulars.crm.accounts.models import ApiToken, Department, Role, User
from regulars.crm.customers.models import Collaborator, Customer
from tests.web.permissions.probing import Probe
from tests.web.permissions.walking import Route, routes
from tests.web.permissions.world import World, body_of_every_column, build

# Columns that no form of somebody without the right to assign, merge, delete or import can set.
CUSTOMER = ("id", "public_id", "owner_id", "department_id", "created_by_id", "created_at", "merged_into_id", 
            "deleted_at", "import_batch_id", "key", "phone_key", "email_key", "sort_name")  # fmt: skip
PERSON = ("id", "public_id", "email", "role_id", "department_id", "manager_id", "is_active", "created_at")
MADE = ("name", "body", "title", "phone", "email", "notes")


def watched() -> dict[str, Any]:
    """What must stay. Keys and sort names may follow a changed phone, e-mail or name, but not come from outside."""
    told: dict[str, Any] = {
        "customers": {
            row["id"]: {k: v for k, v in row.items() if not (k.endswith("_key") or k == "sort_name")}
            for row in Customer.objects.values(*CUSTOMER)
        },
        "given keys": Customer.objects.filter(phone_key="mass-assigned").count()
        + Customer.objects.filter(sort_name="mass-assigned").exclude(name="mass-assigned").count(),
        "people": list(User.objects.order_by("pk").values(*PERSON)),
        "roles": list(Role.objects.order_by("pk").values()),
        "departments": list(Department.objects.order_by("pk").values()),
        "collaborators": list(Collaborator.objects.order_by("pk").values()),
        "tokens": list(ApiToken.objects.order_by("pk").values("id", "user_id", "digest", "scopes", "expires_at")),
    }
    return told


@pytest.fixture
def world() -> World:
    return build()


@pytest.mark.parametrize("route", routes(), ids=str)
@pytest.mark.parametrize("as_public", [True, False], ids=["public ids", "numbers"])
def test_columns_from_outside_change_nothing_they_should_not(world: World, route: Route, as_public: bool):
    probe = Probe(world)
    before = watched()
    old = set(before["customers"])

    def compare() -> None:
        after = watched()
        made = {pk: row for pk, row in after["customers"].items() if pk not in old}
        after["customers"] = {pk: row for pk, row in after["customers"].items() if pk in old}
        after["tokens"] = [t for t in after["tokens"] if t["id"] in {x["id"] for x in before["tokens"]}]
        assert after == before
        for row in made.values():  # a customer that Carol adds is Carol's
            assert row["owner_id"] == world.cast.carol.pk and row["created_by_id"] == world.cast.carol.pk
            assert row["merged_into_id"] is None and row["deleted_at"] is None and row["public_id"] != "mass-assigned"

    probe.after_request = compare  # type: ignore[method-assign]
    body = body_of_every_column(world, as_public=as_public)
    for path in probe.places(route)[:24]:
        for method in [m for m in route.methods if m != "get"]:
            seen = probe("carol", method, path, body, api=route.is_api)
            assert seen.status != 500, (method, path)
