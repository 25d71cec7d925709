"""Hold-out trials: what was known of each customer on an origin day, and what came in the days after it.

Origins roll back from the last day in steps of one horizon, so that no hold-out period overlaps another; the earlier
half chooses the model, the later half is reported on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray, Histories, IntArray
from regulars.engine.probability.purchases import Purchases, outcome, summarize_sorted
from regulars.engine.probability.summaries import SummaryColumns, column, has_column, read_summary
from regulars.errors import ModelError

HORIZONS: Final = (365, 182, 91, 56, 28)
MOST: Final = 6


@dataclass(frozen=True)
class Trial:
    """One origin: checked history columns of n customers and the purchase days, int64[n], of the next ``horizon`` days.

    ``value`` net money of those days, ``wait`` days until the first purchase (-1: none), None where not known;
    ``mean_value`` is the mean value of a repeat purchase day up to the origin.
    """

    origin: int | None
    horizon: float
    columns: SummaryColumns
    days: IntArray
    value: FloatArray | None = None
    wait: NDArray[np.int32] | None = None
    mean_value: FloatArray | None = None

    @property
    def n(self) -> int:
        return len(self.days)

    def histories(self) -> Histories:
        return self.columns.histories()

    @property
    def naive(self) -> FloatArray:
        """Everybody goes on as before: x / T a day, 0 for who bought first on the origin day."""
        age = self.columns.age
        rate = np.divide(self.columns.frequency, age, out=np.zeros(len(age)), where=age > 0)
        return np.asarray(rate * self.horizon)


def plan_horizon(days: int) -> int | None:
    """The longest horizon with two origins that have at least as much history behind them; None when there is none."""
    return next((horizon for horizon in HORIZONS if days >= 3 * horizon), None)


def plan_origins(first: int, last: int, horizon: int) -> tuple[int, ...]:
    """Origin days, ascending: last - i * horizon while at least ``horizon`` days of history remain; at most six."""
    origins = [last - i * horizon for i in range(1, MOST + 1) if last - i * horizon - first + 1 >= horizon]
    return tuple(reversed(origins))


def split_origins(origins: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Origins that choose the model and origins that are reported on, at least one of these."""
    chosen = len(origins) // 2
    return tuple(origins[:chosen]), tuple(origins[chosen:])


def trial_at(purchases: Purchases, origin: int, horizon: int) -> Trial:
    """The trial of one origin day from purchase rows."""
    summary = summarize_sorted(purchases, origin)
    after = outcome(purchases, origin, origin + horizon)
    return Trial(
        origin=origin,
        horizon=float(horizon),
        columns=read_summary(summary),
        days=after.days.astype(np.int64),
        value=after.value,
        wait=after.wait,
        mean_value=summary.monetary_value,
    )


def trial_of_holdout(table: Any) -> Trial:
    """The trial of a calibration and hold-out summary as lifetimes makes it.

    Columns frequency_cal, recency_cal, T_cal, frequency_holdout, duration_holdout, in days; optional
    monetary_value_cal. All customers must have the same hold-out duration.
    """
    known = {name: column(table, f"{name}_cal") for name in ("frequency", "recency", "T")}
    duration = column(table, "duration_holdout")
    if len(np.unique(duration)) != 1 or not duration[0] > 0:
        raise ModelError(
            "holdout_duration",
            "duration_holdout must be one positive number of days for all customers",
            "Cut the data at one day for everybody.",
        )
    spend = column(table, "monetary_value_cal") if has_column(table, "monetary_value_cal") else None
    return Trial(
        origin=None,
        horizon=float(duration[0]),
        columns=read_summary(known),
        days=column(table, "frequency_holdout").astype(np.int64),
        mean_value=spend,
    )
