"""Spark: a worker or the driver is killed, or was never there. Every test has a cluster of its own to break."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import regulars
from regulars.errors import ClusterError
from regulars.lake import Lake
from regulars.runners.spark_session import connected
from regulars.simulate.stream import stream_facts
from tests.cli.processes import leftovers, start
from tests.cli.processes import regulars as command
from tests.runners.results import assert_same_result, assert_same_table
from tests.runners.standalone import Standalone, free_port, missing, standalone

pytestmark = [pytest.mark.spark, pytest.mark.slow]
if (reason := missing()) is not None:
    pytestmark.append(pytest.mark.skip(reason=reason))
LONG = 240.0


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Facts in thirty-two buckets: enough tasks to lose some."""
    folder = tmp_path_factory.mktemp("deaths") / "lake"
    kept = Lake.create(folder, buckets=32, currency="CNY", timezone="Asia/Shanghai", durable=False)
    ids = pa.array([f"C{number}" for number in np.arange(40_000)])
    kept.bulk_load(stream_facts(600_000, 40_000), customer_ids=ids)
    return folder


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Standalone]:
    with standalone(tmp_path / "cluster") as found:
        yield found


def test_a_worker_is_killed_in_the_middle(cluster: Standalone, lake: Path) -> None:
    killed: list[str] = []

    def kill(stage: str, done: int, _total: int) -> None:
        if not killed and (stage == "rhythm" or (stage == "fold" and done)):
            killed.append(f"{stage} {done}")
            cluster.kill_worker("worker-0")

    here = regulars.analyze(lake=lake)
    there = regulars.analyze(lake=lake, runner="spark", master=cluster.url, progress=kill)
    assert killed
    assert_same_result(here, there)


def test_the_driver_is_killed_and_the_command_is_repeated(cluster: Standalone, lake: Path) -> None:
    folder = lake.parent
    arguments = ("analyze", "--lake", lake, "--no-models", "--no-reports", "--quiet")
    on_spark = (*arguments, "--out", "result", "--runner", "spark", "--master", cluster.url)
    process = start(*on_spark, cwd=folder)
    try:
        until = time.monotonic() + LONG
        while not list(folder.glob(".result.regulars-*/*/*.customers.arrow")):
            assert process.poll() is None and time.monotonic() < until, process.communicate()
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait(timeout=60)
    assert not (folder / "result").exists()
    ended = command(*on_spark, cwd=folder)
    assert (ended.code, ended.err) == (0, "")
    assert leftovers(folder) == []
    assert command(*arguments, "--out", "local", cwd=folder).code == 0
    for name in ("customers", "spells"):
        assert_same_table(*(pq.read_table(folder / out / f"{name}.parquet") for out in ("local", "result")))
    same = [(folder / out / "customers.parquet").read_bytes() for out in ("local", "result")]
    assert same[0] == same[1]


def test_all_workers_are_killed(cluster: Standalone, lake: Path) -> None:
    def kill(stage: str, _done: int, _total: int) -> None:
        if stage == "rhythm":
            for name in list(cluster.workers):
                cluster.kill_worker(name)

    began = time.monotonic()
    with connected(cluster.url, patience=60), pytest.raises(ClusterError) as refusal:
        patient = regulars.analyze(lake=lake, models=False, runner="spark", progress=kill)
        raise AssertionError(f"ended with {patient}")
    assert refusal.value.code in ("spark_workers_gone", "spark_job_failed")
    assert time.monotonic() - began < LONG


def test_a_cluster_without_workers_is_not_waited_for(tmp_path: Path) -> None:
    with (
        standalone(tmp_path / "empty", workers=0) as empty,
        pytest.raises(ClusterError) as refusal,
        connected(empty.url, patience=3),
    ):
        raise AssertionError("there is no worker")
    assert refusal.value.code == "spark_no_worker"


def test_a_setting_that_spark_refuses_is_told(tmp_path: Path) -> None:
    settings = {"spark.driver.memory": "a lot"}
    with pytest.raises(ClusterError) as refusal, connected("local[1]", settings):
        raise AssertionError("that is no amount of memory")
    assert refusal.value.code == "spark_not_started"
    assert "a lot" in refusal.value.message


def test_the_command_line_says_that_the_master_does_not_answer(lake: Path, tmp_path: Path) -> None:
    master = f"spark://127.0.0.1:{free_port()}"
    began = time.monotonic()
    ended = command(
        "analyze", "--lake", lake, "--out", tmp_path / "result", "--runner", "spark", "--master", master
    )  # fmt: skip
    assert (ended.code, master in ended.err) == (9, True), ended.err
    assert "(spark_master_unreachable)" in ended.err
    assert time.monotonic() - began < 60
    assert not (tmp_path / "result").exists()


def test_no_process_is_left(tmp_path: Path) -> None:
    """Neither of the cluster nor of the driver's Java."""
    with standalone(tmp_path / "cluster", workers=1) as cluster, connected(cluster.url, patience=120):
        pass
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in listed
