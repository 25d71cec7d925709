"""Errors as answers: the HTTP status of each kind, and what to say of errors nobody raised on purpose."""

from __future__ import annotations

import errno

from django.db import OperationalError

from regulars.crm.accounts.errors import Forbidden, NotFound
from regulars.errors import InputError, LakeError, OutputError, ParameterError, RegularsError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def status_of(error: RegularsError) -> int:
    """The HTTP status: the class's own ``status`` where it has one, else by kind; rules that are broken are 422."""
    own = getattr(error, "status", None)
    if isinstance(own, int):
        return own
    if isinstance(error, Forbidden):
        return 403
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, OutputError) and error.code == "no_space":
        return 507
    if isinstance(error, LakeError):
        return 503
    if isinstance(error, InputError | ParameterError) or type(error) is not RegularsError:
        return 422
    return 500


def known(error: BaseException) -> RegularsError | None:
    """The deliberate error that an exception amounts to; None for a defect."""
    if isinstance(error, RegularsError):
        return error
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return OutputError(
            "no_space", "There is no room left on the disk: {reason}.", "Free some space and run again.",
            reason=error.strerror or str(error),
        )  # fmt: skip
    if isinstance(error, OperationalError):
        return _of_database(error)
    return None


def _of_database(error: OperationalError) -> RegularsError | None:
    said = str(error)
    if "disk is full" in said or "No space left" in said:
        return OutputError(
            "no_space", "There is no room left on the disk: {reason}.", "Free some space and run again.", reason=said
        )
    if "locked" in said or "could not obtain lock" in said:
        return DatabaseBusy(
            "database_busy", "The database is busy with other work.", "Try again in a few seconds; nothing was changed."
        )
    return None


class DatabaseBusy(RegularsError):
    """Somebody else writes for longer than this request may wait."""

    status = 503
