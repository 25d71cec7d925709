from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.lake import Lake, LoadReport
from tests.lake.lake_rows import Order, tables


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake", buckets=3, currency="CNY", durable=False)


@pytest.fixture
def load(lake: Lake) -> Callable[..., LoadReport]:
    """Load orders under one source; the content hash is the text given."""

    def run(orders: list[Order], content: str, **options: object) -> LoadReport:
        return lake.load(*tables(orders), source="shop", content=[content], **options)  # type: ignore[arg-type]

    return run
