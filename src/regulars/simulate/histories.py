"""Purchase times: from the shop's own process, or from the probability models themselves.

Models (times in days; x repeat purchases):
bg_nbd        gaps exponential with rate λ ~ Gamma(r, α); after every repeat purchase gone with p ~ Beta(a, b)
              (Fader, Hardie, Lee 2005)
pareto_nbd    gaps exponential with λ ~ Gamma(r, α); life exponential with μ ~ Gamma(s, β)
              (Schmittlein, Morrison, Colombo 1987)
mbg_cnbd_k    gaps Erlang-k with rate λ ~ Gamma(r, α) per stage; after every purchase, the first included, gone with
              p ~ Beta(a, b) (Platzer, Reutterer 2016)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from regulars.errors import ParameterError
from regulars.simulate.population import SEASONAL, Population
from regulars.simulate.seasons import LUNAR_NEW_YEAR, Clock

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Model = Literal["bg_nbd", "pareto_nbd", "mbg_cnbd_k"]

MODEL_PARAMETERS: Mapping[str, Mapping[str, float]] = {
    "bg_nbd": {"r": 0.9, "alpha": 40.0, "a": 0.8, "b": 3.0},
    "pareto_nbd": {"r": 0.9, "alpha": 40.0, "s": 0.7, "beta": 180.0},
    "mbg_cnbd_k": {"r": 1.4, "alpha": 25.0, "a": 0.8, "b": 3.0, "k": 2.0},
}
SEASON_RETURN = 0.85  # a seasonal customer who has not left buys before a new year with this chance


@dataclass(frozen=True)
class Histories:
    """Purchases sorted by (customer, time); times in days since the start, the first purchase included."""

    customers: int
    customer: Ints
    time: Floats
    born: Floats
    left: Floats  # infinite where the customer stays for ever
    traits: Mapping[str, Floats] = field(default_factory=dict)  # true rates, one entry a customer

    @property
    def counts(self) -> Ints:
        return np.bincount(self.customer, minlength=self.customers).astype(np.int64)


def simulate_histories(
    model: Model, customers: int, days: int, seed: int, *, parameters: Mapping[str, float] | None = None,
    births: int = 90,
) -> Histories:  # fmt: skip
    """Purchase times drawn from a model, for recovering its parameters. First purchases fall in ``births`` days.

    Raises ParameterError for an unknown model or parameter.
    """
    given = _parameters(model, parameters or {})
    rng = np.random.default_rng(seed)
    born = np.sort(rng.random(customers) * min(births, days))
    rate = rng.gamma(given["r"], 1.0 / given["alpha"], customers)
    if model == "pareto_nbd":
        death = rng.gamma(given["s"], 1.0 / given["beta"], customers)
        left = born + rng.exponential(1.0, customers) / np.maximum(death, 1e-300)
        customer, time = _renewals(born, np.minimum(left, days), _erlang(rate, 1, rng))
        return Histories(customers, customer, time, born, left, {"rate": rate, "death_rate": death})
    dropout = rng.beta(given["a"], given["b"], customers)
    early = model == "mbg_cnbd_k"
    purchases = rng.geometric(np.maximum(dropout, 1e-12)) + (0 if early else 1)
    customer, time = _renewals(born, np.full(customers, float(days)), _erlang(rate, given.get("k", 1), rng), purchases)
    counts = np.bincount(customer, minlength=customers)
    last = np.zeros(customers)
    np.maximum.at(last, customer, time)
    left = np.where(counts >= purchases, last, np.inf)
    return Histories(customers, customer, time, born, left, {"rate": rate, "dropout": dropout})


def _parameters(model: str, given: Mapping[str, float]) -> dict[str, float]:
    known = MODEL_PARAMETERS.get(model)
    wrong = model if known is None else next((name for name in given if name not in known), None)
    if known is None or wrong is not None:
        raise ParameterError(
            "simulation_model",
            "The simulator knows no {name}.",
            "Models: bg_nbd (r, alpha, a, b), pareto_nbd (r, alpha, s, beta), mbg_cnbd_k (r, alpha, a, b, k).",
            name=wrong,
        )
    return {**known, **given}


def shop_histories(population: Population, clock: Clock, rng: np.random.Generator) -> Histories:
    """Gamma gaps in shop time until the customer leaves; seasonal customers buy before the lunar new years only."""
    end = clock.shop_time(np.minimum(population.left, clock.days))
    steady = population.kind != SEASONAL
    shape = population.regularity

    def gaps(who: Ints) -> Floats:
        return rng.gamma(shape[who], population.gap[who] / shape[who])

    customer, time = _renewals(clock.shop_time(population.born), np.where(steady, end, -1.0), gaps)
    keep = steady[customer]
    seasonal, days = _before_new_years(population, clock, rng)
    customer = np.concatenate([customer[keep], seasonal])
    time = np.concatenate([clock.calendar(time[keep]), days])
    order = np.lexsort((time, customer))
    return Histories(len(population), customer[order], time[order], population.born, population.left)


def _before_new_years(population: Population, clock: Clock, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """First purchase when born, then once before every new year with `SEASON_RETURN` until the customer leaves."""
    who = np.flatnonzero(population.kind == SEASONAL)
    customers, times = [who], [population.born[who]]
    for new_year in LUNAR_NEW_YEAR.values():
        day = (new_year - clock.start).days
        time = day - 3 - 22 * rng.random(len(who))
        buys = (rng.random(len(who)) < SEASON_RETURN) & (time > population.born[who] + 60)
        buys &= (time < population.left[who]) & (time < clock.days)
        customers.append(who[buys])
        times.append(time[buys])
    return np.concatenate(customers), np.concatenate(times)


def _erlang(rate: Floats, k: float, rng: np.random.Generator) -> Callable[[Ints], Floats]:
    return lambda who: rng.gamma(k, 1.0 / np.maximum(rate[who], 1e-300))


def _renewals(
    born: Floats, stop: Floats, gaps: Callable[[Ints], Floats], most: Ints | None = None
) -> tuple[Ints, Floats]:
    """All first purchases, and after them purchases at ``gaps`` until ``stop`` or until there are ``most``."""
    everyone = np.arange(len(born), dtype=np.int64)
    customers, times = [everyone], [born]
    now, made = born.copy(), 1
    active = everyone if most is None else everyone[most > 1]
    while len(active):
        now[active] += gaps(active)
        active = active[now[active] < stop[active]]
        customers.append(active)
        times.append(now[active])
        made += 1
        if most is not None:
            active = active[most[active] > made]
    customer, time = np.concatenate(customers), np.concatenate(times)
    order = np.lexsort((time, customer))
    return customer[order], time[order]
