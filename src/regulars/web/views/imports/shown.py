"""An import as pages show it: what it is of, where it stands, what became of its rows."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from regulars.crm.accounts.policies import can, scope
from regulars.crm.insights.imports import services
from regulars.crm.insights.models import ImportBatch
from regulars.crm.jobs.models import Job
from regulars.language import translator
from regulars.web import languages

State = ImportBatch.State
WHATS = {
    "orders": pgettext_lazy("import of", "orders"),
    "customers": pgettext_lazy("import of", "customers"),
    "contacts": pgettext_lazy("import of", "contacts"),
    "follow_ups": pgettext_lazy("import of", "follow-ups"),
}
HINTS = {
    "orders": gettext_lazy("One row for each order, or one for each product of an order. Order id or not, both do."),
    "customers": gettext_lazy(
        "Adds new customers and brings known ones up to date, matched by number, phone or e-mail."
    ),
    "contacts": gettext_lazy("People at customers that are organizations."),
    "follow_ups": gettext_lazy("What was said and done with customers before, with dates."),
}
STEPS = (
    ("upload", gettext_lazy("Upload")),
    ("columns", pgettext_lazy("step", "Columns")),
    ("preview", gettext_lazy("Preview of 50 rows")),
    ("trial", gettext_lazy("Dry run")),
    ("import", gettext_lazy("Import")),
)
TONES = {
    State.UPLOADED: "none", State.TRYING: "steady", State.TRIED: "none", State.IMPORTING: "steady",
    State.DONE: "grow", State.FAILED: "lost", State.UNDOING: "steady", State.UNDONE: "none",
}  # fmt: skip


class ShownImport:
    """One import for one reader."""

    def __init__(self, batch: ImportBatch, actor: Any, job: Job | None = None) -> None:
        self.batch, self.actor, self._job = batch, actor, job

    @property
    def public_id(self) -> str:
        return self.batch.public_id

    @property
    def what(self) -> str:
        return str(WHATS[self.batch.what])

    @property
    def state(self) -> str:
        if self.stalled:
            return pgettext("import", "broken off")
        return {
            State.UPLOADED: pgettext("import", "uploaded"),
            State.TRYING: pgettext("import", "dry run in progress"),
            State.TRIED: pgettext("import", "waiting for your word"),
            State.IMPORTING: pgettext("import", "in progress"),
            State.DONE: pgettext("import", "imported"),
            State.FAILED: pgettext("import", "failed"),
            State.UNDOING: pgettext("import", "being undone"),
            State.UNDONE: pgettext("import", "undone"),
        }[State(self.batch.state)]

    @property
    def tone(self) -> str:
        return "slip" if self.stalled else TONES[State(self.batch.state)]

    @cached_property
    def job(self) -> Job | None:
        if self._job is not None or not self.batch.job:
            return self._job
        return Job.objects.select_related("actor").filter(public_id=self.batch.job).first()

    @cached_property
    def stalled(self) -> bool:
        if self.batch.state not in services.WORKING:
            return False
        return self.job is None or self.job.state in (Job.State.FAILED, Job.State.STOPPED)

    @property
    def live(self) -> bool:
        return self.batch.state in services.WORKING and not self.stalled

    @property
    def can_undo(self) -> bool:
        mine = self.batch.actor_id == self.actor.pk or scope(self.actor) == "all"
        done = self.batch.state == State.DONE or (self.batch.state == State.FAILED and bool(self.batch.result))
        return done and mine and can(self.actor, "imports.undo")

    @property
    def can_discard(self) -> bool:
        return self.batch.state in (State.UPLOADED, State.TRIED, State.FAILED) and not self.batch.result

    @cached_property
    def error(self) -> dict[str, str] | None:
        """What went wrong, in the reader's language."""
        told = self.batch.error
        if not told:
            return None
        say = translator("errors", languages.reading())

        def both(text: str) -> str:
            found = say(text)
            return (found if found != text else _(text)).format(**told["context"]) if text else ""

        return {"message": both(told["template"]), "hint": both(told["hint"]), "code": told["code"]}

    @property
    def rows(self) -> list[tuple[str, int]]:
        """used + rejected + dropped + skipped, which add up to all rows."""
        counters = self.batch.counters
        names = (
            ("used_rows", _("used")), ("rejected_rows", _("rejected")), ("dropped_rows", _("dropped as repeats")),
            ("skipped_rows", _("skipped")),
        )  # fmt: skip
        return [(label, counters.get(name, 0)) for name, label in names]

    @property
    def all_rows(self) -> int | None:
        return self.batch.counters.get("rows")

    @property
    def used(self) -> int | None:
        return self.batch.counters.get("used_rows")

    @property
    def rejected(self) -> int | None:
        """None while nobody has counted."""
        return self.batch.counters.get("rejected_rows")

    def steps(self, here: str) -> list[dict[str, Any]]:
        keys = [key for key, _label in STEPS]
        place = keys.index(here)
        return [
            {
                "number": number, "label": label, "here": number - 1 == place, "done": number - 1 < place,
                "address": f"/imports/{self.public_id}/{key}/" if 0 < number - 1 < place else "",
            }
            for number, (key, label) in enumerate(STEPS, 1)
        ]  # fmt: skip
