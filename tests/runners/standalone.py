"""A Spark cluster on the loopback interface: one master and workers of one core, each a real process."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

UP_WITHIN = 60.0


def missing() -> str | None:
    """Why there can be no cluster here."""
    if find_spec("pyspark") is None:
        return "PySpark is not installed (requirements/spark.txt)"
    return None if shutil.which("java") else "Java is not installed"


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@dataclass
class Standalone:
    """A master at ``url`` and its workers by name."""

    url: str
    folder: Path
    master: subprocess.Popen[bytes]
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def add_worker(self, name: str) -> None:
        home = self.folder / name
        home.mkdir()
        self.workers[name] = _launch(
            home, "org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", "1g", "--host", "127.0.0.1",
            "--webui-port", "0", "--work-dir", str(home), self.url,
        )  # fmt: skip
        _wait_for(home / "log", r"Successfully registered with master", self.workers[name])

    def kill_worker(self, name: str) -> None:
        """SIGKILL to a worker and to everything it started."""
        os.killpg(self.workers.pop(name).pid, signal.SIGKILL)

    def stop(self) -> None:
        for process in (*self.workers.values(), self.master):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=30)


@contextmanager
def standalone(folder: Path, workers: int = 2) -> Iterator[Standalone]:
    """A cluster of ``workers`` workers, all of it gone afterwards."""
    port, home = free_port(), folder / "master"
    home.mkdir(parents=True)
    master = _launch(
        home, "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port),
        "--webui-port", "0",
    )  # fmt: skip
    cluster = Standalone(f"spark://127.0.0.1:{port}", folder, master)
    try:
        _wait_for(home / "log", r"I have been elected leader", master)
        for number in range(workers):
            cluster.add_worker(f"worker-{number}")
        yield cluster
    finally:
        cluster.stop()


def _launch(home: Path, *command: str) -> subprocess.Popen[bytes]:
    import pyspark

    spark = Path(pyspark.__file__).parent
    surroundings = {
        **os.environ, "SPARK_HOME": str(spark), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_MEMORY": "256m", "PYSPARK_PYTHON": sys.executable, "TZ": "America/Chicago",
    }  # fmt: skip
    with open(home / "log", "wb") as log:
        return subprocess.Popen(
            [spark / "bin" / "spark-class", *command], cwd=home, env=surroundings, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _wait_for(log: Path, words: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + UP_WITHIN
    while not re.search(words, log.read_text(errors="replace")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"did not come up: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)
