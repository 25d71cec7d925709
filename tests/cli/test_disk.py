"""Places that cannot be written, and disks that are full: said as such, and nothing left behind."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess

import pytest

from tests.cli.conftest import HEADER, order_lines
from tests.cli.processes import leftovers, regulars

UNSHARE = ["unshare", "--map-root-user", "--mount"]


def small_disk(folder, size):
    """What to put before a command so that ``folder`` is a disk of ``size`` for it alone."""
    script = f'mount -t tmpfs -o size={size} tmpfs "{folder}" && exec "$@"'
    return [*UNSHARE, "sh", "-c", script, "sh"]


def can_mount():
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    return tried.returncode == 0


needs_mount = pytest.mark.skipif(not can_mount(), reason="this user may not mount a file system (unshare --mount)")


@pytest.fixture
def many(tmp_path):
    path = tmp_path / "many.csv"
    path.write_text(HEADER + order_lines(4000, customers=700))
    return path


def told_full(ended, code, place):
    assert ended.code == code, ended.err
    assert "disk is full" in ended.err or "No space left" in ended.err
    assert place in ended.err and "Traceback" not in ended.err and ".py" not in ended.err


@needs_mount
@pytest.mark.parametrize("size", ["40k", "400k"])
def test_a_disk_too_small_for_the_result(many, tmp_path, size):
    disk = tmp_path / "disk"
    disk.mkdir()
    after = f'; code=$?; find "{disk}" -mindepth 1 >"{tmp_path}/left"; exit $code'
    before = small_disk(disk, size)
    before[-2] = before[-2].replace('exec "$@"', '"$@"') + after
    told_full(regulars("analyze", many, "--out", disk / "result", before=before), 5, "disk/result")
    assert (tmp_path / "left").read_text() == ""


@needs_mount
def test_a_disk_too_small_for_the_lake_of_the_run(many, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    ended = regulars("analyze", many, "--out", tmp_path / "result", before=small_disk(disk, "30k"),
                     env={"TMPDIR": str(disk)})  # fmt: skip
    told_full(ended, 5, "TMPDIR")
    assert not (tmp_path / "result").exists() and leftovers(tmp_path) == []


@needs_mount
def test_a_disk_too_small_for_a_kept_lake(many, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    ended = regulars("analyze", many, "--out", tmp_path / "result", "--lake", disk / "lake",
                     before=small_disk(disk, "60k"))  # fmt: skip
    told_full(ended, 6, "disk/lake")
    assert not (tmp_path / "result").exists()


@needs_mount
@pytest.mark.parametrize(
    "command", [("simulate", "--customers", "500"), ("demo", "--files", "--customers", "500"),
                ("simulate", "--orders", "200000")], ids=["shop", "demo", "facts"],
)  # fmt: skip
def test_a_disk_too_small_for_what_is_invented(command, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    out = disk / ("facts.parquet" if "--orders" in command else "shop")
    told_full(regulars(*command, "--out", out, before=small_disk(disk, "60k")), 5, str(out.name))


@pytest.mark.parametrize("limit", [2_000, 30_000, 200_000, 900_000])
def test_a_file_that_may_not_grow_wherever_it_is_written(many, tmp_path, limit):
    ended = regulars(
        "analyze", many, "--out", tmp_path / "result",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert ended.code == 5 and "disk is full" in ended.err and "Traceback" not in ended.err
    assert not (tmp_path / "result").exists() and leftovers(tmp_path) == []


def test_a_mount_point_is_not_replaced(cli, orders):
    ended = cli("analyze", orders, "--out", "/proc", "--overwrite")
    assert ended.code == 5 and "(output_is_mount)" in ended.err


def test_a_folder_that_may_not_be_written(orders, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    before = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []  # root may do all
    ended = regulars("analyze", orders, "--out", locked / "result", before=before)
    assert ended.code == 5, ended.err
    assert str(locked / "result") in ended.err and "Permission denied" in ended.err and "--out" in ended.err
    assert list(locked.iterdir()) == []


def test_a_place_the_system_does_not_offer(cli, orders):
    ended = cli("analyze", orders, "--out", "/proc/no/result")
    assert ended.code == 5 and "/proc/no/result" in ended.err and "Traceback" not in ended.err
