"""Being asked to end: Ctrl-C, a polite kill, a closed terminal.

The process clears up on the spot and ends. An exception thrown into whatever runs just then would not do: in a callback
of a compiled library it gets lost, or takes the library down with it. The module loads nothing, for it comes first.
"""

from __future__ import annotations

import os
import signal
import sys

INTERRUPTED = 128  # plus the number of the signal, as shells count: 130 for Ctrl-C
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHOW_CURSOR = b"\x1b[?25h\n"


def heed_signals() -> None:
    """From now on these signals end the process as described; one that the caller has set to be ignored stays so."""
    for number in SIGNALS:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)


def heed_no_more() -> None:
    """The work is done: what comes now must not turn it into a failure."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _end(number: int, _frame: object) -> None:
    try:
        heed_no_more()
        clear_up = getattr(sys.modules.get("regulars.staging"), "clear_up", None)
        if clear_up is not None:  # else there is nothing yet to clear up
            clear_up()
        os.write(2, (SHOW_CURSOR if os.isatty(2) else b"") + interrupted().encode() + b"\n")
    finally:
        os._exit(INTERRUPTED + number)


def interrupted(arguments: list[str] | None = None) -> str:
    """The one line that an interrupted run leaves."""
    try:
        from regulars.cli.reader import spoken_language
        from regulars.language import translator

        _ = translator("cli", spoken_language(arguments))
    except ImportError:  # interrupted while just these were being loaded
        _ = str
    return _("Interrupted; nothing is left half done.")


def told_to_stop(arguments: list[str]) -> int:
    """Say that the run was interrupted, and return its exit code."""
    print(interrupted(arguments), file=sys.stderr)
    return INTERRUPTED + signal.SIGINT
