"""A whole invented shop: what it would export, and beside it the truth that no shop knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.errors import ParameterError
from regulars.simulate import baskets, campaigns, orders
from regulars.simulate import population as people_truth
from regulars.simulate.assortment import Assortment, make_assortment
from regulars.simulate.campaigns import Effect
from regulars.simulate.histories import MODEL_PARAMETERS, Histories, shop_histories, simulate_histories
from regulars.simulate.orders import OrderBook
from regulars.simulate.population import Population, draw_population
from regulars.simulate.seasons import Clock, day_number, end_of
from regulars.simulate.tables import customer_table, order_table
from regulars.simulate.truth import assignment_table, campaign_tables, parameter_truth, truth_table

Ints = NDArray[np.int64]
Process = Literal["shop", "bg_nbd", "pareto_nbd", "mbg_cnbd_k"]
Progress = Callable[[str, int, int], None]

FIRST_DAY = date(2024, 1, 1)
MONEY = {"p": 6.25, "q": 3.74, "v": 1540.0}  # Gamma-Gamma spend of the histories drawn from a model, v in fen
_STAGES = 5


@dataclass(frozen=True)
class Shop:
    """The tables of an invented shop.

    ``orders`` has one row a line and repeats what belongs to the order; money is decimal yuan, times are local.
    ``truth``, ``truth_campaigns``, ``assignments`` and ``parameters`` say what was planted.
    """

    orders: pa.Table
    customers: pa.Table
    campaigns: pa.Table
    truth: pa.Table
    truth_campaigns: pa.Table
    assignments: pa.Table
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class _Drawn:
    histories: Histories
    book: OrderBook
    effects: list[Effect]
    twice: Ints


def simulate_shop(
    customers: int = 20_000,
    months: int = 24,
    seed: int = 7,
    start: date = FIRST_DAY,
    *,
    process: Process = "shop",
    parameters: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> Shop:
    """Invent a shop of ``months`` months from ``start`` on. The same arguments give the same tables.

    ``process`` "shop" is the rich one: rhythm and regularity of every customer, classes, seasons, campaigns, returns.
    A model's name draws purchase histories from that model with ``parameters`` (`simulate_histories`), one line an
    order with Gamma-Gamma amounts, and nothing else, so that its parameters can be recovered. Raises ParameterError.
    """
    if customers < 1:
        raise ParameterError(
            "simulation_customers", "A shop needs at least one customer.", "Pass a positive number of customers."
        )
    days = day_number(end_of(start, months)) - day_number(start) + 1
    tell = progress or (lambda stage, done, total: None)
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(8)]
    assortment = make_assortment()
    tell("simulate", 0, _STAGES)
    clock = Clock.seasonal(start, days) if process == "shop" else Clock.even(start, days)
    population = draw_population(customers, clock, assortment, streams[0])
    tell("simulate", 1, _STAGES)
    if process == "shop":
        drawn = _shop_book(population, clock, assortment, streams)
    else:
        drawn = _model_book(process, population, clock, assortment, streams, seed, parameters or {})
    tell("simulate", 3, _STAGES)
    shop = _tables(drawn, population, clock, assortment, streams[7], process, seed, parameters or {})
    tell("simulate", _STAGES, _STAGES)
    return shop


def _shop_book(
    population: Population, clock: Clock, assortment: Assortment, streams: list[np.random.Generator]
) -> _Drawn:
    histories = shop_histories(population, clock, streams[1])
    effects = [campaigns.run_campaign(c, histories, clock, streams[2]) for c in campaigns.make_campaigns(clock)]
    histories, caused = campaigns.with_effects(histories, effects)
    used = campaigns.use_offers(histories, caused, effects, clock, streams[2])
    rates = np.array([effect.campaign.discount for effect in effects] + [0.0])
    rate = np.where(used >= 0, rates[used], baskets.coupon_rates(len(used), streams[3]))
    rng = streams[4]
    book = OrderBook(
        customer=histories.customer,
        second=orders.seconds_of(histories.time, rng),
        status=np.full(len(used), orders.DONE),
        channel=orders.draw_channels(population.channel[histories.customer], len(people_truth.CHANNELS), rng),
        campaign=used,
        lines=(lines := baskets.fill_baskets(histories.customer, rate, population, assortment, streams[3])),
        refund=np.zeros(len(lines.order), dtype=np.int64),
        extra=(caused >= 0).astype(np.int64),
    )
    book, twice = orders.with_second_ids(book, len(population), rng)
    book = orders.with_passers_by(orders.with_refunds(book, rng), clock, rng)
    book = orders.with_returns(orders.with_dead_orders(book, rng), clock, rng)
    return _Drawn(histories, orders.in_order(book), effects, twice)


def _model_book(process: Process, population: Population, clock: Clock, assortment: Assortment,
                streams: list[np.random.Generator], seed: int, parameters: Mapping[str, float]) -> _Drawn:  # fmt: skip
    if process not in MODEL_PARAMETERS:
        simulate_histories(process, 1, 1, seed)  # type: ignore[arg-type]  # says which models there are
    births = max(1, min(90, clock.days // 4))
    histories = simulate_histories(
        process, len(population), clock.days, seed, parameters=parameters, births=births  # type: ignore[arg-type]
    )  # fmt: skip
    rng = streams[3]
    scale = rng.gamma(MONEY["q"], 1.0 / MONEY["v"], len(population))
    amount = np.maximum(1, np.rint(rng.gamma(MONEY["p"], 1.0, len(histories.customer)) / scale[histories.customer]))
    lines = baskets.single_lines(amount.astype(np.int64), assortment, rng)
    nothing = np.zeros(len(histories.customer), dtype=np.int64)
    channel = orders.draw_channels(population.channel[histories.customer], len(people_truth.CHANNELS), rng)
    book = OrderBook(histories.customer, orders.seconds_of(histories.time, rng), nothing, channel, nothing - 1, lines,
                     nothing, nothing)  # fmt: skip
    return _Drawn(histories, orders.in_order(book), [], np.zeros(0, dtype=np.int64))


def _tables(drawn: _Drawn, population: Population, clock: Clock, assortment: Assortment, rng: np.random.Generator,
            process: Process, seed: int, parameters: Mapping[str, float]) -> Shop:  # fmt: skip
    customers, ids = customer_table(drawn.book, population, drawn.twice, clock, rng)
    plans, truth_campaigns = campaign_tables(drawn.effects, drawn.book)
    return Shop(
        orders=order_table(drawn.book, ids, population, drawn.effects, assortment, clock),
        customers=customers,
        campaigns=plans,
        truth=truth_table(drawn.histories, population, drawn.book, drawn.twice, ids, assortment, clock, process),
        truth_campaigns=truth_campaigns,
        assignments=assignment_table(drawn.effects, ids),
        parameters=parameter_truth(process, parameters, len(population), clock, seed),
    )
