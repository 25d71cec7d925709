"""How alike two customers are: points for what agrees, with the reasons in the order of their weight."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from regulars.crm.customers import normal

LISTED = 45
SAME_PHONE, SAME_EMAIL, NEAR_EMAIL, NEAR_PHONE = 60, 60, 35, 25
SAME_NAME, RARE_NAME, ALIKE_NAME, SAME_REGION = 30, 15, 20, 5
OTHER_NAME, OTHER_CONTACT, OTHER_KIND = -12, -20, -15
MOST = 100
_SUFFIXES = re.compile(
    r"(有限责任公司|股份有限公司|有限公司|分公司|公司|集团|商行|经营部|工作室|个体工商户"
    r"|\b(co|ltd|limited|inc|llc|gmbh|corp|corporation|company|plc|ag|sa|kg)\b\.?)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Person:
    """What the search knows of a customer. ``core`` is the name without what varies, ``spoken`` its pinyin."""

    id: int
    organization: bool
    core: str
    spoken: str
    phone: str
    email: str
    region: str

    @classmethod
    def of(cls, id: int, kind: str, name: str, sort_name: str, phone: str, email: str, region: str) -> Person:
        organization = kind == "organization"
        return cls(id, organization, core_of(name, organization), sort_name, phone, email, region)


def core_of(name: str, organization: bool = False) -> str:
    """The name as it compares: lower case, words in order of the alphabet, forms of companies left out."""
    text = normal.plain(name).lower()
    if organization:
        text = _SUFFIXES.sub(" ", text) or text
    words = re.findall(r"[^\W_]+", text)
    if len(words) > 1 and all(word.isascii() for word in words):
        words = sorted(words)
        return " ".join(words)
    return "".join(words)


def plain_email(email: str) -> str:
    """The address without dots and +labels before the sign."""
    local, _, domain = email.partition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}" if domain else ""


def within_one(left: str, right: str) -> bool:
    """Whether one letter changed, added, left out or swapped with its neighbour makes the two the same."""
    if left == right:
        return True
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    a, b = left[start:], right[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


def judged(one: Person, other: Person, *, rare: bool) -> tuple[int, list[str]]:
    """(points up to 100, reasons). ``rare``: hardly anybody else has this name."""
    points: list[tuple[int, str]] = []
    phones, emails = one.phone and other.phone, one.email and other.email
    if phones:
        if one.phone == other.phone:
            points.append((SAME_PHONE, "same_phone"))
        elif len(one.phone) >= 10 and within_one(one.phone, other.phone):
            points.append((NEAR_PHONE, "near_phone"))
    if emails:
        if one.email == other.email:
            points.append((SAME_EMAIL, "same_email"))
        elif plain_email(one.email) == plain_email(other.email) or _near_email(one.email, other.email):
            points.append((NEAR_EMAIL, "near_email"))
    contact = bool(points)
    name = _name(one, other, rare)
    if name is not None:
        points.append(name)
        if name[1] == "same_name" and one.region and one.region == other.region:
            points.append((SAME_REGION, "same_region"))
    total = sum(weight for weight, _ in points)
    total += 0 if name is not None else OTHER_NAME
    total += OTHER_KIND if one.organization != other.organization else 0
    total += OTHER_CONTACT if (phones or emails) and not contact else 0
    return min(MOST, total), [why for _, why in sorted(points, reverse=True)]


def _name(one: Person, other: Person, rare: bool) -> tuple[int, str] | None:
    if one.core and one.core == other.core:
        return SAME_NAME + (RARE_NAME if rare else 0), "same_name"
    if one.spoken and one.spoken == other.spoken:
        return ALIKE_NAME, "same_sound"
    longest = max(len(one.core), len(other.core))
    if one.organization and other.organization and longest >= 4 and _ratio(one.core, other.core) >= 0.85:
        return ALIKE_NAME + (RARE_NAME if longest >= 8 else 5), "alike_name"
    if longest >= 5 and within_one(one.core, other.core):
        return ALIKE_NAME, "alike_name"
    return None


def _near_email(one: str, other: str) -> bool:
    left, right = one.partition("@"), other.partition("@")
    if left[2] == right[2]:
        return len(left[0]) >= 6 and within_one(left[0], right[0])
    return left[0] == right[0] and len(left[0]) >= 4 and within_one(left[2], right[2])


def _ratio(left: str, right: str) -> float:
    return SequenceMatcher(None, left, right, autojunk=False).ratio()
