"""kill -9 at any moment of a load, a compaction or a whole run: nothing is lost, doubled or half visible.

A victim is forked from a process that has everything imported, reports that it is about to begin, and is killed after a
while that is uniform over the time the stage takes undisturbed (one draw in each of as many equal parts as there are
kills). Then the lake is verified, compared order by order with the state before or after, and the work is done again,
which must end in the state after, whatever the victim had reached.

The tests do it a few times; ``REGULARS_KILLS=70 ./run test -s tests/lake/test_lake_kills.py`` does it 70 times a stage
on a lake of 200,000 orders, and prints what it saw.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import statistics
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regulars.lake import Lake
from regulars.lake.export import export_orders

STAGES = ("load", "compact", "run")
SOURCE = "shop"
LOADS = 4
"""Loads that the lake is made of, so that there is something to compact."""
RESULT = {"customers.parquet", "summary.json", "contacts.csv", "spells.parquet", "rejects.csv", "report.html"}
State = dict[str, tuple[str, int, int]]


@dataclass
class Tally:
    """Kills of one stage: ``killed`` while at work; of those, in which state the victim left lake and result."""

    stage: str
    seconds: float
    killed: int = 0
    late: int = 0
    left: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        left = ", ".join(f"{count} × {what}" for what, count in sorted(self.left.items()))
        return f"{self.stage}: {self.seconds:.2f} s, {self.killed} killed, {self.late} too late; {left}"


@dataclass(frozen=True)
class Scene:
    """A lake to start from, the file that the victim brings, and what the lake holds before and after it."""

    folder: Path
    before: State
    after: State

    @property
    def lake(self) -> Path:
        return self.folder / "lake"

    @property
    def more(self) -> Path:
        return self.folder / "more.parquet"

    @property
    def earlier(self) -> Path:
        return self.folder / "earlier"


def orders(first: int, count: int, seed: int) -> pa.Table:
    """Orders ``first`` … as a file has them: order_id, customer_id, ordered_at, amount, product_id."""
    rng = np.random.default_rng(seed + first)
    number = np.arange(first, first + count)
    return pa.table(
        {
            "order_id": pa.array(number).cast(pa.string()),
            "customer_id": pa.array(number * 7919 % 20_011).cast(pa.string()),
            "ordered_at": pa.array((19_000 + number % 700).astype(np.int32)).cast(pa.date32()),
            "amount": pa.array(rng.integers(1, 100_000, count) / 100),
            "product_id": pa.array(rng.integers(0, 50, count)).cast(pa.string()),
        }
    )


def state_of(rows: pa.Table) -> State:
    days = rows.column("ordered_at").cast(pa.int32()).to_pylist()
    cents = pc.round(pc.multiply(rows.column("amount"), 100)).cast(pa.int64()).to_pylist()
    names = (rows.column(name).to_pylist() for name in ("order_id", "customer_id"))
    return {order: (customer, day, amount) for order, customer, day, amount in zip(*names, days, cents, strict=True)}


def stored(lake: Lake) -> State:
    """What the lake holds. AssertionError when an order is there twice."""
    rows = pa.Table.from_batches(list(export_orders(lake.snapshot())))
    days = rows.column("day").cast(pa.int32()).to_pylist()
    cents = pc.multiply(rows.column("amount"), 100).cast(pa.int64()).to_pylist()
    names = (rows.column(name).to_pylist() for name in ("order_id", "customer_id"))
    found = {order: (customer, day, amount) for order, customer, day, amount in zip(*names, days, cents, strict=True)}
    assert len(found) == rows.num_rows, "an order is there twice"
    return found


def read(path: Path) -> Any:
    from regulars.ingest import IngestOptions, read_orders

    return read_orders([path], IngestOptions(source=SOURCE))


def take(lake: Lake, ingested: Any) -> None:
    lake.load(
        ingested.orders, ingested.lines, ingested.customers, source=ingested.source, content=ingested.content,
        counters=ingested.counters.as_dict(), currency=ingested.currency, products=ingested.products,
    )  # fmt: skip


def make_scene(folder: Path, count: int, seed: int) -> Scene:
    """A lake of ``count`` orders in several loads; the file has a tenth as many, half of them corrections."""
    scene = Scene(folder, {}, {})
    lake = Lake.create(scene.lake, buckets=16)
    for part in range(LOADS):
        rows = orders(part * count // LOADS, (part + 1) * count // LOADS - part * count // LOADS, seed)
        pq.write_table(rows, folder / "part.parquet")
        take(lake, read(folder / "part.parquet"))
        scene.before.update(state_of(rows))
    more = pa.concat_tables([orders(count - count // 20, count // 20, seed + 1), orders(count, count // 20, seed)])
    pq.write_table(more, scene.more)
    scene.after.update({**scene.before, **state_of(more)})
    assert stored(lake) == scene.before
    analyze(None, scene.earlier, (folder / "part.parquet",))
    return scene


def analyze(lake: Path | None, out: Path, inputs: tuple[Path, ...]) -> None:
    from regulars.analyzing import Run
    from regulars.engine.parameters import Parameters
    from regulars.ingest import IngestOptions
    from regulars.outputs import analyze_to

    run = Run(Parameters(), IngestOptions(source=SOURCE), lake=lake, models=False)
    analyze_to(inputs, run, out, lang="en", overwrite=True)


def victim(stage: str, place: str, more: str, ready: Any) -> None:
    """Report that the stage begins, and go through it until killed or done."""
    os.setpgid(0, 0)
    lake, file = Path(place) / "lake", Path(more)
    ingested = read(file) if stage == "load" else None
    opened = Lake.open(lake)
    opened.snapshot()
    ready.set()
    if stage == "load":
        take(opened, ingested)
    elif stage == "compact":
        opened.compact()
    else:
        analyze(lake, Path(place) / "result", (file,))


def _start(context: Any, stage: str, place: Path, scene: Scene) -> Any:
    ready = context.Event()
    child = context.Process(target=victim, args=(stage, str(place), str(scene.more), ready))
    child.start()
    assert ready.wait(300), "the victim did not begin"
    return child


def _fresh(scene: Scene, place: Path) -> None:
    """The scene again: lake files are never changed, so links will do; the result is copied."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(scene.lake, place / "lake", copy_function=os.link)
    shutil.copytree(scene.earlier, place / "result")


