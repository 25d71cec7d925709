"""Finding pairs among all customers: only those that share something are compared at all, so that a million take
minutes.

A block is a value that two customers must share: phone, address, name, sound of the name with the end of the phone,
phone with a digit left out, beginning or end of a company's name. Of a block larger than ``CROWD`` only neighbours in
the order of the names are compared: a number that hundreds share is a switchboard.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from django.db import connection

from regulars.crm.customers.duplicates.likeness import LISTED, Person, judged, plain_email

CROWD = 25
RARE = 3
EDGE = 4
FETCH = 20_000
Progress = Callable[[str, int, int], None]
_COLUMNS = "id, kind, name, sort_name, phone_key, email_key, region"


def everybody(progress: Progress) -> list[Person]:
    """All customers that are alive."""
    found: list[Person] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM customers_customer WHERE deleted_at IS NULL AND merged_into_id IS NULL")
        total = int(cursor.fetchone()[0])
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS} FROM customers_customer"  # noqa: S608 - the columns above
                " WHERE deleted_at IS NULL AND merged_into_id IS NULL AND id > %s ORDER BY id LIMIT %s",
                [last, FETCH],
            )
            rows = cursor.fetchall()
        if not rows:
            return found
        found += [Person.of(*row) for row in rows]
        last = rows[-1][0]
        progress("read", len(found), total)


def pairs(people: Sequence[Person], progress: Progress) -> Iterator[tuple[int, int, int, list[str]]]:
    """(lower id, higher id, points, reasons) of every pair with points enough."""
    names = Counter(person.core for person in people)
    seen: set[int] = set()
    blockers = (_by_phone, _by_email, _by_name, _by_sound, _by_near_phone, _by_edges)
    width = len(people)
    for number, blocker in enumerate(blockers):
        progress("lookalikes", number, len(blockers))
        for one, other in _candidates(people, blocker):
            place = one * width + other
            if place in seen:
                continue
            seen.add(place)
            left, right = people[one], people[other]
            points, reasons = judged(left, right, rare=names[left.core] <= RARE)
            if points >= LISTED:
                low, high = sorted((left.id, right.id))
                yield low, high, points, reasons
    progress("lookalikes", len(blockers), len(blockers))


Blocker = Callable[[Person], Sequence[str]]


def _candidates(people: Sequence[Person], blocker: Blocker) -> Iterator[tuple[int, int]]:
    """Pairs of places that share a block. Blocks are compared by hash: a chance hit is judged and dropped."""
    keys, places = array("q"), array("l")
    for place, person in enumerate(people):
        for key in blocker(person):
            keys.append(hash(key))
            places.append(place)
    if len(keys) < 2:
        return
    values = np.frombuffer(keys, np.int64)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    members = np.frombuffer(places, np.dtype("l"))[order]
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) + 1
    starts = np.append(0, ends[:-1])
    crowded = ends - starts > 1
    for start, end in zip(starts[crowded].tolist(), ends[crowded].tolist(), strict=True):
        yield from _of_block(people, members[start:end].tolist())


def _of_block(people: Sequence[Person], block: list[int]) -> Iterator[tuple[int, int]]:
    if len(block) <= CROWD:
        for number, one in enumerate(block):
            for other in block[number + 1 :]:
                if one != other:
                    yield one, other
        return
    near = sorted(block, key=lambda place: (people[place].core, people[place].phone))
    for one, other in pairwise(near):
        if one != other:
            yield min(one, other), max(one, other)


def _by_phone(person: Person) -> Sequence[str]:
    return (person.phone,) if len(person.phone) >= 6 else ()


def _by_email(person: Person) -> Sequence[str]:
    return (plain_email(person.email),) if person.email else ()


def _by_name(person: Person) -> Sequence[str]:
    """A name with the region; a name alone only where the block is small (see ``CROWD``)."""
    return (person.core,) if len(person.core) >= 2 else ()


def _by_sound(person: Person) -> Sequence[str]:
    tail = person.phone[-4:] if len(person.phone) >= 8 else person.email.partition("@")[0]
    return (f"{person.spoken}\x1f{tail}",) if person.spoken and tail else ()


def _by_near_phone(person: Person) -> Sequence[str]:
    """The phone with each digit left out in turn: numbers that differ in one digit share one of these. Together with
    the first letter of the name's sound, so that chance hits stay few.
    """
    if len(person.phone) < 10:
        return ()
    start = person.spoken[:1]
    return [
        f"{start}{number}:{person.phone[:number]}{person.phone[number + 1 :]}" for number in range(len(person.phone))
    ]


def _by_edges(person: Person) -> Sequence[str]:
    if not person.organization or len(person.core) < EDGE:
        return ()
    return (f"<{person.core[:EDGE]}", f">{person.core[-EDGE:]}")
