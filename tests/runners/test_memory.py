"""Memory: a wish is kept or refused, never met by failing; what waits on disk changes nothing and goes with the run."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import regulars
from regulars.errors import ParameterError
from regulars.lake import Lake
from regulars.runners.keeping import OnDisk
from regulars.runners.memory import GB, MB, Allotment, Load, allot, memory_of
from regulars.simulate import write_shop
from regulars.simulate.stream import stream_facts
from tests.cli.processes import leftovers, start
from tests.cli.processes import regulars as command
from tests.runners.results import assert_same_result

PEAK = (
    sys.executable,
    "-c",
    "import runpy, sys\n"
    "sys.argv[0] = 'regulars'\n"
    "try: runpy.run_module('regulars', run_name='__main__')\n"
    # not ru_maxrss: a child begins with the peak of the process that started it
    "finally: print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("memory") / "shop"
    write_shop(folder, customers=900, months=30, seed=5)
    return folder / "orders.csv"


def smallest(orders: Path, **options: object) -> int:
    """The least memory that a run says it takes."""
    with pytest.raises(ParameterError) as refusal:
        regulars.analyze(orders, memory=1, **options)
    assert refusal.value.code == "memory_too_small"
    return memory_of(refusal.value.context["least"])


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files of states that were written."""
    files: list[Path] = []
    put = OnDisk.put

    def watched(self: OnDisk, bucket: int, kept: object) -> None:
        put(self, bucket, kept)  # type: ignore[arg-type]
        files.extend(self.folder.glob(f"{bucket}.*"))

    monkeypatch.setattr(OnDisk, "put", watched)
    return files


def force_disk(monkeypatch: pytest.MonkeyPatch, batch: int | None) -> None:
    monkeypatch.setattr("regulars.runners.local.allot", lambda *_: Allotment(1, True, batch))


@pytest.mark.parametrize("models", [True, False])
@pytest.mark.parametrize("batch", [None, 2])
def test_states_on_disk_change_nothing(
    shop: Path, written: list[Path], monkeypatch: pytest.MonkeyPatch, models: bool, batch: int | None
) -> None:
    roomy = regulars.analyze(shop, buckets=5, models=models)
    assert written == []
    force_disk(monkeypatch, batch)
    tight = regulars.analyze(shop, buckets=5, models=models)
    assert len(written) == 5
    assert not any(path.exists() for path in written)
    assert_same_result(roomy, tight)


def test_the_smallest_amount_named_is_enough(shop: Path) -> None:
    least = smallest(shop, buckets=3)
    assert 300 * MB < least < 600 * MB
    assert regulars.analyze(shop, buckets=3, memory=least).summary["customers"]["total"] > 0


def test_less_memory_means_fewer_buckets_in_work_then_waiting_on_disk_then_a_refusal() -> None:
    load = Load(100_000_000, 5_000_000, 64, models=True)
    ways = [allot(load, 4, memory) for memory in (16 * GB, 2 * GB, load.least)]
    assert [way.spill for way in ways] == [False, True, True]
    assert ways[0].threads == 4 and ways[-1] == Allotment(1, True, 8)
    with pytest.raises(ParameterError, match=r"100,000,000 orders of 5,000,000 customers"):
        allot(load, 4, load.least - 1)


def test_a_hundred_million_orders_fit_into_a_gigabyte() -> None:
    assert Load(100_000_000, 5_000_000, 64, models=True).least < GB


def test_without_a_wish_a_large_run_is_never_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.runners.memory.free_memory", lambda: 100 * MB)
    assert allot(Load(1_000_000_000, 50_000_000, 64, models=True), 2, None).spill


@pytest.mark.parametrize(
    ("text", "size"),
    [("1GB", GB), ("800 MB", 800 * MB), ("1.5gib", 3 * 2**29), ("2G", 2**31), ("1000000", MB), (5, 5)],
)
def test_amounts_of_memory(text: str | int, size: int) -> None:
    assert memory_of(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1GB", "0", "1 PB", "1,5GB", "nan"])
def test_what_is_no_amount_of_memory(text: str) -> None:
    with pytest.raises(ParameterError) as refusal:
        memory_of(text)
    assert refusal.value.code == "memory_size"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake that takes a second or two, so that a run can be met at work."""
    folder = tmp_path_factory.mktemp("large")
    lake = Lake.create(folder / "lake", buckets=32, currency="CNY", timezone="Asia/Shanghai", durable=False)
    ids = pa.array([f"C{number}" for number in np.arange(60_000)])
    lake.bulk_load(stream_facts(1_500_000, 60_000), customer_ids=ids)
    return folder


@pytest.mark.slow
def test_a_killed_run_leaves_nothing_behind_after_the_next(large: Path) -> None:
    options = ("analyze", "--lake", "lake", "--out", "result", "--no-reports", "--quiet")
    refused = command(*options, "--memory", "1MB", cwd=large)
    assert (refused.code, "memory_too_small" in refused.err) == (2, True), refused.err
    least = re.findall(r"\d+MB", refused.err)[1]
    process = start(*options, "--memory", least, cwd=large)
    try:
        until = time.monotonic() + 120
        while not list(large.glob(".result.regulars-*/*/*.state")):
            assert process.poll() is None and time.monotonic() < until, process.communicate()
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait(timeout=60)
    assert not (large / "result").exists()
    assert leftovers(large) != []
    ended = command(*options, "--memory", least, cwd=large)
    assert (ended.code, ended.err) == (0, "")
    assert (large / "result" / "customers.parquet").exists()
    assert leftovers(large) == []


def test_options_of_the_other_runner_are_refused(tmp_path: Path) -> None:
    for option in (("--master", "local[1]"), ("--spark-conf", "a=b"), ("--runner", "spark", "--memory", "1GB")):
        ended = command("analyze", "--lake", "none", "--out", tmp_path / "out", *option)
        assert (ended.code, "runner_option" in ended.err) == (2, True), ended.err


def test_a_process_stays_within_what_it_was_given(large: Path) -> None:
    """Measured from outside, where the libraries count as well."""
    answer = subprocess.run(
        [*PEAK, "analyze", "--lake", "lake", "--out", "bounded", "--no-reports", "--quiet", "--memory", "700MB"],
        cwd=large, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert int(answer.stdout.split()[-1]) * 1024 < 700 * MB
