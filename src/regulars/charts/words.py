"""The names of classes and states, and the colour each of them has everywhere."""

from __future__ import annotations

from regulars.charts.reader import Reader, mark

ABC = {"A": mark("abc|key"), "B": mark("abc|main"), "C": mark("abc|other")}
ABC_COLOUR = {"A": "vA", "B": "vB", "C": "vC"}

QUADRANT = {
    "a": mark("known, no order yet"),
    "b": mark("rare, small"),
    "c": mark("frequent, small"),
    "d": mark("rare, large"),
    "e": mark("frequent, large"),
    "dormant": mark("gone quiet"),
}
QUADRANT_COLOUR = {"a": "grow", "b": "none", "c": "steady", "d": "vB", "e": "vA", "dormant": "dorm"}

STAGE = {
    "growth": mark("Growth"),
    "maturity": mark("Maturity"),
    "decline": mark("Decline"),
    "churned": mark("Churned"),
}
STAGE_COLOUR = {"growth": "grow", "maturity": "steady", "decline": "slip", "churned": "lost"}
LOYALTY = {"first": mark("First-time"), "repeat": mark("Repeat"), "loyal": mark("Loyal")}

RHYTHM = {
    "on_rhythm": mark("rhythm|On rhythm"),
    "due": mark("rhythm|Due"),
    "slipping": mark("rhythm|Slipping"),
    "dormant": mark("rhythm|Dormant"),
    "lost": mark("rhythm|Lost"),
}
RHYTHM_COLOUR = {"on_rhythm": "steady", "due": "due", "slipping": "slip", "dormant": "dorm", "lost": "lost"}
LATE = ("slipping", "dormant", "lost")

RFM_GROUP = {
    "HHH": mark("Champions"),
    "HLH": mark("Promising"),
    "LHH": mark("Keep"),
    "LLH": mark("Win back"),
    "HHL": mark("Steady, small"),
    "HLL": mark("Newcomers"),
    "LHL": mark("Fading"),
    "LLL": mark("Gone"),
}


def quadrant(reader: Reader, key: str) -> str:
    """The letter and the words: e frequent, large; the dormant have no letter."""
    name = reader.say(QUADRANT[key])
    return name if key == "dormant" else f"{key} {name}"
