"""What was planted: who really left and when, at what rates, and which campaign really worked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.simulate import baskets, campaigns, orders
from regulars.simulate import population as people
from regulars.simulate.assortment import Assortment
from regulars.simulate.campaigns import Effect
from regulars.simulate.histories import MODEL_PARAMETERS, SEASON_RETURN, Histories
from regulars.simulate.orders import DONE, OrderBook
from regulars.simulate.population import CLASSES, Population
from regulars.simulate.seasons import LUNAR_NEW_YEAR, Clock
from regulars.simulate.tables import dates_of, picked, picked_ids, yuan

Ints = NDArray[np.int64]


def truth_table(
    histories: Histories,
    population: Population,
    book: OrderBook,
    twice: Ints,
    ids: pa.Array,
    assortment: Assortment,
    clock: Clock,
    process: str,
) -> pa.Table:
    """One row an id. ``dropped_on`` is the day from which the person never buys again, absent when it lies ahead."""
    person = np.concatenate([np.arange(len(population)), twice])
    left = histories.left[person]
    churned = left < clock.days
    columns: dict[str, Any] = {
        "customer_id": ids,
        "first_purchase": dates_of(np.floor(histories.born[person]).astype(np.int64), clock),
        "churned": churned,
        "dropped_on": dates_of(np.floor(np.where(churned, left, 0)).astype(np.int64), clock, ~churned),
        "purchases": np.bincount(book.customer[(book.customer >= 0) & (book.status == DONE)], minlength=len(person)),
        "duplicate_of": picked_ids(ids, np.concatenate([np.full(len(population), -1), twice])),
    }
    if process == "shop":
        columns |= _shop_traits(population, person, ids, assortment)
    return pa.table({**columns, **{name: values[person] for name, values in histories.traits.items()}})


def _shop_traits(population: Population, person: Ints, ids: pa.Array, assortment: Assortment) -> dict[str, Any]:
    return {
        "class": picked(CLASSES, population.kind[person]),
        "mean_gap_days": population.gap[person],
        "regularity": population.regularity[person],
        "basket_level": population.level[person],
        "favourite_product": picked(assortment.ids, population.favourite[person]),
        "referrer_id": picked_ids(ids, population.referrer[person]),
    }


def campaign_tables(effects: Sequence[Effect], book: OrderBook) -> tuple[pa.Table, pa.Table]:
    """What the shop knows of its campaigns, and what they really did."""
    plans = pa.table(
        {
            "campaign_id": pa.array([e.campaign.id for e in effects], pa.string()),
            "name": pa.array([e.campaign.name for e in effects], pa.string()),
            "start": pa.array([e.campaign.start for e in effects], pa.date32()),
            "end": pa.array([e.campaign.end for e in effects], pa.date32()),
            "discount_rate": pa.array([e.campaign.discount for e in effects], pa.float64()),
            "contact_cost": yuan(np.array([e.campaign.contact_cost * len(e.treated) for e in effects], dtype=np.int64)),
        }
    )
    live = book.status == DONE
    used = [int(((book.campaign == number) & live).sum()) for number in range(len(effects))]
    of_line = np.where(live, book.campaign, -1)[book.lines.order]
    given = [int(book.lines.discount[of_line == number].sum()) for number in range(len(effects))]
    truth = pa.table(
        {
            "campaign_id": pa.array([e.campaign.id for e in effects], pa.string()),
            "works": pa.array([e.campaign.works for e in effects], pa.bool_()),
            "uplift": pa.array([e.campaign.uplift for e in effects], pa.float64()),
            "treated": pa.array([len(e.treated) for e in effects], pa.int64()),
            "held_out": pa.array([len(e.held_out) for e in effects], pa.int64()),
            "extra_purchases": pa.array([len(e.extra_customer) for e in effects], pa.int64()),
            "orders_with_offer": pa.array(used, pa.int64()),
            "discount_given": yuan(np.array(given, dtype=np.int64)),
        }
    )
    return plans, truth


def assignment_table(effects: Sequence[Effect], ids: pa.Array) -> pa.Table:
    """Who was contacted in which campaign, and who was held out."""
    groups = [
        (e.campaign.id, name, who) for e in effects for name, who in (("treated", e.treated), ("held_out", e.held_out))
    ]
    sizes = [len(who) for _id, _name, who in groups]
    people_of = np.concatenate([who for _id, _name, who in groups]) if groups else np.zeros(0, dtype=np.int64)
    return pa.table(
        {
            "campaign_id": pa.array(np.repeat([g[0] for g in groups], sizes).tolist(), pa.string()),
            "customer_id": ids.take(pa.array(people_of, pa.int64())),
            "group": pa.array(np.repeat([g[1] for g in groups], sizes).tolist(), pa.string()),
        }
    )


def parameter_truth(
    process: str, given: Mapping[str, float], customers: int, clock: Clock, seed: int
) -> dict[str, Any]:
    """Everything the process was run with, for parameters.json."""
    shared = {
        "process": process,
        "seed": seed,
        "customers": customers,
        "start": clock.start.isoformat(),
        "days": clock.days,
    }
    if process != "shop":
        return {**shared, "model": {**MODEL_PARAMETERS[process], **given}, "time_unit": "day"}
    return {
        **shared,
        "classes": {
            name: {"share": share, "mean_life_days": life, "gap_factor": factor, "never_again": never}
            for name, share, life, factor, never in zip(
                CLASSES, people.CLASS_SHARES, people.MEAN_LIFE, people.GAP_FACTOR, people.NEVER_AGAIN, strict=True
            )
        },
        "channels": {
            name: {"share": share, "life_factor": life}
            for name, share, life in zip(people.CHANNELS, people.CHANNEL_SHARES, people.CHANNEL_LIFE, strict=True)
        },
        "referral": {"share": people.REFERRED_SHARE, "life_factor": people.REFERRED_LIFE},
        "seasonal_return": SEASON_RETURN,
        "lunar_new_year": {str(year): day.isoformat() for year, day in LUNAR_NEW_YEAR.items()},
        "campaigns": {"held_out": campaigns.HELD_OUT, "take_up": campaigns.TAKE_UP},
        "baskets": {"favourite": baskets.FAVOURITE, "same_category": baskets.SAME_CATEGORY,
                    "coupon_share": baskets.COUPON_SHARE, "coupon": baskets.COUPON},
        "orders": {"cancelled": orders.CANCELLED_SHARE, "unpaid": orders.UNPAID_SHARE, "returned": orders.RETURN_SHARE,
                   "refunded_lines": orders.REFUND_SHARE, "passers_by": orders.PASSER_BY_SHARE,
                   "second_ids": orders.SECOND_ID_SHARE},
    }  # fmt: skip
