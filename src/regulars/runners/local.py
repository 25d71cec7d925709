"""The local runner: fold → merge → thresholds → assign over buckets in a thread pool."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from regulars.engine import kernels as k
from regulars.engine import rhythm_activity as ra
from regulars.engine.assign import AssignTally, assign_bucket, tally_bucket
from regulars.engine.calendar import Calendar
from regulars.engine.counts import ValueCounts
from regulars.engine.facts import BucketFacts, Status, check_history_span
from regulars.engine.fold import BucketState, FoldTally, Plan, RankTally, fold_bucket, rank_bucket
from regulars.engine.origins import OriginTally, tally_origins
from regulars.engine.parameters import Parameters
from regulars.engine.population import Thresholds, make_plan, thresholds
from regulars.engine.products import ProductTally, tally_products
from regulars.engine.quadrants import QUADRANTS
from regulars.engine.rhythm import GapRatios, RhythmScale, gap_ratios, median_mean_gap
from regulars.engine.spells import find_spells
from regulars.runners.columns import customers_batch, spells_batch, with_columns
from regulars.runners.contacts import Contact, ContactList, contact_rows
from regulars.runners.forecast import MOST_ROWS, BucketHistory, Forecast, Scorer, bucket_history, make_forecast
from regulars.runners.forecast_columns import forecast_columns, no_forecast
from regulars.runners.pool import Progress, default_threads, in_order, tell
from regulars.runners.source import FactSource
from regulars.runners.worth import WorthTally, worth_of_bucket

Sink = Callable[[pa.RecordBatch], None]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Population:
    """All that one run knows of everybody: merged tallies and the thresholds cut from them."""

    plan: Plan
    parameters: Parameters
    digits: int
    fold: FoldTally
    rank: RankTally
    limits: Thresholds
    sums: AssignTally
    unattributed: BucketFacts
    rhythm_movements: ra.RhythmMovements | None
    channels: OriginTally | None
    campaigns: OriginTally | None
    products: ProductTally | None
    contacts: ContactList
    quadrant_points: list[list[Any]] | None
    last_day: int
    forecast: Forecast | None
    worth: WorthTally | None

    @property
    def minor(self) -> int:
        """Minor units in one unit of the currency."""
        return 10**self.digits


@dataclass
class _Folded:
    state: BucketState
    tally: FoldTally
    rank: RankTally
    gaps: tuple[ValueCounts, ...] | None
    last_day: int
    history: BucketHistory | None = None
    channels: OriginTally | None = None
    campaigns: OriginTally | None = None
    products: ProductTally | None = None


@dataclass(frozen=True)
class LocalRunner:
    """Runs the engine over a fact source on this machine; ``models`` adds the forecasts, threads decide nothing."""

    source: FactSource
    parameters: Parameters
    as_of: int
    digits: int = 2
    models: bool = False
    threads: int = field(default_factory=default_threads)
    progress: Progress | None = None

    def run(self, customers: Sink, spells: Sink | None = None, *, contacts: int = 0) -> Population:
        """Compute everything; ``customers`` and ``spells`` receive their tables bucket by bucket, in bucket order."""
        source = self.source
        check_history_span(source.first_day, self.as_of)
        plan = make_plan(Calendar(source.first_day, self.as_of), self.parameters)
        boundaries = ra.Boundaries.of(plan) if self._needs_rhythm(plan) else None
        folded = list(self._each("fold", lambda b: self._fold(b, plan, boundaries, spells is not None), source.buckets))
        tally = FoldTally.merged(f.tally for f in folded)
        rank = RankTally.merged(f.rank for f in folded)
        unattributed = self._count_unattributed(tally, plan)
        scale = self._scale(rank, folded)
        limits = thresholds(rank, scale, self.parameters, 10**self.digits)
        names = self.source.names
        channels = _origins(unattributed, unattributed.channel, len(names.channels), None, plan)
        campaigns = _origins(unattributed, unattributed.campaign, len(names.campaigns), None, plan)
        movements = self._movements(plan, boundaries, folded)
        forecast, scorer = self._forecast(folded, plan)
        done = self._assign(folded, limits, plan, scorer, customers, spells, contacts)
        return Population(
            plan, self.parameters, self.digits, tally, rank, limits, AssignTally.merged(done.tallies), unattributed,
            movements, _merge(OriginTally, [*(f.channels for f in folded), channels]),
            _merge(OriginTally, [*(f.campaigns for f in folded), campaigns]),
            _merge(ProductTally, [*(f.products for f in folded), self._unattributed_products(plan)]), done.contacts,
            sorted(done.points) if done.points is not None else None,
            max([f.last_day for f in folded] + [_last_order(unattributed.day, unattributed.status, plan.as_of)]),
            forecast, WorthTally.merged(done.worth) if done.worth else None,
        )  # fmt: skip

    def _each(self, stage: str, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        return in_order(work, items, threads=self.threads, stage=stage, progress=self.progress)

    def _needs_rhythm(self, plan: Plan) -> bool:
        """Movements by rhythm: where they lead the report, and beside the window's while that costs little."""
        few = self.source.orders <= FEW_ORDERS
        return few or self.parameters.policy.kind == "rhythm" or not plan.observable

    def _fold(self, bucket: int, plan: Plan, boundaries: ra.Boundaries | None, with_spells: bool) -> _Folded:
        facts = self.source.facts(bucket)
        state, tally = fold_bucket(facts, plan, day_orders=with_spells)
        rank = rank_bucket(state, plan.as_of, base=self.parameters.abc_base)
        gaps = ra.collect_gaps(facts, plan, boundaries) if boundaries is not None else None
        folded = _Folded(state, tally, rank, gaps, _last_order(facts.day, facts.status, plan.as_of))
        names = self.source.names
        folded.channels = _origins(facts, facts.channel, len(names.channels), state, plan)
        folded.campaigns = _origins(facts, facts.campaign, len(names.campaigns), state, plan)
        lines = self.source.lines(bucket) if names.products else None
        if lines is not None:
            folded.products = tally_products(lines, len(names.products), state, plan)
        if self.models:
            share = MOST_ROWS * len(self.source.buckets) // max(self.source.orders, 1)
            folded.history = bucket_history(facts, state, plan, with_rows=bucket < max(share, 1))
        return folded

    def _forecast(self, folded: list[_Folded], plan: Plan) -> tuple[Forecast | None, Scorer | None]:
        histories = [f.history for f in folded if f.history is not None]
        if not histories:
            return None, None
        tell(self.progress, "models", 0, 1)
        forecast = make_forecast(histories, plan, 10**self.digits)
        tell(self.progress, "models", 1, 1)
        scorer = Scorer(forecast, histories, plan, self.parameters, 10**self.digits) if forecast.published else None
        return forecast, scorer

    def _count_unattributed(self, tally: FoldTally, plan: Plan) -> BucketFacts:
        """Orders without a customer count in the totals of the input and in the periods that have orders."""
        orders = self.source.unattributed().up_to(plan.as_of)
        real = orders.status != 3
        month = plan.calendar.month_of_day[orders.day[real] - plan.calendar.first_day]
        tally.orders_month[:] += np.bincount(month, minlength=plan.calendar.months)
        return orders

    def _unattributed_products(self, plan: Plan) -> ProductTally | None:
        products = len(self.source.names.products)
        lines = self.source.unattributed_lines() if products else None
        return tally_products(lines, products, None, plan) if lines is not None else None

    def _scale(self, rank: RankTally, folded: list[_Folded]) -> RhythmScale:
        g0, prior = median_mean_gap(rank.mean_gaps), self.parameters.gap_prior
        states = [f.state for f in folded]
        parts = list(self._each("rhythm", lambda state: gap_ratios(state, g0, prior), states))
        return RhythmScale(g0, prior, GapRatios.merged(parts))

    def _movements(
        self, plan: Plan, boundaries: ra.Boundaries | None, folded: list[_Folded]
    ) -> ra.RhythmMovements | None:
        if boundaries is None:
            return None
        g0s = ra.population_gaps([f.gaps for f in folded if f.gaps is not None])
        prior, factor = self.parameters.gap_prior, self.parameters.activity_k

        def move(bucket: int) -> ra.RhythmMovements:
            return ra.rhythm_movements(self.source.facts(bucket), plan, boundaries, g0s, prior, factor)

        return ra.RhythmMovements.merged(list(self._each("movement", move, self.source.buckets)))

    def _assign(
        self, folded: list[_Folded], limits: Thresholds, plan: Plan, scorer: Scorer | None, customers: Sink,
        spells: Sink | None, contacts: int,
    ) -> _Assigned:  # fmt: skip
        few = _count_buyers(folded) <= POINTS_SHOWN
        done = _Assigned(contacts=ContactList.empty(contacts), points=[] if few else None)
        minor = 10**self.digits

        def assign(number: int) -> _AssignedBucket:
            bucket, one = self.source.buckets[number], folded[number]
            given = assign_bucket(one.state, limits, plan, self.parameters)
            ids = self.source.customer_ids(bucket)
            table = customers_batch(ids, one.state, given, plan.as_of, self.digits)
            scores = scorer.columns(number) if scorer is not None else None
            if self.models:
                more = forecast_columns(scores, self.digits) if scores else no_forecast(table.num_rows, self.digits)
                table = with_columns(table, more)
            found = find_spells(one.state, limits.rhythm, self.parameters.spell_factor) if spells is not None else None
            return _AssignedBucket(
                tally_bucket(one.state, given, limits, plan, self.parameters),
                table,
                spells_batch(ids, found) if found is not None else None,
                contact_rows(bucket, ids, one.state, given, plan, contacts, scores),
                _map_points(one.state, given, minor) if few else [],
                worth_of_bucket(scores, one.state, given, plan, minor) if scores else None,
            )

        for part in self._each("assign", assign, range(len(folded))):
            customers(part.customers)
            if spells is not None and part.spells is not None:
                spells(part.spells)
            done.add(part)
        return done


