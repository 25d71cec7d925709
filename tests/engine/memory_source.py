"""A fact source made from plain rows, so that the engine can be tested without files or a lake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
import pyarrow as pa

from regulars.engine.facts import BucketFacts, complete_profit
from regulars.engine.products import BucketLines
from regulars.runners.source import Names


@dataclass
class MemorySource:
    """Rows are (customer id or None, day number, amount in minor units, profit or None, status)."""

    rows: Sequence[tuple[str | None, int, int, int | None, int]]
    bucket_count: int = 3
    margin: Fraction | None = None
    names: Names = field(default_factory=Names)
    has_discount: bool = False

    @property
    def buckets(self) -> list[int]:
        return list(range(self.bucket_count))

    @property
    def orders(self) -> int:
        return len(self.rows)

    @cached_property
    def first_day(self) -> int:
        return min(r[1] for r in self.rows)

    @cached_property
    def _keys(self) -> dict[str, int]:
        keys: dict[str, int] = {}
        for row in self.rows:
            if row[0] is not None:
                keys.setdefault(row[0], len(keys))
        return keys

    def customer_ids(self, bucket: int) -> pa.Array:
        return pa.array([i for i, key in self._keys.items() if key % self.bucket_count == bucket], pa.string())

    def facts(self, bucket: int) -> BucketFacts:
        mine = [
            (self._keys[r[0]] // self.bucket_count, *r[1:])
            for r in self.rows
            if r[0] is not None and self._keys[r[0]] % self.bucket_count == bucket
        ]
        mine.sort(key=lambda r: (r[0], r[1]))
        amount = np.array([r[2] for r in mine], np.int64)
        known = np.array([r[3] is not None for r in mine], np.bool_)
        profit = np.array([r[3] or 0 for r in mine], np.int64)
        return BucketFacts(
            size=len(self.customer_ids(bucket)),
            customer=np.array([r[0] for r in mine], np.int32),
            day=np.array([r[1] for r in mine], np.int32),
            amount=amount,
            profit=complete_profit(amount, profit, known, self.margin),
            status=np.array([r[4] for r in mine], np.int8),
        )

    def lines(self, bucket: int) -> BucketLines | None:
        return None

    def unattributed_lines(self) -> BucketLines | None:
        return None

    def unattributed(self) -> BucketFacts:
        rows = [r for r in self.rows if r[0] is None]
        return BucketFacts(
            size=0,
            customer=np.zeros(len(rows), np.int32),
            day=np.array([r[1] for r in rows], np.int32),
            amount=np.array([r[2] for r in rows], np.int64),
            profit=np.array([r[3] or 0 for r in rows], np.int64),
            status=np.array([r[4] for r in rows], np.int8),
        )
