"""What a person sees while a command runs: progress with the remaining time, questions, errors."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from regulars.cli.wrapping import harmless, wrap
from regulars.errors import RegularsError
from regulars.language import Language, translator

STAGES = {
    "read": "Reading the files",
    "write": "Filing the orders",
    "fold": "Going through histories",
    "movement": "Counting who came and went",
    "rhythm": "Measuring rhythms",
    "assign": "Classing customers",
    "history": "Looking back",
    "sample": "Gathering proof for the models",
    "models": "Fitting models",
    "sources": "Looking where profit comes from",
    "referral": "Following referrals",
    "contacts": "Listing whom to contact",
    "report": "Writing the report",
    "simulate": "Inventing the shop",
    "moving": "Moving",
    "verify": "Checking the lake",
    "compact": "Folding files together",
    "vacuum": "Deleting files",
    "export": "Writing the orders",
}
REDRAW = 0.05  # seconds


def stage_title(stage: str, lang: Language) -> str:
    """What a stage is called; its own name when it has no other."""
    _ = translator("cli", lang)
    return _(STAGES[stage]) if stage in STAGES else stage


class StageProgress:
    """A progress callback (stage, done, total) drawn as bars on standard error; silent when that is no terminal."""

    def __init__(self, lang: Language, *, quiet: bool = False) -> None:
        self._lang: Language = lang
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
            self._tasks[stage] = self._bars.add_task(stage_title(stage, self._lang), total=total or None)
        now = time.monotonic()
        if done >= total or now - self._drawn > REDRAW:
            self._drawn = now
            self._bars.update(self._tasks[stage], completed=done, total=total or None)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The bars out of the way, for a question."""
        if self._shown:
            self._bars.stop()
        try:
            yield
        finally:
            if self._shown:
                self._bars.start()


def print_error(error: RegularsError, lang: Language, console: Console | None = None) -> None:
    """What is wrong and where, then how to mend it."""
    console = console or Console(stderr=True, highlight=False)
    _ = translator("cli", lang)
    message, hint = error.localized(lang)
    label = _("Error: ")
    first, *more = _lines(label + " ".join(message.split()), console)
    console.print(Text.assemble((first[: len(label)], "bold red"), first[len(label) :]), soft_wrap=True)
    for line in (*more, *_lines(hint, console)):
        console.print(Text(line), soft_wrap=True)
    console.print(Text(f"({error.code})", style="dim"), soft_wrap=True)


def print_line(text: str, *, style: str = "", stderr: bool = False) -> None:
    """One sentence, broken at words on a terminal and left whole in a pipe."""
    console = Console(stderr=stderr, highlight=False)
    for line in _lines(text, console):
        console.print(Text(line, style=style), soft_wrap=True)


def _lines(text: str, console: Console) -> list[str]:
    return wrap(text, console.width) if console.is_terminal else harmless(text).splitlines()


def interactive() -> bool:
    """Whether somebody is there to answer a question."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


def json_line(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, allow_nan=False)
