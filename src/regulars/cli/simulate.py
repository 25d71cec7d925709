"""``regulars simulate``: an invented shop with known truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import texts


def simulate_command(
    out: Annotated[Path, typer.Option("--out", help=texts.OUT)],
    customers: Annotated[int, typer.Option("--customers", min=10)] = 20_000,
    months: Annotated[int, typer.Option("--months", min=1, max=120)] = 24,
    seed: Annotated[int, typer.Option("--seed")] = 7,
) -> None:
    """Invent a shop with known truth: orders, customers, campaigns."""
    from regulars.simulate import write_shop

    write_shop(out, customers=customers, months=months, seed=seed)
