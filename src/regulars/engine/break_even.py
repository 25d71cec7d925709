"""Break-even retention: what share of customers must stay for the cost of winning them to come back (definitions,
section 10).

A customer brings the margin m each period, stays with probability r, and money is worth 1 ÷ (1 + d) a period later, so
the value is m · (1 + d) ÷ (1 + d − r). It covers k times the acquisition cost when r ≥ (1 + d) · (1 − m ÷ (k · CAC)).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from regulars.errors import ParameterError


@dataclass(frozen=True)
class BreakEven:
    """``retention`` a period, exact; 0 where the first period already pays. Above 1 no retention is enough."""

    retention: Fraction

    @property
    def reachable(self) -> bool:
        return self.retention <= 1

    @property
    def at_once(self) -> bool:
        """Whether the first period alone covers the cost."""
        return self.retention == 0


def break_even_retention(margin: Fraction, discount: Fraction, cost: Fraction, multiple: Fraction) -> BreakEven:
    """``margin`` m per customer and period, ``discount`` d a period, acquisition ``cost`` CAC, and how many times
    (``multiple`` k) it is to come back. Raises ParameterError for a cost, multiple or discount that makes no sense.
    """
    if cost <= 0 or multiple <= 0 or discount < 0:
        raise ParameterError(
            "break_even_inputs",
            "Break-even retention needs a positive acquisition cost and multiple, and a discount of at least 0.",
            "Give the cost of winning one customer, for example 80.",
        )
    needed = (1 + discount) * (1 - margin / (multiple * cost))
    return BreakEven(max(needed, Fraction(0)))


def value_of(margin: Fraction, discount: Fraction, retention: Fraction) -> Fraction:
    """m · (1 + d) ÷ (1 + d − r): what a customer is worth who stays with probability ``retention`` < 1 + d."""
    return margin * (1 + discount) / (1 + discount - retention)
