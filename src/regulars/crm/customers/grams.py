"""The search index: grams of names, pinyin initials, phone tails and e-mail addresses, kept in the same transaction.

Trigram search finds nothing in names of two characters; here a name is cut into single characters and pairs, so 王伟 is
one look-up on every database. ``:sw`` are pairs of initials, ``#4471`` the tail of a phone, ``@`` and an address whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from regulars.crm.customers import normal
from regulars.crm.customers.models import Customer, Gram

LONGEST_NAME = 40  # letters of a name that are indexed
LONGEST_GRAM = 80
TAIL = 4
_BATCH = 5_000
COMMON = 4_000  # customers from which on a gram is tested row by row instead of fetched
_DIGITS = re.compile(r"[\d\s()+-]{3,24}")


def _pieces(text: str) -> set[str]:
    return {text[at : at + size] for size in (1, 2) for at in range(len(text) - size + 1)}


def grams_of(customer: Customer) -> set[str]:
    """Every gram under which ``customer`` is found."""
    name = normal.letters(customer.name)[:LONGEST_NAME]
    found = {piece for piece in _pieces(name) if len(piece) == 2 or normal.han_only(piece)}
    if len(name) == 1:
        found.add(name)
    found |= {f":{piece}" for piece in _pieces(normal.initials(customer.name)[:LONGEST_NAME]) if len(piece) == 2}
    if len(customer.phone_key) >= TAIL:
        found.add(f"#{customer.phone_key[-TAIL:]}")
    if customer.email_key:
        found.add(f"@{customer.email_key}"[:LONGEST_GRAM])
    return found


def index(customers: Sequence[Customer]) -> None:
    """Bring the grams of ``customers`` up to date: only rows that differ are written."""
    ids = [customer.pk for customer in customers]
    held: dict[int, set[str]] = {key: set() for key in ids}
    for gram, customer_id in Gram.objects.filter(customer__in=ids).values_list("gram", "customer_id"):
        held[customer_id].add(gram)
    fresh: list[Gram] = []
    for customer in customers:
        wanted = grams_of(customer)
        stale = held[customer.pk] - wanted
        if stale:
            Gram.objects.filter(customer=customer.pk, gram__in=stale).delete()
        fresh += [Gram(gram=gram, customer_id=customer.pk) for gram in sorted(wanted - held[customer.pk])]
    Gram.objects.bulk_create(fresh, batch_size=_BATCH)


def index_new(customers: Iterable[Customer]) -> None:
    """Write the grams of customers that have none yet (imports)."""
    rows = [Gram(gram=gram, customer_id=customer.pk) for customer in customers for gram in sorted(grams_of(customer))]
    Gram.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)


def wanted(text: str) -> list[str]:
    """The grams that a customer must all have to be found by ``text``; empty: nothing can be searched.

    A tail of a phone is its last four digits or the whole number, an address is found whole (definitions of rights: a
    masked field is matched exactly, never by a part of it that would reveal the rest).
    """
    text = normal.plain(text)
    if "@" in text.strip("@"):
        return [f"@{normal.email_key(text)}"[:LONGEST_GRAM]]
    if _DIGITS.fullmatch(text):
        digits = normal.phone_key(text) if len(re.sub(r"\D", "", text)) > TAIL else re.sub(r"\D", "", text)
        return [f"#{digits[-TAIL:]}"] if len(digits) >= TAIL else _names(text)
    return _names(text)


def _names(text: str) -> list[str]:
    name = normal.letters(text)[:LONGEST_NAME]
    if len(name) <= 1:
        return [name] if name else []
    return list(dict.fromkeys(name[at : at + 2] for at in range(len(name) - 1)))


def initials_of(text: str) -> list[str]:
    """The pairs of initials in ``text`` when it can be read as initials (``swq``), else nothing."""
    name = normal.letters(text)
    if not 2 <= len(name) <= 8 or not name.isascii() or not name.isalpha():
        return []
    return [f":{name[at : at + 2]}" for at in range(len(name) - 1)]


def _within(grams: Sequence[str], common: frozenset[str] = frozenset()) -> Q:
    """Customers that have all of ``grams``: of a common one it is asked row by row, of a rare one all are fetched."""
    condition = Q()
    for gram in grams:
        rows = Gram.objects.filter(gram=gram)
        if gram in common:
            condition &= Q(Exists(rows.filter(customer=OuterRef("pk"))))
        else:
            condition &= Q(pk__in=rows.values("customer"))
    return condition


def is_common(gram: str) -> bool:
    return Gram.objects.filter(gram=gram)[:COMMON].count() >= COMMON


def narrowing(text: str) -> Q:
    """A condition that every name containing ``text`` meets, answered by the index; none for a single letter."""
    if len(normal.letters(text)) < 2 or normal.letters(text) != text.lower():
        return Q()
    return _within(_names(text))


@dataclass(frozen=True)
class Search:
    """``common``: many match, so a list walks its order and tests; else it fetches the matches and sorts them."""

    condition: Q
    common: bool


def search(text: str) -> Search:
    """Customers whose name, initials, phone tail or address match ``text``; of a whole number all its digits."""
    needed = wanted(text)
    if not needed:
        return Search(Q(pk__in=[]), False)
    if needed[0].startswith("#"):
        digits = normal.phone_key(text)
        whole = Q(phone_key=digits) if len(digits) > TAIL else Q()
        return Search(_within(needed) & whole, False)
    if needed[0].startswith("@"):
        return Search(_within(needed), False)
    common = frozenset(gram for gram in needed[:6] if is_common(gram))
    found = _within(needed, common)
    short = initials_of(text)
    if not short:
        return Search(found, common.issuperset(needed))
    often = frozenset(gram for gram in short if is_common(gram))
    return Search(found | _within(short, often), often.issuperset(short))
