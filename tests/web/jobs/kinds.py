"""Work for the tests of workers as real processes, and the script that those processes run."""

from __future__ import annotations

import os
import time
from pathlib import Path

from regulars.config.installing import configure

configure()

from regulars.crm.customers.models import Tag  # noqa: E402
from regulars.crm.jobs.services import job  # noqa: E402


@job("t.tags")
def tags(running):
    """Writes tags one by one, remembering how far it came; slow enough to be killed in between."""
    for number in range(running.marks.get("upto", 0), running.arguments["n"]):
        Tag.objects.get_or_create(name=f"tag {number}")
        running.remember(upto=number + 1)
        running.progress("tags", number + 1, running.arguments["n"])
        time.sleep(running.arguments.get("pause", 0))
    return {"tags": Tag.objects.count()}


@job("t.note")
def note(running):
    """Appends its number to a file: whoever does it twice leaves two lines."""
    with Path(running.arguments["file"]).open("a") as file:
        file.write(f"{running.arguments['n']}\n")
    time.sleep(0.01)


@job("t.stubborn")
def stubborn(running):
    time.sleep(60)  # never looks up


if os.environ.get("REGULARS_TEST_SLOW_PUBLISHING"):
    from regulars.crm.insights import publishing

    publishing.CHUNK = 20
    _plain = publishing._inserted

    def _slowly(table, columns, rows):
        _plain(table, columns, rows)
        time.sleep(0.3)

    publishing._inserted = _slowly


if __name__ == "__main__":
    from regulars.config.worker_process import main

    main()
