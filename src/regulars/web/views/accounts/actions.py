"""Names of the actions in the audit log. An action that has none here is shown by its key."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "person.first_owner": _("Became the first owner"),
    "person.invite": _("Invited"),
    "person.join": _("Joined"),
    "person.change": _("Changed a person"),
    "person.deactivate": _("Deactivated"),
    "person.reactivate": _("Reactivated"),
    "person.remove_factors": _("Removed second factors"),
    "person.sign_in": _("Signed in"),
    "person.sign_in_failed": _("Failed to sign in"),
    "person.sign_out": _("Signed out"),
    "person.password": _("Set a password"),
    "factor.add_app": _("Added the app"),
    "factor.remove_app": _("Removed the app"),
    "factor.add_passkey": _("Added a passkey"),
    "factor.remove_passkey": _("Removed a passkey"),
    "factor.new_codes": _("Made new recovery codes"),
    "session.end": _("Ended sessions"),
    "token.create": _("Made a token"),
    "token.revoke": _("Revoked a token"),
    "department.create": _("Added a department"),
    "department.change": _("Changed a department"),
    "department.delete": _("Removed a department"),
    "role.create": _("Added a role"),
    "role.change": _("Changed a role"),
    "role.delete": _("Removed a role"),
    "audit.export": _("Exported the audit log"),
    "customer.reveal": _("Revealed contact data"),
    "customer.export": _("Exported customers"),
    "customers.export": _("Exported customers"),
    "customer.merge": _("Merged customers"),
    "customer.delete": _("Deleted a customer"),
    "customer.view": _("Opened a customer"),
}


def action_name(action: str) -> str:
    return str(ACTIONS.get(action, action))
