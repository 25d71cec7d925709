"""The command line as a process of its own: how it ends, what it prints, what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

RESULT = {
    "report.html",
    "report.xlsx",
    "customers.parquet",
    "summary.json",
    "contacts.csv",
    "spells.parquet",
    "rejects.csv",
}
SOURCE = Path(__file__).resolve().parents[2] / "src"


@dataclass(frozen=True)
class Ended:
    """Exit code, standard output and standard error of a run."""

    code: int
    out: str
    err: str


def environment(lang: str = "en", **more: str) -> dict[str, str]:
    """The present environment with a language, and no choice of its own about colours or folders."""
    kept = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "LANGUAGE")}
    locale = {"en": "en_GB.UTF-8", "zh": "zh_CN.UTF-8"}[lang]
    return {**kept, "LANG": locale, "PYTHONPATH": str(SOURCE), "NO_COLOR": "1", "COLUMNS": "80", **more}


def start(*arguments: object, lang: str = "en", cwd: Path | None = None, **how: object) -> subprocess.Popen[bytes]:
    """``python -m regulars …`` with both outputs piped."""
    extra = how.pop("env", {})
    return subprocess.Popen(
        [*how.pop("before", []), sys.executable, "-m", "regulars", *map(str, arguments)],
        stdout=how.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env=environment(lang, **extra),
        **how,
    )


def regulars(*arguments: object, **how: object) -> Ended:
    """Run to the end."""
    process = start(*arguments, **how)
    out, err = process.communicate(timeout=300)
    return Ended(process.returncode, (out or b"").decode(), err.decode())


def stopped(after: float, number: signal.Signals, *arguments: object, **how: object) -> Ended:
    """Run, and send a signal ``after`` seconds from when the process heeds signals."""
    process = start(*arguments, **how)
    _wait_until_heeding(process)
    time.sleep(after)
    process.send_signal(number)
    out, err = process.communicate(timeout=300)
    return Ended(process.returncode, out.decode(), err.decode())


def _wait_until_heeding(process: subprocess.Popen[bytes]) -> None:
    """Before that the interpreter itself is not up; the last signal that is heeded is SIGHUP."""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        caught = Path(f"/proc/{process.pid}/status").read_text().partition("SigCgt:")[2].split()
        if caught and int(caught[0], 16) >> (signal.SIGHUP - 1) & 1:
            return
        time.sleep(0.005)


def is_whole(result: Path) -> bool:
    return result.is_dir() and {path.name for path in result.iterdir()} == RESULT


def leftovers(*folders: Path) -> list[str]:
    """Working folders that nobody works in any more."""
    return [str(path) for folder in folders for path in folder.glob("*regulars-*")] + [
        str(path) for folder in folders for path in folder.glob(".*regulars-*")
    ]
