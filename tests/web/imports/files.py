"""Small files as people export them, and an import taken from the upload to its end."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from regulars.crm.insights.models import ImportBatch
from regulars.crm.jobs.worker import run_pending

ORDERS = """订单编号,买家会员名,实付金额,下单时间,商品,备注
1001,wang,120.50,2026-03-01 10:00,龙井,好
1002,li,80,2026-03-02 11:00,红茶,
1003,wang,60.00,2026-04-05 12:30,龙井,
1004,zhao,not money,2026-04-06 09:00,龙井,
"""
MORE_ORDERS = """订单编号,买家会员名,实付金额,下单时间,商品,备注
1002,li,75,2026-03-02 11:00,红茶,
1003,wang,60.00,2026-04-05 12:30,龙井,
1005,sun,33,2026-05-01 08:00,白茶,
"""


def upload(client: Any, text: str | bytes, name: str = "orders.csv", what: str = "orders", **more: str) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return client.post("/imports/new/", {"what": what, "files": SimpleUploadedFile(name, content), **more})


def id_of(response: Any) -> str:
    found = re.fullmatch(r"/imports/([^/]+)/columns/", response.headers["Location"])
    assert found is not None
    return found[1]


def uploaded(
    client: Any, text: str | bytes, name: str = "orders.csv", what: str = "orders", **more: str
) -> ImportBatch:
    response = upload(client, text, name, what, **more)
    assert response.status_code == 302, response.content.decode()[-3000:]
    return ImportBatch.objects.get(public_id=id_of(response))


def tried(client: Any, batch: ImportBatch) -> ImportBatch:
    assert client.post(f"/imports/{batch.public_id}/trial/").status_code == 302
    run_pending()
    batch.refresh_from_db()
    return batch


def imported(
    client: Any, text: str | bytes, name: str = "orders.csv", what: str = "orders", **more: str
) -> ImportBatch:
    batch = tried(client, uploaded(client, text, name, what, **more))
    assert batch.state == "tried", batch.error
    assert client.post(f"/imports/{batch.public_id}/start/").status_code == 302
    run_pending()
    batch.refresh_from_db()
    return batch


def undone(client: Any, batch: ImportBatch) -> ImportBatch:
    assert client.post(f"/imports/{batch.public_id}/undo/").status_code == 302
    run_pending()
    batch.refresh_from_db()
    return batch
