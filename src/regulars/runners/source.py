"""Where a runner takes facts from: one bucket at a time, complete and sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from regulars.engine.facts import BucketFacts
from regulars.engine.products import BucketLines


@dataclass(frozen=True)
class Names:
    """Texts behind codes, in code order; products with their categories and
    with what people call them."""

    channels: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    categories: tuple[str | None, ...] = ()
    product_labels: tuple[str, ...] = ()


class FactSource(Protocol):
    """One version of the facts. Codes are ranks by name, so that they do not depend on the order of loading."""

    @property
    def buckets(self) -> Sequence[int]: ...

    @property
    def first_day(self) -> int: ...

    @property
    def orders(self) -> int:
        """How many orders there are, roughly: it decides what is worth computing."""
        ...

    @property
    def customers(self) -> int:
        """How many customers there are in all buckets."""
        ...

    @property
    def names(self) -> Names: ...

    @property
    def has_discount(self) -> bool: ...

    def facts(self, bucket: int) -> BucketFacts: ...

    def lines(self, bucket: int) -> BucketLines | None: ...

    def unattributed_lines(self) -> BucketLines | None: ...

    def customer_ids(self, bucket: int) -> pa.Array: ...

    def unattributed(self) -> BucketFacts:
        """Orders without a customer, sorted by day, in a bucket of size 0 (every ``customer`` is 0)."""
        ...
