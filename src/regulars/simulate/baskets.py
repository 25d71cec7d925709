"""What is in every order: products, quantities, prices, discounts and cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.simulate.assortment import Assortment
from regulars.simulate.population import ORGANIZATION, Population

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FAVOURITE, SAME_CATEGORY = 0.5, 0.25  # how the first line is chosen: the favourite, its category, else by popularity
COUPON_SHARE, COUPON = 0.06, 0.08  # orders with a small coupon outside campaigns


@dataclass(frozen=True)
class Lines:
    """Order lines, those of an order side by side; money in fen."""

    order: Ints
    product: Ints
    quantity: Ints
    price: Ints  # of one piece
    discount: Ints
    amount: Ints
    cost: Ints


def fill_baskets(
    customer: Ints, rate: Floats, population: Population, assortment: Assortment, rng: np.random.Generator
) -> Lines:
    """The lines of every order; ``customer`` and discount ``rate`` have one entry an order."""
    kind = population.kind[customer]
    counts = 1 + rng.poisson(np.where(kind == ORGANIZATION, 1.1, 0.7))
    order = np.repeat(np.arange(len(customer), dtype=np.int64), counts)
    first = np.concatenate([[True], order[1:] != order[:-1]]) if len(order) else np.zeros(0, dtype=bool)
    product = _products(population.favourite[customer[order]], first, assortment, rng)
    order, product = _each_once(order, product, len(assortment))
    who = customer[order]
    noise = rng.lognormal(0.0, 0.35, len(order))
    usual = np.where(assortment.price[product] > 20_000, 0.75, 1.15)
    quantity = np.maximum(1, np.rint(population.level[who] * noise * usual)).astype(np.int64)
    return priced(order, product, quantity, rate[order], assortment)


def _products(favourite: Ints, first: NDArray[np.bool_], assortment: Assortment, rng: np.random.Generator) -> Ints:
    count = len(favourite)
    product = rng.choice(len(assortment), count, p=assortment.popularity).astype(np.int64)
    draw = rng.random(count)
    same = (draw >= FAVOURITE) & (draw < FAVOURITE + SAME_CATEGORY)
    product[same] = _of_category(assortment.category_of[favourite[same]], assortment, rng)
    mine = first & (draw < FAVOURITE)
    product[mine] = favourite[mine]
    return product


def _each_once(order: Ints, product: Ints, products: int) -> tuple[Ints, Ints]:
    """Lines without a second one of the same product in the same order."""
    _pairs, kept = np.unique(order * products + product, return_index=True)
    kept.sort()
    return order[kept], product[kept]


def _of_category(category: Ints, assortment: Assortment, rng: np.random.Generator) -> Ints:
    """A product of the given category, any with the same chance; the products of a category stand side by side."""
    begins = np.searchsorted(assortment.category_of, np.arange(len(assortment.categories)))
    sizes = np.bincount(assortment.category_of)
    return (begins[category] + (rng.random(len(category)) * sizes[category]).astype(np.int64)).astype(np.int64)


def priced(order: Ints, product: Ints, quantity: Ints, rate: Floats, assortment: Assortment) -> Lines:
    price = assortment.price[product]
    full = price * quantity
    discount = np.floor(full * rate + 0.5).astype(np.int64)
    cost = np.floor(full * assortment.cost_share[product] + 0.5).astype(np.int64)
    return Lines(order, product, quantity, price, discount, full - discount, cost)


def single_lines(amount: Ints, assortment: Assortment, rng: np.random.Generator) -> Lines:
    """One line an order at a given amount, for histories drawn from a model."""
    product = rng.choice(len(assortment), len(amount), p=assortment.popularity).astype(np.int64)
    nothing = np.zeros(len(amount), dtype=np.int64)
    cost = np.floor(amount * assortment.cost_share[product] + 0.5).astype(np.int64)
    return Lines(np.arange(len(amount)), product, nothing + 1, amount, nothing, amount, cost)


def coupon_rates(orders: int, rng: np.random.Generator) -> Floats:
    return np.where(rng.random(orders) < COUPON_SHARE, COUPON, 0.0)
