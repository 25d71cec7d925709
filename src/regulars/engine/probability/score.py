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
from regulars.engine.probability.each import alive_of_each, looked_up
from regulars.engine.probability.future import (
    DAYS,
    Future,
    active_if_alive,
    after_first,
    family,
    means_if_alive,
    spans,
    theta,
)
from regulars.engine.probability.gamma_gamma import expected_spend
from regulars.engine.probability.messages import NOTE_NEW, NOTE_NO_REPEAT, NOTE_NO_SPEND
from regulars.engine.probability.money_interval import money_quantiles
from regulars.engine.probability.pairs import Pairs, unique_pairs
from regulars.engine.probability.results import PurchaseFit, SpendFit
from regulars.engine.probability.summaries import SummaryColumns
from regulars.engine.probability.value import (
    Discounting,
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
    columns: SummaryColumns
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
    risk_days: int = RISK_DAYS

    def __len__(self) -> int:
        return len(self.columns.frequency)

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
                return self._mixed(self._active[:, :, h])
            if name.startswith(f"expected_purchases_{days}"):
                return self._expected_column(h, name.removeprefix(f"expected_purchases_{days}"))
        return np.asarray(getattr(self, f"_{name}"))

    def table(self) -> dict[str, NDArray[Any]]:
        """All columns by name."""
        return {name: self[name] for name in self.names}

    @cached_property
    def _collapsed(self) -> tuple[Histories, NDArray[np.int32]]:
        return collapse_indexed(self.columns.frequency, self.columns.recency, self.columns.age)

    @property
    def histories(self) -> Histories:
        """The distinct histories of the customers."""
        return self._collapsed[0]

    @property
    def row(self) -> NDArray[np.int32]:
        """The row of each customer in ``histories``, int32[n]."""
        return self._collapsed[1]

    @cached_property
    def future(self) -> Future:
        """Predictions by distinct history."""
        return Future(self.fit, self.histories)

    @cached_property
    def _pairs(self) -> Pairs:
        return unique_pairs(self.columns.frequency, self.columns.age)

    def _mixed(self, by_pair: FloatArray) -> FloatArray:
        """P(alive) times the phase-weighted values of pairs float64[p, k]: float64[n]."""
        if self.fit.k > 1:
            return np.asarray(self.future.mixed(by_pair[:, :, None])[self.row, 0])
        return looked_up(self._p_alive, np.ascontiguousarray(by_pair[:, 0]), self._pairs.index)

    @property
    def _unit(self) -> float:
        return DAYS[self.fit.time_unit]

    @property
    def _tails(self) -> tuple[float, float]:
        return 0.5 * (1.0 - self.level), 0.5 * (1.0 + self.level)

    @cached_property
    def _p_alive(self) -> FloatArray:
        if self.fit.model == "pareto_nbd" or self.fit.k > 1:
            return np.asarray(self.future.alive[self.row])
        return alive_of_each(self.fit, self.columns)

    @cached_property
    def _means(self) -> tuple[FloatArray, FloatArray]:
        """Expected purchases if alive, of each pair and phase: in the horizons, and in the months of the value."""
        days = np.append(np.array(self.horizons, dtype=np.float64), self.discounting.days)
        distinct, place = np.unique(days, return_inverse=True)
        means = means_if_alive(self.fit, self._pairs.frequency, self._pairs.age, distinct)[..., place]
        return means[..., : len(self.horizons)], means[..., len(self.horizons) :]

    @cached_property
    def _active(self) -> FloatArray:
        return active_if_alive(self.fit, self._pairs.frequency, self._pairs.age, np.array(self.horizons))

    @cached_property
    def _intervals(self) -> FloatArray:
        return self.future.quantiles(np.array(self.horizons), self._tails)

    def _expected_column(self, h: int, bound: str) -> FloatArray:
        expected = self._mixed(self._means[0][:, :, h])
        if bound == "_low":
            return np.minimum(self._intervals[self.row, h, 0], np.floor(expected))
        if bound == "_high":
            return np.maximum(self._intervals[self.row, h, 1], np.ceil(expected))
        return expected

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

    @cached_property
    def discounting(self) -> Discounting:
        """The months of the value and what a purchase in each counts."""
        return monthly_discounting(self.as_of, months=self.months, yearly_rate=self.yearly_rate)

    @cached_property
    def _discounted(self) -> FloatArray:
        """Discounted purchases of the value horizon if alive, of each pair and phase: float64[p, k]."""
        return np.asarray((self._means[1] * self.discounting.weights).sum(axis=-1))

    @cached_property
    def _clv_note(self) -> NDArray[np.int8]:
        x = self.columns.frequency
        new = (x == 0) & (self.columns.age * self._unit < self.thin_age)
        note = np.where(new, NOTE_NEW, np.where(x == 0, NOTE_NO_REPEAT, 0)).astype(np.int8)
        returned = (x > 0) & ~(self._money > 0)
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
        return expected_spend(self.spend, self.columns.frequency, self._money)

    @property
    def _clv_12m(self) -> FloatArray:
        return self._valued(self._discounted)

    @property
    def _expected_profit_12m(self) -> FloatArray:
        return self._valued(self._means[1][..., -1])

    def _valued(self, by_pair: FloatArray) -> FloatArray:
        """Purchases of pairs and phases times spend and margin: float64[n]."""
        value = self._mixed(by_pair)
        value *= self._expected_spend
        value *= self.margin
        return value

    @cached_property
    def _money_units(self) -> FloatArray:
        """Quantiles of the undiscounted money of the value horizon in units of v + xm: float64[u, 2]."""
        assert self.spend is not None
        future, p, q = self.future, self.spend.parameters["p"], self.spend.parameters["q"]
        span = float(spans(self.fit, self.discounting.days[-1:])[0])
        out = np.empty((len(self.histories.weight), 2))
        money_quantiles(
            family(self.fit), self.histories.pairs()[0], self.histories.frequency.astype(np.float64),
            self.histories.age, future.alive, future.phase, span, np.array(self._tails), p, q, theta(self.fit),
            self.fit.k, after_first(self.fit), out,
        )  # fmt: skip
        return out

    @cached_property
    def _mean_discount(self) -> FloatArray:
        plain = self._mixed(self._means[1][..., -1])
        return np.divide(self._mixed(self._discounted), plain, out=np.ones_like(plain), where=plain > 0.0)

    def _bound(self, side: int) -> FloatArray:
        assert self.spend is not None
        x = self.columns.frequency
        scale = self.spend.parameters["v"] + np.where((x > 0) & (self._money > 0), x * self._money, 0.0)
        return np.asarray(self.margin * scale * self._mean_discount * self._money_units[self.row, side])

    @property
    def _clv_12m_low(self) -> FloatArray:
        return np.minimum(np.minimum(self._bound(0), self._bound(1)), self._clv_12m)

    @property
    def _clv_12m_high(self) -> FloatArray:
        return np.maximum(np.maximum(self._bound(0), self._bound(1)), self._clv_12m)

    @property
    def _value_at_risk(self) -> FloatArray:
        pairs, days = self._pairs, np.array([self.risk_days])
        chance = active_if_alive(self.fit, pairs.frequency, pairs.age, days)[..., 0]
        repeat = pairs.frequency + 1.0
        histories = Histories(repeat.astype(np.int64), pairs.age, pairs.age, np.ones(len(repeat), dtype=np.int64))
        bought = Future(self.fit, histories).active(days)[:, 0][pairs.index]
        now = self._mixed(chance)
        today = self.columns.recency == self.columns.age
        return value_at_risk(now, np.where(today, now, bought), np.maximum(self._clv_12m, 0.0))

    @property
    def _potential_12m(self) -> FloatArray:
        assert self.profit_12m is not None
        return potential(self._expected_profit_12m, self.profit_12m)
