"""The customers with what only the simulator knows: when each came and left, how often and how regularly each buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.simulate.assortment import GIFTS, Assortment
from regulars.simulate.seasons import LUNAR_NEW_YEAR, Clock

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES = ("regular", "occasional", "seasonal", "organization")
REGULAR, OCCASIONAL, SEASONAL, ORGANIZATION = range(4)
CLASS_SHARES = (0.55, 0.30, 0.09, 0.06)
MEAN_LIFE = (620.0, 260.0, 1400.0, 950.0)  # days, by class
GAP_FACTOR = (1.0, 3.2, 1.0, 0.8)  # mean gap ÷ the cycle of the favourite product, by class
NEVER_AGAIN = (0.10, 0.42, 0.0, 0.05)  # share that leaves right after the first purchase, by class
CHANNELS = ("门店", "淘宝", "京东", "微信小程序", "抖音")
CHANNEL_SHARES = (0.26, 0.30, 0.14, 0.18, 0.12)
CHANNEL_LIFE = (1.25, 1.0, 1.0, 1.15, 0.55)  # factor on the mean life of those who came by the channel
REFERRED_SHARE, REFERRED_LIFE = 0.12, 1.4


@dataclass(frozen=True)
class Population:
    """One array entry a customer; times in days since the start."""

    kind: Ints  # index into CLASSES
    born: Floats  # the first purchase
    left: Floats  # from when on the customer never buys again; may lie after the end
    gap: Floats  # mean days between purchases, in shop time
    regularity: Floats  # shape of the gamma gaps: 1 is pure chance, large is like clockwork
    level: Floats  # how much a basket holds, 1 is usual
    favourite: Ints  # product
    channel: Ints
    referrer: Ints  # customer, or -1

    def __len__(self) -> int:
        return len(self.kind)


def draw_population(count: int, clock: Clock, assortment: Assortment, rng: np.random.Generator) -> Population:
    """A growing shop: a quarter of the customers were there from the first weeks, the others came on busy days."""
    kind = rng.choice(4, count, p=CLASS_SHARES).astype(np.int64)
    born = _births(count, clock, rng)
    born[kind == SEASONAL] = _seasonal_births(int((kind == SEASONAL).sum()), clock, rng)
    order = np.argsort(born, kind="stable")
    kind, born = kind[order], born[order]
    channel = rng.choice(len(CHANNELS), count, p=CHANNEL_SHARES).astype(np.int64)
    referrer = _referrers(born, rng)
    life = np.array(MEAN_LIFE)[kind] * np.array(CHANNEL_LIFE)[channel]
    life = life * np.where(referrer >= 0, REFERRED_LIFE, 1.0) * rng.exponential(1.0, count)
    life[rng.random(count) < np.array(NEVER_AGAIN)[kind]] = 0.0
    favourite = _favourites(kind, assortment, rng)
    gap = assortment.cycle[favourite].clip(18, 200) * np.array(GAP_FACTOR)[kind] * rng.lognormal(0.0, 0.35, count)
    regularity = np.where(kind == ORGANIZATION, 3.0, 1.0) + rng.gamma(1.5, 1.0, count)
    level = rng.lognormal(np.where(kind == ORGANIZATION, np.log(6.0), 0.0), np.where(kind == ORGANIZATION, 0.6, 0.45))
    return Population(kind, born, born + life, gap, regularity, level, favourite, channel, referrer)


def _births(count: int, clock: Clock, rng: np.random.Generator) -> Floats:
    early = rng.random(count) < 0.25
    grown = np.sqrt(rng.random(count) * 0.85 + 0.15)  # the flow of new customers grows
    born = clock.calendar((grown - np.sqrt(0.15)) / (1 - np.sqrt(0.15)) * clock.elapsed[-1])
    born[early] = rng.random(int(early.sum())) * min(60.0, clock.days / 4)
    return np.minimum(born, clock.days - 1e-6)


def _seasonal_births(count: int, clock: Clock, rng: np.random.Generator) -> Floats:
    """In the three weeks before a lunar new year within the data; anywhere when there is none."""
    days = np.array([(day - clock.start).days for day in LUNAR_NEW_YEAR.values()], dtype=float)
    days = days[(days > 25) & (days < clock.days)]
    if len(days) == 0:
        return rng.random(count) * clock.days
    return days[rng.integers(0, len(days), count)] - 3 - 22 * rng.random(count)


def _referrers(born: Floats, rng: np.random.Generator) -> Ints:
    """Earlier customers; born is sorted, so any smaller index came before."""
    count = len(born)
    referrer = (rng.random(count) * np.arange(count)).astype(np.int64)
    chosen = (rng.random(count) < REFERRED_SHARE) & (np.arange(count) > 0)
    return np.where(chosen, referrer, -1)


def _favourites(kind: Ints, assortment: Assortment, rng: np.random.Generator) -> Ints:
    favourite = rng.choice(len(assortment), len(kind), p=assortment.popularity)
    gifts = np.flatnonzero(assortment.category_of == assortment.categories.index(GIFTS))
    giver = (kind == SEASONAL) | ((kind == ORGANIZATION) & (rng.random(len(kind)) < 0.5))
    favourite[giver] = rng.choice(gifts, int(giver.sum()))
    return favourite.astype(np.int64)
