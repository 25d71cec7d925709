"""Being asked to end: Ctrl-C, a polite kill, a closed terminal. Light, for it works before the rest is loaded."""

from __future__ import annotations

import _thread
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

from regulars.cli.reader import spoken_language
from regulars.language import translator

INTERRUPTED = 128  # plus the number of the signal, as shells count: 130 for Ctrl-C


class Stopped(KeyboardInterrupt):
    """The process was asked to end by a signal other than Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def heed_signals() -> None:
    """Let TERM and HUP clean up as Ctrl-C does, and no Ctrl-C get lost in a callback."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)
    usual = sys.unraisablehook

    def hook(lost: Any) -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            _thread.interrupt_main()
        else:
            usual(lost)

    sys.unraisablehook = hook


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(number)


def told_to_stop(stop: BaseException, arguments: Sequence[str] | None = None) -> int:
    """Say in one line that the run was interrupted, and return its exit code."""
    _ = translator("cli", spoken_language(arguments))
    print(_("Interrupted; nothing is left half done."), file=sys.stderr)
    return INTERRUPTED + (stop.number if isinstance(stop, Stopped) else int(signal.SIGINT))
