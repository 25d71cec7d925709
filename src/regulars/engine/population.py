"""Thresholds: what merged tallies say of the whole population, as cut values every bucket can be assigned with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from regulars.engine import classes, rfm
from regulars.engine.calendar import Calendar
from regulars.engine.fold import Plan, RankTally
from regulars.engine.parameters import Parameters
from regulars.engine.quadrants import QuadrantCuts, quadrant_cuts
from regulars.engine.rhythm import RhythmScale

X_BINS, Y_BINS = 16, 25


@dataclass(frozen=True)
class MapEdges:
    """Edges of the quadrant map: log-spaced on both sides of the cuts, so that a cut always lies on an edge."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True)
class Thresholds:
    """All cuts of one run; together with the bucket's state they decide every class."""

    classes: classes.ClassCuts
    rfm: rfm.RfmScales
    quadrants: QuadrantCuts
    quadrants_back: QuadrantCuts
    rhythm: RhythmScale
    value_range: tuple[float, float]
    most_orders: int

    @cached_property
    def map_edges(self) -> MapEdges | None:
        """None when nobody bought in the window."""
        cuts = self.quadrants
        if cuts.frequency is None or cuts.value is None or not self.most_orders:
            return None
        low, high = self.value_range
        least = -(-cuts.frequency.numerator // cuts.frequency.denominator) - 0.5
        return MapEdges(
            _edges_around(0.5, least, self.most_orders + 0.5, X_BINS),
            _edges_around(low, float(cuts.value), high, Y_BINS),
        )


def _edges_around(low: float, cut: float, high: float, bins: int) -> NDArray[np.float64]:
    low, high = min(low, cut * 0.999), max(high, cut * 1.001)
    share = np.log(cut / low) / np.log(high / low)
    below = int(np.clip(round(share * bins), 1, bins - 1))
    return np.concatenate([np.geomspace(low, cut, below + 1), np.geomspace(cut, high, bins - below + 1)[1:]])


def make_plan(calendar: Calendar, parameters: Parameters) -> Plan:
    """The fold's plan for an as-of day under the user's rules."""
    return Plan(
        calendar=calendar,
        window=parameters.window,
        active_days=parameters.activity_days,
        back_day=calendar.as_of - parameters.migration_days,
        second_days=parameters.second_purchase_days,
        falling_share=parameters.falling_share,
        new_customer_days=parameters.new_customer_days,
    )


def thresholds(rank: RankTally, rhythm: RhythmScale, parameters: Parameters, minor: int) -> Thresholds:
    """Cut values from merged counts; ``minor`` is the number of minor units in one unit of the currency."""
    p = parameters
    days = None if p.rfm_recency_thresholds is None else tuple(-d for d in reversed(p.rfm_recency_thresholds))
    amounts = (
        None if p.rfm_amount_thresholds is None else tuple(classes.money_cut(t, minor) for t in p.rfm_amount_thresholds)
    )
    levels = None if p.amount_thresholds is None else tuple(classes.money_cut(t, minor) for t in p.amount_thresholds)
    value = None if p.quadrant_value is None else p.quadrant_value * minor
    return Thresholds(
        classes=classes.ClassCuts(
            abc=rank.base.concentration_cuts(p.abc_cuts),
            frequency=classes.level_cuts(rank.buyer_orders, p.class_shares, p.frequency_thresholds),
            amount=classes.level_cuts(rank.buyer_amount, p.class_shares, levels),
        ),
        rfm=rfm.RfmScales(
            recency=rfm.scale(rank.recency, p.rfm_scores, days),
            frequency=rfm.scale(rank.orders, p.rfm_scores, p.rfm_frequency_thresholds),
            money=rfm.scale(rank.amount, p.rfm_scores, amounts),
        ),
        quadrants=quadrant_cuts(rank.customers_by_orders, rank.spend_by_orders, p.quadrant_frequency, value),
        quadrants_back=quadrant_cuts(
            rank.back_customers_by_orders, rank.back_spend_by_orders, p.quadrant_frequency, value
        ),
        rhythm=rhythm,
        value_range=rank.mean_value_range,
        most_orders=int(rank.buyer_orders.values[-1]) if len(rank.buyer_orders.values) else 0,
    )
