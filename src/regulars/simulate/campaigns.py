"""Campaigns of the invented shop: to whom, at what discount, and what each really brought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from regulars.simulate.histories import Histories
from regulars.simulate.seasons import LUNAR_NEW_YEAR, Clock

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HELD_OUT = 0.2  # share of the audience that is never contacted
TAKE_UP = 0.7  # share of the purchases of the contacted in the window that use the offer


@dataclass(frozen=True)
class Campaign:
    """One campaign; ``uplift`` is the chance of a purchase that would not have happened without it."""

    id: str
    name: str
    start: date
    end: date
    discount: float
    audience: float  # share of the customers of the day that it is for
    uplift: float
    contact_cost: int  # fen a contacted customer

    @property
    def works(self) -> bool:
        return self.uplift > 0


@dataclass(frozen=True)
class Effect:
    """What a campaign did: who was contacted, who held out, which purchases it caused."""

    campaign: Campaign
    treated: Ints
    held_out: Ints
    extra_customer: Ints
    extra_time: Floats


def make_campaigns(clock: Clock) -> list[Campaign]:
    """The campaigns that lie wholly within the data, in order of their start."""
    last = clock.start + timedelta(days=clock.days - 1)
    found = [c for year in range(clock.start.year, last.year + 1) for c in _year(year)]
    inside = [c for c in found if c.start > clock.start and c.end <= last]
    return sorted(inside, key=lambda campaign: campaign.start)


def _year(year: int) -> list[Campaign]:
    """The 618 campaign moves no one: it gives away what would have been paid anyway."""
    plans = [
        ("CC", "春茶上新", date(year, 3, 20), date(year, 4, 8), 0.05, 0.6, 0.03, 20),
        ("618", "618 满减", date(year, 6, 8), date(year, 6, 18), 0.15, 0.9, 0.0, 10),
        ("LK", "老客回馈", date(year, 9, 5), date(year, 9, 20), 0.08, 0.4, 0.06, 120),
        ("D11", "双11 狂欢", date(year, 11, 1), date(year, 11, 11), 0.12, 0.9, 0.05, 10),
    ]
    new_year = LUNAR_NEW_YEAR.get(year)
    if new_year is not None:
        span = (new_year - timedelta(days=24), new_year - timedelta(days=6))
        plans.append(("CJ", "年货节", *span, 0.06, 0.8, 0.07, 20))
    return [Campaign(f"{code}{year}", f"{year} {name}", *rest) for code, name, *rest in plans]  # type: ignore[arg-type]


def run_campaign(campaign: Campaign, histories: Histories, clock: Clock, rng: np.random.Generator) -> Effect:
    """Draw the audience among the customers of the first day who stay, and the purchases that the campaign causes."""
    first = (campaign.start - clock.start).days
    days = (campaign.end - campaign.start).days + 1
    there = np.flatnonzero((histories.born < first) & (histories.left > first + days))
    audience = there[rng.random(len(there)) < campaign.audience]
    out = rng.random(len(audience)) < HELD_OUT
    treated = audience[~out]
    extra = treated[rng.random(len(treated)) < campaign.uplift]
    return Effect(campaign, treated, audience[out], extra, first + days * rng.random(len(extra)))


def with_effects(histories: Histories, effects: list[Effect]) -> tuple[Histories, Ints]:
    """The histories with the caused purchases, and for every purchase the campaign that caused it, or -1."""
    customer = np.concatenate([histories.customer, *(effect.extra_customer for effect in effects)])
    time = np.concatenate([histories.time, *(effect.extra_time for effect in effects)])
    own = np.full(len(histories.customer), -1, dtype=np.int64)
    caused = [np.full(len(effect.extra_customer), index, dtype=np.int64) for index, effect in enumerate(effects)]
    campaign = np.concatenate([own, *caused])
    order = np.lexsort((time, customer))
    return replace(histories, customer=customer[order], time=time[order]), campaign[order]


def use_offers(
    histories: Histories, campaign: Ints, effects: list[Effect], clock: Clock, rng: np.random.Generator
) -> Ints:
    """Purchases of contacted customers in the window take the offer with chance `TAKE_UP`, caused or not."""
    used = campaign.copy()
    for index, effect in enumerate(effects):
        contacted = np.zeros(histories.customers, dtype=bool)
        contacted[effect.treated] = True
        first = (effect.campaign.start - clock.start).days
        last = (effect.campaign.end - clock.start).days + 1
        inside = (histories.time >= first) & (histories.time < last) & contacted[histories.customer]
        take = inside & (used < 0) & (rng.random(len(used)) < TAKE_UP)
        used[take] = index
    return used
