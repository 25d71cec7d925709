"""Figures, definitions, drill-down lists and targets by API: the same as on the pages, under the reader's rights."""

from __future__ import annotations

import json

import pytest

from regulars.crm.accounts.tokens import create_token, scopes_for
from regulars.crm.insights.models import Target


@pytest.fixture
def call(cast):
    from regulars.api import limits

    limits.forget_all()

    def called(name, method, path, body=None):
        _row, text = create_token(cast.people[name], name="test", scopes=scopes_for(cast.people[name]))
        client = cast.client("anonymous")
        how = {"content_type": "application/json"} if method == "post" else {}
        how |= {"data": json.dumps(body)} if body is not None else {}
        answer = getattr(client, method)(f"/api/v1{path}", headers={"Authorization": f"Bearer {text}"}, **how)
        return answer.status_code, answer.json()

    return called


def test_the_summary_is_that_of_the_run(call, run):
    assert call("alice", "get", "/numbers/summary") == (200, json.loads(json.dumps(run.summary)))
    assert call("alice", "get", "/numbers/summary?run=22222222222222")[0] == 404


def test_the_people_behind_a_number(call, run):
    status, told = call("alice", "get", "/numbers/behind?who=abc:A&limit=5")
    whole = run.summary["customers"]["abc"]["A"]["customers"]
    assert status == 200 and (told["total"], told["outside"]) == (whole, 0) and len(told["items"]) == 5
    _status, mine = call("carol", "get", "/numbers/behind?who=abc:A&limit=200")
    assert mine["total"] + mine["outside"] == whole and mine["total"] == len(mine["items"]) < whole
    assert call("alice", "get", "/numbers/behind?who=luck:A")[0] == 404
    assert call("alice", "get", "/numbers/behind?who=abc:Q")[0] == 422
    for strange in (
        "cell:9.x",
        "move:month.2026-99.lost",
        "cohort:2026-77",
        "alive:99.99",
        "rfm:a.b",
        "point:1.x",
        "abc:",
    ):
        assert call("alice", "get", f"/numbers/behind?who={strange}")[0] in (200, 404, 422)


def test_pages_as_tables_and_definitions(call, run):
    status, told = call("alice", "get", "/numbers/pages/classes")
    card = next(card for card in told["cards"] if card["key"] == "abc-classes")
    assert status == 200 and told["as_of"] == run.summary["as_of"]
    counts = {row[0]: row[2] for row in card["table"]["rows"]}
    assert counts == {k: v["customers"] for k, v in run.summary["customers"]["abc"].items()}
    assert card["table"]["who"][0] == {"customers": "abc:A"}
    status, told = call("alice", "get", "/definitions/absolute_churn")
    assert status == 200 and told["formula"]
    assert call("alice", "get", "/definitions/luck")[0] == 404


def test_targets(call):
    body = {
        "measure": "second_purchase", "value": "0.5",
        "inputs": [{"key": "strategy", "text": "Half come back", "source": "Board", "day": "2026-06-01"}],
    }  # fmt: skip
    status, made = call("bob", "post", "/targets", body)
    assert status == 201 and made["verdict"] in ("met", "missed", "unclear")
    assert call("carol", "post", "/targets", body)[0] == 403
    assert call("carol", "get", "/targets")[1]["items"][0]["id"] == made["id"]
    assert call("bob", "post", f"/targets/{made['id']}/close")[0] == 200
    assert Target.objects.get().closed_at is not None
