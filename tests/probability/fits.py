"""Fits with given parameters, and small made-up summaries."""

import numpy as np

from regulars.engine.probability import PurchaseFit, SpendFit

BG = {"r": 0.25, "alpha": 31.0, "a": 0.8, "b": 2.4}
PARETO = {"r": 0.55, "alpha": 74.0, "s": 0.6, "beta": 82.0}
GAMMA_GAMMA = {"p": 6.25, "q": 3.74, "v": 1544.0}


def purchase_fit(model, parameters, k=1, time_unit="day"):
    return PurchaseFit(model, parameters, {}, 0.0, 0.0, 1.0, (), True, 1, 1, k=k, time_unit=time_unit)


def spend_fit(parameters=GAMMA_GAMMA):
    return SpendFit("gamma_gamma", parameters, {}, 0.0, 0.0, 1.0, (), True, 1, 1)


ALL = [
    purchase_fit("bg_nbd", BG),
    purchase_fit("mbg_cnbd_k", BG),
    purchase_fit("mbg_cnbd_k", {**BG, "r": 0.9, "alpha": 20.0}, k=3),
    purchase_fit("pareto_nbd", PARETO),
]


def name(fit):
    return f"{fit.model}-{fit.k}"


def made_up_summary(customers=400, seed=3, whole=True):
    rng = np.random.default_rng(seed)
    age = rng.integers(1, 700, customers).astype(float)
    frequency = np.minimum(np.where(rng.random(customers) < 0.4, 0, rng.geometric(0.2, customers)), age.astype(int))
    recency = np.where(frequency == 0, 0.0, np.maximum(np.floor(age * rng.beta(3, 1.5, customers)), frequency))
    if not whole:
        shift = rng.random(customers)
        age, recency = age + shift, recency + np.where(frequency > 0, 0.5 * shift, 0.0)
    value = np.where(frequency == 0, 0.0, np.round(rng.gamma(5, 900, customers)) + 1)
    return {"frequency": frequency, "recency": recency, "T": age, "monetary_value": value}
