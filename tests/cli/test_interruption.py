"""Interrupted at any moment: the output folder is complete or absent, and the next run is not in its way."""

from __future__ import annotations

import json
import os
import random
import signal
import time

import pytest

from regulars.errors import OutputError
from regulars.staging import EARLIER, LOCK, FolderKind, scratch, staged, sweep, whole_file
from tests.cli.conftest import HEADER, order_lines
from tests.cli.processes import is_whole, leftovers, regulars, stopped

KIND = FolderKind("mark", frozenset(("mark", "more")))
MOMENTS = [round(moment, 2) for moment in random.Random(20).choices([n / 20 for n in range(1, 20)], k=10)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with orders, an earlier result, and how long a run takes."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "tmp").mkdir()
    (folder / "orders.csv").write_text(HEADER + order_lines(4000, customers=700))
    began = time.monotonic()
    ended = regulars(*COMMAND, "--title", "earlier", cwd=folder, env={"TMPDIR": str(folder / "tmp")})
    assert ended.code == 0, ended.err
    return folder, time.monotonic() - began


COMMAND = ("analyze", "orders.csv", "--out", "result", "--quiet")


def title(folder):
    assert is_whole(folder / "result")
    return json.loads((folder / "result" / "summary.json").read_text())["title"]


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS[:5])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])
def test_a_stop_leaves_what_was_there_and_nothing_else(shop, moment, number):
    folder, seconds = shop
    ended = stopped(
        moment * seconds, number, *COMMAND, "--overwrite", "--title", "later",
        cwd=folder, env={"TMPDIR": str(folder / "tmp")},
    )  # fmt: skip
    assert ended.code in (0, 128 + number)
    assert ended.out == ""
    assert ended.err == ("" if ended.code == 0 else "Interrupted; nothing is left half done.\n")
    assert title(folder) in ("earlier", "later")
    assert leftovers(folder, folder / "tmp") == []


@pytest.mark.slow
def test_a_kill_never_leaves_half_and_the_next_run_clears_up(shop):
    folder, seconds = shop
    codes = []
    for moment in MOMENTS:
        ended = stopped(
            moment * seconds, signal.SIGKILL, *COMMAND, "--overwrite", "--title", "killed",
            cwd=folder, env={"TMPDIR": str(folder / "tmp")},
        )  # fmt: skip
        codes.append(ended.code)
        assert title(folder) in ("earlier", "later", "killed")
    assert set(codes) <= {0, -signal.SIGKILL} and -signal.SIGKILL in codes
    ended = regulars(*COMMAND, "--overwrite", "--title", "last", cwd=folder, env={"TMPDIR": str(folder / "tmp")})
    assert (ended.code, ended.err) == (0, "")
    assert title(folder) == "last"
    assert leftovers(folder, folder / "tmp") == []


def dies_in(block):
    """Run ``block`` in a child process that ends without cleaning up when ``block`` calls os._exit."""
    child = os.fork()
    if child == 0:
        try:
            block()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def make(out, text="first", **how):
    with staged(out, KIND, **how) as folder:
        (folder / "mark").write_text(text)


def test_a_result_set_aside_by_a_killed_run_comes_back(tmp_path, monkeypatch):
    out = tmp_path / "result"
    make(out)

    def die_between_the_two_moves():
        moves = []
        rename = os.rename

        def counted(source, target):
            if str(target) == str(out.resolve()):
                os._exit(9)
            moves.append(target)
            rename(source, target)

        monkeypatch.setattr(os, "rename", counted)
        make(out, "second", overwrite=True)

    dies_in(die_between_the_two_moves)
    assert not out.exists() and len(list(tmp_path.glob(f".result.regulars-*/{EARLIER}"))) == 1
    with pytest.raises(OutputError) as caught:
        make(out, "third")
    assert caught.value.code == "output_not_empty"
    assert (out / "mark").read_text() == "first" and leftovers(tmp_path) == []


def test_a_move_that_fails_gives_the_earlier_result_back(tmp_path, monkeypatch):
    out = tmp_path / "result"
    make(out)
    rename = os.rename

    def refuse(source, target):
        if str(source).endswith("/result") and str(target) == str(out.resolve()):
            raise PermissionError(13, "Permission denied", str(target))
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(OutputError) as caught:
        make(out, "second", overwrite=True)
    assert caught.value.code == "output_not_writable"
    assert (out / "mark").read_text() == "first" and leftovers(tmp_path) == []


def test_a_run_that_is_still_at_work_is_left_alone_and_does_not_replace_a_faster_one(tmp_path):
    out = tmp_path / "result"
    with pytest.raises(OutputError) as caught, staged(out, KIND) as folder:
        (folder / "mark").write_text("slow")
        make(out, "fast")
        assert (folder / "mark").exists()
    assert caught.value.code == "output_not_empty"
    assert (out / "mark").read_text() == "fast" and leftovers(tmp_path) == []


def test_only_folders_of_the_same_name_are_cleared(tmp_path):
    mine = tmp_path / ".result.regulars-of-mine"
    mine.mkdir()
    (mine / "keep").write_text("no lock, and young")
    other = tmp_path / ".other.regulars-abc"
    other.mkdir()
    (other / LOCK).touch()
    make(tmp_path / "result")
    assert (mine / "keep").exists() and other.exists()


def test_a_working_folder_without_a_lock_goes_after_an_hour(tmp_path):
    old = tmp_path / "regulars-old"
    old.mkdir()
    sweep(tmp_path, "regulars-")
    assert old.exists()
    os.utime(old, (time.time() - 4000,) * 2)
    sweep(tmp_path, "regulars-")
    assert not old.exists()


def test_what_a_dead_process_left_is_cleared_and_what_a_living_one_holds_is_not(tmp_path):
    def die_at_work():
        with scratch(tmp_path, "regulars-") as folder:
            (folder / "half").write_text("…")
            os._exit(9)

    dies_in(die_at_work)
    assert len(list(tmp_path.iterdir())) == 1
    with scratch(tmp_path, "regulars-") as alive:
        sweep(tmp_path, "regulars-")
        assert list(tmp_path.iterdir()) == [alive]
    assert list(tmp_path.iterdir()) == []


def test_a_name_with_signs_of_a_pattern_is_taken_literally(tmp_path):
    make(tmp_path / "re[su]*lt")
    make(tmp_path / "re[su]*lt", "second", overwrite=True)
    assert (tmp_path / "re[su]*lt" / "mark").read_text() == "second" and leftovers(tmp_path) == []


def test_a_file_is_whole_or_absent(tmp_path):
    out = tmp_path / "orders.csv"
    with pytest.raises(ZeroDivisionError), whole_file(out) as partial:
        partial.write_text("half")
        1 // 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []
    with whole_file(out) as partial:
        partial.write_text("whole")
    assert out.read_text() == "whole" and list(tmp_path.iterdir()) == [out]
