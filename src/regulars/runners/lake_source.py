"""One version of a lake as a fact source: profit completed, codes ranked by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.engine.calendar import day_of
from regulars.engine.facts import BucketFacts, Status, complete_profit
from regulars.engine.products import BucketLines
from regulars.errors import InputError
from regulars.lake import Lake
from regulars.lake.histories import BucketFacts as StoredFacts
from regulars.lake.records import StoredFile
from regulars.lake.schema import UNATTRIBUTED
from regulars.lake.snapshot import Snapshot
from regulars.runners.buckets import BucketMap
from regulars.runners.source import Names

NO_STATUS = np.empty(0, np.int8)


@dataclass(frozen=True)
class ProfitSources:
    """How many orders up to the as-of day take their profit from nowhere, a profit column, a cost."""

    none: int
    profit: int
    cost: int

    def basis(self, margin: Fraction | None) -> str:
        if self.profit:
            return "profit"
        if self.cost:
            return "cost"
        return "revenue" if margin is None else "margin"

    def fallback(self, margin: Fraction | None) -> int:
        """Orders whose profit stands on a lower basis than the one named."""
        return {"profit": self.none + self.cost, "cost": self.none}.get(self.basis(margin), 0)


@dataclass(frozen=True)
class LakeSource:
    """Facts of one lake version; ``margin`` stands in where an order's profit is not known.

    It is sent to another process as location and version alone, and opened there; ``options`` are those of the store.
    """

    snapshot: Snapshot
    margin: Fraction | None = None
    options: Mapping[str, str] | None = field(default=None, repr=False)

    @classmethod
    def open(
        cls,
        location: str,
        version: int | None = None,
        margin: Fraction | None = None,
        options: Mapping[str, str] | None = None,
    ) -> LakeSource:
        """The latest version of the lake at ``location``, or an earlier one. Raises LakeError."""
        return cls(Lake.open(location, storage_options=options).snapshot(version), margin, options)

    def __reduce__(self) -> tuple[Any, ...]:
        options = tuple(sorted(self.options.items())) if self.options else None
        return _opened, (self.snapshot.storage.root, self.snapshot.version, self.margin, options)

    @property
    def buckets(self) -> range:
        return range(self.snapshot.buckets)

    @cached_property
    def _days(self) -> tuple[int, int]:
        files = self.snapshot.all_files("orders")
        if not files:
            raise InputError("no_orders", "There is no order to analyse.", "Check the file: every row was left out.")
        return min(f.minimum["day"] for f in files), max(f.maximum["day"] for f in files)

    @property
    def first_day(self) -> int:
        return self._days[0]

    @property
    def last_day(self) -> int:
        """The last day with an order: the default as-of day."""
        return self._days[1]

    @property
    def orders(self) -> int:
        return self.snapshot.totals.orders

    @property
    def customers(self) -> int:
        return self.snapshot.n_customers

    def check_as_of(self, as_of: int) -> None:
        if as_of < self.first_day:
            raise InputError(
                "as_of_before_first_order",
                "The as-of day {as_of} lies before the first order, {first}.",
                "Choose a day from {first} on, or leave --as-of out.",
                as_of=day_of(as_of).isoformat(),
                first=day_of(self.first_day).isoformat(),
            )

    @property
    def has_discount(self) -> bool:
        return any(not f.all_null("discount") for f in self.snapshot.all_files("orders"))

    @cached_property
    def _ranks(self) -> dict[str, tuple[NDArray[np.int32], tuple[str, ...], NDArray[np.int64]]]:
        """kind → rank of every code, names in rank order, codes in rank order."""
        ranked = {}
        for kind in ("channel", "campaign", "product"):
            known = self.snapshot.read_names(kind)
            pairs = zip(known.names, known.categories, strict=True)
            names = [name if name is not None else category or "" for name, category in pairs]
            order = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
            rank = np.empty(len(names), np.int32)
            rank[order] = np.arange(len(names), dtype=np.int32)
            ranked[kind] = (rank, tuple(names[i] for i in order), order)
        return ranked

    @cached_property
    def names(self) -> Names:
        products = self.snapshot.read_names("product")
        _rank, named, order = self._ranks["product"]
        return Names(
            channels=self._ranks["channel"][1],
            campaigns=self._ranks["campaign"][1],
            products=named,
            categories=tuple(products.categories[i] for i in order),
            product_labels=tuple(
                products.labels[i] or products.names[i] or products.categories[i] or "" for i in order
            ),
        )

    def facts(self, bucket: int) -> BucketFacts:
        return self._completed(self.snapshot.facts(bucket, self._columns))

    def unattributed(self) -> BucketFacts:
        return self._completed(self.snapshot.unattributed(self._columns))

    @property
    def _columns(self) -> list[str]:
        columns = ["profit", "status"]
        columns += [kind for kind in ("channel", "campaign") if self._ranks[kind][1]]
        columns += ["at"] if len(columns) > 2 else []
        return columns + (["discount"] if self.has_discount else [])

    def _completed(self, stored: StoredFacts) -> BucketFacts:
        return BucketFacts(
            size=stored.customers,
            customer=stored.customer,
            day=stored.day,
            amount=stored.amount,
            profit=complete_profit(stored.amount, stored.profit, stored.profit_known, self.margin),
            status=_given(stored.status, np.int8),
            discount=_given(stored.discount, np.int64),
            channel=self._ranked("channel", stored.channel),
            campaign=self._ranked("campaign", stored.campaign),
            at=_instants(stored),
        )

    def _ranked(self, kind: str, codes: NDArray[np.int32] | None) -> NDArray[np.int32]:
        if codes is None or not len(codes):
            return np.empty(0, np.int32)
        rank = self._ranks[kind][0]
        return np.where(codes >= 0, rank[np.maximum(codes, 0)], np.int32(-1)).astype(np.int32)

    def unattributed_lines(self) -> BucketLines | None:
        return self.lines(UNATTRIBUTED)

    def lines(self, bucket: int) -> BucketLines | None:
        """Lines of orders that count; their profit completed as that of the orders."""
        if not self.snapshot.files_of("lines", bucket):
            return None
        stored = self.snapshot.lines(bucket, ("order_key", "product", "quantity", "profit", "status"))
        if stored.product is None or stored.order_key is None:
            return None
        quantity = stored.quantity if stored.quantity is not None else np.zeros(len(stored.day), np.int64)
        lines = BucketLines(
            customer=stored.customer,
            day=stored.day,
            order=stored.order_key,
            product=self._ranked("product", stored.product),
            quantity=quantity,
            amount=stored.amount,
            profit=complete_profit(stored.amount, stored.profit, stored.profit_known, self.margin),
        )
        if stored.status is None:
            return lines
        return lines.chosen((stored.status == Status.VALID) | (stored.status == Status.DATED_REFUND))

    def customer_ids(self, bucket: int) -> pa.Array:
        return self.snapshot.customer_ids(bucket)

    def customer_names(self, bucket: int) -> pa.Array:
        """Names of the customers of a bucket (string, null where not told)."""
        return self.snapshot.attributes(bucket).column("name").combine_chunks()

    def referred(self, bucket: int) -> NDArray[np.bool_]:
        """Which customers have a referrer, named in their own data or on an order."""
        attribute = self.snapshot.attributes(bucket).column("referrer_id")
        found = np.asarray(attribute.is_valid())
        stored = self.snapshot.facts(bucket, ["referrer"])
        if stored.referrer is not None:
            found = found.copy()
            found[stored.customer[stored.referrer >= 0]] = True
        return found

    @property
    def names_referrers(self) -> bool:
        known = any(
            not f.all_null("referrer_id") for f in self.snapshot.all_files("customers") if "referrer_id" in f.nulls
        )
        return known or len(self.snapshot.names("referrer")) > 0

    def profit_sources(self, as_of: int, map: BucketMap) -> ProfitSources:
        """Where profit comes from, over valid orders up to ``as_of``; files that say it by their bounds stay closed."""
        told = [_uniform_sources(file, as_of) for file in self.snapshot.all_files("orders")]
        known = [counts for counts in told if counts is not None]
        if len(known) < len(told):
            known = [map.merged("sources", SourceCount(self, as_of), _added, [*self.buckets, UNATTRIBUTED])]
        return ProfitSources(*(int(c) for c in _added([np.zeros(3, np.int64), *known])))


@dataclass(frozen=True)
class SourceCount:
    """Counts orders of a bucket by where their profit comes from."""

    source: LakeSource
    as_of: int

    def __call__(self, bucket: int) -> NDArray[np.int64]:
        snapshot, columns = self.source.snapshot, ("profit_source", "status")
        alone = bucket == UNATTRIBUTED
        return _count_sources(snapshot.unattributed(columns) if alone else snapshot.facts(bucket, columns), self.as_of)


def _added(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.add.reduce(list(parts))


def _uniform_sources(file: StoredFile, as_of: int) -> NDArray[np.int64] | None:
    """Counts of a file of one source and one status, all of it up to ``as_of``; None where it must be read."""
    source, status = file.constant("profit_source"), file.constant("status")
    if source is None or status is None or file.maximum["day"] > as_of:
        return None
    counts = np.zeros(3, np.int64)
    counts[source] = file.rows if status == Status.VALID else 0
    return counts


@lru_cache(maxsize=2)
def _opened(
    location: str, version: int, margin: Fraction | None, options: tuple[tuple[str, str], ...] | None
) -> LakeSource:
    return LakeSource.open(location, version, margin, dict(options) if options else None)


def _given(values: Any, dtype: Any) -> Any:
    return values if values is not None else np.empty(0, dtype)


def _instants(stored: StoredFacts) -> NDArray[np.int64]:
    """Seconds; the beginning of the day where only the day is known."""
    if stored.at is None:
        return np.empty(0, np.int64)
    if stored.at_known is None:
        return stored.at
    return np.where(stored.at_known, stored.at, stored.day.astype(np.int64) * 86_400)


def _count_sources(stored: StoredFacts, as_of: int) -> NDArray[np.int64]:
    chosen = stored.day <= as_of
    if stored.status is not None:
        chosen &= stored.status == Status.VALID
    if stored.profit_source is None:
        return np.array([chosen.sum(), 0, 0], np.int64)
    return np.bincount(stored.profit_source[chosen], minlength=3).astype(np.int64)
