"""What can go wrong with people and rights.

RegularsError
├── Forbidden        the actor lacks a permission (HTTP 403)
├── NotFound         absent, or not for the actor's eyes: the same answer (HTTP 404)
└── AccountError     a rule of people and rights would be broken (HTTP 422)
"""

from __future__ import annotations

from regulars.errors import RegularsError


class Forbidden(RegularsError):
    """The actor may not do this."""


class NotFound(RegularsError):
    """There is no such thing, or none that the actor may know of."""


class AccountError(RegularsError):
    """A change of people, roles, departments or tokens that cannot be made."""
