"""Who works here, what they may do, and what they did."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from regulars.crm.public_ids import new_public_id


class Department(models.Model):
    """A node of the department tree; ``path`` is ``/1/4/9/`` and makes "and below" one prefix search."""

    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=200, db_index=True, default="/")

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """What its holders may do (``permissions``: keys of permissions.py), on whose customers (``scope``), and which
    sensitive fields they see in clear (``clear_fields``).
    """

    class Scope(models.TextChoices):
        OWN = "own"
        SUBORDINATES = "subordinates"  # own and those of people below
        DEPARTMENT = "department"  # of the department and those below it
        ALL = "all"

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80, blank=True)  # empty: the built-in role, named by its key in the catalogue
    scope = models.CharField(max_length=16, choices=Scope.choices, default=Scope.OWN)
    permissions = models.JSONField(default=list)
    clear_fields = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name or self.key


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who signs in. The actor of every service; a request by token sets ``token_scopes``."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="users")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="users")
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    language = models.CharField(max_length=8, blank=True)
    theme = models.CharField(max_length=8, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    token_scopes: frozenset[str] | None = None

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A link by which an invited person sets a first password: used once, until it expires; only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class ApiToken(models.Model):
    """A token of a person: only its digest is kept; ``scopes`` narrow the person's rights."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class AuditEntry(models.Model):
    """One line of the audit log; never changed, never deleted by people."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60, db_index=True)  # "customer.reveal", "user.sign_in", …
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=200, blank=True)
    details: Any = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["object_type", "object_id", "-at"]), models.Index(fields=["actor", "-at"]))
