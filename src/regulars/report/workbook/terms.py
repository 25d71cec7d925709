"""Names of classes and states, and the few sentences that are made from figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from regulars.report.workbook.style import (
    DORMANT,
    DUE,
    GROW,
    LOST,
    NONE,
    SLIP,
    STEADY,
    WORTH_A,
    WORTH_B,
    WORTH_C,
)

Translate = Callable[[str], str]

ABC = {"A": WORTH_A, "B": WORTH_B, "C": WORTH_C}
RHYTHM = {"on_rhythm": STEADY, "due": DUE, "slipping": SLIP, "dormant": DORMANT, "lost": LOST}
QUADRANT = {"b": NONE, "c": STEADY, "d": WORTH_B, "e": WORTH_A, "dormant": DORMANT}
LIFECYCLE = {"growth": GROW, "maturity": STEADY, "decline": SLIP, "churned": LOST}
LIFECYCLE_B = {"first": NONE, "repeat": NONE, "loyal": NONE}
RFM_GROUPS = ("HHH", "HLH", "LHH", "LLH", "HHL", "HLL", "LHL", "LLL")
LEVELS = ("high", "mid", "low", "none")


def class_names(_: Translate) -> dict[str, dict[str, str]]:
    """Family → class → its name for people."""
    levels = {"high": _("high"), "mid": _("middle"), "low": _("low"), "none": _("none")}
    return {
        "abc": {"A": _("A key"), "B": _("B main"), "C": _("C ordinary")},
        "rhythm": {
            "on_rhythm": _("On rhythm"), "due": _("Due"), "slipping": _("Slipping"), "dormant": _("Dormant"),
            "lost": _("Lost (by own rhythm)"),
        },
        "quadrant": {
            "a": _("a never bought"), "b": _("b rare, low value"), "c": _("c frequent, low value"),
            "d": _("d rare, high value"), "e": _("e frequent, high value"), "dormant": _("dormant (not in the window)"),
        },
        "lifecycle": {
            "acquisition": _("Acquisition"), "growth": _("Growth"), "maturity": _("Maturity"), "decline": _("Decline"),
            "churned": _("Churned"),
        },
        "lifecycle_b": {
            "potential": _("Potential"), "first": _("First purchase"), "repeat": _("Repeat"), "loyal": _("Loyal"),
        },
        "rfm_group": {
            "HHH": _("Important, valued"), "HLH": _("Important, to develop"), "LHH": _("Important, to keep"),
            "LLH": _("Important, to win back"), "HHL": _("General, valued"), "HLL": _("General, to develop"),
            "LHL": _("General, to keep"), "LLL": _("General, to win back"),
        },
        "frequency_class": levels,
        "amount_class": levels,
    }  # fmt: skip


def profit_name(basis: str, _: Translate) -> str:
    """What "profit" means in this analysis."""
    names = {
        "profit": _("profit from the profit column"),
        "cost": _("profit = amount − cost"),
        "margin": _("profit = amount × the set margin"),
        "revenue": _("no profit in the data: revenue stands in"),
    }
    return names.get(basis, basis)


def policy_name(lead: str, parameters: Mapping[str, Any], _: Translate) -> str:
    """The activity policy in words."""
    rule, _sep, own = str(parameters.get("policy") or "window").partition(":")
    if lead == "rhythm":
        k = own if own and rule == "rhythm" else parameters.get("rhythm_k") or 3
        return _("active: silent for at most {k} typical gaps").format(k=f"{float(Fraction(k)):g}")
    days = own if own and rule == "window" else parameters.get("window") or 365
    return _("active: a purchase in the last {days} days").format(days=days)


def contact_reason(row: Mapping[str, Any], _: Translate) -> str:
    """Why this customer is on the list, from the customer's own rhythm."""
    gap, silent = row.get("typical_gap"), row.get("recency_days")
    if gap is None or silent is None:
        return _("Not enough purchases to know the rhythm.")
    later = row.get("lateness_percentile")
    if later is None:
        return _("Usually every {gap} days, now {days}").format(gap=max(1, round(gap)), days=silent)
    text = _("Usually every {gap} days, now {days}; later than {share}% of returns")
    return text.format(gap=max(1, round(gap)), days=silent, share=int(100 * later))


def yes_no(value: bool | None, _: Translate) -> str | None:
    return None if value is None else _("yes") if value else _("no")
