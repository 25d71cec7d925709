"""Section 2: who is active at a day.

Plain readings taken here:

* ``rhythm(k)`` recomputes g0 and every typical gap from the facts up to that day. Where no gap exists anywhere by
  that day, the typical gap is null, null is not late, and everybody who has bought is active.
* ``window(P)`` uses its own P for activity, for the spend behind relative churn and for *fully observed*; under
  ``rhythm`` the spend and *fully observed* use the window of the analysis. By default both are the same W.
"""

from __future__ import annotations

from fractions import Fraction

from tests.oracle.facts import Facts, History
from tests.oracle.purchase_rhythm import gaps_of, population_gap

Policy = tuple[str, int | float | Fraction]


class Activity:
    """Active customers at any day under one policy; remembers what it has worked out."""

    def __init__(self, facts: Facts, policy: Policy, window: int) -> None:
        self.name, self.value = policy
        self.window = int(self.value) if self.name == "window" else window
        self.customers = facts.customers
        self._known: dict[int, frozenset[str]] = {}

    def at(self, day: int) -> frozenset[str]:
        if day not in self._known:
            buyers = [history for history in self.customers if history.first <= day]
            test = self._by_window if self.name == "window" else self._by_rhythm(buyers, day)
            self._known[day] = frozenset(h.customer for h in buyers if test(h, day))
        return self._known[day]

    def _by_window(self, history: History, day: int) -> bool:
        return history.bought_in(day - self.window, day) > 0

    def _by_rhythm(self, buyers: list[History], at: int):
        g0 = population_gap(buyers, at)
        limit = Fraction(str(self.value))

        def active(history: History, day: int) -> bool:
            if g0 is None:
                return True
            count, total = gaps_of(history, day)
            p, q = g0.numerator, g0.denominator
            silent = (day - history.last(day)) * q * (2 + count) * limit.denominator
            return silent <= limit.numerator * (2 * p + q * total)

        return active
