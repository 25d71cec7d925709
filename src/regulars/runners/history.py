"""Lifecycle stages as they stood at past month ends: the engine run again for each, without its tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from regulars.engine.assign import assign_bucket
from regulars.engine.calendar import Calendar
from regulars.engine.fold import RankTally, fold_bucket, rank_bucket
from regulars.engine.lifecycle import STAGES
from regulars.engine.parameters import Parameters
from regulars.engine.population import make_plan, thresholds
from regulars.engine.rhythm import GapRatios, RhythmScale, gap_ratios, median_mean_gap
from regulars.runners.pool import Progress, in_order
from regulars.runners.source import FactSource

MONTHS_SHOWN = 24


def lifecycle_history(
    source: FactSource,
    parameters: Parameters,
    as_of: int,
    minor: int,
    *,
    threads: int,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """One row a month end that is over: month and the number of customers in each stage of view A, as of that day."""
    calendar = Calendar(source.first_day, as_of)
    ends = [(calendar.month_label(m), int(calendar.month_ends[m])) for m in range(calendar.months_over)]
    facts = {bucket: source.facts(bucket) for bucket in source.buckets}

    def stages(numbered: tuple[str, int]) -> dict[str, Any]:
        month, day = numbered
        plan = make_plan(Calendar(source.first_day, day), parameters)
        states = [fold_bucket(one, plan)[0] for one in facts.values()]
        rank = RankTally.merged(rank_bucket(s, day, base=parameters.abc_base) for s in states)
        g0 = median_mean_gap(rank.mean_gaps)
        ratios = GapRatios.merged([gap_ratios(s, g0, parameters.gap_prior) for s in states])
        limits = thresholds(rank, RhythmScale(g0, parameters.gap_prior, ratios), parameters, minor)
        counts = np.zeros(len(STAGES), np.int64)
        for state in states:
            given = assign_bucket(state, limits, plan, parameters)
            counts += np.bincount(given.stage[given.buyer], minlength=len(STAGES))
        return {"month": month, **{stage: int(n) for stage, n in zip(STAGES, counts, strict=True)}}

    shown = ends[-MONTHS_SHOWN:]
    return list(in_order(stages, shown, threads=threads, stage="history", progress=progress))
