from __future__ import annotations

import importlib.util
import multiprocessing
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from regulars.lake import Lake, LoadReport
from tests.lake.lake_rows import Order, tables

CHECKOUT = Path(__file__).resolve().parents[2]
_numbers = count()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake", buckets=3, currency="CNY", durable=False)


@pytest.fixture
def load(lake: Lake) -> Callable[..., LoadReport]:
    """Load orders under one source; the content hash is the text given."""

    def run(orders: list[Order], content: str, **options: object) -> LoadReport:
        return lake.load(*tables(orders), source="shop", content=[content], **options)  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="module")
def processes() -> Any:
    """Children fork from a server that has imported the lake but never used it, so each starts in milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.lake.lake_victims"])
    return context


@pytest.fixture(scope="session")
def store_options() -> Iterator[dict[str, str]]:
    """An object store on this machine, and how to reach it."""
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask") is None:
        pytest.skip("moto[server] is not installed")
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.lake.object_store"], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        address = f"http://127.0.0.1:{int(server.stdout.readline())}"
        yield {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "who",
            "AWS_SECRET_ACCESS_KEY": "open-sesame",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def bucket(store_options: dict[str, str]) -> str:
    """Address of a new, empty bucket."""
    return f"s3://{make_bucket(store_options, f'bucket-{next(_numbers)}')}"


def make_bucket(options: dict[str, str], name: str) -> str:
    from pyarrow.fs import S3FileSystem

    scheme, _, host = options["AWS_ENDPOINT_URL"].partition("://")
    store = S3FileSystem(
        access_key=options["AWS_ACCESS_KEY_ID"],
        secret_key=options["AWS_SECRET_ACCESS_KEY"],
        region=options["AWS_REGION"],
        endpoint_override=host,
        scheme=scheme,
        allow_bucket_creation=True,
    )
    store.create_dir(name)
    return name
