"""Customers drawn from the models themselves: purchases in continuous time, with the truth beside them.

bg_nbd and mbg_cnbd_k: lambda ~ Gamma(r, alpha), p ~ Beta(a, b), gaps Erlang-k(lambda); a customer leaves after a
purchase with chance p (mbg_cnbd_k: after the first one too). pareto_nbd: lambda ~ Gamma(r, alpha), lifetime
exponential at mu ~ Gamma(s, beta). Values of purchase days: Gamma(p, nu), nu ~ Gamma(q, v). Papers: see the models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray, IntArray
from regulars.engine.probability.models import require_model
from regulars.engine.probability.results import PurchaseModel


@dataclass(frozen=True)
class Process:
    """Simulated events after the first purchase, which is at time 0 of each customer.

    ``customer`` int64[e] (ascending) and ``time`` float64[e] (ascending within a customer) of the repeat purchases up
    to ``until``; ``end`` float64[n] when each customer leaves (inf: after ``until``), ``rate`` float64[n] lambda.
    """

    customer: IntArray
    time: FloatArray
    end: FloatArray
    rate: FloatArray
    until: float

    def summary(self, age: float | FloatArray) -> dict[str, NDArray[np.generic]]:
        """lifetimes-style columns with everything up to ``age`` (one for all, or float64[n])."""
        n = len(self.end)
        ages = np.broadcast_to(np.asarray(age, dtype=np.float64), (n,)).copy()
        seen = self.time <= ages[self.customer]
        frequency = np.bincount(self.customer[seen], minlength=n)
        recency = np.zeros(n)
        np.maximum.at(recency, self.customer[seen], self.time[seen])
        first = np.diff(self.customer, prepend=-1) != 0
        gaps = np.where(first, self.time, np.diff(self.time, prepend=0.0))
        log_gaps = np.bincount(self.customer[seen], weights=np.log(gaps[seen]), minlength=n)
        return {"frequency": frequency, "recency": recency, "T": ages, "log_gaps": log_gaps}

    def count(self, start: float | FloatArray, stop: float | FloatArray) -> IntArray:
        """Repeat purchases of each customer in (start, stop], int64[n]."""
        n = len(self.end)
        low = np.broadcast_to(np.asarray(start, dtype=np.float64), (n,))[self.customer]
        high = np.broadcast_to(np.asarray(stop, dtype=np.float64), (n,))[self.customer]
        return np.bincount(self.customer[(self.time > low) & (self.time <= high)], minlength=n).astype(np.int64)


@njit(
    "int64(float64[::1], float64[::1], float64[::1], int64, boolean, float64, int64, int64[::1], float64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _run(rate, leave, end, k, after_first, until, seed, customer, time):  # type: ignore[no-untyped-def]
    """Write events while there is room; returns how many there are. ``leave`` is p, or < 0 where ``end`` is given."""
    np.random.seed(seed)
    n = 0
    for i in range(rate.shape[0]):
        t = 0.0
        if leave[i] >= 0.0:
            end[i] = np.inf
            if after_first and np.random.random() < leave[i]:
                end[i] = 0.0
        while True:
            t += np.random.gamma(k, 1.0 / rate[i])
            if t > until or t > end[i]:
                break
            if n < customer.shape[0]:
                customer[n], time[n] = i, t
            n += 1
            if leave[i] >= 0.0 and np.random.random() < leave[i]:
                end[i] = t
                break
    return n


def simulate(
    model: PurchaseModel, parameters: Mapping[str, float], *, customers: int, until: float, seed: int
) -> Process:
    """``customers`` draws of ``model``; parameters as a fit names them (``k`` for mbg_cnbd_k), one time unit."""
    require_model(model)
    rng = np.random.default_rng(seed)
    rate = np.maximum(rng.gamma(parameters["r"], 1.0 / parameters["alpha"], customers), 1e-12)
    end = np.full(customers, np.inf)
    leave = np.full(customers, -1.0)
    if model == "pareto_nbd":
        end = rng.exponential(1.0, customers) / np.maximum(rng.gamma(parameters["s"], 1.0, customers), 1e-300)
        end *= parameters["beta"]
    else:
        leave = rng.beta(parameters["a"], parameters["b"], customers)
    k = int(parameters.get("k", 1))
    events = int(rng.integers(1 << 31))
    room = int(customers * 4 + 1024)
    while True:
        who, time = np.empty(room, dtype=np.int64), np.empty(room)
        n = _run(rate, leave, end, k, model == "mbg_cnbd_k", until, events, who, time)
        if n <= room:
            return Process(who[:n], time[:n], end, rate, until)
        room = n


def simulate_values(
    parameters: Mapping[str, float], count: NDArray[np.generic], *, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Mean value of ``count`` purchase days of each customer (0 for none), and the true p / nu; float64[n]."""
    rng = np.random.default_rng(seed)
    days = np.asarray(count, dtype=np.float64)
    scale = 1.0 / rng.gamma(parameters["q"], 1.0 / parameters["v"], len(days))
    total = rng.gamma(np.maximum(parameters["p"] * days, 1e-9)) * scale
    return np.where(days > 0, total / np.maximum(days, 1.0), 0.0), parameters["p"] * scale
