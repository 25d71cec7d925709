"""Who bought what: the conditions on orders of the customers' filters, answered by the lake.

One answer is a pass over the buckets' lines or orders (a second for ten million); a process keeps the latest answers of
the lake's version, because a list, its count and its pages ask the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from regulars.crm.customers.filters.own import order_fields
from regulars.crm.insights import lake_access
from regulars.crm.insights.lake_access import EPOCH, View
from regulars.lake import BucketFacts, BucketLines

KEPT = 32
OFFERED = 500
VALID = 0
Question = tuple[str, int, str, tuple[str, ...], int]
_answers: OrderedDict[Question, list[str]] = OrderedDict()
_lock = threading.Lock()


def bought(what: str, names: Sequence[str], since: date) -> list[str]:
    """Lake ids of the customers with a purchase of one of ``names`` (product, category or channel) since that day."""
    seen = lake_access.view()
    if seen is None:
        return []
    first = (since - EPOCH).days
    place = str(seen.snapshot.storage.path(""))
    asked: Question = (place, seen.snapshot.version, what, tuple(sorted(names)), first)
    with _lock:
        if asked in _answers:
            _answers.move_to_end(asked)
            return _answers[asked]
    found = _read(seen, what, frozenset(names), first)
    with _lock:
        _answers[asked] = found
        while len(_answers) > KEPT:
            _answers.popitem(last=False)
    return found


def _read(seen: View, what: str, names: frozenset[str], first: int) -> list[str]:
    codes = _codes(seen, what, names)
    if not len(codes):
        return []
    found: list[str] = []
    for bucket in range(seen.snapshot.buckets):
        if not seen.snapshot.customers_in(bucket):
            continue
        places = _of_orders(seen, bucket, codes, first) if what == "channel" else _of_lines(seen, bucket, codes, first)
        if len(places):
            found += seen.snapshot.customer_ids(bucket).take(places).to_pylist()
    return found


def _codes(seen: View, what: str, names: frozenset[str]) -> npt.NDArray[np.int32]:
    if what == "channel":
        told = [name in names for name in seen.name_list("channel")]
    elif what == "category":
        told = [category in names for category in seen.products.categories]
    else:
        told = [n in names or (label in names) for n, label in _products(seen)]
    return np.flatnonzero(np.array(told, np.bool_)).astype(np.int32)


def _products(seen: View) -> list[tuple[str | None, str | None]]:
    return list(zip(seen.products.names, seen.products.labels, strict=True))


def _of_orders(seen: View, bucket: int, codes: npt.NDArray[np.int32], first: int) -> npt.NDArray[np.int32]:
    facts = seen.snapshot.facts(bucket, ("channel", "status"))
    return np.unique(facts.customer[_meant(facts, facts.channel, codes, first)]) if facts.channel is not None else _NONE


def _of_lines(seen: View, bucket: int, codes: npt.NDArray[np.int32], first: int) -> npt.NDArray[np.int32]:
    lines = seen.snapshot.lines(bucket, ("product", "status"))
    return np.unique(lines.customer[_meant(lines, lines.product, codes, first)]) if lines.product is not None else _NONE


_NONE = np.empty(0, np.int32)


def _meant(
    rows: BucketFacts | BucketLines, column: npt.NDArray[np.int32], codes: npt.NDArray[np.int32], first: int
) -> npt.NDArray[np.bool_]:
    """Purchases of the asked: a positive amount, not cancelled."""
    meant = (rows.day >= first) & (rows.amount > 0) & np.isin(column, codes)
    return meant if rows.status is None else meant & (rows.status == VALID)


def names(what: str) -> list[str]:
    """What can be chosen, in the order of the lake's dictionary; nothing before the first import."""
    seen = lake_access.view()
    if seen is None:
        return []
    if what == "channel":
        found = seen.name_list("channel")
    elif what == "category":
        found = list(seen.products.categories)
    else:
        found = [label or name for name, label in _products(seen)]
    return list(dict.fromkeys(each for each in found if each))[:OFFERED]


FIELDS = order_fields(bought, names)
