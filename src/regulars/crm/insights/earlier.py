"""The earlier run beside the one that is read: which one, and its figures in the same tables."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from regulars.charts.drawing import Column, Table
from regulars.crm.insights import metrics
from regulars.crm.insights.models import Run

COMPARED = ("count", "money")
MOST_COMPARED = 1
MONTH = timedelta(days=28)
WEEK = timedelta(days=7)


def kept_runs() -> list[Run]:
    """Runs that can be read, the latest as-of day first; of one day the latest only."""
    seen: dict[object, Run] = {}
    for run in metrics.kept():
        seen.setdefault(run.as_of, run)
    return sorted(seen.values(), key=lambda run: str(run.as_of), reverse=True)


def unfinished() -> Run | None:
    """The latest run where it is not published: on its way, or failed."""
    latest = Run.objects.order_by("-id").defer("summary").select_related("job").first()
    return latest if latest is not None and latest.state not in (Run.State.PUBLISHED, Run.State.DROPPED) else None


def run_before(run: Run, span: timedelta = MONTH, runs: list[Run] | None = None) -> Run | None:
    """The latest kept run whose as-of day lies at least ``span`` before that of ``run``."""
    if run.as_of is None:
        return None
    known = kept_runs() if runs is None else runs
    return next((one for one in known if one.as_of is not None and one.as_of <= run.as_of - span), None)


def beside(table: Table, earlier: Table, as_of: str) -> Table:
    """``table`` with the counts and sums of money of ``earlier`` in further columns, row by row of the same name."""
    keys = [column.key for column in table.columns]
    if keys != [column.key for column in earlier.columns]:
        return table
    if table.columns[0].kind == "period":  # a period that is over stays what it was
        return table
    heads = _heads(table)
    compared = [place for place, column in enumerate(table.columns) if column.kind in COMPARED and place >= heads]
    compared = compared[:MOST_COMPARED]
    if not heads or not compared:
        return table
    then = {_name(row, heads): row for row in earlier.rows}
    if len(then) != len(earlier.rows):
        return table
    columns = tuple(
        Column(
            f"{table.columns[at].key}_before",
            _("{name} {day}").format(name=table.columns[at].label, day=as_of[5:]),
            table.columns[at].kind,
        )
        for at in compared
    )
    rows = tuple((*row, *(_then(then.get(_name(row, heads)), at) for at in compared)) for row in table.rows)
    return Table((*table.columns, *columns), rows, table.hatched, table.doors)


def _heads(table: Table) -> int:
    """How many columns at the left name the row: texts and periods, or scores (R, F)."""
    heads = 0
    for column in table.columns:
        if column.numeric and column.key not in (
            "r",
            "f",
            "offset",
            "orders_from",
            "orders_below",
            "value_from",
            "value_below",
        ):
            break
        heads += 1
    return heads


def _name(row: tuple[object, ...], heads: int) -> tuple[str, ...]:
    return tuple(str(getattr(part, "values", part)) for part in row[:heads])


def _then(row: tuple[object, ...] | None, at: int) -> object:
    return None if row is None else row[at]
