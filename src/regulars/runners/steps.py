"""The steps of a run on one bucket: fold, a second look, movements, classing.

Every step is a small frozen object that is called with a bucket's number, so that it can be handed to a thread or sent
to another machine; results merge whatever their order, or are taken in bucket order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.engine import kernels as k
from regulars.engine import rhythm_activity as ra
from regulars.engine.assign import Assignment, AssignTally, assign_bucket, tally_bucket
from regulars.engine.counts import ValueCounts
from regulars.engine.facts import BucketFacts, Status
from regulars.engine.fold import BucketState, FoldTally, Plan, RankTally, fold_bucket, rank_bucket
from regulars.engine.origins import OriginTally, tally_origins
from regulars.engine.parameters import Parameters
from regulars.engine.population import Thresholds
from regulars.engine.products import ProductTally, tally_products
from regulars.engine.quadrants import QUADRANTS
from regulars.engine.rhythm import GapRatios, gap_ratios
from regulars.engine.spells import find_spells
from regulars.engine.tracks import ActivityRule, track_bucket
from regulars.runners.columns import customers_batch, spells_batch, track_columns, with_columns
from regulars.runners.contacts import Contact, contact_rows
from regulars.runners.footing import Watched, footing_of, watched_bucket
from regulars.runners.forecast import ModelStatistics
from regulars.runners.forecast_columns import forecast_columns, no_forecast
from regulars.runners.keeping import Keeper, Kept
from regulars.runners.scoring import Columns, Scoring
from regulars.runners.source import FactSource
from regulars.runners.worth import WorthTally, worth_of_bucket


@dataclass(frozen=True)
class Folded:
    """Tallies of the first step: whole numbers and counts of values, which merge in any order."""

    tally: FoldTally
    rank: RankTally
    gaps: tuple[ValueCounts, ...] | None
    last_day: int
    channels: OriginTally | None
    campaigns: OriginTally | None
    products: ProductTally | None

    @classmethod
    def merged(cls, parts: Sequence[Folded]) -> Folded:
        gaps = [p.gaps for p in parts if p.gaps is not None]
        return cls(
            FoldTally.merged(p.tally for p in parts),
            RankTally.merged(p.rank for p in parts),
            tuple(ValueCounts.merged(column) for column in zip(*gaps, strict=True)) if gaps else None,
            max(p.last_day for p in parts),
            merged_if_any(OriginTally, [p.channels for p in parts]),
            merged_if_any(OriginTally, [p.campaigns for p in parts]),
            merged_if_any(ProductTally, [p.products for p in parts]),
        )


@dataclass(frozen=True)
class FoldStep:
    """Histories → state, which is kept, and tallies."""

    source: FactSource
    parameters: Parameters
    plan: Plan
    boundaries: ra.Boundaries | None
    keeper: Keeper
    with_spells: bool
    models: bool

    def __call__(self, bucket: int) -> Folded:
        facts, plan, names = self.source.facts(bucket), self.plan, self.source.names
        state, tally = fold_bucket(facts, plan, day_orders=self.with_spells)
        self.keeper.put(bucket, Kept(state, footing_of(facts, plan) if self.models else None))
        lines = self.source.lines(bucket) if names.products else None
        return Folded(
            tally,
            rank_bucket(state, plan.as_of, base=self.parameters.abc_base),
            ra.collect_gaps(facts, plan, self.boundaries) if self.boundaries is not None else None,
            last_order(facts, plan.as_of),
            origins(facts, facts.channel, len(names.channels), state, plan),
            origins(facts, facts.campaign, len(names.campaigns), state, plan),
            tally_products(lines, len(names.products), state, plan) if lines is not None else None,
        )


@dataclass(frozen=True)
class Looked:
    """Tallies of the second look; ``models`` only where models are wanted."""

    ratios: GapRatios
    models: ModelStatistics | None

    @classmethod
    def merged(cls, parts: Sequence[Looked]) -> Looked:
        return cls(
            GapRatios.merged([p.ratios for p in parts]),
            merged_if_any(ModelStatistics, [p.models for p in parts]),
        )


@dataclass(frozen=True)
class LookStep:
    """Kept state → gaps measured with the population's g₀, and what the models are fitted on."""

    keeper: Keeper
    plan: Plan
    g0: Fraction | None
    prior: int
    minor: int

    def __call__(self, bucket: int) -> Looked:
        kept = self.keeper.get(bucket)
        statistics = None
        if kept.footing is not None:
            statistics = ModelStatistics.of(kept.footing, kept.state, self.plan, self.minor)
        return Looked(gap_ratios(kept.state, self.g0, self.prior), statistics)


