"""The activity policy: who counts as active on a day (definitions, section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from regulars.engine.parameters.values import exact, number, plain, whole
from regulars.errors import ParameterError

PolicyKind = Literal["window", "rhythm"]


@dataclass(frozen=True)
class ActivityPolicy:
    """``window(days)``: a purchase in the last days. ``rhythm(k)``: silent for at most k typical gaps.

    ``days`` or ``k`` left out (None) follow the parameters ``window`` and ``rhythm_k``.
    """

    kind: PolicyKind = "window"
    days: int | None = None
    k: Fraction | None = None

    def __str__(self) -> str:
        setting = self.days if self.kind == "window" else self.k
        return self.kind if setting is None else f"{self.kind}:{plain(setting)}"


def read_policy(name: str, raw: Any) -> ActivityPolicy:
    """``window``, ``window:180``, ``rhythm``, ``rhythm:3`` or a ready ActivityPolicy."""
    kind, _, setting = str(raw).strip().lower().partition(":")
    if kind == "window":
        return ActivityPolicy("window", days=whole(1, 36_500)(name, setting) if setting else None)
    if kind == "rhythm":
        return ActivityPolicy("rhythm", k=number("0.1", "1000")(name, exact(setting) or setting) if setting else None)
    raise ParameterError(
        "bad_policy",
        "{name} is {value}; the activity policy is window:DAYS or rhythm:K.",
        "Examples: window, window:180, rhythm, rhythm:2.5.",
        name=name,
        value=raw,
    )
