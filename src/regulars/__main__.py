"""``python -m regulars``, and what the installed command calls."""

from __future__ import annotations

import sys


def main() -> None:
    """Load the command line and run it; an interrupt while it loads is one too."""
    try:
        from regulars.cli.app import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
