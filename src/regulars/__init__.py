"""Regulars · 回头客: who is worth keeping, who is about to leave, what to do today, and whether it worked."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from regulars.version import VERSION as __version__

if TYPE_CHECKING:
    from regulars.analysis import Analysis
    from regulars.analyzing import analyze
    from regulars.engine.parameters import Parameters
    from regulars.engine.probability import backtest, fit_purchases, fit_spend, score, summarize
    from regulars.errors import RegularsError

_HOME = {
    "Analysis": "regulars.analysis",
    "Parameters": "regulars.engine.parameters",
    "RegularsError": "regulars.errors",
    "analyze": "regulars.analyzing",
    **dict.fromkeys(("backtest", "fit_purchases", "fit_spend", "score", "summarize"), "regulars.engine.probability"),
}

__all__ = [
    "Analysis",
    "Parameters",
    "RegularsError",
    "__version__",
    "analyze",
    "backtest",
    "fit_purchases",
    "fit_spend",
    "score",
    "summarize",
]


def __getattr__(name: str) -> Any:
    """Public names are loaded when first used: the command line must not wait for what it does not need."""
    if name not in _HOME:
        raise AttributeError(f"module 'regulars' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
