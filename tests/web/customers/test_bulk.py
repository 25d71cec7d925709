"""Actions on many: rights, skips, stop, begin anew, undo; files that no spreadsheet program runs."""

from __future__ import annotations

import csv
import io
import zipfile

import fastexcel
import pytest

from regulars.crm.accounts.models import AuditEntry
from regulars.crm.customers import services
from regulars.crm.customers.bulk import exports, jobs
from regulars.crm.customers.listing.request import listing
from regulars.crm.customers.models import Customer, Event, Tag
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.services import Interrupted, enqueue, stop, undo
from regulars.crm.jobs.worker import run_pending


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(jobs, "CHUNK", 3)


@pytest.fixture
def crowd(cast):
    """Ten customers of Carol, two of Mallory, one of nobody."""
    for n in range(10):
        services.register(cast.carol, name=f"N{n}")
    for n in range(2):
        services.register(cast.mallory, name=f"M{n}")
    cast.customer(name="Nobody's")
    return cast


def ran(kind, actor, **arguments):
    job = enqueue(kind, actor, arguments)
    run_pending()
    job.refresh_from_db()
    assert job.state in (Job.State.DONE, Job.State.STOPPED), job.error
    return job


def undone(job, actor):
    back = undo(job, actor)
    run_pending()
    back.refresh_from_db()
    assert back.state == Job.State.DONE, back.error
    return back


EVERYBODY = {"filter": {}, "search": ""}


def owners():
    return dict(Customer.objects.values_list("name", "owner__name"))


def test_assigning_all_that_match_and_taking_it_back(crowd):
    before = owners()
    told = listing(
        crowd.alice, filter={"all": [{"field": "owner", "op": "is", "value": [crowd.carol.public_id]}]}
    ).told()
    job = ran("customers.assign", crowd.alice, selection=told, owner=crowd.dave.public_id)
    assert job.result["customers"] == 10
    assert Customer.objects.filter(owner=crowd.dave, department=crowd.dave.department).count() == 10
    assert Event.objects.filter(kind="assigned").count() == 10
    undone(job, crowd.alice)
    assert owners() == before


def test_undo_leaves_what_changed_since(crowd):
    job = ran("customers.assign", crowd.alice, selection=EVERYBODY, owner=crowd.dave.public_id)
    one = Customer.objects.get(name="N0")
    services.assign(crowd.alice, one, owner=crowd.erin)
    undone(job, crowd.alice)
    one.refresh_from_db()
    assert one.owner == crowd.erin
    assert Customer.objects.filter(owner=crowd.carol).count() == 9
    assert Customer.objects.get(name="Nobody's").owner is None


def test_what_the_actor_may_not_change_is_skipped_and_counted(crowd):
    services.add_collaborator(crowd.alice, Customer.objects.get(name="M0"), person=crowd.bob)
    job = ran("customers.tag", crowd.bob, selection=EVERYBODY, tags=["x"])
    assert (job.result["customers"], job.result["skipped"]) == (10, 1)
    assert Customer.objects.filter(tags__name="x").count() == 10


def test_ids_of_others_in_the_selection_do_nothing(crowd):
    ids = list(Customer.objects.values_list("public_id", flat=True))
    job = ran("customers.tag", crowd.mallory, selection={"ids": ids}, tags=["x"])
    assert job.result["customers"] == 2
    assert set(Customer.objects.filter(tags__name="x").values_list("name", flat=True)) == {"M0", "M1"}


@pytest.mark.parametrize("kind", ["customers.assign", "customers.delete", "customers.export"])
def test_a_job_without_the_right_changes_nothing(crowd, kind):
    job = enqueue(kind, crowd.carol, {"selection": EVERYBODY, "owner": crowd.carol.public_id})
    run_pending()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert Customer.objects.filter(owner=crowd.carol, deleted_at=None).count() == 10


def test_tags_go_back_to_exactly_who_had_them(crowd):
    services.tag(crowd.carol, Customer.objects.get(name="N1"), names=["x"])
    job = ran("customers.tag", crowd.alice, selection=EVERYBODY, tags=["x", "y"])
    assert Customer.objects.filter(tags__name="x").count() == 13
    undone(job, crowd.alice)
    assert set(Customer.objects.filter(tags__name="x").values_list("name", flat=True)) == {"N1"}
    assert not Customer.objects.filter(tags__name="y").exists()
    job = ran("customers.untag", crowd.alice, selection=EVERYBODY, tags=["x"])
    assert not Customer.objects.filter(tags__name="x").exists()
    undone(job, crowd.alice)
    assert Customer.objects.filter(tags__name="x").count() == 1
    assert Tag.objects.count() == 2


