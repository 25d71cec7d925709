"""A small shop's orders, and the command line run inside the test."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from regulars.cli.app import run
from tests.cli.processes import Ended

HEADER = "customer,order_id,ordered_at,amount,product\n"


def order_lines(count: int, *, customers: int = 40, seed: int = 7, first: int = 1) -> str:
    """Orders of two years by customers of different rhythm."""
    rng = random.Random(seed)
    rows = []
    for number in range(first, first + count):
        who = min(rng.randrange(customers), rng.randrange(customers))
        day = date(2024, 1, 1) + timedelta(days=rng.randrange(700))
        rows.append(f"K{who:03},{number},{day},{rng.randrange(500, 20_000) / 100:.2f},P{rng.randrange(5)}\n")
    return "".join(rows)


@pytest.fixture(autouse=True)
def _english_and_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + order_lines(300))
    return path


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """``cli("analyze", …)``: exit code and output of a run in this process."""

    def call(*arguments: object) -> Ended:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return call
