"""The customers of a bulk action: some that were ticked, or all that match, settled once when the job begins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Q, QuerySet

from regulars.crm.accounts.models import User
from regulars.crm.customers.filters.keys import IsAmong
from regulars.crm.customers.listing.request import from_told
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import alive, editable_by, visible_to

MOST_TICKED = 2_000


def folder() -> Path:
    """Where jobs keep what they found: outside the database, because it may be a million rows."""
    place = Path(settings.MEDIA_ROOT).parent / "jobs"
    place.mkdir(parents=True, exist_ok=True)
    return place


def selected(actor: User, selection: Mapping[str, Any]) -> QuerySet[Customer]:
    """What the actor selected, as far as the actor sees it. ``selection``: {"ids": [public ids]} or a listing."""
    ticked = selection.get("ids")
    if ticked is not None:
        among = Q(IsAmong("public_id", [str(each) for each in ticked[:MOST_TICKED]]))
        return Customer.objects.filter(alive() & visible_to(actor) & among)
    return from_told(actor, selection).customers


def settled(job_id: str, actor: User, selection: Mapping[str, Any], *columns: str) -> tuple[dict[str, np.ndarray], int]:
    """Ids and the present values of ``columns`` of what the actor may change, and how many are skipped.

    Written to a file the first time, read from it when the job begins anew: a job that was killed goes on with the
    same customers. Unknown values are −1.
    """
    path = folder() / f"{job_id}.npz"
    if not path.exists():
        chosen = selected(actor, selection)
        everybody = chosen.count()
        rows = chosen.filter(editable_by(actor)).order_by("pk").values_list("pk", *columns)
        table = np.array(
            [[-1 if value is None else value for value in row] for row in rows.iterator(chunk_size=20_000)]
        )
        table = table.reshape(-1, 1 + len(columns)).astype(np.int64)
        held = {name: table[:, place] for place, name in enumerate(("pk", *columns))}
        _write(path, {**held, "skipped": np.array([everybody - len(table)])})
    stored = dict(np.load(path, allow_pickle=False))
    return stored, int(stored["skipped"][0])


def _write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    fresh = path.with_suffix(".fresh.npz")
    with fresh.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    fresh.replace(path)


def chunks(keys: np.ndarray, size: int) -> list[list[int]]:
    return [keys[at : at + size].tolist() for at in range(0, len(keys), size)]
