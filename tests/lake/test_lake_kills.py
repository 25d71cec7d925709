"""Processes that are killed leave one whole version and one whole result, at whatever moment it happens."""

from __future__ import annotations

import os

import pytest
from benchmarks.accuracy import kills

KILLS = int(os.environ.get("REGULARS_KILLS", "6"))
ORDERS = int(os.environ.get("REGULARS_KILL_ORDERS", "200000" if "REGULARS_KILLS" in os.environ else "20000"))


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return kills.make_scene(tmp_path_factory.mktemp("kills"), ORDERS, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("stage", kills.STAGES)
def test_killing_a_process_at_any_moment_leaves_one_whole_version(scene, stage):
    tally = kills.kill(stage, KILLS, scene)
    print(tally)
    assert tally.problems == []
    assert tally.killed == KILLS, "the moments were too late to kill"
