"""What went wrong, whoever noticed it, as one kind of error: what, where, how to mend it. Never a traceback."""

from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from regulars.engine.parameters.values import closest
from regulars.errors import OutputError, ParameterError, RegularsError

TRACE = "REGULARS_TRACE"
PACKAGE = Path(__file__).resolve().parents[1]


def as_failure(error: Exception) -> RegularsError:
    """The error itself when Regulars raised it, else what it means for the reader."""
    if isinstance(error, RegularsError):
        return error
    if isinstance(error, MemoryError):
        return RegularsError(
            "out_of_memory", "There is not enough memory.", "Close other programs, or analyse fewer orders at once."
        )
    if isinstance(error, OSError):
        return _of_system(error)
    return _defect(error)


def _of_system(error: OSError) -> RegularsError:
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(
            "no_space", "There is no room left on the disk: {reason}.", "Free some space and run again.",
            reason=f"{error.filename}: {reason}" if error.filename else reason,
        )  # fmt: skip
    if error.filename is None:
        return RegularsError(
            "system_refused", "The system refused: {reason}.", "Mend that and run again; nothing is left half done.",
            reason=reason,
        )  # fmt: skip
    return RegularsError(
        "file_refused", "{path} cannot be used: {reason}.", "Check that it exists and that you may read and write it.",
        path=os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else error.filename, reason=reason,
    )  # fmt: skip


def _defect(error: Exception) -> RegularsError:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).is_relative_to(PACKAGE)] or frames
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
    return RegularsError(
        "defect",
        "Regulars failed where it should not have: {kind}: {what} ({place}).",
        "This is a defect: please report it with the command. {trace}=1 in the environment shows the whole trace.",
        kind=type(error).__name__,
        what=str(error) or "–",
        place=place,
        trace=TRACE,
    )


def of_usage(error: Any) -> ParameterError:
    """A command line that typer could not read."""
    page = f"{error.ctx.command_path if getattr(error, 'ctx', None) else 'regulars'} --help"
    kind, parameter = type(error).__name__, getattr(error, "param", None)
    if kind == "NoSuchOption":
        return ParameterError(
            "unknown_option", "There is no option {option}.{suggestion}", "All options: {page}",
            option=error.option_name, suggestion=_near(error), page=page,
        )  # fmt: skip
    if kind == "MissingParameter" and parameter is not None:
        return ParameterError(
            "missing_option", "{name} is missing.", "All options: {page}", name=_name(parameter), page=page
        )
    if kind == "BadOptionUsage":
        return ParameterError(
            "option_without_value",
            "{option} needs a value.",
            "All options: {page}",
            option=error.option_name,
            page=page,
        )
    if parameter is not None:
        return _bad_value(error, parameter, page)
    return ParameterError("usage", "{reason}", "All options: {page}", reason=error.format_message(), page=page)


def _bad_value(error: Any, parameter: Any, page: str) -> ParameterError:
    name, kind = _name(parameter), parameter.type_descriptor
    if kind.is_choice:
        return ParameterError(
            "not_a_choice", "{name} is one of: {choices}.", "All options: {page}",
            name=name, choices=", ".join(str(choice) for choice in kind.choices), page=page,
        )  # fmt: skip
    if parameter.min is not None and parameter.max is not None:
        return ParameterError(
            "not_in_range", "{name} is a whole number from {low} to {high}.", "All options: {page}",
            name=name, low=parameter.min, high=parameter.max, page=page,
        )  # fmt: skip
    if parameter.min is not None:
        return ParameterError(
            "below_range", "{name} is a whole number of at least {low}.", "All options: {page}",
            name=name, low=parameter.min, page=page,
        )  # fmt: skip
    return ParameterError(
        "bad_option_value", "{name} has a value it cannot have: {reason}.", "All options: {page}",
        name=name, reason=error.message, page=page,
    )  # fmt: skip


def unknown_command(name: str, known: Iterable[str], path: str) -> ParameterError:
    """The error for a verb that does not exist."""
    return ParameterError(
        "unknown_command", "There is no command {name}.{suggestion}", "All commands: {page}",
        name=name, suggestion=did_you_mean(name, known), page=f"{path} --help",
    )  # fmt: skip


def _near(error: Any) -> str:
    known = [name for p in error.ctx.command.params for name in (*p.opts, *p.secondary_opts)] if error.ctx else []
    return did_you_mean(error.option_name, known)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """ " → name?" of the nearest known name, or nothing when none is near."""
    near = closest(name, known)
    return f" → {near}?" if near else ""


def _name(parameter: Any) -> str:
    return parameter.opts[0] if parameter.param_type_name == "option" else parameter.metavar or parameter.name
