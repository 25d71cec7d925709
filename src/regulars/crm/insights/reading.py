"""Which run a request reads: the current one, or an earlier one that was kept (time travel)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from regulars.crm.insights.models import Run

_chosen: ContextVar[Run | None] = ContextVar("run_read", default=None)


def chosen() -> Run | None:
    """The earlier run that was asked for; None where the current one is meant."""
    return _chosen.get()


@contextmanager
def as_of(run: Run | None) -> Iterator[None]:
    """Within the block filters, lists and pages read ``run`` (None: the current one)."""
    token = _chosen.set(run)
    try:
        yield
    finally:
        _chosen.reset(token)
