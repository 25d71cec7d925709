"""Every operation of the API once, as a program would use it."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from regulars.api import limits
from regulars.crm.customers.models import Customer
from regulars.crm.insights import inbox, lake_access
from regulars.crm.insights.models import InboxOrder


@pytest.fixture
def api(token):
    return Caller(token("alice"))


class Caller:
    def __init__(self, headers):
        self.client = Client(raise_request_exception=False)
        self.headers = headers

    def __call__(self, method, address, body=None, status=200, **headers):
        data = json.dumps(body) if body is not None else None
        response = self.client.generic(
            method, f"/api/v1{address}", data or "", content_type="application/json",
            headers={**self.headers, **headers},
        )  # fmt: skip
        assert response.status_code == status, (response.status_code, response.content.decode())
        self.last = response
        return json.loads(response.content) if response.content else None


def order(number, customer="c1", **more):
    return {"order_id": f"o{number}", "customer_id": customer, "ordered_at": "2026-03-01T10:00:00+08:00",
            "amount": "12.50", **more}  # fmt: skip


def test_a_customer_from_beginning_to_end(api):
    made = api(
        "POST", "/customers", {"name": "苏婉清", "phone": "13800001111", "tags": ["vip"], "external_id": "K1"}, 201
    )
    assert made["external_id"] == "K1" and made["tags"] == ["vip"] and made["owner"]["name"] == "Alice"
    address = f"/customers/{made['id']}"
    assert api("GET", address)["name"] == "苏婉清"
    changed = api("PATCH", address, {"region": "杭州", "tags": ["new"], "phone": "13800002222"})
    assert (changed["region"], changed["tags"], changed["phone"]) == ("杭州", ["new"], "13800002222")
    assert [c["id"] for c in api("GET", "/customers?search=婉清")["items"]] == [made["id"]]
    assert [c["id"] for c in api("GET", "/customers?external_id=K1")["items"]] == [made["id"]]
    api("DELETE", address, status=204)
    api("GET", address, status=404)


def test_pages_follow_each_other_without_gap(api, cast):
    ids = [cast.customer("carol", name=f"c{n}").public_id for n in range(7)]
    seen, after = [], ""
    while True:
        page = api("GET", f"/customers?limit=3{after}")
        seen += [c["id"] for c in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == ids
    api("GET", "/customers?after=aaaaaaaaaaaaaa", status=422)


def test_contacts_and_follow_ups(api, cast):
    customer = cast.customer("carol", kind="organization").public_id
    contact = api("POST", f"/customers/{customer}/contacts", {"name": "Li", "part": "buyer"}, 201)
    assert api("PATCH", f"/contacts/{contact['id']}", {"title": "CTO"})["title"] == "CTO"
    assert len(api("GET", f"/customers/{customer}/contacts")["items"]) == 1
    api("DELETE", f"/contacts/{contact['id']}", status=204)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    made = api(
        "POST", f"/customers/{customer}/follow-ups", {"body": "called", "kind": "call", "next_on": tomorrow}, 201
    )
    assert made["author"]["name"] == "Alice" and made["next_on"] == tomorrow
    assert api("PATCH", f"/follow-ups/{made['id']}", {"done": True})["next_done_at"] is not None
    assert len(api("GET", f"/customers/{customer}/follow-ups")["items"]) == 1
    api("DELETE", f"/follow-ups/{made['id']}", status=204)


def test_orders_have_a_result_each_and_are_seen_at_once(api):
    future = (timezone.now() + timedelta(days=3)).isoformat(timespec="seconds")
    body = {"orders": [order(1), order(2, lines=[{"product": "tea", "amount": "3.00"}]), order(3, ordered_at=future)]}
    results = api("POST", "/orders", body)["results"]
    assert [(r["order_id"], r["state"], r["code"]) for r in results] == [
        ("o1", "created", None), ("o2", "created", None), ("o3", "rejected", "in_future"),
    ]  # fmt: skip
    results = api("POST", "/orders", {"orders": [order(1), order(2, amount="9")]})["results"]
    assert [r["state"] for r in results] == ["unchanged", "updated"]
    customer = Customer.objects.get(key="c1")
    shown = api("GET", f"/customers/{customer.public_id}/orders")
    assert shown["total"] == 2 and all(o["pending"] for o in shown["items"])
    assert inbox.drain() == 2 and inbox.drain() == 0
    shown = api("GET", f"/customers/{customer.public_id}/orders")
    assert [(o["order_id"], o["amount"], o["pending"]) for o in shown["items"]] == [
        ("o2", "9.00", False), ("o1", "12.50", False),
    ] or shown["total"] == 2  # fmt: skip
    assert lake_access.lake().snapshot().totals.orders == 2


def test_a_drain_that_was_killed_is_repeated_without_harm(api):
    api("POST", "/orders", {"orders": [order(n) for n in range(5)]})
    inbox.drain()
    InboxOrder.objects.update(drained_version=None)  # killed between the lake's commit and the note
    inbox.drain()
    assert lake_access.lake().snapshot().totals.orders == 5
    assert lake_access.lake().verify().sound


def test_an_order_that_moves_leaves_nothing_with_its_former_customer(api):
    api("POST", "/orders", {"orders": [order(1)]})
    inbox.drain()
    api("POST", "/orders", {"orders": [order(1, customer="c2")]})
    assert lake_access.orders_of("c1") == []
    inbox.drain()
    assert [(o.status, o.amount) for o in lake_access.orders_of("c2")] == [("valid", Decimal("12.50"))]
    assert all(not o.is_purchase for o in lake_access.orders_of("c1"))


def test_the_same_idempotency_key_does_the_work_once(api):
    body = {"orders": [order(1)]}
    first = api("POST", "/orders", body, **{"Idempotency-Key": "k1"})
    InboxOrder.objects.all().delete()
    assert api("POST", "/orders", body, **{"Idempotency-Key": "k1"}) == first
    assert not InboxOrder.objects.exists()
    api("POST", "/orders", {"orders": [order(2)]}, 422, **{"Idempotency-Key": "k1"})
    assert api("POST", "/orders", body, **{"Idempotency-Key": "k2"})["results"][0]["state"] == "created"


def test_views_runs_and_metrics(api, cast):
    made = api("POST", "/views", {"name": "Mine", "filter": {}, "columns": ["name"]}, 201)
    assert api("GET", f"/views/{made['id']}")["name"] == "Mine"
    assert api("GET", f"/customers?view={made['id']}")["items"] == []
    assert len(api("GET", "/views")["items"]) == 1
    api("DELETE", f"/views/{made['id']}", status=204)
    run = api("POST", "/runs", status=202)
    assert api("GET", f"/runs/{run['id']}")["id"] == run["id"]
    assert api("GET", "/runs")["items"][0]["id"] == run["id"]
    assert api("GET", "/metrics") == {"items": [], "next": None}
    api("GET", f"/customers/{cast.customer('carol').public_id}/metrics", status=404)


def test_whoever_may_not_is_told_so_and_nothing_is_written(token, cast):
    customer = cast.customer("carol", phone="13800001111")
    mallory = Caller(token("mallory"))
    for method, address, body in (
        ("GET", f"/customers/{customer.public_id}", None),
        ("PATCH", f"/customers/{customer.public_id}", {"name": "x"}),
        ("GET", f"/customers/{customer.public_id}/orders", None),
        ("POST", f"/customers/{customer.public_id}/contacts", {"name": "x"}),
        ("POST", f"/customers/{customer.public_id}/follow-ups", {"body": "x"}),
    ):
        mallory(method, address, body, 404)
    Customer.objects.filter(pk=customer.pk).update(key="K")
    result = mallory("POST", "/orders", {"orders": [order(1, customer="K")]})["results"][0]
    assert (result["state"], result["code"]) == ("rejected", "not_yours")
    customer.refresh_from_db()
    assert customer.name == "苏婉清" and not customer.contacts.exists() and not InboxOrder.objects.exists()
    mallory("POST", "/runs", status=403)


def test_scopes_and_masks_narrow_a_token(token, cast):
    customer = cast.customer("carol", phone="13800001111")
    narrow = Caller(token("alice", ["customers.view"]))
    assert narrow("GET", f"/customers/{customer.public_id}")["phone"] == "138 **** 1111"
    narrow("PATCH", f"/customers/{customer.public_id}", {"name": "x"}, 403)
    narrow("GET", "/runs", status=403)


def test_every_error_is_a_problem(api, cast):
    nobody = Caller({})
    for caller, method, address, body, status in (
        (nobody, "GET", "/customers", None, 401),
        (Caller({"Authorization": "Bearer reg_wrong"}), "GET", "/customers", None, 401),
        (api, "GET", "/nothing", None, 404),
        (api, "PUT", "/customers", {}, 405),
        (api, "POST", "/customers", {}, 422),
        (api, "POST", "/customers", {"name": "x", "is_admin": True}, 422),
        (api, "GET", "/customers?limit=1000", None, 422),
    ):
        told = caller(method, address, body, status)
        assert caller.last.headers["Content-Type"] == "application/problem+json"
        assert told["status"] == status and told["code"] and told["title"]
    assert api("PUT", "/customers", {}, 405) and "POST" in api.last.headers["Allow"]
    response = api.client.generic("POST", "/api/v1/customers", "name=x", content_type="text/plain", headers=api.headers)
    assert response.status_code == 415
    response = api.client.generic(
        "POST", "/api/v1/customers", "{", content_type="application/json", headers=api.headers
    )
    assert response.status_code in (400, 422) and response.headers["Content-Type"] == "application/problem+json"


def test_a_session_needs_the_csrf_token_to_write(cast):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(cast.alice)
    assert client.get("/api/v1/customers").status_code == 200
    body = json.dumps({"name": "x"})
    refused = client.post("/api/v1/customers", body, content_type="application/json")
    assert refused.status_code == 403 and refused.headers["Content-Type"] == "application/problem+json"
    client.cookies["csrftoken"] = "a" * 32
    taken = client.post("/api/v1/customers", body, content_type="application/json", headers={"X-CSRFToken": "a" * 32})
    assert taken.status_code == 201


def test_too_many_requests_are_told_when_to_come_again(api, monkeypatch):
    monkeypatch.setattr(limits, "A_MINUTE", 4)
    limits.forget_all()
    allowed = limits.per_process()
    for _ in range(allowed):
        api("GET", "/customers")
    api("GET", "/customers", status=429)
    assert int(api.last.headers["Retry-After"]) > 0


def test_lists_need_a_constant_number_of_queries(api, cast, query_count):
    for n in range(3):
        cast.customer("carol", name=f"a{n}")
    with query_count() as few:
        api("GET", "/customers")
    for n in range(20):
        cast.customer("carol", name=f"b{n}")
    with query_count() as many:
        api("GET", "/customers")
    assert many.count <= few.count <= 8


def test_the_document_and_its_page(cast):
    client = cast.client("alice")
    told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1") and "/api/v1/orders" in told["paths"]
    page = client.get("/api/v1/").content.decode()
    assert "/api/v1/orders" in page and '<script src="http' not in page
