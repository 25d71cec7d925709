"""The command line as a process: ``python -m regulars``, and what the installed command calls."""

from __future__ import annotations

import sys

from regulars.cli.stopping import heed_signals, told_to_stop


def main() -> None:
    """Load the command line and run it; to be interrupted while it loads is to be interrupted."""
    try:
        heed_signals()
        from regulars.cli.app import open_streams, run

        open_streams()
        code = run(sys.argv[1:])
    except KeyboardInterrupt as stop:
        code = told_to_stop(stop)
    sys.exit(code)


if __name__ == "__main__":
    main()
