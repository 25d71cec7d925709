"""The versions of a lake as people see them: when, by what, and which one was known at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from regulars.lake import faults
from regulars.lake.incoming import LoadReport
from regulars.lake.records import Record, Totals


@dataclass(frozen=True)
class Version:
    """One version of a lake. ``kind`` is create, load, bulk, compact or identity; only loads have a report."""

    version: int
    at: datetime
    kind: str
    customers: int
    totals: Totals
    report: LoadReport | None


def describe(record: Record) -> Version:
    report = LoadReport.from_json(record.report) if record.report else None
    return Version(record.version, record.time, record.kind, record.customers, record.totals, report)


def known_at(records: Sequence[Record], moment: date | datetime) -> int:
    """The last of ``records`` (from version 0) made by ``moment``. LakeError when there is none."""
    limit = _end_of(moment, ZoneInfo(records[0].timezone))
    known = [record.version for record in records if record.time <= limit]
    if not known:
        raise faults.not_known_yet(moment.isoformat(), records[0].at)
    return known[-1]


def _end_of(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    return datetime.combine(moment, time.max, zone).astimezone(UTC)
