"""What a person sees while a command runs: progress with the remaining time, then a summary that fits one screen."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from regulars.errors import RegularsError
from regulars.language import Language, translator

STAGES = {
    "read": "Reading the files",
    "load": "Filing the orders",
    "fold": "Going through histories",
    "movement": "Counting who came and went",
    "rhythm": "Measuring rhythms",
    "assign": "Classing customers",
    "history": "Looking back",
    "models": "Fitting models",
    "report": "Writing the report",
    "simulate": "Inventing the shop",
}


class StageProgress:
    """A progress callback (stage, done, total) drawn as bars on standard error; silent when that is no terminal."""

    def __init__(self, lang: Language, *, quiet: bool = False) -> None:
        self._ = translator("cli", lang)
        self._shown = not quiet and sys.stderr.isatty()
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._drawn = 0.0

    def __enter__(self) -> StageProgress:
        if self._shown:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not self._shown:
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(self._(STAGES.get(stage, stage)), total=total)
        now = time.monotonic()
        if done >= total or now - self._drawn > 0.05:
            self._drawn = now
            self._bars.update(self._tasks[stage], completed=done, total=total)


def print_error(error: RegularsError, lang: Language, console: Console | None = None) -> None:
    """What is wrong, then how to mend it. Never a traceback."""
    console = console or Console(stderr=True, highlight=False)
    _ = translator("cli", lang)
    message, hint = error.localized(lang)
    console.print(f"[bold red]{_('Error')}[/] ", end="")
    console.print(message, markup=False)
    if hint:
        console.print(hint, markup=False)
    console.print(f"({error.code})", style="dim", markup=False)


def facts_table(rows: list[tuple[str, str, str]]) -> Table:
    """Label, figure, remark — the grid of every closing summary."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def interactive() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def json_line(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, allow_nan=False)
