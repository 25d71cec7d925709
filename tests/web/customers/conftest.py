"""Customers of the cast, and a published run without the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest


@pytest.fixture
def cast() -> Any:
    from tests.web.cast import make_cast

    return make_cast()


@pytest.fixture
def published() -> Iterator[Callable[..., Any]]:
    """``published([(customer, {"abc": "A", …}), …])`` makes the current run with these columns; gives the run."""
    from django.utils import timezone

    from regulars.crm.insights import metrics, publishing
    from regulars.crm.insights.metric_columns import BY_NAME
    from regulars.crm.insights.models import Run

    def publish(rows: list[tuple[Any, dict[str, Any]]], as_of: date = date(2026, 10, 31)) -> Any:
        run = Run.objects.create(state=Run.State.PUBLISHED, as_of=as_of, reason="command", columns=list(metrics.NAMES))
        Run.objects.filter(pk=run.pk).update(published_at=timezone.now())
        model = metrics.model(run)
        publishing._create(metrics.table_name(run), [BY_NAME[name] for name in run.columns])
        model.objects.bulk_create(model(customer=c, customer_key=c.key or "", **values) for c, values in rows)
        return run

    yield publish
    metrics.forget()
