"""The command line as a process: ``python -m regulars``, and what the installed command calls."""

from __future__ import annotations

import sys

from regulars.cli.stopping import heed_no_more, heed_signals


def main() -> None:
    """Load the command line and run it; what interrupts it while it loads is heeded too."""
    heed_signals()
    from regulars.cli.app import open_streams, run

    open_streams()
    code = run(sys.argv[1:])
    heed_no_more()
    sys.exit(code)


if __name__ == "__main__":
    main()
