"""The tables that an invented shop would export: order lines and customers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.simulate.assortment import Assortment
from regulars.simulate.campaigns import Effect
from regulars.simulate.orders import STATUS_WORDS, OrderBook
from regulars.simulate.people import company_names, draw_regions, personal_names, phone_numbers
from regulars.simulate.population import CHANNELS, ORGANIZATION, Population
from regulars.simulate.seasons import Clock, day_number

Ints = NDArray[np.int64]
Texts = NDArray[np.str_]

KINDS = ("个人", "企业")


def yuan(fen: Ints) -> pa.Array:
    """Exact decimal yuan from whole fen."""
    wide = np.empty((len(fen), 2), dtype="<i8")
    wide[:, 0], wide[:, 1] = fen, fen >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(fen), [None, pa.py_buffer(wide.tobytes())])


def picked(words: Sequence[str | None], places: Ints) -> pa.Array:
    """``words[place]`` for every place; a negative place is absent."""
    index = pa.array(places, mask=np.asarray(places) < 0)
    return pa.array(list(words), pa.string()).take(index)


def dates_of(days: Ints, clock: Clock, absent: NDArray[np.bool_] | None = None) -> pa.Array:
    """Calendar dates from days since the start."""
    return pa.array((days + day_number(clock.start)).astype(np.int32), mask=absent).cast(pa.date32())


def customer_table(
    book: OrderBook, population: Population, twice: Ints, clock: Clock, rng: np.random.Generator
) -> tuple[pa.Table, pa.Array]:
    """The customer register, and the id of every customer number (second ids behind the first)."""
    person = np.concatenate([np.arange(len(population)), twice])
    first = np.full(len(person), clock.days * 86_400, dtype=np.int64)
    known = book.customer >= 0
    np.minimum.at(first, book.customer[known], book.second[known])
    rank = np.empty(len(person), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(person))
    ids = pa.array(np.char.add("K", np.char.zfill((rank + 1).astype(str), 7)))
    name, phone, region = _identities(population, rng)
    referrer = population.referrer[person]
    referrer[len(population) :] = -1
    table = pa.table(
        {
            "customer_id": ids,
            "name": pa.array(name[person]),
            "kind": picked(KINDS, (population.kind[person] == ORGANIZATION).astype(np.int64)),
            "phone": pa.array(phone[person]),
            "region": pa.array(region[person]),
            "acquisition_channel": picked(CHANNELS, population.channel[person]),
            "created_at": dates_of(first // 86_400, clock),
            "referrer_id": ids.take(pa.array(referrer, mask=referrer < 0)),
        }
    )
    return table.take(pa.array(np.argsort(rank))), ids


def _identities(population: Population, rng: np.random.Generator) -> tuple[Texts, Texts, Texts]:
    count = len(population)
    region, name = draw_regions(count, rng), personal_names(count, rng)
    companies = population.kind == ORGANIZATION
    longer = name.astype("U24")
    longer[companies] = company_names(region[companies], rng)
    return longer, phone_numbers(count, rng), region


def order_table(
    book: OrderBook,
    ids: pa.Array,
    population: Population,
    effects: Sequence[Effect],
    assortment: Assortment,
    clock: Clock,
) -> pa.Table:
    """One row a line, in order of time; what belongs to the order is repeated."""
    lines, of = book.lines, pa.array(book.lines.order)
    customer = picked_ids(ids, book.customer)
    at = pa.array(book.second + 86_400 * day_number(clock.start)).cast(pa.timestamp("s"))
    referrer = np.where((book.customer >= 0) & (book.customer < len(population)), book.customer, 0)
    named = np.where((book.customer >= 0) & (book.customer < len(population)), population.referrer[referrer], -1)
    return pa.table(
        {
            "order_id": order_ids(book, clock).take(of),
            "ordered_at": at.take(of),
            "customer_id": customer.take(of),
            "product_id": picked(assortment.ids, lines.product),
            "product": picked(assortment.names, lines.product),
            "category": picked(assortment.categories, assortment.category_of[lines.product]),
            "quantity": pa.array(lines.quantity),
            "unit_price": yuan(lines.price),
            "discount": yuan(lines.discount),
            "amount": yuan(lines.amount),
            "cost": yuan(lines.cost),
            "refunded_amount": yuan(book.refund),
            "status": picked(STATUS_WORDS, book.status).take(of),
            "channel": picked(CHANNELS, book.channel).take(of),
            "campaign_id": picked([effect.campaign.id for effect in effects] or [None], book.campaign).take(of),
            "referrer_id": picked_ids(ids, named).take(of),
        }
    )


def picked_ids(ids: pa.Array, places: Ints) -> pa.Array:
    return ids.take(pa.array(places, mask=places < 0))


def order_ids(book: OrderBook, clock: Clock) -> pa.Array:
    """The day and a running number: QH2024010500000127."""
    day = pc.strftime(dates_of(book.second // 86_400, clock).cast(pa.timestamp("s")), "%Y%m%d")
    number = pa.array(np.arange(1, len(book) + 1)).cast(pa.string())
    return pc.binary_join_element_wise("QH", day, pc.utf8_lpad(number, 8, "0"), "")
