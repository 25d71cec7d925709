"""BG/NBD: gamma-distributed purchase rates, and a beta-distributed chance of leaving after each repeat purchase.

    L(r, alpha, a, b | x, t_x, T) = B(a, b + x) / B(a, b) * Gamma(r + x) alpha^r / (Gamma(r) (alpha + T)^(r + x))
        + [x > 0] B(a + 1, b + x - 1) / B(a, b) * Gamma(r + x) alpha^r / (Gamma(r) (alpha + t_x)^(r + x))

Source: Fader, Hardie and Lee, "Counting Your Customers the Easy Way", Marketing Science 24 (2005) 275-284, equation 6.
A customer without a repeat purchase is alive with certainty under this model; MBG/CNBD-k mends that.
"""

from __future__ import annotations

from regulars.engine.probability.climb import climb
from regulars.engine.probability.collapse import Histories
from regulars.engine.probability.dropout_likelihood import DropoutLikelihood, starting_points
from regulars.engine.probability.results import PurchaseFit, TimeUnit, purchase_fit

NAMES = ("r", "alpha", "a", "b")


def fit(histories: Histories, *, time_unit: TimeUnit = "day") -> PurchaseFit:
    """Maximum likelihood of r, alpha, a, b; alpha in the time unit of the histories."""
    optimum = climb(
        lambda part: DropoutLikelihood(part, k=1, after_first=False), histories, lambda part: starting_points(part, 1)
    )
    return purchase_fit("bg_nbd", NAMES, optimum, histories, time_unit=time_unit)
