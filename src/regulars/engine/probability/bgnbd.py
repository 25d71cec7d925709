"""BG/NBD: gamma-distributed purchase rates, and a beta-distributed chance of leaving after each repeat purchase.

    L(r, alpha, a, b | x, t_x, T) = B(a, b + x) / B(a, b) * Gamma(r + x) alpha^r / (Gamma(r) (alpha + T)^(r + x))
        + [x > 0] B(a + 1, b + x - 1) / B(a, b) * Gamma(r + x) alpha^r / (Gamma(r) (alpha + t_x)^(r + x))

Source: Fader, Hardie and Lee, "Counting Your Customers the Easy Way", Marketing Science 24 (2005) 275-284, equation 6.
A customer without a repeat purchase is alive with certainty under this model; MBG/CNBD-k mends that.
"""

from __future__ import annotations

import numpy as np

from regulars.engine.probability.collapse import Histories
from regulars.engine.probability.dropout_likelihood import BOX, DropoutLikelihood, starting_points
from regulars.engine.probability.newton import maximize
from regulars.engine.probability.results import PurchaseFit, TimeUnit, purchase_fit

NAMES = ("r", "alpha", "a", "b")


def fit(histories: Histories, *, time_unit: TimeUnit = "day") -> PurchaseFit:
    """Maximum likelihood of r, alpha, a, b; alpha in the time unit of the histories."""
    likelihood = DropoutLikelihood(histories, k=1, after_first=False)
    start = max(starting_points(histories, 1), key=lambda point: likelihood(point)[0])
    box = np.full(4, BOX)
    return purchase_fit(
        "bg_nbd", NAMES, maximize(likelihood, start, lower=-box, upper=box), histories, time_unit=time_unit
    )
