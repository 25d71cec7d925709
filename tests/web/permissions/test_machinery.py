"""The permission tests themselves can fail: each of their alarms is rung once."""

from __future__ import annotations

import pytest
from django.http import Http404, HttpResponse
from django.test import override_settings
from django.urls import path

from regulars.crm.customers.models import Customer
from tests.web.permissions import test_every_route as every
from tests.web.permissions.probing import Probe, words_of
from tests.web.permissions.walking import Route, routes
from tests.web.permissions.world import CLEAR, MARK, build

ROUTE = Route("/leak/{public_id}/", "leak", (("public_id", "slug"),))


def leaks(request, public_id):
    return HttpResponse(" ".join(Customer.objects.values_list("name", flat=True)))


def clear(request, public_id):
    return HttpResponse(" ".join(Customer.objects.values_list("phone", flat=True)))


def writes_then_refuses(request, public_id):
    Customer.objects.update(tier="gold")
    raise Http404


def writes(request, public_id):
    Customer.objects.update(tier="gold")
    return HttpResponse("done")


def open_to_all(request, public_id):
    return HttpResponse("hello")


urlpatterns: list = []
handler403 = "regulars.web.views.states.forbidden"
handler404 = "regulars.web.views.states.not_found"
handler500 = "regulars.web.views.states.failed"


@pytest.fixture
def with_route(monkeypatch):
    def put(view):
        from regulars.config import urls

        patterns = [path("leak/<slug:public_id>/", view, name="leak"), *urls.urlpatterns]
        monkeypatch.setattr("tests.web.permissions.test_machinery.urlpatterns", patterns)

    with override_settings(ROOT_URLCONF="tests.web.permissions.test_machinery"):
        yield put


@pytest.mark.parametrize("view", [leaks, clear, writes_then_refuses, writes])
def test_the_outsider_test_rings(with_route, view):
    with_route(view)
    world = build()
    with pytest.raises(AssertionError):
        every.test_an_outsider_sees_and_changes_nothing_of_the_north(Probe(world), world, ROUTE)


@pytest.mark.parametrize("view", [open_to_all, writes_then_refuses])
def test_the_test_of_nobody_rings(with_route, view):
    with_route(view)
    with pytest.raises(AssertionError):
        every.test_nobody_gets_in(Probe(build()), ROUTE)


@pytest.mark.parametrize("view", [clear, writes_then_refuses, writes])
def test_the_test_of_roles_rings(with_route, view):
    with_route(view)
    world = build()
    with pytest.raises(AssertionError):
        every.test_each_role_keeps_to_its_rights(Probe(world), world, ROUTE)


def test_the_walk_finds_every_kind_of_route():
    found = {route.path: route for route in routes()}
    assert dict(found["/settings/people/{public_id}/"].converters) == {"public_id": "string"}
    assert dict(found["/settings/departments/{pk}/"].converters) == {"pk": "int"}
    assert dict(found["/password/new/{uidb36}-{key}/"].converters) == {"uidb36": "string", "key": "string"}
    assert "/" in found and "/sign-in/" in found


def test_the_planted_world_has_ids_of_everything():
    world = build()
    assert {type(thing).__name__ for thing in world.planted} >= {
        "Customer", "Contact", "FollowUp", "Attachment", "SavedView", "Merge", "Job", "ImportBatch", "Run", "ApiToken",
        "User", "Department", "Role",
    }  # fmt: skip
    assert len(world.ids("int")) >= 5 and len(world.ids("slug")) >= 12
    assert all(len(key) > 12 for key in world.keys.values())
    assert MARK and all(CLEAR.values())


def test_the_words_in_addresses_are_found_in_the_views():
    assert {"assign", "delete", "restore", "tag"} <= set(words_of("action"))
    assert "phone" in words_of("column")
