"""A PostgreSQL cluster of the tests' own: on 127.0.0.1, a free port, in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

OWNERS = ("postgres", "nobody")  # the server refuses to run as root


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.skip("PostgreSQL is not installed (apt install postgresql)")
    return found[-1] if found else Path(str(on_path)).parent


def _owner() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in OWNERS if name in names)


@contextmanager
def cluster() -> Iterator[str]:
    """Address of a running cluster without a database name: ``postgresql://regulars@127.0.0.1:5433/``."""
    programs, owner = _programs(), _owner()
    folder = Path(tempfile.mkdtemp(prefix="regulars-postgres-"))
    as_owner = ["setpriv", f"--reuid={owner}", "--clear-groups", "--"] if owner else []
    if owner:
        shutil.chown(folder, owner)
    data = folder / "data"

    def run(name: str, *arguments: object) -> None:
        subprocess.run(
            [*as_owner, str(programs / name), *map(str, arguments)], check=True, cwd=folder, timeout=120,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    try:
        run("initdb", "-D", data, "-U", "regulars", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        settings = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c full_page_writes=off -c max_connections=60"
        run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", settings, "start")
        try:
            yield f"postgresql://regulars@127.0.0.1:{port}/"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(address: str, name: str) -> str:
    """Make an empty database in a cluster; gives its address."""
    import psycopg

    with psycopg.connect(f"{address}postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{address}{name}"
