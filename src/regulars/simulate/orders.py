"""From purchases to an order book: states, returns, refunds, passers-by, the same person under two ids."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regulars.simulate.baskets import Lines
from regulars.simulate.seasons import Clock

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DONE, CANCELLED, UNPAID, RETURNED = range(4)
STATUS_WORDS = ("交易成功", "已取消", "待付款", "退货完成")
CANCELLED_SHARE, UNPAID_SHARE, RETURN_SHARE, REFUND_SHARE = 0.02, 0.012, 0.025, 0.012
PASSER_BY_SHARE, SECOND_ID_SHARE = 0.02, 0.012
NOBODY = -1


@dataclass(frozen=True)
class OrderBook:
    """Orders in order of time and their lines; ``customer`` is -1 for a passer-by, money in fen."""

    customer: Ints
    second: Ints  # seconds since the start of the data
    status: Ints
    channel: Ints
    campaign: Ints
    lines: Lines
    refund: Ints  # of a line
    extra: Ints  # 1 for a purchase that a campaign caused

    def __len__(self) -> int:
        return len(self.customer)


def seconds_of(time: Floats, rng: np.random.Generator) -> Ints:
    """Calendar days with a time of day as people shop: most in the evening, none before eight."""
    day = np.floor(time).astype(np.int64)
    hour = np.where(rng.random(len(day)) < 0.55, rng.normal(20.0, 1.6, len(day)), rng.normal(12.5, 2.4, len(day)))
    return day * 86_400 + np.floor(np.clip(hour, 8.0, 23.7) * 3600 + rng.random(len(day)) * 900).astype(np.int64)


def draw_channels(home: Ints, count: int, rng: np.random.Generator) -> Ints:
    """Four in five orders come by the channel that the customer came by."""
    other = rng.integers(0, count, len(home))
    return np.where(rng.random(len(home)) < 0.8, home, other).astype(np.int64)


def in_order(book: OrderBook) -> OrderBook:
    """Orders by time, lines by order."""
    order = np.lexsort((book.customer, book.second))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    moved = place[book.lines.order]
    by_order = np.argsort(moved, kind="stable")
    lines = Lines(moved[by_order], *(getattr(book.lines, name)[by_order] for name in _LINE_FIELDS))
    heads = {
        name: getattr(book, name)[order] for name in ("customer", "second", "status", "channel", "campaign", "extra")
    }
    return replace(book, lines=lines, refund=book.refund[by_order], **heads)


_LINE_FIELDS = ("product", "quantity", "price", "discount", "amount", "cost")


def with_refunds(book: OrderBook, rng: np.random.Generator) -> OrderBook:
    """Some orders are paid back in part on one line, without a date of its own."""
    refund = np.zeros(len(book.lines.order), dtype=np.int64)
    hit = rng.random(len(refund)) < REFUND_SHARE
    part = np.where(rng.random(len(refund)) < 0.5, 1.0, 0.3)
    refund[hit] = np.floor(book.lines.amount[hit] * part[hit]).astype(np.int64)
    return replace(book, refund=refund)


def with_dead_orders(book: OrderBook, rng: np.random.Generator) -> OrderBook:
    """Orders that came to nothing, a few hours before one that did: cancelled or never paid."""
    draw = rng.random(len(book))
    chosen = np.flatnonzero(draw < CANCELLED_SHARE + UNPAID_SHARE)
    status = np.where(draw[chosen] < CANCELLED_SHARE, CANCELLED, UNPAID)
    earlier = book.second[chosen] - rng.integers(600, 14_400, len(chosen))
    return _appended(book, chosen, np.maximum(earlier, 0), status, 1)


def with_returns(book: OrderBook, clock: Clock, rng: np.random.Generator) -> OrderBook:
    """Some orders come back whole some days later, as an order of their own with negative amounts."""
    chosen = np.flatnonzero((rng.random(len(book)) < RETURN_SHARE) & (book.status == DONE) & (book.customer != NOBODY))
    later = book.second[chosen] + 86_400 * rng.integers(3, 13, len(chosen))
    inside = later < clock.days * 86_400
    return _appended(book, chosen[inside], later[inside], np.full(int(inside.sum()), RETURNED), -1)


def _appended(book: OrderBook, chosen: Ints, second: Ints, status: Ints, sign: int) -> OrderBook:
    """Copies of the chosen orders at other times and in another state, with the lines' money times ``sign``."""
    fresh = np.full(len(book), -1, dtype=np.int64)
    fresh[chosen] = len(book) + np.arange(len(chosen))
    copied = np.flatnonzero(fresh[book.lines.order] >= 0)
    old = book.lines
    lines = Lines(
        np.concatenate([old.order, fresh[old.order[copied]]]),
        np.concatenate([old.product, old.product[copied]]),
        np.concatenate([old.quantity, sign * old.quantity[copied]]),
        np.concatenate([old.price, old.price[copied]]),
        np.concatenate([old.discount, sign * old.discount[copied]]),
        np.concatenate([old.amount, sign * old.amount[copied]]),
        np.concatenate([old.cost, sign * old.cost[copied]]),
    )
    return OrderBook(
        np.concatenate([book.customer, book.customer[chosen]]),
        np.concatenate([book.second, second]),
        np.concatenate([book.status, status]),
        np.concatenate([book.channel, book.channel[chosen]]),
        np.concatenate([book.campaign, np.where(sign > 0, book.campaign[chosen], -1)]),
        lines,
        np.concatenate([book.refund, np.zeros(len(copied), dtype=np.int64)]),
        np.concatenate([book.extra, np.zeros(len(chosen), dtype=np.int64)]),
    )


def with_passers_by(book: OrderBook, clock: Clock, rng: np.random.Generator) -> OrderBook:
    """Sales over the counter to people who gave no name: the baskets of others, at other times."""
    chosen = rng.integers(0, len(book), int(len(book) * PASSER_BY_SHARE))
    chosen = np.unique(chosen[book.status[chosen] == DONE])
    second = seconds_of(rng.random(len(chosen)) * clock.days, rng)
    more = _appended(book, chosen, second, np.full(len(chosen), DONE), 1)
    fresh = slice(len(book), None)
    for column, value in ((more.customer, NOBODY), (more.campaign, -1), (more.channel, 0)):
        column[fresh] = value
    return more


def with_second_ids(book: OrderBook, customers: int, rng: np.random.Generator) -> tuple[OrderBook, Ints]:
    """Some people are registered twice: from a later order on they go by a second id, ``customers`` and up.

    Returns the book and, for every second id, the customer it stands for.
    """
    known = book.customer >= 0
    counts = np.bincount(book.customer[known], minlength=customers)
    twice = np.flatnonzero((counts >= 4) & (rng.random(customers) < SECOND_ID_SHARE))
    number = np.full(customers, -1, dtype=np.int64)
    number[twice] = customers + np.arange(len(twice))
    cut = np.zeros(customers)
    cut[twice] = (0.3 + 0.5 * rng.random(len(twice))) * counts[twice]
    by_time = np.lexsort((book.second, book.customer))
    begins = np.searchsorted(book.customer[by_time], np.arange(customers))
    place = np.empty(len(book), dtype=np.int64)
    place[by_time] = np.arange(len(book))
    whose = np.where(known, book.customer, 0)
    later = known & (number[whose] >= 0) & (place - begins[whose] >= cut[whose])
    return replace(book, customer=np.where(later, number[whose], book.customer)), twice