@dataclass(frozen=True)
class _AssignedBucket:
    tally: AssignTally
    customers: pa.RecordBatch
    spells: pa.RecordBatch | None
    contacts: list[Contact]
    points: list[list[Any]]
    worth: WorthTally | None


@dataclass
class _Assigned:
    """What the last step leaves of all buckets, in bucket order."""

    contacts: ContactList
    points: list[list[Any]] | None
    tallies: list[AssignTally] = field(default_factory=list)
    worth: list[WorthTally] = field(default_factory=list)

    def add(self, part: _AssignedBucket) -> None:
        self.tallies.append(part.tally)
        self.contacts = self.contacts.merged(part.contacts)
        if self.points is not None:
            self.points += part.points
        if part.worth is not None:
            self.worth.append(part.worth)


FEW_ORDERS = 1_000_000  # up to so many, figures are made that need the facts read once more
POINTS_SHOWN = 2000  # up to so many buyers the quadrant map shows single customers


def _last_order(day: Any, status: Any, as_of: int) -> int:
    chosen = day[(day <= as_of) & (status != Status.DATED_REFUND if len(status) else True)]
    return int(chosen.max()) if len(chosen) else k.NEVER


def _count_buyers(folded: list[_Folded]) -> int:
    return sum(int(f.tally.counts[k.WINDOW_BUYERS]) for f in folded)


def _map_points(state: BucketState, given: Any, minor: int) -> list[list[Any]]:
    bought = np.flatnonzero(state.orders_window > 0)
    means = state.spend_window[bought] / state.orders_window[bought] / minor
    places = given.quadrant[bought]
    return [
        [int(n), float(m), QUADRANTS[q]] for n, m, q in zip(state.orders_window[bought], means, places, strict=True)
    ]


def _origins(facts: BucketFacts, code: Any, codes: int, state: BucketState | None, plan: Plan) -> OriginTally | None:
    if not codes:
        return None
    if not len(code):
        code = np.full(len(facts), -1, np.int32)
    return tally_origins(facts, code, codes, state, plan)


def _merge(kind: Any, parts: list[Any]) -> Any:
    present = [p for p in parts if p is not None]
    return kind.merged(present) if present else None
