"""Whatever the order in which a history reaches the lake, every figure is that of a single load of its final state."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars import analyze
from regulars.ingest import IngestOptions, read_orders
from regulars.lake import Lake, LoadReport, compaction, faults

FIRST = date(2023, 1, 1)
ABOUT_FILES = ("rows", "used_rows", "rejected_rows", "dropped_rows", "skipped_rows", "duplicate_rows", "split_orders")


@dataclass(frozen=True)
class Sale:
    number: int
    customer: str
    day: int
    cents: int
    profit: int
    status: str
    channel: str
    product: str

    def row(self) -> dict[str, Any]:
        return {
            "order_id": f"no {self.number}",
            "customer_id": self.customer,
            "ordered_at": FIRST + timedelta(days=self.day),
            "amount": f"{self.cents / 100:.2f}",
            "profit": f"{self.profit / 100:.2f}",
            "status": self.status,
            "channel": self.channel,
            "product_id": self.product,
        }


def sales(number: int, customer: Any = None) -> Any:
    return st.builds(
        Sale,
        number=st.just(number),
        customer=customer or st.sampled_from(["ann", "bob", "cid", "dot", "eve"]),
        day=st.integers(0, 800),
        cents=st.sampled_from([-2_000, 0, 500, 1_999, 10_000, 123_456]),
        profit=st.integers(-500, 3_000),
        status=st.sampled_from(["paid", "paid", "paid", "cancelled", "pending"]),
        channel=st.sampled_from(["web", "shop"]),
        product=st.sampled_from(["tea", "pot"]),
    )


@st.composite
def histories(draw: Any) -> tuple[list[list[Sale]], list[bool]]:
    """Loads in the order they come, each order in up to three of them with the last one right; compactions between."""
    loads: list[list[Sale]] = [[] for _ in range(draw(st.integers(2, 10)))]
    for number in range(draw(st.integers(3, 25))):
        final = draw(sales(number))
        places = sorted(draw(st.sets(st.integers(0, len(loads) - 1), min_size=1, max_size=3)))
        for place in places[:-1]:
            # An order keeps its customer: under another one it would be another order.
            loads[place].append(replace(draw(sales(number)), customer=final.customer))
        loads[places[-1]].append(final)
    return loads, draw(st.lists(st.booleans(), min_size=len(loads), max_size=len(loads)))


def table(rows: list[Sale]) -> pa.Table:
    return pa.Table.from_pylist([sale.row() for sale in rows])


def figures(analysis: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """All that describes the customers; what describes the files is left out."""
    summary = {key: value for key, value in analysis.summary.items() if key not in ("sources", "quality", "title")}
    summary["input"] = {key: value for key, value in summary["input"].items() if key not in ABOUT_FILES}
    return summary, sorted(analysis.customers.to_pylist(), key=lambda row: row["customer_id"])


def load(lake: Lake, rows: list[Sale]) -> LoadReport:
    read = read_orders([table(rows)], IngestOptions(source="shop"))
    return lake.load(read.orders, read.lines, source="shop", content=read.content, counters=read.counters.as_dict())


def state_after(loads: list[list[Sale]]) -> list[Sale]:
    return list({sale.number: sale for rows in loads for sale in rows}.values())


@settings(suppress_health_check=list(HealthCheck))
@given(histories(), st.data())
def test_any_figure_of_any_day_as_known_at_any_version(history, data):
    loads, compactions = history
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake.create(Path(folder) / "lake", buckets=2, durable=False)
        reached = []
        for rows, compact in zip(loads, compactions, strict=True):
            if rows:
                load(lake, rows)
            if compact:
                lake.compact()
            reached.append(lake.snapshot().version)
        assert lake.verify().problems == ()
        for number in {len(loads) - 1, data.draw(st.integers(0, len(loads) - 1))}:
            state = state_after(loads[: number + 1])
            if not state:
                continue
            day = FIRST + timedelta(days=data.draw(st.sampled_from(sorted(sale.day for sale in state))))
            known = analyze(lake=lake.path, known_at=reached[number], as_of=day, models=False)
            assert figures(known) == figures(analyze(table(state), as_of=day, models=False, source="shop"))


def test_tails_are_folded_by_themselves(tmp_path):
    lake = Lake.create(tmp_path / "lake", buckets=1, durable=False)
    large = [Sale(i, "ann", i % 700, 100, 1, "paid", "web", "tea") for i in range(2000)]
    load(lake, large)
    most = []
    for day in range(20):
        load(lake, [Sale(10_000 + day, "ann", day, 100, 1, "paid", "web", "tea")])
        files = lake.snapshot().files_of("orders", 0)
        most.append(len(files))
        assert max(file.rows for file in files) == len(large), "a large file is not written again for a few rows"
    assert max(most) == compaction.MOST_FILES - 1
    kinds = [version.kind for version in lake.versions()]
    assert (kinds.count("load"), kinds.count("compact")) == (21, 3)
    load(lake, [replace(sale, number=sale.number + 50_000) for sale in large[:1000]])
    for day in range(6):
        load(lake, [Sale(60_000 + day, "ann", day, 100, 1, "paid", "web", "tea")])
    assert max(file.rows for file in lake.snapshot().files_of("orders", 0)) > 3000, "large tails are folded into it"
    assert lake.snapshot().totals.orders == 2000 + 20 + 1000 + 6
    assert lake.verify().problems == ()


def test_a_folding_that_fails_does_not_undo_the_load(tmp_path, monkeypatch):
    def full(*_arguments: object) -> None:
        raise faults.cannot_write("there", "no space")

    lake = Lake.create(tmp_path / "lake", buckets=1, durable=False)
    monkeypatch.setattr(compaction, "compute", full)
    for number in range(compaction.MOST_FILES + 1):
        assert load(lake, [Sale(number, "ann", 1, 100, 1, "paid", "web", "tea")]).new == 1
    assert len(lake.snapshot().files_of("orders", 0)) == compaction.MOST_FILES + 1
