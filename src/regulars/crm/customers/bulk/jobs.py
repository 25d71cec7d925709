"""Kinds of jobs over many customers: assign, tag, untag, delete; each can be stopped, begun anew, and taken back.

Every chunk is one short transaction that looks at what is still to be done in it: a job killed at any moment and run
again changes nothing twice. Undoing touches only what is still as the job left it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from regulars.crm.accounts import audit
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import require
from regulars.crm.customers import timeline
from regulars.crm.customers.bulk import exports
from regulars.crm.customers.bulk.selecting import chunks, settled
from regulars.crm.customers.models import Customer, Tag
from regulars.crm.customers.services.assigning import check_owner
from regulars.crm.customers.services.binning import purge_due
from regulars.crm.customers.services.tagging import tags_of
from regulars.crm.jobs.services import Running, daily, enqueue, job, undoes

CHUNK = 2_000


def _each(running: Running, stage: str, keys: np.ndarray, change: Callable[[list[int]], int]) -> int:
    """Call ``change`` for every chunk in a transaction of its own; the number of customers it changed."""
    changed = 0
    for place, chunk in enumerate(chunks(keys, CHUNK)):
        running.progress(stage, place * CHUNK, len(keys))
        with transaction.atomic():
            changed += change(chunk)
    running.progress(stage, len(keys), len(keys))
    return changed


def _result(keys: np.ndarray, skipped: int, **more: Any) -> dict[str, Any]:
    return {"customers": len(keys), "skipped": skipped, **more}


@job("customers.assign", title=_("Assign customers"))
def assign(running: Running) -> dict[str, Any]:
    require(running.actor, "customers.assign")
    wanted = running.arguments.get("owner") or ""
    owner = User.objects.get(public_id=wanted) if wanted else None
    check_owner(owner)
    columns = ("owner_id", "department_id")
    held, skipped = settled(running.job.public_id, running.actor, running.arguments["selection"], *columns)
    running.keep_undo({"owner": owner.pk if owner else None})
    moved: dict[str, Any] = {"owner": owner} | ({"department_id": owner.department_id} if owner else {})

    def change(chunk: list[int]) -> int:
        todo = _still(chunk, owner)
        Customer.objects.filter(pk__in=todo).update(**moved, updated_at=timezone.now())
        told = {"to": owner.name if owner else "", "job": running.job.public_id}
        timeline.note_many(todo, running.actor, timeline.ASSIGNED, **told)
        return len(todo)

    _each(running, gettext_noop("Assigning"), held["pk"], change)
    return _result(held["pk"], skipped, owner=owner.name if owner else "")


def _still(chunk: Sequence[int], owner: User | None) -> list[int]:
    among = Customer.objects.filter(pk__in=chunk)
    left = among.exclude(owner=owner) if owner is not None else among.exclude(owner=None)
    return list(left.values_list("pk", flat=True))


@undoes("customers.assign")
def unassign(running: Running) -> dict[str, Any]:
    """Give back to the owner of before whoever still has the owner of the job."""
    held, _skipped = settled(
        _done_by(running), running.actor, running.arguments["selection"], "owner_id", "department_id"
    )
    before = {
        int(pk): (int(owner), int(dep))
        for pk, owner, dep in zip(held["pk"], held["owner_id"], held["department_id"], strict=True)
    }
    given = running.undo_data["owner"]

    def change(chunk: list[int]) -> int:
        ours = list(Customer.objects.filter(pk__in=chunk, owner=given).values_list("pk", flat=True))
        groups: dict[tuple[int, int], list[int]] = {}
        for pk in ours:
            if before[pk][0] != (given if given is not None else -1):
                groups.setdefault(before[pk], []).append(pk)
        for (owner, department), keys in groups.items():
            values = {"owner_id": None if owner < 0 else owner, "department_id": None if department < 0 else department}
            Customer.objects.filter(pk__in=keys).update(**values, updated_at=timezone.now())
            timeline.note_many(keys, running.actor, timeline.ASSIGNED, undone=True)
        return sum(map(len, groups.values()))

    return {"customers": _each(running, gettext_noop("Undoing"), held["pk"], change)}


def _done_by(running: Running) -> str:
    """The public id of the job that is undone: its file holds the customers."""
    of = running.job.arguments.get("of")
    return type(running.job).objects.get(pk=of).public_id if of is not None else running.job.public_id


def _tagging(running: Running) -> tuple[list[Tag], np.ndarray, int]:
    require(running.actor, "customers.edit")
    tags = tags_of(running.arguments["tags"])
    held, skipped = settled(running.job.public_id, running.actor, running.arguments["selection"])
    return tags, held["pk"], skipped


def _links(chunk: Sequence[int], tags: Sequence[Tag]) -> Any:
    return Customer.tags.through.objects.filter(customer__in=chunk, tag__in=[each.pk for each in tags])


def _add(chunk: list[int], tags: Sequence[Tag], actor: User) -> int:
    there = set(_links(chunk, tags).values_list("customer_id", "tag_id"))
    fresh = [(pk, each.pk) for pk in chunk for each in tags if (pk, each.pk) not in there]
    through = Customer.tags.through
    through.objects.bulk_create([through(customer_id=pk, tag_id=tag) for pk, tag in fresh], ignore_conflicts=True)
    changed = sorted({pk for pk, _tag in fresh})
    timeline.note_many(changed, actor, timeline.TAGGED, tags=[each.name for each in tags])
    return len(changed)


def _remove(chunk: list[int], tags: Sequence[Tag], actor: User) -> int:
    links = _links(chunk, tags)
    changed = sorted(set(links.values_list("customer_id", flat=True)))
    links.delete()
    timeline.note_many(changed, actor, timeline.UNTAGGED, tags=[each.name for each in tags])
    return len(changed)


def _remember(running: Running, keys: np.ndarray, tags: Sequence[Tag]) -> None:
    """Which customers had which of the tags before: once, before anything changes."""
    if running.undo_data is not None:
        return
    had = {
        str(each.pk): [
            pk for part in chunks(keys, 20_000) for pk in _links(part, [each]).values_list("customer_id", flat=True)
        ]
        for each in tags
    }
    running.keep_undo({"had": had})


@job("customers.tag", title=_("Tag customers"))
def tag(running: Running) -> dict[str, Any]:
    tags, keys, skipped = _tagging(running)
    _remember(running, keys, tags)
    _each(running, gettext_noop("Tagging"), keys, lambda chunk: _add(chunk, tags, running.actor))
    return _result(keys, skipped, tags=[each.name for each in tags])


@undoes("customers.tag")
def undo_tag(running: Running) -> dict[str, Any]:
    held, _skipped = settled(_done_by(running), running.actor, running.arguments["selection"])
    changed = 0
    for each in tags_of(running.arguments["tags"]):
        fresh = np.setdiff1d(held["pk"], _had(running, each))
        changed += _each(running, gettext_noop("Undoing"), fresh, partial(_remove, tags=[each], actor=running.actor))
    return {"customers": changed}


def _had(running: Running, tag: Tag) -> np.ndarray:
    """Who had the tag before the job."""
    return np.array(running.undo_data["had"].get(str(tag.pk), []), np.int64)


@job("customers.untag", title=_("Remove tags"))
def untag(running: Running) -> dict[str, Any]:
    tags, keys, skipped = _tagging(running)
    _remember(running, keys, tags)
    _each(running, gettext_noop("Removing tags"), keys, lambda chunk: _remove(chunk, tags, running.actor))
    return _result(keys, skipped, tags=[each.name for each in tags])


@undoes("customers.untag")
def undo_untag(running: Running) -> dict[str, Any]:
    changed = 0
    for each in tags_of(running.arguments["tags"]):
        work = partial(_add, tags=[each], actor=running.actor)
        changed += _each(running, gettext_noop("Undoing"), _had(running, each), work)
    return {"customers": changed}


@job("customers.delete", title=_("Delete customers"))
def delete(running: Running) -> dict[str, Any]:
    require(running.actor, "customers.delete")
    held, skipped = settled(running.job.public_id, running.actor, running.arguments["selection"])
    if running.undo_data is None:
        running.keep_undo({"at": timezone.now().isoformat()})
    moment = parse_datetime(running.undo_data["at"])

    def change(chunk: list[int]) -> int:
        todo = list(Customer.objects.filter(pk__in=chunk, deleted_at=None).values_list("pk", flat=True))
        Customer.objects.filter(pk__in=todo).update(deleted_at=moment, updated_at=timezone.now())
        timeline.note_many(todo, running.actor, timeline.DELETED)
        return len(todo)

    changed = _each(running, gettext_noop("Deleting"), held["pk"], change)
    audit.record(
        running.actor,
        "customers.delete",
        object_type="job",
        object_id=running.job.public_id,
        details={"customers": changed},
    )
    return _result(held["pk"], skipped)


@undoes("customers.delete")
def undelete(running: Running) -> dict[str, Any]:
    held, _skipped = settled(_done_by(running), running.actor, running.arguments["selection"])
    moment = parse_datetime(running.undo_data["at"])

    def change(chunk: list[int]) -> int:
        ours = list(Customer.objects.filter(pk__in=chunk, deleted_at=moment).values_list("pk", flat=True))
        Customer.objects.filter(pk__in=ours).update(deleted_at=None, updated_at=timezone.now())
        timeline.note_many(ours, running.actor, timeline.RESTORED)
        return len(ours)

    return {"customers": _each(running, gettext_noop("Undoing"), held["pk"], change)}


@job("customers.export", title=_("Export customers"))
def export(running: Running) -> dict[str, Any]:
    require(running.actor, "customers.export")
    made = exports.write(running.job.public_id, running.actor, running.arguments, running.progress)
    return {**made, "address": f"/customers/exports/{running.job.public_id}/"}


@job("customers.purge", title=_("Empty the recycle bin"))
def purge(running: Running) -> dict[str, Any]:
    running.progress(gettext_noop("Deleting"), 0, 0)
    return {"customers": purge_due()}


@daily("customers.purge")
def begin_purge(day: date) -> None:
    enqueue("customers.purge", None, once=f"customers.purge:{day.isoformat()}")
