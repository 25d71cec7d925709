"""Being asked to end: Ctrl-C, a polite kill, a closed terminal.

The process clears up on the spot and ends. An exception thrown into whatever runs just then would not do: in a callback
of a compiled library it gets lost, or takes the library down with it. This module is light, for it works before the
rest is loaded.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from regulars.cli.reader import spoken_language
from regulars.language import translator
from regulars.staging import clear_up

INTERRUPTED = 128  # plus the number of the signal, as shells count: 130 for Ctrl-C
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHOW_CURSOR = "\x1b[?25h\n"


def heed_signals() -> None:
    """From now on these signals end the process as described; one that the caller has set to be ignored stays so."""
    for number in SIGNALS:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    try:
        for other in SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        clear_up()
        text = interrupted() + "\n"
        os.write(2, ((SHOW_CURSOR if os.isatty(2) else "") + text).encode())
    finally:
        os._exit(INTERRUPTED + number)


def interrupted(arguments: Sequence[str] | None = None) -> str:
    """The one line that an interrupted run leaves."""
    _ = translator("cli", spoken_language(arguments))
    return _("Interrupted; nothing is left half done.")


def told_to_stop(arguments: Sequence[str] | None = None) -> int:
    """Say that the run was interrupted, and return its exit code."""
    print(interrupted(arguments), file=sys.stderr)
    return INTERRUPTED + signal.SIGINT
