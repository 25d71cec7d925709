"""Kinds of jobs: what runs for each, how it is taken back, and what is begun by the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from regulars.crm.jobs.running import Running

Work = Callable[["Running"], dict[str, Any] | None]
UNDO = ":undo"  # a kind's way back is a kind of its own


@dataclass(frozen=True)
class Kind:
    """``title``: what people call it (lazy text). ``lane``: of one lane only one job runs at a time."""

    key: str
    work: Work
    title: Any = ""
    lane: str | None = None
    undo: Work | None = None


_kinds: dict[str, Kind] = {}
_daily: dict[str, Callable[[date], None]] = {}


def job(key: str, *, title: Any = "", lane: str | None = None) -> Callable[[Work], Work]:
    """Register ``function(running) -> result`` as the work of jobs of this kind.

    The work can be killed at any moment and is then run again from its start: it must double nothing. ``running.marks``
    keeps what it wants to know of its earlier life.
    """

    def registered(work: Work) -> Work:
        _kinds[key] = Kind(key, work, title, lane)
        return work

    return registered


def undoes(key: str) -> Callable[[Work], Work]:
    """Register the way back of a kind: called with the same arguments and with what ``keep_undo`` kept."""

    def registered(work: Work) -> Work:
        _kinds[key] = replace(_kinds[key], undo=work)
        return work

    return registered


def daily(name: str) -> Callable[[Callable[[date], None]], Callable[[date], None]]:
    """Register a function that the scheduler calls on every tick with the business day: it enqueues what is due, with
    ``once``, so that several schedulers begin it once.
    """

    def registered(begin: Callable[[date], None]) -> Callable[[date], None]:
        _daily[name] = begin
        return begin

    return registered


def kind(key: str) -> Kind | None:
    """The kind with this key, or the way back of one (``…:undo``); None when nobody registered it."""
    found = _kinds.get(key.removesuffix(UNDO))
    if found is None or not key.endswith(UNDO):
        return found
    return None if found.undo is None else replace(found, key=key, work=found.undo, undo=None)


def begun_daily() -> dict[str, Callable[[date], None]]:
    return dict(_daily)
