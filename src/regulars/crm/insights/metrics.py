"""What a published run knows of every customer: a table of its own beside the customers, ``insights_metric_r<id>``.

The model of a table is made once a process. Its rows hang on customers by ``customer`` (no database constraint: the
table comes and goes as a whole), reachable in queries from Customer as ``metric_r<id>``.
"""

from __future__ import annotations

import threading
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from regulars.crm.customers.models import Customer
from regulars.crm.insights import reading
from regulars.crm.insights.metric_columns import BY_NAME, COLUMNS
from regulars.crm.insights.models import Run

PREFIX = "insights_metric_r"
_lock = threading.Lock()
_made: dict[tuple[int, tuple[str, ...]], type[models.Model]] = {}


def current() -> Run | None:
    """The latest published run, without its summary."""
    return _published().first()


def kept() -> list[Run]:
    """Every published run whose table is there, the latest first."""
    return list(_published())


def _published() -> QuerySet[Run]:
    return Run.objects.filter(state=Run.State.PUBLISHED).order_by("-published_at", "-id").defer("summary")


def table_name(run: Run) -> str:
    return f"{PREFIX}{run.pk}"


def relation(run: Run) -> str:
    """The name of a run's columns in queries from Customer."""
    return f"metric_r{run.pk}"


def current_relation() -> str | None:
    """The name of the columns of the run that is read now, in queries from Customer; None while none is published."""
    run = reading.chosen() or current()
    if run is None:
        return None
    model(run)
    return relation(run)


def model(run: Run) -> type[Any]:
    """The model of a run's table, with the columns that the run published."""
    key = (run.pk, tuple(run.columns))
    with _lock:
        if key not in _made:
            _made[key] = _make(run)
        return _made[key]


def _make(run: Run) -> type[models.Model]:
    name = f"MetricR{run.pk}"
    apps.all_models["insights"].pop(name.lower(), None)  # the same id with other columns: only after a restored backup
    columns = {c: BY_NAME[c].model_field for c in run.columns if c in BY_NAME}
    meta = type("Meta", (), {"app_label": "insights", "db_table": table_name(run), "managed": False})
    link = models.OneToOneField(
        Customer, primary_key=True, db_constraint=False, on_delete=models.DO_NOTHING, related_name=relation(run)
    )
    body = {"__module__": __name__, "customer": link, "customer_key": models.CharField(max_length=200), **columns}
    return type(name, (models.Model,), {**body, "Meta": meta})


def for_customer(customer: Customer, run: Run) -> Any | None:
    """The row of one customer in a run; None when the run does not know the customer."""
    return model(run).objects.filter(pk=customer.pk).first()


def forget() -> None:
    """Drop the models that this process made; for tests, which put the database back and give ids out again."""
    with _lock:
        for pk, _columns in _made:
            apps.all_models["insights"].pop(f"metricr{pk}", None)
        _made.clear()
        apps.clear_cache()


NAMES = tuple(column.name for column in COLUMNS)
