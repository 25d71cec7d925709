"""What stands between a command and a cluster is said before anything is begun. These need neither PySpark nor Java."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pyarrow as pa
import pytest

import regulars
from regulars.errors import ClusterError, ParameterError
from regulars.runners.spark import Delivering
from regulars.runners.spark_session import check_reachable, connected
from tests.runners.standalone import free_port


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PySpark without a session."""
    stand_in = ModuleType("pyspark")
    stand_in.SparkContext = SimpleNamespace(_active_spark_context=None)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyspark", stand_in)


@pytest.fixture
def java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A Java that is found and never started."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "java"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    return program


def refused(master: str | None) -> ClusterError:
    with pytest.raises(ClusterError) as refusal, connected(master):
        raise AssertionError("nothing to connect to")
    return refusal.value


def test_without_pyspark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    error = refused("local[1]")
    assert (error.code, error.exit_code) == ("spark_not_installed", 9)
    assert "regulars[spark]" in error.hint


def test_without_java_it_is_named(library: None, java: Path) -> None:
    java.unlink()
    error = refused("local[1]")
    assert error.code == "spark_no_java"
    assert "Java 17" in error.hint


def test_without_a_master_it_is_asked_for(library: None, java: Path) -> None:
    assert refused(None).code == "spark_no_master"


@pytest.mark.parametrize(
    "place", ["127.0.0.1:{port}", "127.0.0.1:{port},127.0.0.1:{port}", "nowhere.invalid:7077", "x"]
)
def test_a_master_that_does_not_answer(library: None, java: Path, place: str) -> None:
    began = time.monotonic()
    error = refused("spark://" + place.format(port=free_port()))
    assert error.code == "spark_master_unreachable"
    assert time.monotonic() - began < 30


def test_the_second_of_two_masters_is_enough() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        check_reachable(f"spark://127.0.0.1:{free_port()},127.0.0.1:{door.getsockname()[1]}")


def test_a_runner_that_does_not_exist() -> None:
    with pytest.raises(ParameterError) as refusal:
        regulars.analyze("orders.csv", runner="cloud")
    assert refusal.value.code == "runner_unknown"


def test_a_folder_that_a_worker_cannot_write_to(tmp_path: Path) -> None:
    batch = pa.RecordBatch.from_pydict({"a": [1]})
    with pytest.raises(ClusterError, match="cannot write") as refusal:
        Delivering(None, str(tmp_path / "nowhere"))._write("0.customers.arrow", batch)  # type: ignore[arg-type]
    assert refusal.value.code == "spark_folder_hidden"
