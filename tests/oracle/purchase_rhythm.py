"""Section 6: gaps, typical gaps, lateness, its percentile, the next purchase window, states and spells.

Plain readings taken here:

* The states compare the exact lateness; only the percentile and the quartiles go through whole thousandths.
* Spells use the typical gap at D. A spell of purchases runs from its first to its last purchase day, a dormant one
  from the day after the last to the day before the next purchase; ``days`` counts both ends. The silence that is
  still going on lies between no two runs and is not listed. ``purchases`` counts purchases (orders), 0 when dormant.
  Without any gap in the data every customer has one purchase day and so one spell.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from tests.oracle.facts import Facts, History

STATES = ("on_rhythm", "due", "slipping", "dormant", "lost")
_LIMITS = (Fraction(1), Fraction(3, 2), Fraction(5, 2), Fraction(4))


def gaps_of(history: History, day: int) -> tuple[int, int]:
    """Number of gaps completed by ``day`` and their sum."""
    count = history.bought_by(day)
    return (count - 1, history.purchase_days[count - 1] - history.first) if count else (0, 0)


def median(counted: Counter[Fraction]) -> Fraction | None:
    """Exact median of values with multiplicities; the middle two are averaged."""
    total = sum(counted.values())
    if not total:
        return None
    middle = {(total - 1) // 2, total // 2}
    seen, found = 0, []
    for value in sorted(counted):
        found += [value for place in middle if seen <= place < seen + counted[value]]
        seen += counted[value]
    return sum(found, Fraction(0)) / len(found)


def population_gap(histories: list[History], day: int) -> Fraction | None:
    """g0: the median over customers with a gap of their mean gap."""
    means = Counter(gaps_of(history, day) for history in histories)
    values: Counter[Fraction] = Counter()
    for (count, total), customers in means.items():
        if count > 0:
            values[Fraction(total, count)] += customers
    return median(values)


def typical_gap(g0: Fraction | None, history: History, day: int) -> Fraction | None:
    if g0 is None:
        return None
    count, total = gaps_of(history, day)
    return (2 * g0 + total) / (2 + count)


def thousandths(ratio: Fraction) -> int:
    return ratio.numerator * 1000 // ratio.denominator


def quantile(ordered: list[int], share: Fraction) -> Fraction:
    """Linear interpolation between the neighbours of place (n - 1) * share."""
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def state_of(lateness: Fraction) -> str:
    return next((name for name, limit in zip(STATES, _LIMITS, strict=False) if lateness <= limit), STATES[-1])


class Rhythm:
    """The rhythm of a population at one day."""

    def __init__(self, facts: Facts, day: int) -> None:
        self.day = day
        self.members = [history for history in facts.customers if history.first <= day]
        self.g0 = population_gap(self.members, day)
        self.typical = {h.customer: typical_gap(self.g0, h, day) for h in self.members}
        self.ratios = sorted(ratio for history in self.members for ratio in self._ratios(history))

    def _ratios(self, history: History) -> list[int]:
        typical = self.typical[history.customer]
        days = history.purchase_days[: history.bought_by(self.day)]
        if typical is None:
            return []
        return [(b - a) * typical.denominator * 1000 // typical.numerator for a, b in pairwise(days)]

    def lateness(self, history: History) -> Fraction | None:
        typical = self.typical[history.customer]
        return None if typical is None else Fraction(self.day - history.last(self.day)) / typical

    def percentile(self, history: History) -> Fraction | None:
        lateness = self.lateness(history)
        return None if lateness is None else Fraction(bisect_left(self.ratios, thousandths(lateness)), len(self.ratios))

    @cache  # noqa: B019
    def quartile(self, share: Fraction) -> Fraction | None:
        return quantile(self.ratios, share) / 1000 if self.ratios else None

    def row(self, history: History) -> dict[str, Any]:
        typical = self.typical[history.customer]
        if typical is None:
            names = ("typical_gap", "lateness", "lateness_percentile", "rhythm")
            return dict.fromkeys((*names, "next_purchase_from", "next_purchase_to"))
        last = history.last(self.day)
        lateness = self.lateness(history)
        q1, q3 = self.quartile(Fraction(1, 4)), self.quartile(Fraction(3, 4))
        return {
            "typical_gap": typical,
            "lateness": lateness,
            "lateness_percentile": self.percentile(history),
            "rhythm": state_of(lateness),
            "next_purchase_from": _after(last, typical * q1),
            "next_purchase_to": _after(last, typical * q3),
        }

    def summary(self) -> dict[str, Any]:
        return {
            "population_gap": self.g0,
            "ratio_q1": self.quartile(Fraction(1, 4)),
            "ratio_median": self.quartile(Fraction(1, 2)),
            "ratio_q3": self.quartile(Fraction(3, 4)),
            "gaps": len(self.ratios),
        }

    def spells(self, history: History) -> list[dict[str, Any]]:
        typical = self.typical[history.customer]
        runs: list[list[int]] = []
        for day in history.purchase_days[: history.bought_by(self.day)]:
            if runs and (typical is None or (day - runs[-1][-1]) * 2 <= 5 * typical):
                runs[-1].append(day)
            else:
                runs.append([day])
        listed = []
        for number, run in enumerate(runs):
            if number:
                listed.append(_spell(history, "dormant", runs[number - 1][-1] + 1, run[0] - 1))
            listed.append(_spell(history, "active", run[0], run[-1]))
        return listed


def _after(last: int, days: Fraction) -> date:
    return date.fromordinal(last + int((days * 2 + 1) // 2))


def _spell(history: History, kind: str, start: int, end: int) -> dict[str, Any]:
    return {
        "customer_id": history.customer,
        "kind": kind,
        "start": date.fromordinal(start),
        "end": date.fromordinal(end),
        "days": end - start + 1,
        "purchases": history.between(start - 1, end).orders,
    }
