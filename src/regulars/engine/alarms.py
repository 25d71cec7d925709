"""Alarms on retention: only outside noise (definitions, section 2).

A period's strict retention is compared with that of the same season in earlier periods, where there is none with that
of all earlier periods, each pooled (Σ stayed ÷ Σ S). It alarms when Newcombe's interval of the difference leaves zero
out, with Holm's correction over all periods of the page. Periods not fully observed neither alarm nor serve as a
base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from regulars.engine.intervals import holm, newcombe_p_value, wilson
from regulars.engine.parameters import Parameters


@dataclass(frozen=True)
class Observed:
    """One period: which season of the year it is, how many of S stayed, and whether it was fully observed."""

    season: int
    stayed: int
    start: int
    fully: bool


@dataclass(frozen=True)
class _Comparison:
    period: int
    stayed: int
    start: int
    seasonal: bool
    p_value: float


def find_alarms(periods: Sequence[Observed], parameters: Parameters) -> list[dict[str, Any] | None]:
    """For every period None, or what is usual (pooled rate and its interval), whether seasonal, and the direction."""
    compared = [c for i in range(len(periods)) if (c := _compare(periods, i, parameters.alarm_baseline)) is not None]
    alpha = 1 - float(parameters.alarm_confidence)
    p_values = [c.p_value for c in compared]
    fires = holm(p_values, alpha) if parameters.alarm_correction == "holm" else [p <= alpha for p in p_values]
    alarms: list[dict[str, Any] | None] = [None] * len(periods)
    for comparison, fire in zip(compared, fires, strict=True):
        if fire:
            alarms[comparison.period] = _describe(comparison, periods[comparison.period], parameters)
    return alarms


def _compare(periods: Sequence[Observed], i: int, baseline: str) -> _Comparison | None:
    now = periods[i]
    if not now.fully or not now.start:
        return None
    earlier = [p for p in periods[:i] if p.fully and p.start]
    same = [p for p in earlier if p.season == now.season] if baseline == "season" else []
    base = same or earlier
    if not base:
        return None
    stayed, start = sum(p.stayed for p in base), sum(p.start for p in base)
    return _Comparison(i, stayed, start, bool(same), newcombe_p_value(now.stayed, now.start, stayed, start))


def _describe(base: _Comparison, now: Observed, parameters: Parameters) -> dict[str, Any]:
    usual = base.stayed / base.start
    low, high = wilson(base.stayed, base.start, float(parameters.alarm_confidence)) or (None, None)
    return {
        "usual": usual,
        "usual_low": low,
        "usual_high": high,
        "seasonal": base.seasonal,
        "direction": "worse" if now.stayed / now.start < usual else "better",
    }
