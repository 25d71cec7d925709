"""An empty table of a run's columns, and the run that becomes the current one: what publishing does, without a run."""

from __future__ import annotations

from datetime import date
from typing import Any


def begin(as_of: date) -> tuple[Any, str, list[str]]:
    """A run with its empty table; gives the run, the table's name and its columns."""
    from regulars.crm.insights import metrics, publishing
    from regulars.crm.insights.metric_columns import BY_NAME
    from regulars.crm.insights.models import Run

    run = Run.objects.create(state=Run.State.RUNNING, as_of=as_of, reason="command", columns=list(metrics.NAMES))
    table = metrics.table_name(run)
    publishing.drop(table)
    publishing._create(table, [BY_NAME[name] for name in run.columns])
    return run, table, ["customer_id", "customer_key", *run.columns]


def end(run: Any, customers: int) -> None:
    """Index the filled table and make its run the current one."""
    from django.utils import timezone

    from regulars.crm.insights import metrics, publishing
    from regulars.crm.insights.metric_columns import BY_NAME

    publishing._index(
        metrics.table_name(run), [BY_NAME[name] for name in run.columns], lambda _stage, _done, _total: None
    )
    run.state, run.published_at, run.customers = run.State.PUBLISHED, timezone.now(), customers
    run.save()
