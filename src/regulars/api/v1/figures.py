"""Metrics of customers, and the runs that made them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status

from regulars.api.paging import Page, Paged, cut
from regulars.api.v1.customers import customer_of
from regulars.api.values import Id
from regulars.crm.accounts.policies import require
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import alive, visible_to
from regulars.crm.customers.services.checking import not_found
from regulars.crm.insights import metrics, runs
from regulars.crm.insights.models import Run

router = Router(tags=["metrics"])
run_router = Router(tags=["runs"])
Value = str | int | float | bool | None


class MetricsOut(Schema):
    """``values``: the columns of customers.parquet as of ``as_of``; money as text, days as ISO text."""

    customer: str
    external_id: str | None
    run: str
    as_of: date
    values: dict[str, Value]


class RunOut(Schema):
    id: str
    state: str
    reason: str
    as_of: date | None
    lake_version: int | None
    customers: int
    created_at: datetime
    started_at: datetime | None
    published_at: datetime | None
    error: str | None


def _plain(value: Any) -> Value:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | datetime) else value


def _shown(customer: Customer, run: Run, row: Any) -> dict[str, Any]:
    names = [f.name for f in row._meta.fields if f.name not in ("customer", "customer_key")]
    return {
        "customer": customer.public_id, "external_id": customer.key, "run": run.public_id, "as_of": run.as_of,
        "values": {name: _plain(getattr(row, name)) for name in names},
    }  # fmt: skip


@router.get("/customers/{public_id}/metrics", response=MetricsOut, summary="What the current run knows of a customer",
            operation_id="get_metrics")  # fmt: skip
def get_metrics(request: HttpRequest, public_id: Path[Id]) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "numbers.view")
    customer = customer_of(actor, public_id)
    run = metrics.current()
    row = metrics.for_customer(customer, run) if run is not None else None
    if run is None or row is None:
        raise not_found()
    return _shown(customer, run, row)


@router.get("/metrics", response=Page[MetricsOut], summary="Metrics of all customers", operation_id="list_metrics")
def list_metrics(request: HttpRequest, asked: Query[Paged]) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "numbers.view")
    run = metrics.current()
    if run is None:
        return {"items": [], "next": None}
    name = metrics.model(run)._meta.get_field("customer").remote_field.related_name
    seen = Customer.objects.filter(alive(), visible_to(actor), **{f"{name}__isnull": False}).select_related(name)
    found, further = cut(seen, asked)
    return {"items": [_shown(customer, run, getattr(customer, name)) for customer in found], "next": further}


def _run(row: Run) -> dict[str, Any]:
    return {
        "id": row.public_id, "state": row.state, "reason": row.reason, "as_of": row.as_of,
        "lake_version": row.lake_version, "customers": row.customers, "created_at": row.created_at,
        "started_at": row.started_at, "published_at": row.published_at, "error": (row.error or {}).get("code"),
    }  # fmt: skip


@run_router.get("", response=Page[RunOut], summary="Runs, newest first", operation_id="list_runs")
def list_runs(request: HttpRequest, asked: Query[Paged]) -> dict[str, Any]:
    require(request.auth, "numbers.view")  # type: ignore[attr-defined]
    found, further = cut(Run.objects.defer("summary"), asked, newest_first=True)
    return {"items": [_run(row) for row in found], "next": further}


@run_router.post("", response={202: RunOut}, summary="Start a run", operation_id="start_run")
def start_run(request: HttpRequest) -> Status[Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "runs.start")
    return Status(202, _run(runs.start(actor, "demand")))


@run_router.get("/{public_id}", response=RunOut, summary="One run", operation_id="get_run")
def get_run(request: HttpRequest, public_id: Path[Id]) -> dict[str, Any]:
    require(request.auth, "numbers.view")  # type: ignore[attr-defined]
    row = Run.objects.defer("summary").filter(public_id=public_id).first()
    if row is None:
        raise not_found()
    return _run(row)
