"""Runs of the engine, imports, and orders on their way into the lake."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from regulars.crm.public_ids import new_public_id

ME = settings.AUTH_USER_MODEL


class Run(models.Model):
    """One run of the engine. ``published_at`` is set once its columns stand beside the customers; the latest published
    run is the current one, earlier ones stay until their time is over.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        PUBLISHED = "published"
        FAILED = "failed"
        DROPPED = "dropped"  # its columns were removed by retention

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    as_of = models.DateField(null=True)
    lake_version = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=20)  # command, night, import, demand
    asked_by = models.ForeignKey(ME, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True, db_index=True)
    customers = models.BigIntegerField(default=0)
    columns: Any = models.JSONField(default=list)  # of customers.parquet that its table holds
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    summary: Any = models.JSONField(default=dict)  # summary.json of the run
    error: Any = models.JSONField(default=dict)  # code, message, hint


class ImportBatch(models.Model):
    """A file that somebody imports: uploaded → mapped → tried → importing → done, and perhaps undone."""

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        TRYING = "trying"
        TRIED = "tried"
        IMPORTING = "importing"
        DONE = "done"
        FAILED = "failed"
        UNDOING = "undoing"
        UNDONE = "undone"

    class What(models.TextChoices):
        ORDERS = "orders"  # orders or order lines
        CUSTOMERS = "customers"
        CONTACTS = "contacts"
        FOLLOW_UPS = "follow_ups"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    what = models.CharField(max_length=12, choices=What.choices, default=What.ORDERS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    actor = models.ForeignKey(ME, null=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=400)  # below the uploads folder
    size = models.BigIntegerField(default=0)
    files: Any = models.JSONField(default=list)  # names below ``path``, as uploaded
    source = models.CharField(max_length=80, default="orders")  # the shop: its orders replace those with the same id
    mapping: Any = models.JSONField(default=dict)  # field -> column of the file
    options: Any = models.JSONField(default=dict)  # date_order, currency, match … as chosen on the pages
    look: Any = models.JSONField(default=dict)  # columns, samples and open questions of the first rows
    counters: Any = models.JSONField(default=dict)
    result: Any = models.JSONField(default=dict)  # what it did, and what its undo did
    job = models.CharField(max_length=16, blank=True)  # public id of the job that works on it
    lake_version_before = models.BigIntegerField(null=True)
    lake_version_after = models.BigIntegerField(null=True)
    error: Any = models.JSONField(default=dict)
    demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)


class ImportChange(models.Model):
    """What an import made of one customer, contact or follow-up: enough to take it back. Customers that an import only
    added are known by ``Customer.import_batch``.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12)  # customer, contact, follow_up
    object_id = models.BigIntegerField()
    created = models.BooleanField(default=False)
    before: Any = models.JSONField(default=dict)
    after: Any = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "kind", "object_id"], name="import_change_once"),)


class RememberedMapping(models.Model):
    """How files with these columns were read the last time, so that the next one of the same kind needs no decision."""

    what = models.CharField(max_length=12, choices=ImportBatch.What.choices)
    columns = models.CharField(max_length=64)  # digest of the column names
    source = models.CharField(max_length=80, default="orders")
    mapping: Any = models.JSONField(default=dict)
    options: Any = models.JSONField(default=dict)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["what", "columns"], name="remembered_once"),)


class InboxOrder(models.Model):
    """An order by API or hand, visible at once, drained into the lake in batches, once (``drained_version``)."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    order_id = models.CharField(max_length=200, unique=True)
    customer_key = models.CharField(max_length=200, db_index=True, blank=True)
    ordered_at = models.DateTimeField()
    body: Any = models.JSONField()  # the order as told: amount, lines, status …
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    drained_version = models.BigIntegerField(null=True, db_index=True)
    # The customer under whom the lake holds it: an order that moves to another customer is cancelled there.
    drained_for = models.CharField(max_length=200, blank=True, db_index=True)


class IdempotencyKey(models.Model):
    """A request that was answered: the same key gets the same answer."""

    user = models.ForeignKey(ME, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.IntegerField(null=True)
    answer: Any = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="idempotency_once"),)


class Target(models.Model):
    """What is aimed at: a rate of a measure, with the five inputs it was set from (definitions, section 10)."""

    class Measure(models.TextChoices):
        RETENTION_YEAR = "retention_year"
        RETENTION_QUARTER = "retention_quarter"
        RETENTION_MONTH = "retention_month"
        SECOND_PURCHASE = "second_purchase"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    measure = models.CharField(max_length=20, choices=Measure.choices)
    value = models.DecimalField(max_digits=5, decimal_places=4)  # a fraction
    break_even = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    inputs: Any = models.JSONField(default=list)  # [{"key": "benchmark", "text": …, "source": …, "day": "2026-10-31"}]
    due_on = models.DateField(null=True)
    set_by = models.ForeignKey(ME, null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(ME, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["measure", "closed_at"]),)


class ClassFloor(models.Model):
    """How many customers of a class there should be at least (definitions, section 3: control loop)."""

    letter = models.CharField(max_length=1, unique=True)
    floor = models.BigIntegerField()
    set_by = models.ForeignKey(ME, null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField(auto_now=True)


class ClassDecision(models.Model):
    """A proposed move between classes that somebody accepted, declined or took back: dated, explained, reversible."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted"
        DECLINED = "declined"
        REVERSED = "reversed"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="class_decisions")
    from_class = models.CharField(max_length=1)
    to_class = models.CharField(max_length=1)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    reason = models.CharField(max_length=500)
    predicted = models.DecimalField(max_digits=18, decimal_places=2, null=True)  # what ranked the proposal
    as_of = models.DateField(null=True)
    decided_by = models.ForeignKey(ME, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["customer", "-decided_at"]),)


class HeldClass(models.Model):
    """The class people work with where it is not that of the rule: moved by hand, or awaiting a second month end."""

    customer = models.OneToOneField(
        "customers.Customer", primary_key=True, on_delete=models.CASCADE, related_name="held_class"
    )
    letter = models.CharField(max_length=1, db_index=True)
    by_hand = models.BooleanField(default=False)
    since = models.DateField()


class Snooze(models.Model):
    """A customer somebody does not want to see on Today before ``until``."""

    user = models.ForeignKey(ME, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    until = models.DateField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "customer"], name="snoozed_once"),)
