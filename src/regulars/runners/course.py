"""The course of a run: fold → merge → thresholds → assign, the same on a laptop and on a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from regulars.engine import kernels as k
from regulars.engine import rhythm_activity as ra
from regulars.engine.assign import POINTS_SHOWN, AssignTally
from regulars.engine.calendar import Calendar
from regulars.engine.counts import ValueCounts
from regulars.engine.facts import BucketFacts, check_history_span
from regulars.engine.fold import Plan, RankTally
from regulars.engine.origins import OriginTally
from regulars.engine.parameters import Parameters
from regulars.engine.population import Thresholds, make_plan, thresholds
from regulars.engine.products import ProductTally, tally_products
from regulars.engine.rhythm import GapRatios, RhythmScale, median_mean_gap
from regulars.engine.tracks import ActivityRule
from regulars.engine.tracks import rules as track_rules
from regulars.runners.buckets import BucketMap
from regulars.runners.contacts import ContactList
from regulars.runners.footing import sampled
from regulars.runners.forecast import Forecast, ModelStatistics, make_forecast
from regulars.runners.keeping import Keeper
from regulars.runners.pool import Progress, tell
from regulars.runners.population import Population, Sink
from regulars.runners.scoring import Scorer, Scoring, grouped
from regulars.runners.source import FactSource
from regulars.runners.steps import (
    Assigned,
    AssignStep,
    Folded,
    FoldStep,
    Looked,
    LookStep,
    MoveStep,
    WatchStep,
    last_order,
    merged_if_any,
    origins,
)
from regulars.runners.worth import WorthTally

FEW_ORDERS = 1_000_000  # up to so many, figures are made that need the facts read once more
NO_VALUES = ValueCounts(np.empty(0, np.int64), np.empty(0, np.int64))


class Workshop(Protocol):
    """Where a run happens: how steps go over buckets, where their state waits, how tables come back."""

    @property
    def map(self) -> BucketMap: ...

    def keeper(self, source: FactSource, plan: Plan, *, with_spells: bool, models: bool) -> Keeper: ...

    def assigned(self, step: AssignStep, groups: Sequence[Sequence[int]]) -> Iterator[Assigned]:
        """Results of the last step in bucket order, with their tables; buckets of a group share work."""
        ...


@dataclass(frozen=True)
class Course:
    """One run over a fact source as of a day; ``models`` adds the forecasts."""

    source: FactSource
    parameters: Parameters
    as_of: int
    digits: int
    models: bool
    workshop: Workshop
    progress: Progress | None = None
    tracks: bool = False

    def run(self, customers: Sink, spells: Sink | None = None, *, contacts: int = 0) -> Population:
        """Compute everything; ``customers`` and ``spells`` receive their tables bucket by bucket, in bucket order."""
        source, p = self.source, self.parameters
        check_history_span(source.first_day, self.as_of)
        plan = make_plan(Calendar(source.first_day, self.as_of), p)
        boundaries = ra.Boundaries.of(plan) if self._needs_rhythm(plan) else None
        keeper = self.workshop.keeper(source, plan, with_spells=spells is not None, models=self.models)
        step = FoldStep(source, p, plan, boundaries, keeper, spells is not None, self.models)
        folded = self.workshop.map.merged("fold", step, Folded.merged, source.buckets)
        unattributed = self._count_unattributed(folded, plan)
        limits, rank = self._cut(folded.rank)
        folded = replace(folded, rank=rank)
        looked = self._look(keeper, plan, rank)
        limits = replace(limits, rhythm=RhythmScale(median_mean_gap(rank.mean_gaps), p.gap_prior, looked.ratios))
        movements = self._movements(plan, boundaries, folded.gaps)
        forecast, scorer = self._forecast(looked.models, plan)
        groups = grouped(source.buckets, source.customers) if scorer is not None else [[b] for b in source.buckets]
        scoring = Scoring(scorer, groups, keeper) if scorer is not None else None
        looked = replace(looked, models=None)
        few = int(folded.tally.counts[k.WINDOW_BUYERS]) <= POINTS_SHOWN
        last = AssignStep(
            source, p, plan, limits, self.digits, keeper, scoring, spells is not None, self.models, contacts, few,
            self._tracks(plan, boundaries, folded.gaps),
        )  # fmt: skip
        done = _Done(contacts=ContactList.empty(contacts))
        for part in self.workshop.assigned(last, groups):
            done.add(part, customers, spells)
        return self._population(plan, folded, limits, unattributed, movements, forecast, done, few)

    def _needs_rhythm(self, plan: Plan) -> bool:
        """Movements by rhythm: where they lead the report, and beside the window's while that costs little."""
        few = self.source.orders <= FEW_ORDERS
        return few or self.parameters.policy.kind == "rhythm" or not plan.observable

    def _cut(self, rank: RankTally) -> tuple[Thresholds, RankTally]:
        """Thresholds without a scale of rhythm yet, and the counts that are needed on."""
        unmeasured = RhythmScale(None, self.parameters.gap_prior, GapRatios.merged([]))
        limits = thresholds(rank, unmeasured, self.parameters, 10**self.digits)
        return limits, replace(rank, amount=NO_VALUES, buyer_amount=NO_VALUES)

    def _look(self, keeper: Keeper, plan: Plan, rank: RankTally) -> Looked:
        g0 = median_mean_gap(rank.mean_gaps)
        step = LookStep(keeper, plan, g0, self.parameters.gap_prior, 10**self.digits)
        return self.workshop.map.merged("rhythm", step, Looked.merged, self.source.buckets)

    def _movements(
        self, plan: Plan, boundaries: ra.Boundaries | None, gaps: tuple[ValueCounts, ...] | None
    ) -> ra.RhythmMovements | None:
        if boundaries is None or gaps is None:
            return None
        p, g0s = self.parameters, ra.population_gaps([gaps])
        step = MoveStep(self.source, plan, boundaries, g0s, p.gap_prior, p.activity_k)
        return self.workshop.map.merged("movement", step, _merged_movements, self.source.buckets)

    def _tracks(
        self, plan: Plan, boundaries: ra.Boundaries | None, gaps: tuple[ValueCounts, ...] | None
    ) -> tuple[ActivityRule, ActivityRule] | None:
        """How activity at past month ends is judged for the tracks: by the policies that lead the figures."""
        if not self.tracks:
            return None
        known = None
        if boundaries is not None and gaps is not None:
            known = dict(zip((int(day) for day in boundaries.days), ra.population_gaps([gaps]), strict=True))
        observed = plan.back_day - plan.active_days + 1 >= plan.calendar.first_day
        return track_rules(plan, self.parameters, known, observed)

    def _forecast(self, known: ModelStatistics | None, plan: Plan) -> tuple[Forecast | None, Scorer | None]:
        if known is None:
            return None, None
        seen = sampled(self.source.buckets, self.source.orders)
        sample = list(self.workshop.map.each("sample", WatchStep(self.source, plan), seen))
        tell(self.progress, "models", 0, 1)
        forecast = make_forecast(known, sample, plan)
        tell(self.progress, "models", 1, 1)
        if not forecast.published:
            return forecast, None
        fit, spend = forecast.fit, forecast.spend
        assert fit is not None
        return forecast, Scorer(fit, spend, known.prior, plan.as_of, self.parameters, 10**self.digits)

    def _count_unattributed(self, folded: Folded, plan: Plan) -> BucketFacts:
        """Orders without a customer count in the totals of the input and in the periods that have orders."""
        orders = self.source.unattributed().up_to(plan.as_of)
        real = orders.status != 3
        month = plan.calendar.month_of_day[orders.day[real] - plan.calendar.first_day]
        folded.tally.orders_month[:] += np.bincount(month, minlength=plan.calendar.months)
        return orders

    def _unattributed_products(self, plan: Plan) -> ProductTally | None:
        products = len(self.source.names.products)
        lines = self.source.unattributed_lines() if products else None
        return tally_products(lines, products, None, plan) if lines is not None else None

    def _population(
        self, plan: Plan, folded: Folded, limits: Thresholds, alone: BucketFacts,
        movements: ra.RhythmMovements | None, forecast: Forecast | None, done: _Done, few: bool,
    ) -> Population:  # fmt: skip
        names = self.source.names
        channels = origins(alone, alone.channel, len(names.channels), None, plan)
        campaigns = origins(alone, alone.campaign, len(names.campaigns), None, plan)
        return Population(
            plan, self.parameters, self.digits, folded.tally, folded.rank, limits, AssignTally.merged(done.tallies),
            alone, movements, merged_if_any(OriginTally, [folded.channels, channels]),
            merged_if_any(OriginTally, [folded.campaigns, campaigns]),
            merged_if_any(ProductTally, [folded.products, self._unattributed_products(plan)]), done.contacts,
            sorted(done.points) if few else None, max(folded.last_day, last_order(alone, plan.as_of)),
            forecast, WorthTally.merged(done.worth) if done.worth else None,
        )  # fmt: skip


@dataclass
class _Done:
    """What the last step leaves of all buckets, in bucket order."""

    contacts: ContactList
    points: list[list[Any]] = field(default_factory=list)
    tallies: list[AssignTally] = field(default_factory=list)
    worth: list[WorthTally] = field(default_factory=list)

    def add(self, part: Assigned, customers: Sink, spells: Sink | None) -> None:
        if part.customers is not None:
            customers(part.customers)
        if spells is not None and part.spells is not None:
            spells(part.spells)
        self.tallies.append(part.tally)
        self.contacts = self.contacts.merged(part.contacts)
        self.points += part.points
        if part.worth is not None:
            self.worth.append(part.worth)


def _merged_movements(parts: Any) -> ra.RhythmMovements:
    return ra.RhythmMovements.merged(list(parts))
