"""Tests of the application again, on PostgreSQL: a cluster of their own, a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import cluster, new_database

HERE = Path(__file__).resolve().parent
AREAS = ("jobs", "insights", "customers")  # what writes in bulk, in several processes, or by SQL of its own
# What talks to a browser says the same on both databases, and what moves from SQLite has no place here.
LEFT_OUT = "not browser and not postgres and not slow"


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.skipif("REGULARS_TEST_DATABASE_URL" in os.environ, reason="this is that process already")
def test_the_application_on_postgresql() -> None:
    with cluster() as address:
        there = {**os.environ, "REGULARS_TEST_DATABASE_URL": new_database(address, "regulars")}
        there.pop("PYTEST_XDIST_WORKER", None)
        folders = [str(HERE / area) for area in AREAS]
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", LEFT_OUT, "-p", "no:xdist", *folders],
            env=there, cwd=HERE.parents[1], capture_output=True, text=True, timeout=1500, check=False,
        )  # fmt: skip
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
