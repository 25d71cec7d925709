"""What people do with customers: verbs, actor first, one transaction, one entry in the timeline."""

from regulars.crm.customers.services.assigning import add_collaborator, assign, remove_collaborator
from regulars.crm.customers.services.binning import delete, purge_due, restore
from regulars.crm.customers.services.contacts import add_contact, change_contact, remove_contact
from regulars.crm.customers.services.custom_fields import archive_field, change_field, create_field, return_field
from regulars.crm.customers.services.editing import edit, lookalikes, register
from regulars.crm.customers.services.follow_ups import finish, follow_up, remove_follow_up
from regulars.crm.customers.services.revealing import reveal
from regulars.crm.customers.services.saved_views import change_view, remove_view, save_view
from regulars.crm.customers.services.tagging import tag, untag

__all__ = [
    "add_collaborator",
    "add_contact",
    "archive_field",
    "assign",
    "change_contact",
    "change_field",
    "change_view",
    "create_field",
    "delete",
    "edit",
    "finish",
    "follow_up",
    "lookalikes",
    "purge_due",
    "register",
    "remove_collaborator",
    "remove_contact",
    "remove_follow_up",
    "remove_view",
    "restore",
    "return_field",
    "reveal",
    "save_view",
    "tag",
    "untag",
]