def test_deleting_and_taking_it_back_spares_what_was_in_the_bin_before(crowd):
    services.delete(crowd.alice, Customer.objects.get(name="N0"))
    job = ran("customers.delete", crowd.alice, selection=EVERYBODY)
    assert not Customer.objects.filter(deleted_at=None).exists()
    undone(job, crowd.alice)
    assert set(Customer.objects.exclude(deleted_at=None).values_list("name", flat=True)) == {"N0"}


def test_a_worker_killed_in_the_middle_doubles_nothing(crowd, monkeypatch):
    job = enqueue("customers.assign", crowd.alice, {"selection": EVERYBODY, "owner": crowd.dave.public_id})
    real, calls = jobs.timeline.note_many, []

    def dies(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise Interrupted
        return real(*args, **kwargs)

    monkeypatch.setattr(jobs.timeline, "note_many", dies)
    from regulars.crm.jobs import worker

    worker.run_pending(1)
    job.refresh_from_db()
    assert job.state == Job.State.WAITING
    assert 0 < Customer.objects.filter(owner=crowd.dave).count() < 13
    run_pending()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert Customer.objects.filter(owner=crowd.dave).count() == 13
    assert Event.objects.filter(kind="assigned").count() == 13
    undone(job, crowd.alice)
    assert Customer.objects.filter(owner=crowd.carol).count() == 10


def test_a_stopped_job_can_be_undone_as_far_as_it_came(crowd, monkeypatch):
    job = enqueue("customers.assign", crowd.alice, {"selection": EVERYBODY, "owner": crowd.dave.public_id})
    real = jobs.timeline.note_many

    def stopping(*args, **kwargs):
        real(*args, **kwargs)
        stop(Job.objects.get(pk=job.pk))

    monkeypatch.setattr(jobs.timeline, "note_many", stopping)
    monkeypatch.setattr("regulars.crm.jobs.running.SECONDS_BETWEEN_WRITES", 0)
    run_pending()
    job.refresh_from_db()
    assert job.state == Job.State.STOPPED
    assert 0 < Customer.objects.filter(owner=crowd.dave).count() < 13
    monkeypatch.setattr(jobs.timeline, "note_many", real)
    undone(job, crowd.alice)
    assert not Customer.objects.filter(owner=crowd.dave).exists()


EVIL = [
    "=1+1",
    " =HYPERLINK(1)",
    "＝SUM(A1)",
    "\ufeff@x",
    "-2+3",
    "\t=1",
    "+cmd|' /C calc'!A0",
    "正常",
    "+49 151 1234567",
]


@pytest.fixture
def sheet(cast):
    for n, text in enumerate(EVIL):
        cast.customer(
            "carol", name=text, sort_name=f"{n}", region=text, phone=f"1380000{n:04d}", email=f"a{n}@shop.example"
        )
    return cast


def exported(actor, **arguments):
    job = ran(
        "customers.export",
        actor,
        selection=EVERYBODY,
        list={**EVERYBODY, "order": ["name"], "columns": ["name", "region", "phone", "email"]},
        **arguments,
    )
    return exports.path_of(job.public_id, job.result["format"])


def test_no_cell_of_a_csv_is_a_formula_and_raw_is_raw(sheet):
    rows = list(csv.reader(io.StringIO(exported(sheet.alice).read_text("utf-8-sig"))))
    assert len(rows) == 1 + len(EVIL)
    for text, row in zip(EVIL, rows[1:], strict=True):
        dangerous = text not in ("正常", "+49 151 1234567")
        assert row[0] == (f"'{text}" if dangerous else text)
    raw = list(csv.reader(io.StringIO(exported(sheet.alice, raw=True).read_text("utf-8"), newline="")))
    assert raw[0] == ["name", "region", "phone", "email"]
    assert [row[1] for row in raw[1:]] == EVIL


def test_a_workbook_holds_texts_and_no_formulas(sheet):
    path = exported(sheet.alice, format="xlsx")
    with zipfile.ZipFile(path) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    table = fastexcel.read_excel(path).load_sheet(0).to_arrow()
    assert table.num_rows == len(EVIL)


def test_an_export_is_masked_as_the_person_sees_it_and_logged(sheet):
    text = exported(sheet.frank).read_text("utf-8-sig")
    assert "13800000001" not in text and "a1@shop.example" not in text
    assert "138 **** 0001" in text
    entry = AuditEntry.objects.get(action="customers.export")
    assert (entry.actor, entry.details["customers"]) == (sheet.frank, len(EVIL))


def test_the_file_of_an_export_is_for_who_asked_for_it_alone(sheet):
    path = exported(sheet.frank)
    address = f"/customers/exports/{path.stem}/"
    answer = sheet.client("frank").get(address)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert sheet.client("alice").get(address).status_code == 404
    assert sheet.client("carol").get(address).status_code == 403
