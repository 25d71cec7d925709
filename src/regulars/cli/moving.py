"""``regulars migrate-db``: an installation moves from SQLite to PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from regulars.cli import texts
from regulars.cli.reader import system_language
from regulars.cli.terminal import StageProgress
from regulars.language import translator


def migrate_db_command(
    address: Annotated[str, typer.Argument(help=texts.MOVE_ADDRESS, metavar="ADDRESS")],
    data: Annotated[Path | None, typer.Option("--data", help=texts.DATA, metavar=texts.FOLDER)] = None,
    lang: Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help=texts.LANGUAGE, metavar="zh|en")] = None,
) -> None:
    """Copy everything to an empty PostgreSQL database, count it, and use that database from the next start on."""
    if data is not None:
        os.environ["REGULARS_DATA"] = str(data.absolute())
    os.environ["DATABASE_URL"] = ""  # the present database is the one of the data folder
    from regulars.config.installing import configure, install

    configure()
    install()
    from regulars.crm.insights.moving import move

    language = lang or system_language()
    _ = translator("cli", language)
    with StageProgress(language) as progress:
        moved = move(address, progress)
    console = Console(highlight=False)
    for table in sorted(moved, key=lambda one: -one.rows):
        if table.rows:
            console.print(f"{table.rows:>12,}  {table.table}")
    rows = sum(table.rows for table in moved)
    said = _("{rows} rows of {tables} tables are on PostgreSQL, counted on both sides.")
    console.print(said.format(rows=f"{rows:,}", tables=len(moved)))
    console.print(_("Start Regulars again: from now on it uses PostgreSQL."))
