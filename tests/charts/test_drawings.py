"""Every figure of every sample is drawable in both languages, or says in words why it is not."""

import pytest

from regulars.charts import (
    alive,
    at_risk,
    calibration,
    clv,
    cohorts,
    lifecycle,
    migration,
    movement,
    pareto,
    quadrants,
    reliability,
    retention,
    rfm,
    rhythm,
    survival,
)
from regulars.charts.reader import Reader
from tests.charts.options import is_drawable
from tests.report import sample

SAMPLES = ("good", "young", "tiny", "bare")


def drawings(summary, reader):
    classes = summary["customers"]
    for rows in (summary["retention"]["month"], summary["retention_rhythm"]["month"]):
        yield "retention", retention.retention(rows, reader)
        yield "churn", retention.churn(rows, reader)
    for policy in ("window", "rhythm"):
        yield "movement", movement.waterfall(summary["bridge"][policy], reader)
    yield "pareto", pareto.curve(summary["pareto"], classes["abc"], reader)
    yield "rfm", rfm.grid(summary["rfm"], reader)
    yield "quadrants", quadrants.quadrant_map(summary["quadrants"], classes["quadrant"], reader)
    yield "migration", migration.sankey(summary["migration"], reader)
    yield "flow", lifecycle.flow(summary["lifecycle_flow"], reader)
    yield "history", lifecycle.history(summary["lifecycle_history"], reader)
    yield "rhythm", rhythm.states(classes["rhythm"], summary["rhythm"]["population_gap"], reader)
    yield "cohorts", cohorts.heat_map(summary["cohorts"], reader)
    yield from of_value(summary["value"], (summary["clv"] or {}).get("backtest"), reader)


def of_value(value, proof, reader):
    curves = (value or {}).get("survival") or {}
    yield "clv", clv.concentration(value, reader)
    yield "calibration", calibration.by_decile(proof, reader)
    yield "chances", reliability.chances(proof, reader)
    yield "at risk", at_risk.held((value or {}).get("at_risk"), reader)
    yield "alive", alive.alive_map((value or {}).get("alive"), reader)
    yield "second purchase", survival.overall(curves.get("overall"), reader)
    for groups in (curves.get("by_cohort"), curves.get("by_product")):
        yield "groups", survival.groups(groups, [group["name"] for group in groups or ()], reader)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", SAMPLES)
def test_each_figure_is_drawable_or_says_why_not(name, lang):
    summary = getattr(sample, name)().summary
    for figure, drawing in drawings(summary, Reader.of(summary, lang)):
        if drawing.option is None:
            assert drawing.empty.strip(), figure
        else:
            assert not drawing.empty
            assert is_drawable(drawing.option), figure
            assert drawing.table.rows, figure
        assert all(len(row) == len(drawing.table.columns) for row in drawing.table.rows), figure


def test_the_good_sample_draws_every_figure():
    summary = sample.good().summary
    assert [name for name, drawing in drawings(summary, Reader.of(summary, "zh")) if drawing.option is None] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_at_all_is_said_in_words_too(name):
    reader = Reader("en")
    empty = (
        movement.waterfall(None, reader),
        retention.retention([], reader),
        retention.churn([], reader),
        pareto.curve(None, {}, reader),
        rfm.grid(None, reader),
        quadrants.quadrant_map(None, {}, reader),
        migration.sankey(None, reader),
        lifecycle.flow(None, reader),
        lifecycle.history(None, reader),
        rhythm.states({}, None, reader),
        cohorts.heat_map(None, reader),
        *(drawing for _, drawing in of_value(None, None, reader)),
    )
    assert all(drawing.option is None and drawing.empty for drawing in empty)
