"""The audit log: found by person, action, object and period; pages by key; exported without formulas; never changed."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from regulars.crm.accounts import audit, queries
from regulars.crm.accounts.errors import Forbidden
from regulars.crm.accounts.models import AuditEntry


def write(actor, action: str = "customer.reveal", **more) -> AuditEntry:
    return audit.record(actor, action, **({"object_type": "customer", "object_id": "abc", "label": "苏婉清"} | more))


def test_an_entry_knows_who_what_and_from_where(cast):
    with audit.coming_from("203.0.113.9"):
        entry = write(cast.carol, details={"field": "phone"})
    entry.refresh_from_db()
    assert (entry.actor, entry.address, entry.details) == (cast.carol, "203.0.113.9", {"field": "phone"})
    assert write(cast.carol).address is None
    assert write(cast.carol, address="no address").address is None
    assert write(None, label="x" * 500).label == "x" * 200


def test_the_log_is_found_by_each_of_its_fields(cast):
    old = write(cast.carol)
    AuditEntry.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=10))
    write(cast.dave, "customers.export", object_id="", label="")
    write(cast.dave, object_id="xyz", label="林子涵")
    client = cast.client("alice")
    today = timezone.localdate()

    def found(**asked) -> int:
        asked = {"action": "", **asked}
        page = client.get(reverse("audit"), asked)
        assert page.status_code == 200
        return page.content.decode().count("<tr><td>")

    assert found(person=cast.dave.public_id) == 2
    assert found(action="customer.reveal") == 2
    assert found(object="xyz") == 1 and found(object="婉清") == 1
    assert found(since=today, person=cast.carol.public_id) == 0
    assert found(until=today - timedelta(days=5), person=cast.carol.public_id) == 1
    assert found(since="yesterday", object="xyz") == 1, "a date that is none does not restrict"


def test_pages_follow_each_other_without_gaps_or_doubles(cast):
    for number in range(queries.PAGE * 2 + 7):
        write(cast.carol, label=f"n {number}")
    seen, before = [], None
    while True:
        rows, before = queries.audit_page(cast.alice, queries.AuditFilter(action="customer.reveal"), before=before)
        seen += [row.pk for row in rows]
        write(cast.carol, "customer.view")  # what comes meanwhile does not shift the pages
        if before is None:
            break
    assert len(seen) == len(set(seen)) == queries.PAGE * 2 + 7
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "1;drop table", "", "²"])
def test_a_strange_place_in_the_log_is_no_failure(cast, before):
    assert cast.client("alice").get(reverse("audit"), {"before": before}).status_code == 200


def test_the_page_costs_the_same_however_long_it_is(cast, query_count):
    client = cast.client("alice")
    write(cast.carol)
    with query_count() as short:
        client.get(reverse("audit"))
    for _number in range(60):
        write(cast.dave)
    with query_count() as long:
        client.get(reverse("audit"))
    assert long.count == short.count


def test_the_export_is_safe_and_logged(cast):
    write(cast.carol, label='=HYPERLINK("http://evil")', details={"x": "=1+1"})
    write(cast.carol, label="\t=cmd|' /C calc'!A0")
    answer = cast.client("alice").post(reverse("audit_export"), {"action": "customer.reveal"})
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 2
    assert all(not value.lstrip().startswith(("=", "+", "@")) for row in rows for value in row.values())
    entry = AuditEntry.objects.get(action="audit.export")
    assert entry.actor == cast.alice and entry.details == {"action": "customer.reveal"}


def test_only_who_may_reads_the_log(cast):
    for name in ("bob", "carol", "erin", "frank", "grace", "heidi", "mallory"):
        client = cast.client(name)
        assert client.get(reverse("audit")).status_code == 403
        assert client.post(reverse("audit_export")).status_code == 403
        with pytest.raises(Forbidden):
            queries.audit_log(cast.people[name], queries.AuditFilter())
    assert not AuditEntry.objects.filter(action="audit.export").exists()


def test_no_page_changes_or_removes_entries(cast):
    entry = write(cast.carol)
    client = cast.client("alice")
    for method in ("post", "put", "patch", "delete"):
        getattr(client, method)(reverse("audit"), {"id": entry.pk, "label": "forged"})
    entry.refresh_from_db()
    assert entry.label == "苏婉清"
