"""The parts that contacts play at an organization."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.crm.customers.models import Contact

PARTS = (
    (str(Contact.Part.DECISION_MAKER), _("Decision maker")),
    (str(Contact.Part.INFLUENCER), _("Influencer")),
    (str(Contact.Part.USER), _("User of the product")),
    (str(Contact.Part.BUYER), _("Buyer")),
    (str(Contact.Part.GATEKEEPER), _("Gatekeeper")),
    (str(Contact.Part.OTHER), _("Other")),
)
