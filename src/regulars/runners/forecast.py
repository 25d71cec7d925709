"""Forecasts of one run: models fitted on everybody, proven on the past, scored customer by customer.

Every bucket hands over sufficient statistics, which merge exactly: unique histories (x, t_x, T) with the number of
customers, the tally of spending, counts of waits. The rolling backtest needs dated purchases and takes those of a
sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.engine.counts import ValueCounts
from regulars.engine.fold import BucketState, Plan
from regulars.engine.probability import Backtest, Histories, PurchaseFit, SpendFit, fit_purchases, fit_spend
from regulars.engine.probability.backtest import backtest_purchases
from regulars.engine.probability.collapse import collapse
from regulars.engine.probability.collapse import merge as merge_histories
from regulars.engine.probability.gamma_gamma import SpendTally, merge_tallies, tally_spend
from regulars.engine.probability.value import MarginPrior
from regulars.errors import ModelError
from regulars.runners.footing import Footing, Watched, joined_rows, waits_of


@dataclass(frozen=True)
class ModelStatistics:
    """All that the fits need of a set of customers; ``amount`` and ``profit`` to date in minor units."""

    histories: Histories
    spend: SpendTally
    waits: ValueCounts
    customers: int
    amount: int
    profit: int

    @classmethod
    def of(cls, footing: Footing, state: BucketState, plan: Plan, minor: int) -> ModelStatistics:
        """Those of one bucket."""
        who = state.buyer
        return cls(
            collapse(footing.frequency, footing.recency, footing.age),
            tally_spend(footing.frequency, footing.value / minor),
            waits_of(state, plan),
            len(footing),
            int(state.amount_total[who].sum()),
            int(state.profit_total[who].sum()),
        )

    @classmethod
    def merged(cls, parts: Sequence[ModelStatistics]) -> ModelStatistics:
        """Those of all customers; counts are whole numbers, so that the order of the parts changes nothing."""
        return cls(
            merge_histories([p.histories for p in parts]),
            _merged_spend([p.spend for p in parts]),
            ValueCounts.merged(p.waits for p in parts),
            sum(p.customers for p in parts),
            sum(p.amount for p in parts),
            sum(p.profit for p in parts),
        )

    @property
    def margin(self) -> float:
        return self.profit / self.amount if self.amount > 0 else 1.0

    @property
    def prior(self) -> MarginPrior:
        return MarginPrior.of(float(self.profit), float(self.amount), self.customers)


def _merged_spend(parts: list[SpendTally]) -> SpendTally:
    """Pair by pair, so that every value is moved a few times only."""
    while len(parts) > 1:
        odd = parts[len(parts) - len(parts) % 2 :]
        parts = [merge_tallies(a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)] + odd
    return parts[0]


@dataclass(frozen=True)
class Forecast:
    """Fits and proof of a run. ``reason`` says why nothing is published, None when the forecast is."""

    reason: str | None
    fit: PurchaseFit | None
    spend: SpendFit | None
    backtest: Backtest | None
    margin: float
    waits: ValueCounts
    sample: Sequence[Watched]

    @property
    def published(self) -> bool:
        return self.reason is None


def make_forecast(known: ModelStatistics, sample: Sequence[Watched], plan: Plan) -> Forecast:
    """Elect, prove and fit. A refusal of the models becomes the reason, not an error."""
    fit = spend = proof = None
    try:
        proof = backtest_purchases(joined_rows(sample), last_day=plan.as_of)
        fit = fit_purchases(known.histories, proof.purchase_model, k=proof.k)
        spend = fit_spend(known.spend)
        reason = "abstain" if proof.abstain else None
    except ModelError as error:
        reason = error.code
    return Forecast(reason, fit, spend, proof, known.margin, known.waits, sample)
