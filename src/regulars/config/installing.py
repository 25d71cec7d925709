"""Makes an installation ready: folders, tables, what every installation begins with. Harmless when repeated."""

from __future__ import annotations

import os

from regulars.config.options import options


def configure() -> None:
    """Django, set up in this process; for commands, which begin without it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    django.setup()


def install() -> None:
    """Folders of the data folder, tables of the database, the cache table, the roles."""
    from django.core.management import call_command

    from regulars.crm.accounts.roles import ensure_roles

    given = options()
    for folder in (given.data, given.data / "uploads"):
        folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    ensure_roles()
