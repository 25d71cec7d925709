"""Scores of every customer from a purchase fit and a spend fit: who is active when, expected purchases, value.

Predictions are computed once for each distinct history (x, t_x, T) and looked up for the customers; columns are made
when they are asked for, so that ten million customers need the memory of the columns in use.

The interval of purchase days runs from the 10 % to the 90 % quantile of the model's predictive distribution of the
count, widened to hold the expectation itself, so that it covers at least 80 %; that of the value is made the same way
from the predictive distribution of the money (value.py). No draws are made. Parameters count as known.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray, Histories, collapse_indexed
from regulars.engine.probability.future import DAYS, Future
from regulars.engine.probability.gamma_gamma import expected_spend
from regulars.engine.probability.messages import NOTE_NEW, NOTE_NO_REPEAT, NOTE_NO_SPEND
from regulars.engine.probability.money_interval import money_quantiles
from regulars.engine.probability.results import PurchaseFit, SpendFit
from regulars.engine.probability.summaries import SummaryColumns
from regulars.engine.probability.value import (
    Discounting,
    month_ends,
    monthly_discounting,
    potential,
    value_at_risk,
)
from regulars.errors import ModelError

HORIZONS: Final = (30, 90, 365)
RISK_DAYS: Final = 90
FAR: Final = 3650.0


@dataclass(frozen=True)
class Scores:
    """Scores of n customers; ``scores[name]`` is a column, float64[n] unless said otherwise.

    Always: p_alive; expected_purchases_H with _low and _high, p_active_H for each horizon H; overdue_after (days after
    the last purchase, int64, -1 where it cannot be said); overdue_on (datetime64[D], NaT alike) with ``as_of``.
    With a spend fit: expected_spend, clv_12m with _low and _high, expected_profit_12m, value_at_risk, potential_12m
    (with ``profit_12m``), clv_note (int8 code of messages.NOTES). Where ``known`` is False the note stands instead
    of the value columns: publish none of them.
    """

    fit: PurchaseFit
    spend: SpendFit | None
    histories: Histories
    row: NDArray[np.int32]
    monetary_value: FloatArray | None
    horizons: tuple[int, ...] = HORIZONS
    level: float = 0.8
    as_of: dt.date | None = None
    margin: FloatArray | float = 1.0
    months: int = 12
    yearly_rate: float = 0.10
    overdue_level: float = 0.9
    thin_age: int = 30
    profit_12m: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.row)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns there are, in the order of the published table."""
        names = ["p_alive"]
        for h in self.horizons:
            names += [f"expected_purchases_{h}", f"expected_purchases_{h}_low", f"expected_purchases_{h}_high"]
        names += [f"p_active_{h}" for h in self.horizons]
        names += ["overdue_after"] + (["overdue_on"] if self.as_of else [])
        if self.spend is not None:
            names += ["expected_spend", "clv_12m", "clv_12m_low", "clv_12m_high", "expected_profit_12m"]
            names += ["value_at_risk"] + (["potential_12m"] if self.profit_12m is not None else []) + ["clv_note"]
        return tuple(names)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.names:
            raise ModelError(
                "score_column",
                "there is no score {name}",
                "Scores there are: {names}.",
                name=name,
                names=", ".join(self.names),
            )
        for h, days in enumerate(self.horizons):
            if name == f"p_active_{days}":
                return np.asarray(self._active[self.row, h])
            if name.startswith(f"expected_purchases_{days}"):
                return self._expected_column(h, name.removeprefix(f"expected_purchases_{days}"))
        return np.asarray(getattr(self, f"_{name}"))

    def table(self) -> dict[str, NDArray[Any]]:
        """All columns by name."""
        return {name: self[name] for name in self.names}

    @cached_property
    def future(self) -> Future:
        return Future(self.fit, self.histories)

    @property
    def _unit(self) -> float:
        return DAYS[self.fit.time_unit]

    @property
    def _tails(self) -> tuple[float, float]:
        return 0.5 * (1.0 - self.level), 0.5 * (1.0 + self.level)

    @property
    def _p_alive(self) -> FloatArray:
        return np.asarray(self.future.alive[self.row])

    @cached_property
    def _expected(self) -> FloatArray:
        return self.future.expected(np.array(self.horizons))

    @cached_property
    def _active(self) -> FloatArray:
        return self.future.active(np.array(self.horizons))

    @cached_property
    def _intervals(self) -> FloatArray:
        return self.future.quantiles(np.array(self.horizons), self._tails)

    def _expected_column(self, h: int, bound: str) -> FloatArray:
        expected = self._expected[:, h]
        if bound == "_low":
            expected = np.minimum(self._intervals[:, h, 0], np.floor(expected))
        elif bound == "_high":
            expected = np.maximum(self._intervals[:, h, 1], np.ceil(expected))
        return np.asarray(expected[self.row])

    @cached_property
    def _silence(self) -> NDArray[np.int64]:
        gap = np.ceil(self.future.gap_quantile(self.overdue_level))
        return np.where(gap <= FAR, np.minimum(gap, FAR), -1.0).astype(np.int64)

    @property
    def _overdue_after(self) -> NDArray[np.int64]:
        return np.asarray(self._silence[self.row])

    @property
    def _overdue_on(self) -> NDArray[np.datetime64]:
        last = np.rint((self.histories.recency - self.histories.age) * self._unit).astype(np.int64)
        day = np.datetime64(self.as_of, "D") + (last + self._silence).astype("timedelta64[D]")
        return np.asarray(np.where(self._silence >= 0, day, np.datetime64("NaT", "D"))[self.row])

    @property
    def discounting(self) -> Discounting:
        return monthly_discounting(self.as_of, months=self.months, yearly_rate=self.yearly_rate)

    @cached_property
    def _year(self) -> tuple[FloatArray, FloatArray]:
        """Expected purchases of the value horizon, discounted and not: float64[u] each."""
        plan = self.discounting
        by_pair = self.future.means_if_alive(plan.days)
        both = np.stack([by_pair @ plan.weights, by_pair[..., -1]], axis=-1)
        mixed = self.future.mixed(both)
        return mixed[:, 0], mixed[:, 1]

    @cached_property
    def _clv_note(self) -> NDArray[np.int8]:
        x = self.histories.frequency
        new = (x == 0) & (self.histories.age * self._unit < self.thin_age)
        note = np.where(new, NOTE_NEW, np.where(x == 0, NOTE_NO_REPEAT, 0)).astype(np.int8)[self.row]
        returned = (x[self.row] > 0) & ~(self._money > 0)
        note[returned] = NOTE_NO_SPEND
        return note

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether there is enough behind a customer to publish a value."""
        return np.asarray((self._clv_note != NOTE_NEW) & (self._clv_note != NOTE_NO_SPEND))

    @property
    def _money(self) -> FloatArray:
        if self.monetary_value is None:
            raise ModelError(
                "summary_column",
                "the summary has no column {name}",
                "Columns needed: frequency, recency, T (and monetary_value for spend).",
                name="monetary_value",
            )
        return self.monetary_value

    @cached_property
    def _expected_spend(self) -> FloatArray:
        assert self.spend is not None
        return expected_spend(self.spend, self.histories.frequency[self.row], self._money)

    @property
    def _clv_12m(self) -> FloatArray:
        return np.asarray(self.margin * self._expected_spend * self._year[0][self.row])

    @property
    def _expected_profit_12m(self) -> FloatArray:
        return np.asarray(self.margin * self._expected_spend * self._year[1][self.row])

    @cached_property
    def _money_units(self) -> FloatArray:
        """Quantiles of the discounted money of the value horizon in units of v + xm: float64[u, 2]."""
        assert self.spend is not None
        future, p, q = self.future, self.spend.parameters["p"], self.spend.parameters["q"]
        span = float(future.horizon(month_ends(self.as_of, self.months)[-1:])[0])
        out = np.empty((len(self.histories.weight), 2))
        money_quantiles(
            future.family, self.histories.pairs()[0], self.histories.frequency.astype(np.float64),
            self.histories.age, future.alive, future.phase, span, np.array(self._tails), p, q, future.theta,
            self.fit.k, future.after_first, out,
        )  # fmt: skip
        discounted, plain = self._year
        return np.asarray(out * (discounted / np.maximum(plain, 1e-300))[:, None])

    def _bound(self, side: int) -> FloatArray:
        assert self.spend is not None
        x = self.histories.frequency[self.row]
        scale = self.spend.parameters["v"] + np.where((x > 0) & (self._money > 0), x * self._money, 0.0)
        return np.asarray(self.margin * scale * self._money_units[self.row, side])

    @property
    def _clv_12m_low(self) -> FloatArray:
        return np.minimum(np.minimum(self._bound(0), self._bound(1)), self._clv_12m)

    @property
    def _clv_12m_high(self) -> FloatArray:
        return np.maximum(np.maximum(self._bound(0), self._bound(1)), self._clv_12m)

    @property
    def _value_at_risk(self) -> FloatArray:
        starts, pair = self.histories.pairs()
        x, age = self.histories.frequency[starts[:-1]] + 1, self.histories.age[starts[:-1]]
        ones = np.ones(len(x), dtype=np.int64)
        bought = Future(self.fit, Histories(x, age, age, ones)).active(np.array([RISK_DAYS]))[pair, 0]
        now = self.future.active(np.array([RISK_DAYS]))[:, 0]
        today = self.histories.recency == self.histories.age
        share = value_at_risk(now, np.where(today, now, bought), np.ones(1))
        return np.asarray(share[self.row] * np.maximum(self._clv_12m, 0.0))

    @property
    def _potential_12m(self) -> FloatArray:
        assert self.profit_12m is not None
        return potential(self._expected_profit_12m, self.profit_12m)


def score_columns(
    columns: SummaryColumns,
    fit: PurchaseFit,
    spend: SpendFit | None = None,
    *,
    monetary_value: FloatArray | None = None,
    **options: Any,
) -> Scores:
    """Scores of checked columns; ``options`` are the remaining fields of Scores."""
    histories, row = collapse_indexed(columns.frequency, columns.recency, columns.age)
    return Scores(fit, spend, histories, row, monetary_value, **options)