@dataclass(frozen=True)
class WatchStep:
    """Dated purchases of a bucket of the sample."""

    source: FactSource
    plan: Plan

    def __call__(self, bucket: int) -> Watched:
        facts = self.source.facts(bucket)
        return watched_bucket(bucket, facts, fold_bucket(facts, self.plan)[0], self.plan)


@dataclass(frozen=True)
class MoveStep:
    """Facts → movements by the customers' own rhythm."""

    source: FactSource
    plan: Plan
    boundaries: ra.Boundaries
    g0s: tuple[Fraction | None, ...]
    prior: int
    factor: Fraction

    def __call__(self, bucket: int) -> ra.RhythmMovements:
        facts = self.source.facts(bucket)
        return ra.rhythm_movements(facts, self.plan, self.boundaries, self.g0s, self.prior, self.factor)


@dataclass(frozen=True)
class Assigned:
    """What classing one bucket leaves; the tables are None where they were handed over already."""

    tally: AssignTally
    contacts: list[Contact]
    points: list[list[Any]]
    worth: WorthTally | None
    customers: pa.RecordBatch | None
    spells: pa.RecordBatch | None


@dataclass(frozen=True)
class AssignStep:
    """Kept state and thresholds → classes, tables, sums by class."""

    source: FactSource
    parameters: Parameters
    plan: Plan
    limits: Thresholds
    digits: int
    keeper: Keeper
    scoring: Scoring | None
    with_spells: bool
    models: bool
    contacts: int
    with_points: bool
    tracks: tuple[ActivityRule, ActivityRule] | None = None

    def __call__(self, bucket: int) -> Assigned:
        kept, scores = self._kept(bucket)
        state, limits, plan, minor = kept.state, self.limits, self.plan, 10**self.digits
        given = assign_bucket(state, limits, plan, self.parameters)
        ids = self.source.customer_ids(bucket)
        table = customers_batch(ids, state, given, plan.as_of, self.digits)
        if self.models:
            more = forecast_columns(scores, self.digits) if scores else no_forecast(table.num_rows, self.digits)
            table = with_columns(table, more)
        if self.tracks is not None:
            tracks = track_bucket(state, limits, plan, *self.tracks)
            table = with_columns(table, track_columns(tracks, given.buyer))
        return Assigned(
            tally_bucket(state, given, limits, plan, self.parameters),
            contact_rows(bucket, ids, state, given, plan, self.contacts, scores),
            _map_points(state, given, minor) if self.with_points else [],
            worth_of_bucket(scores, state, given, plan, minor) if scores else None,
            table,
            spells_batch(ids, find_spells(state, limits.rhythm, self.parameters.spell_factor))
            if self.with_spells
            else None,
        )

    def _kept(self, bucket: int) -> tuple[Kept, Columns | None]:
        if self.scoring is None:
            return self.keeper.take(bucket), None
        kept, scores = self.scoring.take(bucket)
        return kept, scores or None


def last_order(facts: BucketFacts, as_of: int) -> int:
    """The last day up to the as-of day with an order, ``kernels.NEVER`` without one."""
    chosen = facts.day <= as_of
    if len(facts.status):
        chosen &= facts.status != Status.DATED_REFUND
    return int(facts.day[chosen].max()) if chosen.any() else k.NEVER


def origins(facts: BucketFacts, code: Any, codes: int, state: BucketState | None, plan: Plan) -> OriginTally | None:
    """Tally by channel or campaign; None where the lake names none."""
    if not codes:
        return None
    if not len(code):
        code = np.full(len(facts), -1, np.int32)
    return tally_origins(facts, code, codes, state, plan)


def merged_if_any(kind: Any, parts: Sequence[Any]) -> Any:
    present = [p for p in parts if p is not None]
    return kind.merged(present) if present else None


def _map_points(state: BucketState, given: Assignment, minor: int) -> list[list[Any]]:
    bought = np.flatnonzero(state.orders_window > 0)
    means = state.spend_window[bought] / state.orders_window[bought] / minor
    places = given.quadrant[bought]
    return [
        [int(n), float(m), QUADRANTS[q]] for n, m, q in zip(state.orders_window[bought], means, places, strict=True)
    ]