def undisturbed(context: Any, stage: str, scene: Scene, times: int = 3) -> float:
    took = []
    for _ in range(times):
        place = scene.folder / "trial"
        _fresh(scene, place)
        child = _start(context, stage, place, scene)
        began = time.perf_counter()
        child.join(600)
        took.append(time.perf_counter() - began)
        assert child.exitcode == 0, f"{stage} fails undisturbed"
    return statistics.median(took)


def kill(stage: str, count: int, scene: Scene, seed: int = 1, *, patience: int = 4) -> Tally:
    """Kill ``count`` victims at work in ``stage``, at moments uniform over it; those that were done are not counted."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.accuracy.kills", "regulars.outputs", "regulars.report.html"])
    tally = Tally(stage, undisturbed(context, stage, scene))
    chance = random.Random(seed)
    for turn in range(count * patience):
        if tally.killed == count:
            break
        place = scene.folder / "scene"
        _fresh(scene, place)
        child = _start(context, stage, place, scene)
        time.sleep((turn % count + chance.random()) / count * tally.seconds)
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
        child.join()
        if child.exitcode == 0:
            tally.late += 1
            continue
        tally.killed += 1
        try:
            tally.left[_judge(stage, place, scene)] += 1
        except AssertionError as error:
            tally.problems.append(f"{stage}, turn {turn}: {error}")
    return tally


def _judge(stage: str, place: Path, scene: Scene) -> str:
    """Which state the victim left; AssertionError when it is none, or when doing the work again does not mend it."""
    lake = Lake.open(place / "lake")
    base = Lake.open(scene.lake).snapshot().version
    reached = _sound(lake).snapshot().version - base
    assert reached in (0, 1), f"{reached} versions more"
    holds = stored(lake)
    changes = stage != "compact"
    assert holds == (scene.after if reached and changes else scene.before), "the orders are neither before nor after"
    result = _result(place / "result")
    if stage == "run":
        analyze(place / "lake", place / "result", (scene.more,))
        assert _result(place / "result") == "whole", "the result is not whole after the run that followed"
        assert not [left for left in place.iterdir() if left.name not in ("lake", "result")], "something is left over"
    elif stage == "load":
        take(lake, read(scene.more))
    else:
        lake.compact()
    assert stored(_sound(lake)) == (scene.after if changes else scene.before), "doing it again gave something else"
    assert lake.snapshot().version == base + 1, "it was done twice"
    return f"version {'after' if reached else 'before'}" + (f", result {result}" if stage == "run" else "")


def _sound(lake: Lake) -> Lake:
    problems = lake.verify().problems
    assert not problems, "; ".join(problem.message for problem in problems)
    return lake


def _result(folder: Path) -> str:
    """Whole, or set aside (for the next run to give back); anything between is a failure."""
    if not folder.exists():
        return "set aside"
    missing = RESULT - {path.name for path in folder.iterdir()}
    assert not missing, f"half a result is visible: {missing} missing"
    json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    pq.read_table(folder / "customers.parquet")
    return "whole"
