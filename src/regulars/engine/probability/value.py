"""Money: discounting, customer lifetime value and its interval, value at risk, potential, the shrunk margin.

    CLV = margin * E[value of a purchase day] * sum over months i of (E[N(t_i)] - E[N(t_(i-1))]) * (1 + d)^-(m_i / 365)

t_i days to the end of month i by the calendar, m_i its middle, d the yearly rate. The interval
is that of the undiscounted money of the same span (money_interval.py), scaled by the mean discount.

Sources: Fader, Hardie and Lee, "RFM and CLV", Journal of Marketing Research 42 (2005)
415-430; Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013).
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray

YEAR: Final = 365.0


@dataclass(frozen=True)
class Discounting:
    """Purchases up to day ``days[i]`` after the previous entry count ``factors[i]`` each; float64[s] both."""

    days: FloatArray
    factors: FloatArray

    @property
    def weights(self) -> FloatArray:
        """Weights w with sum of w_i E[N(t_i)] = the discounted expectation."""
        return np.asarray(self.factors - np.append(self.factors[1:], 0.0))


def month_ends(as_of: dt.date | None, months: int) -> FloatArray:
    """Days from ``as_of`` to the same day of each following month (its last day where there is none), float64[months].

    Without a date a month is a twelfth of 365 days.
    """
    if as_of is None:
        return np.arange(1.0, months + 1.0) * (YEAR / 12.0)
    ends = []
    for step in range(1, months + 1):
        year, month = divmod(as_of.month - 1 + step, 12)
        year, month = as_of.year + year, month + 1
        day = min(as_of.day, calendar.monthrange(year, month)[1])
        ends.append((dt.date(year, month, day) - as_of).days)
    return np.array(ends, dtype=np.float64)


def monthly_discounting(as_of: dt.date | None, *, months: int = 12, yearly_rate: float = 0.10) -> Discounting:
    """Discount of each of the next ``months`` from its middle, at ``yearly_rate`` a year of 365 days."""
    ends = month_ends(as_of, months)
    middles = 0.5 * (ends + np.append(0.0, ends[:-1]))
    return Discounting(ends, np.exp(-math.log1p(yearly_rate) * middles / YEAR))


def value_at_risk(active: FloatArray, active_if_bought_today: FloatArray, clv: FloatArray) -> FloatArray:
    """What the lateness costs: (P(active in 90 days) had the customer bought today - now, at least 0) x CLV; (n,)."""
    return np.asarray(np.maximum(active_if_bought_today - active, 0.0) * clv)


def potential(expected_profit: FloatArray, profit_last_year: FloatArray) -> FloatArray:
    """Predicted 12-month profit minus the profit of the last 12 months; (n,)."""
    return np.asarray(expected_profit - profit_last_year)


def headroom(expected_profit: FloatArray, upper_quartile: FloatArray) -> FloatArray:
    """How far a customer is below the upper quartile of its look-alikes, at least 0; (n,)."""
    return np.asarray(np.maximum(upper_quartile - expected_profit, 0.0))


@dataclass(frozen=True)
class MarginPrior:
    """Margin M of the population, and the amount c that weighs as much as it; both 0 where nothing was sold."""

    margin: float
    trust: float

    @classmethod
    def of(cls, profit: float, amount: float, customers: int) -> MarginPrior:
        """M = profit / amount of all ``customers`` together; c = the mean amount of a customer."""
        return cls(profit / amount, amount / customers) if amount > 0.0 else cls(0.0, 0.0)

    def shrink(self, profit: NDArray[np.generic], amount: NDArray[np.generic]) -> FloatArray:
        """(profit + M c) / (amount + c) of each customer, (n,); whose amount is not positive gets M."""
        earned = np.asarray(profit, dtype=np.float64)
        sold = np.asarray(amount, dtype=np.float64)
        if self.trust <= 0.0:
            return np.zeros(len(sold))
        believed = np.where(sold > 0.0, sold, 0.0)
        return np.asarray((np.where(sold > 0.0, earned, 0.0) + self.margin * self.trust) / (believed + self.trust))


def shrunk_margin(profit: NDArray[np.generic], amount: NDArray[np.generic], weight: float | None = None) -> FloatArray:
    """Margin of each customer, drawn towards the population's M: (profit + M c) / (amount + c).

    M = sum of profit / sum of amount; ``profit`` and ``amount`` to date, (n,); c = ``weight`` > 0, by default the mean
    amount of a customer: who bought for as much as the average is half believed. Whose amount is not positive gets M.
    """
    earned, sold = float(np.sum(profit, dtype=np.float64)), float(np.sum(amount, dtype=np.float64))
    prior = MarginPrior.of(earned, sold, len(amount))
    return (prior if weight is None or sold <= 0.0 else MarginPrior(prior.margin, weight)).shrink(profit, amount)
