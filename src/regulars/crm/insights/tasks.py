"""Work in the background: runs of the engine, and what the clock begins."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from regulars.crm.insights import runs
from regulars.crm.jobs.running import Running
from regulars.crm.jobs.services import daily, job


@job(runs.KIND, title=_("Run of the engine"), lane=runs.LANE)
def run(running: Running) -> dict[str, object]:
    from regulars.crm.insights.computing import work  # the engine is loaded by the worker alone

    return work(running)


@daily("insights.night")
def night(day: date) -> None:
    runs.tidy()
    runs.begin_nightly(day)


@job("insights.remove_demo", title=_("Remove the invented shop"), lane=runs.LANE)
def remove_demo(running: Running) -> dict[str, object]:
    from regulars.crm.insights.demo import remove  # reads and writes files: not for every process at its start

    return remove(running)
