"""Every route and API operation × nobody, an outsider, every role. The routes are read from the resolver, the ids are
those of somebody else's customers and work. After each refusal the database is as before, table by table.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.permissions.probing import Probe
from tests.web.permissions.walking import Route, routes
from tests.web.permissions.world import CLEAR, MARK, World, body_of_every_column, build

ROUTES = routes()
ROLES = ("alice", "bob", "carol", "erin", "frank", "grace", "heidi")
MASKED = {
    "erin": CLEAR.keys(),
    "frank": CLEAR.keys(),
    "grace": CLEAR.keys(),
    "heidi": CLEAR.keys(),
    "carol": ("email", "address"),
}

# What nobody signed in may open, and nothing else. A new page outside needs a line here, and a reason.
OPEN_TO_ALL = {
    "sign_in", "account_login", "mfa_login_webauthn", "sign_out", "account_logout", "account_inactive",
    "account_signup", "join", "first_owner", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "openid_connect_login",
    "openid_connect_callback", "socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup",
    "language", "theme", "definition", "alive",
}  # fmt: skip
OPEN_API = ("/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs/")

# Tables that somebody without the right never changes, whatever is sent to whichever route.
RIGHTS = {"accounts_user", "accounts_role", "accounts_department", "accounts_invitation"}
CUSTOMERS = {
    "customers_customer", "customers_contact", "customers_tag", "customers_customer_tags", "customers_collaborator",
    "customers_customfield", "customers_customvalue", "customers_merge", "customers_notduplicate", "customers_gram",
}  # fmt: skip
UNTOUCHED = {
    "bob": RIGHTS,
    "carol": RIGHTS | {"customers_collaborator", "customers_merge", "customers_customfield"},
    "erin": RIGHTS | {"customers_collaborator", "customers_merge", "customers_customfield"},
    "frank": RIGHTS | CUSTOMERS,
    "grace": RIGHTS | CUSTOMERS | {"customers_followup", "customers_attachment", "insights_importbatch"},
    "heidi": RIGHTS
    | CUSTOMERS
    | {"customers_followup", "customers_attachment", "insights_importbatch", "insights_run"},
}


@pytest.fixture
def world() -> World:
    return build()


@pytest.fixture
def probe(world: World) -> Probe:
    return Probe(world)


def of(route: Route) -> str:
    return str(route)


@pytest.mark.parametrize("route", ROUTES, ids=of)
def test_nobody_gets_in(probe: Probe, route: Route):
    if route.name in OPEN_TO_ALL or route.path in OPEN_API:
        for path in probe.places(route):
            seen = probe("anonymous", "get", path)
            assert MARK not in seen.text and seen.status < 503, path
        return
    for path in probe.places(route)[:3]:  # who is asked for the door does not come to the ids
        for method in route.methods:
            seen = probe("anonymous", method, path, api=route.is_api)
            assert seen.refused or seen.location == "/sign-in/", (method, path, seen.status, seen.location)
            assert not seen.changed, (method, path, seen.changed)
            assert MARK not in seen.text, (method, path)


@pytest.mark.parametrize("route", ROUTES, ids=of)
def test_an_outsider_sees_and_changes_nothing_of_the_north(probe: Probe, world: World, route: Route):
    """With the ids in the address, and then in the body."""
    watch(probe, world)
    for place, path in enumerate(probe.places(route)):
        for method in route.methods:
            check(probe, "mallory", method, path, None, route)
        for body in bodies_with_ids(world) if place < 3 else ():
            for method in [m for m in route.methods if m != "get"]:
                check(probe, "mallory", method, path, body, route)
        if len(route.converters) == 0:
            check(probe, "mallory", "get", path, {"q": MARK, "search": MARK, "name": MARK}, route)


@pytest.mark.parametrize("route", ROUTES, ids=of)
def test_each_role_keeps_to_its_rights(probe: Probe, world: World, route: Route):
    """No failure, no sensitive field in clear, no table changed that the role cannot change; every column is sent."""
    everything = body_of_every_column(world, as_public=True)
    for path in right_places(probe, route):
        for actor in ROLES:
            for method in route.methods:
                bodies: list[dict[str, Any] | None] = [None] if method == "get" else [None, everything]
                for body in bodies:
                    seen = probe(actor, method, path, body, api=route.is_api)
                    assert seen.status != 500, (actor, method, path)
                    if seen.refused:
                        assert not seen.changed, (actor, method, path, seen.status, seen.changed)
                    assert not seen.changed & forbidden(actor, route), (actor, method, path, seen.changed)
                    for name in MASKED.get(actor, ()):
                        assert CLEAR[name] not in seen.text or reveals(route), (actor, method, path, name)
                    for what, key in world.keys.items():
                        assert key not in seen.text, (actor, method, path, what)


def reveals(route: Route) -> bool:
    """The one kind of route that may show a masked value: it is logged (see the tests of revealing)."""
    return "reveal" in route.path


def forbidden(actor: str, route: Route) -> set[str]:
    """Tables that ``actor`` must not change through ``route``; one's own row of people is one's own account."""
    tables = UNTOUCHED.get(actor, set())
    own = route.path.startswith(("/account/", "/language/", "/theme/", "/sign-", "/join/", "/password/", "/confirm/"))
    return tables - {"accounts_user"} if own else tables


def right_places(probe: Probe, route: Route) -> list[str]:
    """The addresses behind which the owner finds something; all, where the route cannot be looked at."""
    places = probe.places(route)
    if not route.converters:
        return places
    found = [
        path for path in places if any(probe("alice", m, path, api=route.is_api).status != 404 for m in ("get", "post"))
    ]
    return found[: 3 if len(route.converters) == 1 else 12] or places[:1]


def bodies_with_ids(world: World) -> list[dict[str, Any]]:
    """The ids of the north under every name that a form or the API could use, singly and as lists."""
    names = (
        "id", "public_id", "customer", "customer_id", "contact", "contact_id", "follow_up", "view", "job", "run",
        "batch", "import", "kept", "gone", "first", "second", "a", "b", "into", "keep", "other", "with", "merge",
        "owner", "referrer", "key", "external_id", "row",
    )  # fmt: skip
    lists = (
        "ids",
        "customers",
        "public_ids",
        "selected",
        "select",
        "rows",
        "items",
        "mentioned",
        "collaborators",
        "pair",
    )
    keyed = [thing for thing in world.planted if getattr(thing, "public_id", None)]
    first, second = keyed[0], keyed[1]
    one = dict.fromkeys(names, first.public_id) | {n: [t.public_id for t in keyed] for n in lists}
    other = {"kept": first.public_id, "gone": second.public_id, "keep": first.public_id, "other": second.public_id}
    return [
        one | other | {"action": "delete", "confirm": "yes"},
        dict.fromkeys(names, str(first.pk)) | {n: [str(first.pk)] for n in lists},
    ]


def watch(probe: Probe, world: World) -> None:
    """After every request, before it is taken back: the planted rows are as they were."""
    before = {thing: row(thing) for thing in world.planted}

    def compare() -> None:
        for thing, values in before.items():
            assert row(thing) == values, f"{type(thing).__name__} {thing.pk} was changed"

    probe.after_request = compare  # type: ignore[method-assign]


def row(thing: Any) -> dict[str, Any] | None:
    return type(thing)._default_manager.filter(pk=thing.pk).values().first()


def check(probe: Probe, actor: str, method: str, path: str, body: dict[str, Any] | None, route: Route) -> None:
    seen = probe(actor, method, path, body, api=route.is_api)
    assert seen.status != 500, (method, path, body)
    told = seen.text if body is None else seen.text.replace(str(body.get("q", "\0")), "")
    assert MARK + " " not in told and MARK + "." not in told, (method, path, body)
    for name, value in CLEAR.items():
        assert value not in seen.text, (method, path, name)
    for what, key in probe.world.keys.items():
        assert key not in seen.text, (method, path, what)
    if seen.refused:
        assert not seen.changed, (method, path, seen.status, seen.changed)
