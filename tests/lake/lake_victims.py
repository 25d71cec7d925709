"""What the processes do that the tests start."""

from __future__ import annotations

from typing import Any

from regulars.lake import Lake
from tests.lake.lake_rows import Line, Order, tables

SHARED = 4
"""How many orders every writer replaces in every load."""


def write_steadily(path: str, options: dict[str, str], writer: int, loads: int, barrier: Any) -> None:
    """One of several writers at once: its own orders, customers that all share, a compaction now and then."""
    lake = Lake.open(path, storage_options=options)
    barrier.wait()
    for number in range(loads):
        orders = [
            Order(f"c{(i + number) % 11}", f"{writer}-{number}-{i}", 19000 + number, writer, lines=(Line("tea", i),))
            for i in range(5)
        ]
        shared = [Order("everybody", str(i), 19000, writer * 100 + number) for i in range(SHARED)]
        newcomer = Order(f"of {writer} {number}", f"{writer}-{number}", 19000, 1, channel=f"{writer} {number}")
        lake.load(*tables([*orders, *shared, newcomer]), source="shop", content=[f"{writer} {number}"])
        if number % 3 == 2:
            lake.compact()
