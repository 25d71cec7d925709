"""Which customer is really which other one: versioned rows (key -> canonical key) that every reading goes through.

A later row for a key replaces an earlier one, a row of a key to itself undoes a merge, and chains are followed to their
end. Facts never move on disk; a merge is read, not rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.lake import faults

Int32 = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Identity:
    """``source[i]`` is read as ``target[i]``; ``source`` is sorted, and no target is itself a source."""

    source: Int32
    target: Int32

    @classmethod
    def from_rows(cls, rows: pa.Table) -> Identity:
        direct: dict[int, int] = {}
        for row in rows.to_pylist():
            direct[row["customer_key"]] = row["canonical_key"]
        return cls.from_mapping(direct)

    @classmethod
    def from_mapping(cls, direct: Mapping[int, int]) -> Identity:
        """LakeError when the mapping goes round in a circle."""
        moved = {key: target for key in direct if (target := _end(direct, key)) != key}
        source = np.array(sorted(moved), np.int32)
        return cls(source, np.array([moved[int(key)] for key in source], np.int32))

    def __len__(self) -> int:
        return len(self.source)

    def leaving(self, bucket: int, buckets: int) -> Int32:
        """Keys of ``bucket`` that are read as somebody else."""
        return self.source[self.source % buckets == bucket]

    def arriving(self, bucket: int, buckets: int) -> tuple[Int32, Int32]:
        """Keys, wherever they are stored, that are read as customers of ``bucket``, and as whom."""
        chosen = self.target % buckets == bucket
        return self.source[chosen], self.target[chosen]

    def members(self, key: int) -> Int32:
        """All keys whose facts are read as ``key``'s; none when ``key`` itself is read as another."""
        if key in self.source:
            return np.empty(0, np.int32)
        return np.append(self.source[self.target == key], np.int32(key)).astype(np.int32)


def _end(direct: Mapping[int, int], key: int) -> int:
    seen = {key}
    while (target := direct.get(key, key)) != key:
        if target in seen:
            raise faults.identity_problem("they would form a circle")
        seen.add(target)
        key = target
    return key
