"""Workers and the server as real processes: killed, told to end, several at once. Every wait is bounded."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections

from regulars.crm.customers.models import Tag
from regulars.crm.insights import metrics, publishing, runs
from regulars.crm.insights.models import Run
from regulars.crm.jobs.models import Job
from tests.web.jobs import kinds  # noqa: F401 - the kinds are known here too
from tests.web.shops import load_shop, remove_lake

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
LONG = 90  # seconds; on a busy machine a process needs many to begin


def until(told, seconds=LONG):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := told():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def environment(**more):
    """That of a real installation: what only tests with a browser need is left out."""
    return {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"} | {"DATABASE_URL": ""} | more


class Processes:
    def __init__(self):
        self.all = []

    def worker(self, **more):
        process = subprocess.Popen([sys.executable, "-m", "tests.web.jobs.kinds"], cwd=ROOT, env={**os.environ, **more})
        self.all.append(process)
        return process

    def end(self):
        for process in self.all:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=10)


@pytest.fixture
def processes(committed):
    connections.close_all()
    started = Processes()
    yield started
    started.end()


def state(job):
    connection.close()
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def running_far_enough(job, done):
    return Job.objects.filter(pk=job.pk, state="running", done__gte=done).exists()


def test_the_work_of_a_killed_worker_is_taken_up_and_nothing_is_doubled(processes):
    job = Job.objects.create(kind="t.tags", arguments={"n": 40, "pause": 0.15})
    first = processes.worker()
    until(lambda: running_far_enough(job, 5))
    first.kill()
    first.wait(timeout=10)
    assert state(job) == "running"  # nobody has noticed yet
    processes.worker()
    until(lambda: state(job) == "done")
    job.refresh_from_db()
    assert (job.attempts, job.result, Tag.objects.count()) == (2, {"tags": 40}, 40)


def test_a_worker_that_is_told_to_end_gives_its_work_back_and_ends_soon(processes):
    job = Job.objects.create(kind="t.tags", arguments={"n": 400, "pause": 0.1})
    stubborn = Job.objects.create(kind="t.stubborn")
    first = processes.worker()
    until(lambda: running_far_enough(job, 3) and state(stubborn) == "running")
    began = time.monotonic()
    first.terminate()
    assert first.wait(timeout=30) == 0
    assert time.monotonic() - began < 20
    job.refresh_from_db()
    stubborn.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 0)
    assert (stubborn.state, stubborn.attempts) == ("waiting", 0)


def test_several_workers_do_every_job_once(processes, tmp_path):
    notes = tmp_path / "notes"
    Job.objects.bulk_create([Job(kind="t.note", arguments={"n": n, "file": str(notes)}) for n in range(60)])
    for _worker in range(2):
        processes.worker(REGULARS_JOB_THREADS="3")
    until(lambda: not Job.objects.exclude(state="done").exists())
    done = Counter(notes.read_text().split())
    assert set(done) == {str(n) for n in range(60)} and set(done.values()) == {1}
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.skipif(settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="slows SQLite's way in")
def test_a_run_killed_while_it_publishes_shows_nothing_and_is_made_up_for(processes):
    remove_lake()
    load_shop()
    run = runs.start(None)
    connections.close_all()
    first = processes.worker(REGULARS_TEST_SLOW_PUBLISHING="1")
    table = metrics.table_name(run)

    def half_full():
        connection.close()
        if table not in publishing.tables():
            return False
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            return cursor.fetchone()[0] >= 40

    until(half_full)
    first.kill()
    first.wait(timeout=10)
    assert metrics.current() is None
    connections.close_all()
    processes.worker()
    until(lambda: Run.objects.filter(pk=run.pk, state="published").exists())
    run.refresh_from_db()
    assert metrics.model(run).objects.count() == run.customers > 200
    assert publishing.tables() == {table}
    assert [path.name for path in (runs.folder_of(run).parent).iterdir()] == [run.public_id]
    remove_lake()


@pytest.fixture
def served(committed, tmp_path):
    """``regulars serve`` over a data folder of its own, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "regulars", "serve", "--port", str(port), "--lang", "en"],
        cwd=ROOT, env=environment(REGULARS_DATA=str(tmp_path / "data"), REGULARS_WORKERS="1"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    yield process, port
    if process.poll() is None:
        process.kill()
    process.wait(timeout=10)


def alive(port):
    try:
        link = HTTPConnection("127.0.0.1", port, timeout=5)
        link.request("GET", "/alive/")
        return link.getresponse().status == 200
    except OSError:
        return False


def children(pid):
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): Path(f"/proc/{child}/cmdline").read_bytes().decode().replace("\0", " ") for child in found}


def gone(pid):
    path = Path(f"/proc/{pid}/stat")
    return not path.exists() or path.read_text().rpartition(")")[2].split()[0] == "Z"


def test_the_server_brings_its_children_back_and_ends_with_them(served):
    process, port = served
    until(lambda: alive(port))
    web, worker = (next(p for p, line in children(process.pid).items() if part in line) for part in ("web_", "worker_"))
    os.kill(worker, signal.SIGKILL)
    os.kill(web, signal.SIGKILL)
    until(lambda: len([p for p in children(process.pid) if p not in (web, worker)]) == 2)
    until(lambda: alive(port))
    fresh = list(children(process.pid))
    began = time.monotonic()
    process.terminate()
    assert process.wait(timeout=30) == 0
    assert time.monotonic() - began < 20
    assert all(gone(pid) for pid in fresh)
    said = process.stdout.read()
    assert f"Regulars is ready: http://localhost:{port}" in said and "set-up code" in said
    assert "Traceback" not in said


def test_when_the_server_itself_is_killed_nothing_of_it_stays(served):
    process, port = served
    until(lambda: alive(port))
    below = list(children(process.pid))
    process.kill()
    process.wait(timeout=10)
    until(lambda: all(gone(pid) for pid in below), 30)


def test_a_taken_port_is_told_at_once(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "regulars", "serve", "--port", str(taken.getsockname()[1]), "--lang", "en"],
            capture_output=True, text=True, env=environment(REGULARS_DATA=str(tmp_path)), timeout=60,
        )  # fmt: skip
    assert done.returncode == 1 and "cannot be used" in done.stderr and "--port" in done.stderr


def test_the_deploy_check_is_clean_under_production(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "regulars", "manage", "--production", "check", "--deploy", "--fail-level", "WARNING"],
        capture_output=True, text=True, env=environment(REGULARS_DATA=str(tmp_path)), timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
