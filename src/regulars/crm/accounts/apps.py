from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "regulars.crm.accounts"
    label = "accounts"

    def ready(self) -> None:
        from regulars.crm.accounts.roles import ensure_roles

        # The built-in roles are part of the schema; an update may bring new ones.
        post_migrate.connect(ensure_roles, sender=self, dispatch_uid="regulars.roles")
