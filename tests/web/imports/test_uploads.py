"""What comes in from outside: limits, bombs, names, rights."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from regulars.config.options import options
from regulars.crm.insights.imports import files
from regulars.crm.insights.models import ImportBatch
from tests.web.imports.files import ORDERS, imported, upload, uploaded


@pytest.fixture
def alice(cast):
    return cast.client("alice")


def left():
    """What lies in the folder of incoming files."""
    place = files.root() / "incoming"
    return list(place.iterdir()) if place.exists() else []


def test_more_than_the_limit_is_refused_and_nothing_stays(alice, monkeypatch):
    monkeypatch.setattr(options(), "upload_limit_mb", 1)
    before = ImportBatch.objects.count()
    answer = upload(alice, b"x" * (3 << 20))
    assert answer.status_code == 413 and "1 MB" in answer.content.decode()
    monkeypatch.setattr("regulars.web.views.imports.uploading.FORM_BYTES", 1 << 30)  # the length was not told honestly
    try:
        answer = upload(alice, b"x" * (3 << 20))
        assert answer.status_code in (400, 413)
    finally:
        assert left() == [] and ImportBatch.objects.count() == before


def test_a_broken_upload_leaves_nothing(alice):
    answer = alice.generic("POST", "/imports/new/", b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 422 and left() == [] and not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("program.exe", b"MZ\x90\x00" * 50),
        ("notes.pdf", b"%PDF-1.4 ..."),
        ("broken.zip", b"PK\x03\x04" + b"\x00" * 60),
        ("broken.csv.gz", b"\x1f\x8b\x08\x00 nothing"),
    ],
)
def test_what_is_no_table_is_said_so(alice, name, content):
    answer = upload(alice, content, name)
    assert answer.status_code == 422 and "E-" not in answer.content.decode()
    assert left() == [] and not ImportBatch.objects.exists()


def test_bombs_are_refused(alice, monkeypatch):
    monkeypatch.setattr(options(), "upload_limit_mb", 8)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (20 << 20))
    assert upload(alice, sink.getvalue(), "bomb.zip").status_code == 413
    assert upload(alice, gzip.compress(b"0" * (20 << 20)), "bomb.csv.gz").status_code == 413
    assert upload(alice, workbook(b"0" * (60 << 20)), "bomb.xlsx").status_code == 413
    far = b'<c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c>'
    assert upload(alice, workbook(far), "wide.xlsx").status_code == 413
    assert left() == [] and not ImportBatch.objects.exists()


def workbook(sheet: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\windows\\orders.csv", "orders.csv"),
        ("/abs/订单 2026.csv", "订单 2026.csv"),
        ("a<script>\u202ecsv.csv", "a_script_csv.csv"),
        ("....csv", "csv"),
        (f"{'x' * 300}.csv", f"{'x' * 80}.csv"),
    ],
)
def test_names_lead_nowhere(name, kept):
    assert files.safe_name(name) == kept


def test_a_name_that_is_a_script_is_only_text(alice):
    batch = uploaded(alice, ORDERS, '"><img src=x onerror=alert(1)>.csv')
    page = alice.get("/imports/").content.decode() + alice.get(f"/imports/{batch.public_id}/columns/").content.decode()
    assert "<img src=x" not in page


def test_who_may_import_and_whose_imports_are_seen(cast):
    for name in ("anonymous", "carol", "erin", "grace", "heidi"):
        client = cast.client(name)
        assert upload(client, ORDERS).status_code in (302, 403)
        assert client.get("/imports/").status_code in (302, 403)
    assert not ImportBatch.objects.exists()
    batch = imported(cast.client("bob"), ORDERS)
    frank = cast.client("frank")
    assert frank.get(f"/imports/{batch.public_id}/result/").status_code == 200  # sees all customers, may undo imports
    other = imported(frank, ORDERS.replace("1001", "2001"))
    for address in ("columns", "preview", "trial", "result", "rejects", "undo"):
        assert cast.client("bob").get(f"/imports/{other.public_id}/{address}/").status_code == 404
    for address in ("columns", "trial", "start", "undo", "go-on", "discard"):
        assert cast.client("bob").post(f"/imports/{other.public_id}/{address}/").status_code == 404
        assert cast.client("carol").post(f"/imports/{other.public_id}/{address}/").status_code in (403, 404)
    other.refresh_from_db()
    assert other.state == "done"


def test_each_step_is_taken_once(alice):
    batch = imported(alice, ORDERS)
    assert alice.post(f"/imports/{batch.public_id}/start/").status_code == 409
    assert alice.post(f"/imports/{batch.public_id}/trial/").status_code == 409
    assert alice.post(f"/imports/{batch.public_id}/discard/").status_code == 409
    fresh = uploaded(alice, ORDERS)
    assert alice.post(f"/imports/{fresh.public_id}/start/").status_code == 409
    assert alice.post(f"/imports/{fresh.public_id}/discard/").status_code == 302
    assert not ImportBatch.objects.filter(pk=fresh.pk).exists()


def test_the_list_needs_a_constant_number_of_queries(alice, query_count):
    uploaded(alice, ORDERS)
    alice.get("/imports/")
    with query_count() as few:
        alice.get("/imports/")
    for n in range(5):
        uploaded(alice, ORDERS.replace("1001", f"9{n}"))
    with query_count() as many:
        alice.get("/imports/")
    assert many.count == few.count
