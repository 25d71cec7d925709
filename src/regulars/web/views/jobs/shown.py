"""A job as people read it: title, state, progress with the remaining time, reason of a failure."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from regulars.crm.accounts import policies
from regulars.crm.jobs import registry, services
from regulars.crm.jobs.models import Job
from regulars.language import translator
from regulars.web import languages

TONES = {
    Job.State.WAITING: "none",
    Job.State.RUNNING: "steady",
    Job.State.DONE: "grow",
    Job.State.FAILED: "lost",
    Job.State.STOPPED: "none",
    Job.State.UNDONE: "none",
}
TELLS_AFTER = 2.0  # seconds of work before a remaining time is more than a guess


class ShownJob:
    """One job for one reader."""

    def __init__(self, row: Job, actor: Any) -> None:
        self.row, self.actor = row, actor

    @property
    def public_id(self) -> str:
        return self.row.public_id

    @cached_property
    def title(self) -> str:
        key = self.row.kind
        found = registry.kind(key)
        name = str(found.title) if found and found.title else key
        return _("Undo: {what}").format(what=name) if key.endswith(registry.UNDO) else name

    @property
    def state(self) -> str:
        return {
            Job.State.WAITING: pgettext("work", "waiting"),
            Job.State.RUNNING: pgettext("work", "in progress"),
            Job.State.DONE: pgettext("work", "done"),
            Job.State.FAILED: pgettext("work", "failed"),
            Job.State.STOPPED: pgettext("work", "stopped"),
            Job.State.UNDONE: pgettext("work", "undone"),
        }[Job.State(self.row.state)]

    @property
    def tone(self) -> str:
        return TONES[Job.State(self.row.state)]

    @property
    def live(self) -> bool:
        return self.row.state in (Job.State.WAITING, Job.State.RUNNING)

    @property
    def stage(self) -> str:
        return stage_name(self.row.stage)

    @property
    def remaining(self) -> float | None:
        """Seconds that the current stage still takes, by its pace so far; None while that would be a guess."""
        row = self.row
        if row.state != Job.State.RUNNING or not row.stage_at or not row.total or not row.done:
            return None
        passed = (timezone.now() - row.stage_at).total_seconds()
        return passed / row.done * (row.total - row.done) if passed > TELLS_AFTER else None

    @property
    def took(self) -> float | None:
        if not self.row.started_at or not self.row.finished_at:
            return None
        return (self.row.finished_at - self.row.started_at).total_seconds()

    @cached_property
    def error(self) -> dict[str, str] | None:
        """Message, hint and code in the reader's language."""
        told = self.row.error
        if not told:
            return None
        say = translator("errors", languages.reading())
        context = told.get("context", {})
        return {
            "message": say(told["template"]).format(**context),
            "hint": say(told["hint"]).format(**context) if told.get("hint") else "",
            "code": told.get("code", ""),
        }

    @property
    def skipped(self) -> int:
        return int(self.row.result.get("skipped") or 0)

    @property
    def address(self) -> str:
        """Where the result lies, when the work told a page of ours."""
        found = str(self.row.result.get("address") or "")
        return found if found.startswith("/") and not found.startswith("//") else ""

    @property
    def can_stop(self) -> bool:
        return self.live and not self.row.stop_wanted and may_steer(self.actor, self.row)

    @property
    def can_undo(self) -> bool:
        return services.can_undo(self.row) and may_steer(self.actor, self.row)

    @property
    def undo_left(self) -> str:
        """9:54"""
        left = max(0, int((self.row.undo_until - timezone.now()).total_seconds())) if self.row.undo_until else 0
        return f"{left // 60}:{left % 60:02d}"


def may_see(actor: Any, row: Job) -> bool:
    """One's own work; who manages the settings sees all; a run of the engine concerns everybody who sees numbers."""
    return may_steer(actor, row) or (row.kind == "insights.run" and policies.can(actor, "numbers.view"))


def may_steer(actor: Any, row: Job) -> bool:
    """Who may stop it and take it back."""
    return row.actor_id == actor.pk or policies.can(actor, "settings.manage")


def stage_name(stage: str) -> str:
    """The stages that the engine, the lake and the reading of files tell; others are texts of their own work."""
    names = {
        "drain": _("Taking in new orders"),
        "read": _("Reading"),
        "write": _("Filing the orders"),
        "fold": _("Going through histories"),
        "movement": _("Counting who came and went"),
        "rhythm": _("Measuring rhythms"),
        "assign": _("Classing customers"),
        "history": _("Looking back"),
        "models": _("Fitting models"),
        "report": _("Writing the report"),
        "customers": _("Adding customers"),
        "publish": _("Publishing"),
        "index": _("Indexing"),
        "compact": _("Tidying"),
    }
    return names.get(stage) or (_(stage) if stage else "")
