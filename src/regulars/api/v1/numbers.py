"""Figures of runs, definitions, the customers behind a number, targets: the same as on the pages, under the reader's
rights.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from regulars.api.paging import Page, Paged, cut
from regulars.api.v1 import shapes
from regulars.api.values import Day, Id, In, text
from regulars.crm.accounts.policies import require
from regulars.crm.customers.filters.fields import Registry
from regulars.crm.customers.listing.request import listing
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import alive
from regulars.crm.customers.services.checking import not_found
from regulars.crm.insights import drill, metrics, pages, reading, targets
from regulars.crm.insights.metric_columns import reading as language_read
from regulars.crm.insights.models import Run, Target
from regulars.engine.definitions import REGISTRY
from regulars.engine.parameters import Parameters
from regulars.language import Language
from regulars.report.html_tables import Shown
from regulars.report.rich import plain

router = Router(tags=["numbers"])
definition_router = Router(tags=["definitions"])
target_router = Router(tags=["targets"])
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
Who = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}:[A-Za-z0-9_.-]{0,60}$")]
PageKey = Literal[
    "overview", "retention", "classes", "rfm", "quadrants", "lifecycle", "rhythm", "cohorts", "value", "products",
    "quality",
]  # fmt: skip
Cell = str | int | float | None


class Chosen(Schema):
    """``run``: an earlier run that was kept; without it the current one."""

    run: Id | None = None


class ColumnOut(Schema):
    key: str
    label: str
    kind: str


class TableOut(Schema):
    """``who``: of every row the customers behind its counts, by column; pass one to ``/numbers/behind``."""

    columns: list[ColumnOut]
    rows: list[list[Cell | list[Cell]]]
    who: list[dict[str, str]]


class CardOut(Schema):
    key: str
    title: str
    question: str
    table: TableOut | None
    definitions: list[str]


class NumbersOut(Schema):
    page: str
    run: str
    as_of: date
    cards: list[CardOut]


class BehindOut(Schema):
    """``customers``: those behind the number that the reader may see; ``outside``: how many more there are."""

    who: str
    run: str
    as_of: date
    total: int
    outside: int
    items: list[shapes.CustomerOut]
    next: str | None


class DefinitionOut(Schema):
    key: str
    name: str
    sentence: str
    formula: str
    example: str
    parameters: dict[str, str]


class TargetInput(In):
    key: Literal["benchmark", "strategy", "value", "satisfaction", "competition"]
    text: text(500, 1)  # type: ignore[valid-type]
    source: text(500, 1)  # type: ignore[valid-type]
    day: Day


class TargetIn(In):
    """``value``: a fraction as text, such as "0.56"."""

    measure: Literal["retention_year", "retention_quarter", "retention_month", "second_purchase"]
    value: Annotated[str, StringConstraints(pattern=r"^0\.[0-9]{1,4}$")]
    due_on: Day | None = None
    inputs: list[TargetInput] = Field(min_length=1, max_length=5)


class TargetOut(Schema):
    id: str
    measure: str
    value: str
    break_even: str | None
    inputs: list[dict[str, str | None]]
    due_on: date | None
    set_at: datetime
    closed_at: datetime | None
    actual: float | None
    low: float | None
    high: float | None
    verdict: str


def _run(actor: Any, public_id: str | None) -> Run:
    """The run that was asked for, whole."""
    require(actor, "numbers.view")
    current = metrics.current()
    found = Run.objects.filter(state=Run.State.PUBLISHED)
    run = (
        found.filter(public_id=public_id).first()
        if public_id
        else found.filter(pk=current.pk if current else 0).first()
    )
    if run is None:
        raise not_found()
    return run


@router.get("/summary", response=dict[str, Any], summary="Every figure of a run (summary.json)",
            operation_id="get_summary")  # fmt: skip
def get_summary(request: HttpRequest, asked: Query[Chosen]) -> dict[str, Any]:
    return dict(_run(request.auth, asked.run).summary)  # type: ignore[attr-defined]


class Behind(Paged):
    """``who``: what a number stands for, such as ``abc:A`` or ``move:quarter.2026-Q1.lost``."""

    who: Who
    run: Id | None = None


@router.get("/behind", response=BehindOut, summary="The customers behind a number", operation_id="list_behind")
def list_behind(request: HttpRequest, asked: Query[Behind]) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    run = _run(actor, asked.run)
    require(actor, "customers.view")
    with reading.as_of(run):
        group = drill.conditions(asked.who, run.summary, run)
        if group is None:
            raise not_found()
        found = listing(actor, filter=group.as_json(), registry=Registry(actor))
        mine = found.customers.count()
        everybody = Customer.objects.filter(alive() & found.asked).count()
        rows, further = cut(found.customers, asked)
        return {
            "who": asked.who, "run": run.public_id, "as_of": run.as_of, "total": mine, "outside": everybody - mine,
            "items": shapes.customers(actor, rows), "next": further,
        }  # fmt: skip


@router.get("/pages/{page}", response=NumbersOut, summary="The figures of an analysis page as tables",
            operation_id="get_numbers")  # fmt: skip
def get_numbers(request: HttpRequest, page: Path[PageKey], asked: Query[Chosen]) -> dict[str, Any]:
    run = _run(request.auth, asked.run)  # type: ignore[attr-defined]
    language = language_read()
    cards = [_card(card) for _layout, row in pages.rows_of(run, page, language) for card in row]
    return {"page": page, "run": run.public_id, "as_of": run.as_of, "cards": cards}


def _card(card: Any) -> dict[str, Any]:
    table = card.drawing.table if card.drawing else card.table
    told = None
    if table is not None:
        told = {
            "columns": [{"key": c.key, "label": c.label, "kind": c.kind} for c in table.columns],
            "rows": [[_cell(value) for value in row] for row in table.rows],
            "who": [
                {c.key: table.doors[at, place] for place, c in enumerate(table.columns) if (at, place) in table.doors}
                for at in range(len(table.rows))
            ],
        }  # fmt: skip
    return {
        "key": card.key, "title": plain(card.title), "question": card.question, "table": told,
        "definitions": [use.key for use in card.uses],
    }  # fmt: skip


def _cell(value: Any) -> Any:
    if isinstance(value, Shown):
        parts = [_cell(part) for part in value.values]
        return parts if len(parts) > 1 else parts[0]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _definition(key: str, language: Language) -> dict[str, Any]:
    told = REGISTRY[key].localized(language)
    rules = REGISTRY[key].rules(Parameters(), language)
    return {
        "key": key, "name": told.name, "sentence": told.sentence, "formula": told.formula, "example": told.example,
        "parameters": {rule.label: rule.value for rule in rules},
    }  # fmt: skip


@definition_router.get(
    "", response=list[DefinitionOut], summary="What every figure means", operation_id="list_definitions"
)
def list_definitions(request: HttpRequest) -> list[dict[str, Any]]:
    return [_definition(key, language_read()) for key in REGISTRY]


@definition_router.get("/{key}", response=DefinitionOut, summary="One definition", operation_id="get_definition")
def get_definition(request: HttpRequest, key: Path[Key]) -> dict[str, Any]:
    if key not in REGISTRY:
        raise not_found()
    return _definition(key, language_read())


def _target(target: Target, run: Run | None) -> dict[str, Any]:
    standing = targets.standing(pages.view_of(run, language_read()), target.measure) if run is not None else None
    return {
        "id": target.public_id, "measure": target.measure, "value": format(target.value, "f"),
        "break_even": format(target.break_even, "f") if target.break_even is not None else None,
        "inputs": target.inputs, "due_on": target.due_on, "set_at": target.set_at, "closed_at": target.closed_at,
        "actual": standing.actual if standing else None, "low": standing.low if standing else None,
        "high": standing.high if standing else None,
        "verdict": targets.verdict(standing, float(target.value)) if standing else "",
    }  # fmt: skip


@target_router.get("", response=Page[TargetOut], summary="Targets, newest first", operation_id="list_targets")
def list_targets(request: HttpRequest, asked: Query[Paged]) -> dict[str, Any]:
    require(request.auth, "numbers.view")  # type: ignore[attr-defined]
    run = metrics.current()
    found, further = cut(Target.objects.all(), asked, newest_first=True)
    return {"items": [_target(row, run) for row in found], "next": further}


@target_router.post("", response={201: TargetOut}, summary="Set a target", operation_id="set_target")
def set_target(request: HttpRequest, body: TargetIn) -> Status[Any]:
    actor = request.auth  # type: ignore[attr-defined]
    inputs = [{**one.dict(), "day": one.day.isoformat()} for one in body.inputs]
    made = targets.set_target(actor, measure=body.measure, value=Decimal(body.value), inputs=inputs, due_on=body.due_on)
    return Status(201, _target(made, metrics.current()))


@target_router.post("/{public_id}/close", response=TargetOut, summary="Take a target out of force",
                    operation_id="close_target")  # fmt: skip
def close_target(request: HttpRequest, public_id: Path[Id]) -> dict[str, Any]:
    return _target(targets.close(request.auth, public_id), metrics.current())  # type: ignore[attr-defined]
