"""On a terminal: progress that goes away, questions that can be answered, one screen at the end."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from regulars.cli.terminal import STAGES, stage_title
from regulars.language import LANGUAGES
from tests.cli.conftest import HEADER, order_lines
from tests.cli.processes import environment

SOURCE = Path(__file__).resolve().parents[2] / "src" / "regulars"


def on_terminal(*arguments, cwd, answers=(), lang="en", seconds=120):
    """Run on a terminal of 80 × 24; type each answer when its question ends in a colon. (exit code, what was shown)"""
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    surroundings = environment(lang, TERM="xterm-256color")
    surroundings.pop("COLUMNS")
    process = subprocess.Popen(
        [sys.executable, "-m", "regulars", *map(str, arguments)],
        stdin=secondary, stdout=secondary, stderr=secondary, cwd=cwd, env=surroundings,
        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(secondary)
    shown, waiting, end = b"", list(answers), time.monotonic() + seconds
    while time.monotonic() < end:
        if not select.select([primary], [], [], 0.2)[0]:
            if process.poll() is not None:
                break
            continue
        try:
            part = os.read(primary, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
        if waiting and re.search(rb"\[[\d/]+\][^\n]*: ?$", plain_bytes(shown)):
            os.write(primary, waiting.pop(0))
    os.close(primary)
    return process.wait(timeout=60), plain_bytes(shown).decode()


def plain_bytes(shown):
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", shown)


def lasting(shown):
    """Lines that stay: what was overwritten after a carriage return is gone."""
    return [line.rsplit("\r", 1)[-1] for line in shown.replace("\r\n", "\n").split("\n")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_progress_shows_the_stages_and_then_goes(tmp_path, lang):
    (tmp_path / "orders.csv").write_text(HEADER + order_lines(3000, customers=500))
    code, shown = on_terminal("analyze", "orders.csv", "--out", "result", cwd=tmp_path, lang=lang)
    assert code == 0
    assert stage_title("fold", lang) in shown and "100%" in shown
    kept = [line for line in lasting(shown) if line.strip()]
    assert stage_title("fold", lang) not in "\n".join(kept[-14:])


AMBIGUOUS = "customer,order_id,ordered_at,amount\n" + "".join(
    f"K{n},{n},{n % 12 + 1:02}/{n % 11 + 1:02}/2024,{n}.00\n" for n in range(1, 30)
)


def test_a_question_is_asked_again_until_it_is_answered(tmp_path):
    (tmp_path / "orders.csv").write_text(AMBIGUOUS)
    code, shown = on_terminal(
        "analyze", "orders.csv", "--out", "result", cwd=tmp_path, lang="zh", answers=(b"7\n", b"1\n")
    )
    assert code == 0, shown
    assert "请您定一次" in shown and "--date-order" in shown and "请输入其中一个序号。" in shown
    assert json.loads((tmp_path / "result" / "summary.json").read_text())["input"]["rows"] == 29


@pytest.mark.parametrize("typed", [b"\x03", b"\x04"], ids=["ctrl-c", "ctrl-d"])
def test_a_question_that_is_not_answered_ends_the_run(tmp_path, typed):
    (tmp_path / "orders.csv").write_text(AMBIGUOUS)
    code, shown = on_terminal("analyze", "orders.csv", "--out", "result", cwd=tmp_path, answers=(typed,))
    assert code == 130 and "Interrupted; nothing is left half done." in shown and "Traceback" not in shown
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


def test_without_a_terminal_the_question_is_an_error_that_names_the_option(cli):
    Path("orders.csv").write_text(AMBIGUOUS)
    ended = cli("analyze", "orders.csv", "--out", "result")
    assert ended.code == 3 and "--date-order" in ended.err


def test_every_stage_has_a_title_in_both_languages():
    told = re.compile(r'(?:progress|tell|_tell|_each|each|merged|together|stage=)\(?\s*(?:run\.progress, )?"(\w+)"')
    pages = {"crm", "web", "api", "config"}  # work of the application is titled on its pages
    modules = [path for path in SOURCE.rglob("*.py") if not pages & set(path.relative_to(SOURCE).parts[:2])]
    named = {name for path in modules for name in told.findall(path.read_text(encoding="utf-8"))}
    assert {"read", "fold", "history", "report", "simulate", "verify"} <= named
    assert named - set(STAGES) == set()
    assert [stage for stage in STAGES if stage_title(stage, "zh") == stage_title(stage, "en")] == []
