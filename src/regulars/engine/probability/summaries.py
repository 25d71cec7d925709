"""Reading a summary table by its columns, whatever made it: a dict, pandas, Arrow, Polars or our own PurchaseSummary.

Columns as lifetimes and pymc-marketing name them: frequency (repeat purchase days x), recency (last - first, t_x),
T (as-of - first), monetary_value (mean value of a repeat purchase day); optional log_gaps (per customer the sum of
ln(gap between successive purchase days)), which lets the regularity of gaps be judged from the gaps themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray, Histories, IntArray, collapse
from regulars.engine.probability.purchases import PurchaseSummary
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
    values = summary[name] if hasattr(summary, "__getitem__") else getattr(summary, name)
    try:
        return np.ascontiguousarray(np.asarray(values), dtype=np.float64)
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
    frequency, recency, age = (column(summary, name) for name in ("frequency", "recency", "T"))
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
    return SummaryColumns(frequency.astype(np.int64), recency, age, gaps)


def _check(frequency: FloatArray, recency: FloatArray, age: FloatArray) -> None:
    finite = np.isfinite(frequency) & np.isfinite(recency) & np.isfinite(age)
    _refuse(~finite, "missing", "a value is missing or infinite")
    _refuse((frequency < 0) | (frequency != np.floor(frequency)), "frequency", "frequency is not a whole number >= 0")
    _refuse((recency < 0) | (age < 0), "negative_time", "recency or T is negative")
    _refuse(recency > age, "recency_after_T", "recency is larger than T: the last purchase lies after the as-of day")
    _refuse((frequency > 0) & (recency == 0), "no_time", "there are repeat purchase days but recency is 0")
    _refuse((frequency == 0) & (recency > 0), "no_repeat_but_recency", "frequency is 0 but recency is not")


def _refuse(bad: NDArray[np.bool_], reason: str, what: str) -> None:
    if bad.any():
        raise ModelError(
            "summary_history",
            "{count} histories are impossible, the first in row {row}: {what}",
            "frequency counts repeat purchase days; recency and T count from the first purchase in one unit.",
            count=int(bad.sum()),
            row=int(np.flatnonzero(bad)[0]),
            what=what,
            reason=reason,
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
