"""Reading a summary table by its columns, whatever made it: a dict, pandas, Arrow, Polars or our own PurchaseSummary.

Columns as lifetimes and pymc-marketing name them: frequency (repeat purchase days x), recency (last - first, t_x),
T (as-of - first), monetary_value (mean value of a repeat purchase day); optional log_gaps (per customer the sum of
ln(gap between successive purchase days)), which lets the regularity of gaps be judged from the gaps themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit

from regulars.engine.probability.collapse import FloatArray, Histories, IntArray, collapse
from regulars.engine.probability.purchases import PurchaseSummary
from regulars.engine.probability.threads import in_chunks
from regulars.errors import ModelError


@dataclass(frozen=True)
class SummaryColumns:
    """Checked columns of n customers; ``log_gaps`` is their total or None."""

    frequency: IntArray
    recency: FloatArray
    age: FloatArray
    log_gaps: float | None = None

    def histories(self) -> Histories:
        return collapse(self.frequency, self.recency, self.age, log_gaps=self.log_gaps)


def has_column(summary: Any, name: str) -> bool:
    """Whether the table has a column (or, for our own summaries, an attribute) of that name."""
    if hasattr(summary, "__getitem__"):
        names = getattr(summary, "column_names", None)
        if names is None:
            names = getattr(summary, "columns", None)
        return name in (summary if names is None else list(names))
    return hasattr(summary, name)


def column(summary: Any, name: str) -> FloatArray:
    """One column as float64[n]; a missing one is a ModelError that lists those there are."""
    if not has_column(summary, name):
        raise ModelError(
            "summary_column",
            "the summary has no column {name}",
            "Columns needed: frequency, recency, T (and monetary_value for spend).",
            name=name,
        )
    try:
        return np.require(np.asarray(_raw(summary, name)), dtype=np.float64, requirements=["C", "W"])
    except (TypeError, ValueError) as problem:
        raise ModelError(
            "summary_values",
            "column {name} holds something that is not a number",
            "Give numbers; leave customers out whose history is not known.",
            name=name,
        ) from problem


def read_summary(summary: Any) -> SummaryColumns:
    """Checked columns of a summary; ModelError with the first offending row where a history is impossible."""
    if isinstance(summary, PurchaseSummary):
        gaps: float | None = summary.log_gaps
    elif has_column(summary, "log_gaps"):
        gaps = float(np.sort(column(summary, "log_gaps")).sum())
    else:
        gaps = None
    frequency = _whole(summary)
    recency, age = column(summary, "recency"), column(summary, "T")
    if not len(frequency) == len(recency) == len(age):
        raise ModelError(
            "lengths_differ",
            "frequency, recency and T have {frequency}, {recency} and {age} rows",
            "Give one row per customer in all three.",
            frequency=len(frequency),
            recency=len(recency),
            age=len(age),
        )
    if not len(frequency):
        raise ModelError("summary_empty", "the summary has no customers", "Give at least one customer.")
    _check(frequency, recency, age)
    return SummaryColumns(frequency, recency, age, gaps)


def _whole(summary: Any) -> IntArray:
    """Column frequency as int64[n]; -1 stands for what is not a whole number."""
    if has_column(summary, "frequency"):
        values = np.asarray(_raw(summary, "frequency"))
        if values.dtype.kind in "iu":
            return np.require(values, dtype=np.int64, requirements=["C", "W"])
    numbers = column(summary, "frequency")
    with np.errstate(invalid="ignore"):
        return np.where((numbers == np.floor(numbers)) & (np.abs(numbers) < _MOST), numbers, -1.0).astype(np.int64)


def _raw(summary: Any, name: str) -> Any:
    return summary[name] if hasattr(summary, "__getitem__") else getattr(summary, name)


_MOST: Final = 1e9
LEAST: Final = 1 << 18


@njit("void(int64[::1], float64[::1], float64[::1], int64[::1])", cache=True, nogil=True, error_model="numpy")
def _inspect(frequency, recency, age, found):  # type: ignore[no-untyped-def]
    """found = reason, row and number of impossible histories; the reason is that of the first row."""
    for i in range(frequency.shape[0]):
        x, last, total = frequency[i], recency[i], age[i]
        reason = 0
        if not (math.isfinite(last) and math.isfinite(total)):
            reason = 1
        elif x < 0:
            reason = 2
        elif last < 0.0 or total < 0.0:
            reason = 3
        elif last > total:
            reason = 4
        elif (x > 0) != (last > 0.0):
            reason = 5 if x > 0 else 6
        if reason:
            if found[2] == 0:
                found[0], found[1] = reason, i
            found[2] += 1


def _check(frequency: IntArray, recency: FloatArray, age: FloatArray) -> None:
    def part(start: int, stop: int) -> tuple[int, int, int]:
        rows, found = slice(start, stop), np.zeros(3, dtype=np.int64)
        _inspect(frequency[rows], recency[rows], age[rows], found)
        reason, row, count = found.tolist()
        return start + row, reason, count

    found = [place for place in in_chunks(len(frequency), part, least=LEAST) if place[2]]
    if found:
        row, reason, _count = min(found)
        raise _impossible(reason, {"row": row, "count": sum(count for _row, _reason, count in found)})


def _impossible(reason: int, where: dict[str, int]) -> ModelError:
    """What is wrong with the first of ``count`` impossible histories, in row ``row`` (from 0)."""
    if reason == 1:
        return ModelError(
            "summary_missing",
            "recency or T is missing or infinite in row {row} ({count} impossible histories)",
            "Leave customers out whose history is not known.",
            **where,
        )
    if reason == 2:
        return ModelError(
            "summary_frequency",
            "frequency is not a whole number from 0 up in row {row} ({count} impossible histories)",
            "frequency counts repeat purchase days: purchase days minus one.",
            **where,
        )
    if reason == 3:
        return ModelError(
            "summary_negative_time",
            "recency or T is negative in row {row} ({count} impossible histories)",
            "recency and T count from the first purchase.",
            **where,
        )
    if reason == 4:
        return ModelError(
            "summary_recency",
            "recency is larger than T in row {row} ({count} impossible histories)",
            "The last purchase cannot lie after the as-of day.",
            **where,
        )
    if reason == 5:
        return ModelError(
            "summary_no_time",
            "there are repeat purchase days but recency is 0 in row {row} ({count} impossible histories)",
            "Purchases of one day are one purchase day: they are not repeats.",
            **where,
        )
    return ModelError(
        "summary_no_repeat",
        "frequency is 0 but recency is not in row {row} ({count} impossible histories)",
        "recency is the time from the first to the last purchase day: 0 for who came once.",
        **where,
    )


def require_fittable(histories: Histories) -> None:
    """Refuse what no purchase model can be fitted to: nobody came back, or nobody was watched for any time."""
    if histories.repeaters == 0:
        raise ModelError(
            "no_repeats",
            "none of {customers} customers has a repeat purchase day: how often they come back cannot be estimated",
            "Take a longer period, or check that the customer id is the same at every purchase.",
            customers=histories.n,
        )
