"""The fixtures are what they claim: consistent, so that a wrong report cannot hide behind a wrong sample."""

import pytest

from regulars.charts.movement import reconciles
from tests.report import sample

NAMES = ("good", "young", "tiny", "bare")


@pytest.mark.parametrize("name", NAMES)
def test_every_bridge_reconciles(name):
    summary = getattr(sample, name)().summary
    for part in ("retention", "retention_rhythm"):
        for rows in summary[part].values():
            assert all(reconciles(row) for row in rows)
    assert all(reconciles(row) for row in summary["bridge"].values() if row)


@pytest.mark.parametrize("name", NAMES)
def test_classes_hold_everybody_once(name):
    summary = getattr(sample, name)().summary
    for classes in ("abc", "rfm_group", "quadrant", "lifecycle", "lifecycle_b"):
        assert sum(row["customers"] for row in summary["customers"][classes].values()) == summary["customers"]["total"]
    assert sum(row["customers"] for row in summary["lifecycle_flow"]) == summary["customers"]["total"]
    assert sum(cell["customers"] for cell in summary["rfm"]["grid"]) == summary["customers"]["total"]


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_accounted_for(name):
    read = getattr(sample, name)().summary["input"]
    parts = ("used_rows", "rejected_rows", "dropped_rows", "skipped_rows")
    assert read["rows"] == sum(read[part] for part in parts)
