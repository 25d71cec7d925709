"""What the processes do that the tests start, and kill."""

from __future__ import annotations

from typing import Any

from regulars.lake import Lake
from tests.lake.lake_rows import Line, Order, tables


def batch(number: int, size: int) -> list[Order]:
    """Load ``number``: half new orders, half corrections of the load before, some customers new in every load."""
    orders = []
    for i in range(size):
        origin, place = (number, i) if i % 2 or number == 0 else (number - 1, i + 1)
        customer = f"c{(place * 31 + origin) % (40 + 9 * origin)}"
        lines = (Line(f"p{i % 7}", i), Line(f"p{number}", number)) if i % 3 else ()
        orders.append(Order(customer, f"{origin}-{place}", 19000 + i % 90, number * 1000 + i, lines=lines))
    return orders


def load(path: str, number: int, size: int) -> None:
    Lake.open(path).load(*tables(batch(number, size)), source="shop", content=[f"content {number}"])


def write_steadily(path: str, writer: int, loads: int, barrier: Any) -> None:
    """One of several writers at once: its own orders, customers that all share, a compaction now and then."""
    lake = Lake.open(path)
    barrier.wait()
    for number in range(loads):
        orders = [
            Order(f"c{(i + number) % 11}", f"{writer}-{number}-{i}", 19000 + number, writer, lines=(Line("tea", i),))
            for i in range(5)
        ]
        shared = Order("everybody", "one", 19000, writer * 100 + number)
        newcomer = Order(f"of {writer} {number}", f"{writer}-{number}", 19000, 1, channel=f"{writer} {number}")
        lake.load(*tables([*orders, shared, newcomer]), source="shop", content=[f"{writer} {number}"])
        if number % 3 == 2:
            lake.compact()


def victim(path: str, task: str, number: int, size: int, ready: Any) -> None:
    """Report readiness, then load or compact until killed or done."""
    lake = Lake.open(path)
    lake.snapshot()
    rows = tables(batch(number, size))
    ready.set()
    if task == "load":
        lake.load(*rows, source="shop", content=[f"content {number}"])
    else:
        lake.compact()
