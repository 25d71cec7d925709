"""Spark: the same numbers as on one machine. The cluster is real, on the loopback interface."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import regulars
from regulars.errors import ClusterError
from regulars.lake import Lake
from regulars.runners.lake_source import LakeSource, SourceCount
from regulars.runners.spark import SparkMap
from regulars.runners.spark_session import Cluster, connected
from regulars.simulate import write_shop
from regulars.simulate.stream import stream_facts
from tests.oracle.readers import real_file
from tests.runners.results import assert_same_result
from tests.runners.standalone import missing, standalone

pytestmark = [pytest.mark.spark, pytest.mark.slow]
if (reason := missing()) is not None:
    pytestmark.append(pytest.mark.skip(reason=reason))
ELSEWHERE = {"spark.sql.session.timeZone": "America/New_York", "spark.executorEnv.TZ": "Pacific/Auckland"}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A session on two workers of one core, in other time zones than the business."""
    with (
        standalone(tmp_path_factory.mktemp("cluster")) as cluster,
        connected(cluster.url, ELSEWHERE, patience=120) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spark") / "shop"
    write_shop(folder, customers=1200, months=30, seed=8)
    return folder


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Facts in thirty-two buckets: enough tasks to lose some."""
    folder = tmp_path_factory.mktemp("large") / "lake"
    kept = Lake.create(folder, buckets=32, currency="CNY", timezone="Asia/Shanghai", durable=False)
    ids = pa.array([f"C{number}" for number in np.arange(40_000)])
    kept.bulk_load(stream_facts(600_000, 40_000), customer_ids=ids)
    return folder


@pytest.mark.parametrize("options", [{}, {"policy": "rhythm:3", "margin": 0.4, "window": 180}], ids=["plain", "rules"])
def test_a_simulated_shop(session: Cluster, shop: Path, options: dict[str, Any]) -> None:
    data = {"customers_file": shop / "customers.csv", "buckets": 6, **options}
    one = regulars.analyze(shop / "orders.csv", **data)
    other = regulars.analyze(shop / "orders.csv", runner="spark", **data)
    assert one.summary["channels"] is not None and one.summary["products"] is not None
    assert one.summary["value"] is not None
    assert_same_result(one, other)


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["cdnow.txt", "online-retail-2009-2010.csv.gz"])
def test_a_real_shop(session: Cluster, name: str) -> None:
    path = real_file(name)
    assert_same_result(regulars.analyze(path, buckets=5), regulars.analyze(path, buckets=5, runner="spark"))


def test_an_earlier_version_is_read_by_all_workers(session: Cluster, shop: Path, tmp_path: Path) -> None:
    head, *lines = (shop / "orders.csv").read_text(encoding="utf-8").splitlines()
    for number, rows in enumerate((lines[: len(lines) // 2], lines[len(lines) // 2 :])):
        (tmp_path / f"{number}.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        regulars.analyze(tmp_path / f"{number}.csv", lake=tmp_path / "lake", models=False)
    then = {"lake": tmp_path / "lake", "known_at": 1, "models": False}
    assert_same_result(regulars.analyze(**then), regulars.analyze(runner="spark", **then))
    now = regulars.analyze(lake=tmp_path / "lake", models=False).summary["input"]["orders"]
    assert regulars.analyze(runner="spark", **then).summary["input"]["orders"] < now


def test_progress_counts_buckets(session: Cluster, lake: Path) -> None:
    told: list[tuple[str, int, int]] = []
    regulars.analyze(lake=lake, models=False, runner="spark", progress=lambda *step: told.append(step))
    folds = [done for stage, done, total in told if stage == "fold" and total == 32]
    assert folds == sorted(set(folds))
    assert (folds[0], folds[-1]) == (0, 32)


def test_what_a_listener_raises_ends_the_run(session: Cluster, lake: Path) -> None:
    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "assign":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        regulars.analyze(lake=lake, models=False, runner="spark", progress=stop)


def test_a_lake_that_workers_cannot_see_is_named(session: Cluster, lake: Path, tmp_path: Path) -> None:
    here = Lake.create(tmp_path / "lake", buckets=2, currency="CNY")
    here.bulk_load(stream_facts(1000, 50))
    source = LakeSource.open(str(tmp_path / "lake"))
    (tmp_path / "lake").rename(tmp_path / "away")
    with pytest.raises(ClusterError, match="A worker cannot read the lake") as refusal:
        list(SparkMap(session, source).each("sources", SourceCount(source, source.last_day), source.buckets))
    assert refusal.value.code == "spark_lake_hidden"
    assert str(tmp_path / "lake") in refusal.value.message


def test_a_failing_step_is_told_in_one_line(session: Cluster, lake: Path) -> None:
    """One divided by the number of a bucket, and the first is 0."""
    source = LakeSource.open(str(lake))
    with pytest.raises(ClusterError, match="ZeroDivisionError") as refusal:
        SparkMap(session, source).merged("fold", partial(operator.floordiv, 1), sum, source.buckets)
    assert refusal.value.code == "spark_job_failed"
    assert len(refusal.value.message) < 500
