"""A connection to a Spark cluster: every wait is bounded, and every refusal says what to look at."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from regulars.errors import ClusterError

PATIENCE = 60.0  # seconds that a cluster may take to answer, to give a worker, or to replace the last one
KNOCK = 10.0  # seconds that a master may take to open its port
FIRST_LOOK = 0.2
SHOWN = 300  # characters of a message of Spark
_RAISED = re.compile(r"[\w.]*(?:Error|Exception): \S.*")
_CHATTER = re.compile(r"\b(WARN|WARNING|INFO|NOTE)\b|^at ")
SETTINGS = {
    "spark.app.name": "regulars",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.maxResultSize": "0",
}


@dataclass(frozen=True)
class Cluster:
    """A running Spark context; ``patience`` in seconds."""

    context: Any
    patience: float

    def workers(self) -> int:
        """Executors that are there now."""
        return len(self.context._jsc.sc().statusTracker().getExecutorInfos()) - (0 if self.alone else 1)

    @property
    def alone(self) -> bool:
        """Whether the driver does the work itself (``local[n]``)."""
        return str(self.context.master).startswith("local")


@contextmanager
def connected(
    master: str | None = None, settings: Mapping[str, str] | None = None, *, patience: float = PATIENCE
) -> Iterator[Cluster]:
    """A cluster at ``master`` (``spark://host:7077``, ``local[2]``, ``yarn`` …), or that of the session there is.

    ``settings`` are Spark's own, by name. Raises ClusterError.
    """
    spark = _library()
    running = spark.SparkContext._active_spark_context
    if running is not None:
        yield Cluster(running, patience)
        return
    if master is None:
        raise ClusterError(
            "spark_no_master",
            "Where is the cluster? No master was named, and no Spark session is running.",
            "Add --master spark://HOST:7077, or --master 'local[2]' to try it on this machine.",
        )
    _check_java()
    check_reachable(master)
    with _started(spark, master, dict(settings or {})) as context:
        cluster = Cluster(context, patience)
        _wait_for_worker(cluster, master)
        yield cluster


def _library() -> Any:
    try:
        import pyspark
    except ImportError as error:
        raise ClusterError(
            "spark_not_installed", "PySpark is not installed here.", "Install it: pip install 'regulars[spark]'."
        ) from error
    # No pandas is involved in what is done here.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    return pyspark


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=os.path.join(home, "bin")) if home else shutil.which("java")
    if found is None:
        raise ClusterError(
            "spark_no_java",
            "Spark needs Java, and there is none here.",
            "Install Java 17 or newer (apt install openjdk-17-jre-headless), or let JAVA_HOME point to it.",
        )


def check_reachable(master: str) -> None:
    """Knock at the door of a standalone master before Spark does, which would try for a minute."""
    if not master.startswith("spark://"):
        return
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        with suppress(OSError, ValueError), socket.create_connection((host.strip("[]"), int(port)), KNOCK):
            return
    raise ClusterError(
        "spark_master_unreachable",
        "The Spark master {master} does not answer.",
        "Check that it runs, its host and port (spark://HOST:7077), and that no firewall is between.",
        master=master,
    )


@contextmanager
def _started(spark: Any, master: str, settings: Mapping[str, str]) -> Iterator[Any]:
    """A context of our own with a Java process of its own; what Java says goes to a file, not to the reader."""
    from pyspark.java_gateway import launch_gateway

    os.environ.setdefault("PYSPARK_PYTHON", settings.get("spark.pyspark.python", sys.executable))
    conf = spark.SparkConf(loadDefaults=False).setMaster(master)
    for name, value in {**SETTINGS, **_surroundings(master), **settings}.items():
        conf.set(name, value)
    with tempfile.TemporaryFile() as said:
        gateway = context = None
        try:
            gateway = launch_gateway(conf, {"stdout": said, "stderr": said})
            context = spark.SparkContext(conf=conf, gateway=gateway)
        except Exception as error:
            _shut(spark, context, gateway)
            raise ClusterError(
                "spark_not_started",
                "Spark did not start: {reason}",
                "Check that Java is 17 or newer, and the settings given with --spark-conf.",
                reason=_last_words(said) or short(error),
            ) from error
        try:
            yield context
        finally:
            _shut(spark, context, gateway)


def _surroundings(master: str) -> dict[str, str]:
    """What follows from where the driver is: kernels' cache, and the address that workers call back."""
    found = {}
    if "NUMBA_CACHE_DIR" in os.environ:
        found["spark.executorEnv.NUMBA_CACHE_DIR"] = os.environ["NUMBA_CACHE_DIR"]
    if master.startswith(("spark://127.0.0.1:", "spark://localhost:", "local")):
        found |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return found


def _shut(spark: Any, context: Any, gateway: Any) -> None:
    with suppress(Exception):  # Java may have gone first
        if context is not None:
            context.stop()
    if gateway is None:
        return
    with suppress(Exception):
        gateway.shutdown()
    if gateway.proc.stdin is not None:
        gateway.proc.stdin.close()  # the Java process ends with its standard input
    with suppress(Exception):
        gateway.proc.wait(timeout=10)
    if gateway.proc.poll() is None:
        gateway.proc.kill()
    spark.SparkContext._gateway = spark.SparkContext._jvm = None


def _wait_for_worker(cluster: Cluster, master: str) -> None:
    deadline = time.monotonic() + cluster.patience
    while cluster.workers() < 1:
        if time.monotonic() > deadline:
            raise ClusterError(
                "spark_no_worker",
                "The cluster {master} gave no worker within {seconds} seconds.",
                "Check on the master's page that workers are registered and have free cores and memory.",
                master=master,
                seconds=f"{cluster.patience:.0f}",
            )
        time.sleep(FIRST_LOOK)


def _last_words(said: Any) -> str:
    """The first error in what Java wrote, with the line before it, which often names the value."""
    said.seek(0)
    lines = [line.strip() for line in said.read().decode("utf-8", "replace").splitlines()]
    lines = [line for line in lines if line and not _CHATTER.search(line)]
    first = next((i for i, line in enumerate(lines) if "Exception" in line or "Error" in line), None)
    return "" if first is None else " ".join(lines[max(first - 1, 0) : first + 1])[:SHOWN]


def short(error: BaseException) -> str:
    """The telling line of a message of Spark, which runs to pages: what Python raised, else what Java did."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raised = [line for line in lines if _RAISED.fullmatch(line)]
    python = [line for line in raised if "." not in line.partition(":")[0]]
    return (python[-1:] or raised[:1] or lines[:1] or [type(error).__name__])[0][:SHOWN]
