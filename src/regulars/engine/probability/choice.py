"""Which purchase model to publish: the best out of sample, near ties settled by a standing order of preference.

Every candidate is judged by the mean log-probability per customer that it gave to what it had not seen: the purchase
days of hold-out periods that end before those the backtest reports on or, where only a summary is known, the histories
of the half of the customers it was not fitted to. Candidates within NEAR_TIE nats per customer of the best give what
happened the same probability to within one per cent; among them the first of this order is taken, unless its fit lies
on a ridge: Pareto/NBD (a lifetime in calendar time), MBG/NBD and MBG/CNBD-k (one-time buyers can have left), BG/NBD
(one-time buyers never leave).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from regulars.engine.probability.collapse import Histories, IntArray
from regulars.engine.probability.models import fit_model, log_likelihood
from regulars.engine.probability.results import Candidate, PurchaseFit, PurchaseModel, TimeUnit
from regulars.errors import ModelError

NEAR_TIE: Final = 0.01
_PREFERENCE: Final[tuple[PurchaseModel, ...]] = ("pareto_nbd", "mbg_cnbd_k", "bg_nbd")


def candidate_fits(histories: Histories, time_unit: TimeUnit = "day") -> list[PurchaseFit]:
    """Fits of all candidates: Pareto/NBD, MBG/NBD, MBG/CNBD-k where the likelihood wants k > 1, BG/NBD."""
    fits = [fit_model("pareto_nbd", histories, time_unit=time_unit)]
    fits.append(fit_model("mbg_cnbd_k", histories, k=1, time_unit=time_unit))
    regular = fit_model("mbg_cnbd_k", histories, time_unit=time_unit)
    if regular.k > 1:
        fits.append(regular)
    return [*fits, fit_model("bg_nbd", histories, time_unit=time_unit)]


def elect(candidates: Sequence[Candidate], fits: Sequence[PurchaseFit]) -> Candidate:
    """The candidate to publish; ``fits`` say who lies on a ridge (by model and k, where they know it)."""
    best = max(candidate.out_of_sample for candidate in candidates)
    near = [candidate for candidate in candidates if candidate.out_of_sample >= best - NEAR_TIE]
    troubled = {(fit.model, fit.k) for fit in fits if not fit.trusted}
    return min(near, key=lambda one: ((one.model, one.k) in troubled, _PREFERENCE.index(one.model), one.k))


def split_halves(histories: Histories) -> tuple[Histories, Histories]:
    """Two disjoint halves of the customers: of each history every second one, odd ones to either half in turn."""
    odd = histories.weight % 2
    turn = (odd.cumsum() % 2) * odd
    first = histories.weight // 2 + turn
    return _kept(histories, first), _kept(histories, histories.weight - first)


def _kept(histories: Histories, weight: IntArray) -> Histories:
    rows = weight > 0
    return Histories(histories.frequency[rows], histories.recency[rows], histories.age[rows], weight[rows])


def choose_by_halves(histories: Histories, time_unit: TimeUnit = "day") -> PurchaseFit:
    """Fit to all customers of the model that does best on customers it was not fitted to."""
    fits = candidate_fits(histories, time_unit)
    halves = split_halves(histories)
    candidates = []
    for fit in fits:
        seen = 0.0
        for train, test in (halves, halves[::-1]):
            try:
                half = fit_model(fit.model, train, k=fit.k, time_unit=time_unit)
            except ModelError:
                half = fit
            seen += log_likelihood(half, test)
        candidates.append(Candidate(fit.model, fit.k, seen / histories.n))
    chosen = elect(candidates, fits)
    winner = next(fit for fit in fits if (fit.model, fit.k) == (chosen.model, chosen.k))
    return replace(winner, choice=tuple(candidates))
