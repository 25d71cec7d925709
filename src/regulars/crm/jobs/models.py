"""Jobs that people watch: a row tells how far it is; the queue only says "look"."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from regulars.crm.public_ids import new_public_id


class Job(models.Model):
    """Work in the background. ``beat_at`` is renewed while somebody works on it; a job whose beat stopped is taken up
    again by the sweep. ``undo`` holds what is needed to take it back until ``undo_until``.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"
        UNDONE = "undone"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=40)  # "customers.assign", "insights.run", "imports.import" …
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs")
    arguments: Any = models.JSONField(default=dict)
    stage = models.CharField(max_length=60, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    result: Any = models.JSONField(default=dict)
    error: Any = models.JSONField(default=dict)
    attempts = models.IntegerField(default=0)
    stop_wanted = models.BooleanField(default=False)
    undo: Any = models.JSONField(null=True)
    undo_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    stage_at = models.DateTimeField(null=True)  # when the current stage began: the remaining time is told from it
    beat_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)  # who works on it, by the name of its lock file
    not_before = models.DateTimeField(null=True)  # a retry waits until then
    lane = models.CharField(max_length=40, null=True)  # noqa: DJ001 - of one lane only one job runs; null: no lane
    finished_at = models.DateTimeField(null=True)
    once = models.CharField(max_length=120, unique=True, null=True)  # noqa: DJ001 - null: may stand beside others

    class Meta:
        indexes = (models.Index(fields=["actor", "-created_at"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["lane"], condition=models.Q(state="running", lane__isnull=False), name="job_one_a_lane"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
