"""Forecasts of one run: models fitted on everybody, proven on the past, scored customer by customer.

Every bucket hands over what its histories say (x, t_x, T and the mean value of a repeat day); the rolling
backtest needs the dated purchases too and takes those of whole buckets, which are a
random part of the customers, up to a bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.engine.calendar import day_of
from regulars.engine.facts import BucketFacts, Status
from regulars.engine.fold import BucketState, Plan
from regulars.engine.parameters import Parameters
from regulars.engine.probability import Backtest, PurchaseFit, SpendFit, fit_purchases, fit_spend, score
from regulars.engine.probability.backtest import backtest_purchases
from regulars.engine.probability.purchases import Purchases, PurchaseSummary, summarize_sorted
from regulars.engine.probability.score import Scores
from regulars.engine.probability.value import shrunk_margin
from regulars.errors import ModelError

Float64 = NDArray[np.float64]
MOST_ROWS = 5_000_000  # purchases that the backtest looks at
CHUNK = 500_000  # customers scored at once
YEAR = 365


@dataclass(frozen=True)
class BucketHistory:
    """What the models take from one bucket: summaries of its customers with a purchase, in position order.

    ``summary.customer`` is the position in the bucket; money in minor units. ``profit_year`` and the totals are of the
    same customers. ``wait`` is the time in days to the second purchase day, or to the as-of day where there was none
    (``again`` False). ``first_channel`` is the code on the first purchase day, −1 none. ``rows`` are the dated
    purchases, None where the backtest does not take this bucket.
    """

    summary: PurchaseSummary
    profit_year: NDArray[np.int64]
    amount: NDArray[np.int64]
    profit: NDArray[np.int64]
    wait: NDArray[np.int32]
    again: NDArray[np.bool_]
    first_channel: NDArray[np.int32]
    rows: Purchases | None


def bucket_history(facts: BucketFacts, state: BucketState, plan: Plan, *, with_rows: bool) -> BucketHistory:
    """Summaries of one bucket up to the as-of day; cancelled and unpaid orders count nowhere."""
    counts = facts.day <= plan.as_of
    if len(facts.status):
        counts &= (facts.status == Status.VALID) | (facts.status == Status.DATED_REFUND)
    rows = Purchases(
        facts.customer[counts].astype(np.int64), facts.day[counts], facts.amount[counts].astype(np.float64)
    )
    summary = summarize_sorted(rows, plan.as_of)
    recent = counts & (facts.day > plan.as_of - YEAR)
    year = np.zeros(facts.size, np.int64)
    np.add.at(year, facts.customer[recent], facts.profit[recent])
    who = summary.customer
    again = state.purchase_days[who] > 1
    wait = np.where(again, state.second[who], np.int32(plan.as_of)) - state.first[who]
    return BucketHistory(
        summary, year[who], state.amount_total[who], state.profit_total[who], wait.astype(np.int32), again,
        _first_channel(facts, state)[who], rows if with_rows else None,
    )  # fmt: skip


def _first_channel(facts: BucketFacts, state: BucketState) -> NDArray[np.int32]:
    """The first channel by name on the first purchase day; −1 where none is told."""
    none = np.int32(2**31 - 1)
    found = np.full(facts.size, none, np.int32)
    if len(facts.channel):
        rows = (facts.day == state.first[facts.customer]) & (facts.channel >= 0) & (facts.amount > 0)
        np.minimum.at(found, facts.customer[rows], facts.channel[rows])
    return np.where(found == none, np.int32(-1), found)


@dataclass(frozen=True)
class Forecast:
    """Fits and proof of a run. ``reason`` says why nothing is published, None when the forecast is."""

    reason: str | None
    fit: PurchaseFit | None
    spend: SpendFit | None
    backtest: Backtest | None
    margin: float
    histories: Sequence[BucketHistory]

    @property
    def published(self) -> bool:
        return self.reason is None


def make_forecast(histories: Sequence[BucketHistory], plan: Plan, minor: int) -> Forecast:
    """Elect, prove and fit. A refusal of the models becomes the reason, not an error."""
    amount, profit = (sum(int(getattr(h, name).sum()) for h in histories) for name in ("amount", "profit"))
    fit = spend = proof = None
    try:
        proof = backtest_purchases(_sample(histories), last_day=plan.as_of)
        fit = fit_purchases(_joined(histories, minor), proof.purchase_model, k=proof.k)
        spend = fit_spend(_joined(histories, minor))
        reason = "abstain" if proof.abstain else None
    except ModelError as error:
        reason = error.code
    return Forecast(reason, fit, spend, proof, profit / amount if amount > 0 else 1.0, histories)


def _sample(histories: Sequence[BucketHistory]) -> Purchases:
    """Purchases of the buckets that kept them, customers numbered on."""
    parts, before = [], 0
    for history in histories:
        if history.rows is not None:
            parts.append(Purchases(history.rows.customer + before, history.rows.day, history.rows.value))
            before += int(history.rows.customer[-1]) + 1 if len(history.rows.customer) else 0
    return Purchases(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("customer", "day", "value")))


def _joined(histories: Sequence[BucketHistory], minor: int) -> dict[str, NDArray[Any]]:
    """The summaries of several buckets as one table; money in units of currency."""
    joined = {
        name: np.concatenate([getattr(h.summary, name) for h in histories])
        for name in ("frequency", "recency", "T", "monetary_value")
    }
    return {**joined, "monetary_value": joined["monetary_value"] / minor}


def _all(histories: Sequence[BucketHistory], name: str) -> NDArray[Any]:
    return np.concatenate([getattr(h, name) for h in histories])


class Scorer:
    """Scores bucket by bucket. Predictions are made for many buckets at once, as their customers share histories."""

    def __init__(
        self, forecast: Forecast, histories: Sequence[BucketHistory], plan: Plan, parameters: Parameters, minor: int
    ) -> None:
        self._forecast, self._histories = forecast, histories
        self._plan, self._parameters, self._minor = plan, parameters, minor
        self._chunk_of, self._first_of = self._divide()
        margins = shrunk_margin(_all(histories, "profit"), _all(histories, "amount"))
        self._margins = np.split(margins, np.cumsum([len(h.summary) for h in histories])[:-1])
        self._made: tuple[int, dict[str, NDArray[Any]]] = (-1, {})
        self._lock = Lock()

    def _divide(self) -> tuple[list[int], list[int]]:
        chunks, firsts, size, chunk = [], [], 0, 0
        for history in self._histories:
            if size >= CHUNK:
                chunk, size = chunk + 1, 0
            chunks.append(chunk)
            firsts.append(size)
            size += len(history.summary)
        return chunks, firsts

    def columns(self, number: int) -> dict[str, NDArray[Any]]:
        """Score columns of the ``number``-th bucket, one row a customer with a purchase, in position order."""
        with self._lock:
            chunk = self._chunk_of[number]
            if self._made[0] != chunk:
                self._made = (chunk, self._score(chunk))
            scores = self._made[1]
        begin = self._first_of[number]
        end = begin + len(self._histories[number].summary)
        return {name: values[begin:end] for name, values in scores.items()}

    def _score(self, chunk: int) -> dict[str, NDArray[Any]]:
        numbers = [i for i, c in enumerate(self._chunk_of) if c == chunk]
        members = [self._histories[i] for i in numbers]
        forecast, p = self._forecast, self._parameters
        assert forecast.fit is not None
        scores = score(
            _joined(members, self._minor),
            forecast.fit,
            forecast.spend,
            as_of=day_of(self._plan.as_of),
            level=float(p.forecast_interval),
            margin=np.concatenate([self._margins[i] for i in numbers]),
            profit_12m=_all(members, "profit_year") / self._minor,
            months=p.clv_months,
            yearly_rate=float(p.discount_rate),
            risk_days=p.risk_days,
        )
        return {**scores.table(), "known": _known(scores)}


def _known(scores: Scores) -> NDArray[np.bool_]:
    return scores.known if scores.spend is not None else np.zeros(len(scores), np.bool_)
