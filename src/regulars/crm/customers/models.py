"""Customers and what is noted of them. Orders are facts and lie in the lake; ``Customer.key`` names them there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Left

from regulars.crm.public_ids import new_public_id

ME = settings.AUTH_USER_MODEL


class Tag(models.Model):
    name = models.CharField(max_length=60, unique=True)
    colour = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    class Kind(models.TextChoices):
        INDIVIDUAL = "individual"
        ORGANIZATION = "organization"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    key = models.CharField(max_length=200, unique=True, null=True, blank=True)  # customer_id of the lake
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.INDIVIDUAL)
    name = models.CharField(max_length=200)
    sort_name = models.CharField(max_length=200, default="")  # pinyin of the name, in lower case
    phone = models.CharField(max_length=40, blank=True)
    phone_key = models.CharField(max_length=24, blank=True)  # digits alone, without country code
    email = models.CharField(max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True)
    wechat = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=80, blank=True)
    tier = models.CharField(max_length=40, blank=True)
    referrer = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="referred")
    owner = models.ForeignKey(ME, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers")
    # The department whose people may see the customer: that of the owner when assigned, so that rights need no join.
    department = models.ForeignKey(
        "accounts.Department", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    consent: Any = models.JSONField(default=dict)  # {"sms": true, "call": true, "mail": false, "wechat": null}
    notes = models.TextField(blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="customers")
    collaborators = models.ManyToManyField(ME, blank=True, related_name="collaborating", through="Collaborator")
    next_follow_up = models.DateField(null=True, blank=True)
    last_follow_up = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(ME, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    import_batch = models.ForeignKey(
        "insights.ImportBatch", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = (
            models.Index(
                fields=["owner", "id"],
                condition=models.Q(deleted_at=None, merged_into=None),
                name="customer_owner_alive",
            ),
            models.Index(
                fields=["department", "id"],
                condition=models.Q(deleted_at=None, merged_into=None),
                name="customer_department_alive",
            ),
            models.Index(fields=["phone_key"], name="customer_phone"),
            models.Index(fields=["email_key"], name="customer_email"),
            models.Index(fields=["sort_name", "id"]),
            models.Index(fields=["created_at", "id"]),
            models.Index(fields=["updated_at", "id"]),
            models.Index(
                fields=["next_follow_up"],
                condition=models.Q(next_follow_up__isnull=False),
                name="customer_next_follow_up",
            ),
            models.Index(fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="customer_bin"),
            models.Index(fields=["region", "id"]),
            models.Index(fields=["source", "id"]),
            models.Index(fields=["last_follow_up", "id"]),
        )

    def __str__(self) -> str:
        return self.name


class Collaborator(models.Model):
    """Somebody beside the owner who may see a customer, and edit where ``may_edit``."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    user = models.ForeignKey(ME, on_delete=models.CASCADE)
    may_edit = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["customer", "user"], name="collaborator_once"),)


class Contact(models.Model):
    """A person at a customer that is an organization."""

    class Part(models.TextChoices):
        DECISION_MAKER = "decision_maker"
        INFLUENCER = "influencer"
        USER = "user"
        BUYER = "buyer"
        GATEKEEPER = "gatekeeper"
        OTHER = "other"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    part = models.CharField(max_length=16, choices=Part.choices, default=Part.OTHER)
    phone = models.CharField(max_length=40, blank=True)
    phone_key = models.CharField(max_length=24, blank=True, db_index=True)
    email = models.CharField(max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True, db_index=True)
    notes = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class CustomField(models.Model):
    """A field that people added; its values are rows of CustomValue, so that filters can use an index."""

    class Type(models.TextChoices):
        TEXT = "text"
        LONG_TEXT = "long_text"
        NUMBER = "number"
        MONEY = "money"
        DATE = "date"
        YES_NO = "yes_no"
        CHOICE = "choice"
        CHOICES = "choices"
        LINK = "link"
        PERSON = "person"

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    type = models.CharField(max_length=12, choices=Type.choices)
    choices: Any = models.JSONField(default=list)  # [{"key": "gold", "name": "金卡"}]
    required = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class CustomValue(models.Model):
    """One value (a choice of several is several rows): ``text`` for words, choices and links, ``number`` for numbers,
    money and yes or no, ``day`` for dates.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="custom_values")
    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="values")
    text = models.CharField(max_length=2000, null=True, blank=True)  # noqa: DJ001 - null: the value is of another type
    number = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    day = models.DateField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["customer", "field"]),
            models.Index(fields=["field", "number", "customer"]),
            models.Index(fields=["field", "day", "customer"]),
            # The beginning alone: a b-tree of PostgreSQL cannot hold a long text.
            models.Index(models.F("field"), Left("text", 60), models.F("customer"), name="custom_value_text"),
        )


class FollowUp(models.Model):
    """Something done with a customer (``happened_at``), and what comes next (``next_on``, until ``next_done_at``)."""

    class Kind(models.TextChoices):
        NOTE = "note"
        CALL = "call"
        VISIT = "visit"
        MESSAGE = "message"
        MAIL = "mail"

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="follow_ups")
    author = models.ForeignKey(ME, null=True, on_delete=models.SET_NULL, related_name="follow_ups")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.NOTE)
    body = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    next_on = models.DateField(null=True, blank=True)
    next_done_at = models.DateTimeField(null=True, blank=True)
    mentioned = models.ManyToManyField(ME, blank=True, related_name="mentioned_in")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["customer", "-happened_at"]),
            models.Index(
                fields=["author", "next_on"],
                condition=models.Q(next_on__isnull=False, next_done_at=None),
                name="follow_up_due",
            ),
        )


class Attachment(models.Model):
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to="attachments/%Y/%m")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()


class Event(models.Model):
    """One entry of a customer's timeline besides orders and follow-ups: created, changed, assigned, merged, moved."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(ME, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=32)
    data: Any = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=["customer", "-at"]),)


class Gram(models.Model):
    """Search index: one- and two-character grams of names (``王``, ``王伟``), of pinyin initials (``:ww``), the last
    four digits of phones (``#4471``) and whole e-mail addresses (``@…``).
    """

    pk = models.CompositePrimaryKey("gram", "customer")
    gram = models.CharField(max_length=80)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")


class SavedView(models.Model):
    """A named filter with columns and order; shared or of one person."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    owner = models.ForeignKey(ME, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=80)
    shared = models.BooleanField(default=False)
    filter: Any = models.JSONField(default=dict)
    columns: Any = models.JSONField(default=list)
    order: Any = models.JSONField(default=list)
    position = models.IntegerField(default=0)


class Merge(models.Model):
    """Two customers made one, with all that is needed to take it back."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    kept = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    gone = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(ME, null=True, on_delete=models.SET_NULL, related_name="+")
    before: Any = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)


class NotDuplicate(models.Model):
    """A pair that somebody looked at and found to be two customers."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(ME, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["first", "second"], name="not_duplicate_once"),)


class DuplicatePair(models.Model):
    """Two customers that may be one, as the last search found them; ``reasons`` say why, strongest first."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    score = models.IntegerField()  # 0 … 100
    reasons: Any = models.JSONField(default=list)  # [{"why": "phone", "value": …}]
    found_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),)
        indexes = (models.Index(fields=["-score", "-id"], name="duplicate_pair_best"),)
