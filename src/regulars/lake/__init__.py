"""The fact store: orders, lines and customers in buckets under Delta Lake, in versions that stay readable."""

from regulars.lake.histories import BucketFacts, BucketLines
from regulars.lake.incoming import LoadReport
from regulars.lake.records import Totals
from regulars.lake.retention import VacuumReport
from regulars.lake.schema import NO_CODE, UNATTRIBUTED, buckets_for
from regulars.lake.snapshot import Snapshot
from regulars.lake.store import Lake
from regulars.lake.verify import VerifyReport
from regulars.lake.versions import Version

__all__ = [
    "NO_CODE",
    "UNATTRIBUTED",
    "BucketFacts",
    "BucketLines",
    "Lake",
    "LoadReport",
    "Snapshot",
    "Totals",
    "VacuumReport",
    "VerifyReport",
    "Version",
    "buckets_for",
]
