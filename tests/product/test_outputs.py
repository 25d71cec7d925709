"""A real result against the documented names: columns of every table, keys of summary.json, in order and complete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from regulars.analysis import Analysis
from regulars.analyzing import Run
from regulars.engine.definitions import outputs
from regulars.engine.parameters import Parameters
from regulars.errors import ParameterError
from regulars.ingest import IngestOptions
from regulars.outputs import analyze_to
from regulars.simulate import write_shop


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> tuple[Analysis, Path]:
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder / "shop", customers=1500, months=30, seed=11)
    reading = IngestOptions(customers_file=folder / "shop" / "customers.csv")
    out = folder / "result"
    analysis = analyze_to([folder / "shop" / "orders.csv"], Run(Parameters(), reading), out, lang="zh")
    return analysis, out


def test_every_file_of_the_reference_is_written(result: tuple[Analysis, Path]) -> None:
    names = {path.name for path in result[1].iterdir()}
    assert names == set(outputs.FILES) | {"report.html", "report.xlsx"}


def test_customers_have_exactly_the_documented_columns(result: tuple[Analysis, Path]) -> None:
    table = pq.read_table(result[1] / "customers.parquet")
    assert table.column_names == [*outputs.CUSTOMER_COLUMNS, *outputs.MODEL_COLUMNS]
    assert table.num_rows == result[0].summary["customers"]["total"]


def test_spells_and_contacts_have_the_documented_columns(result: tuple[Analysis, Path]) -> None:
    assert pq.read_table(result[1] / "spells.parquet").column_names == list(outputs.SPELL_COLUMNS)
    assert result[0].contacts.column_names == [*outputs.CONTACT_COLUMNS, *outputs.CONTACT_MODEL_COLUMNS]


def test_every_documented_key_is_in_the_summary(result: tuple[Analysis, Path]) -> None:
    summary = json.loads((result[1] / "summary.json").read_text(encoding="utf-8"))
    missing = [path for path in outputs.FILES["summary.json"] if not _found(summary, path.split("."))]
    assert missing == []


def _found(value: Any, path: list[str]) -> bool:
    """Whether the path leads somewhere; a null on the way is allowed, an empty list tells nothing against it."""
    if value is None or not path:
        return True
    if isinstance(value, list):
        return not value or _found(value[0], path)
    head, rest = path[0], path[1:]
    if head == "*":
        return all(_found(one, rest) for one in value.values())
    return isinstance(value, dict) and head in value and _found(value[head], rest)


def test_class_sums_add_up_to_everybody(result: tuple[Analysis, Path]) -> None:
    people = result[0].summary["customers"]
    for name in ("abc", "rfm_group", "quadrant", "lifecycle", "lifecycle_b", "frequency_class", "amount_class"):
        assert sum(row["customers"] for row in people[name].values()) == people["total"], name
        profit = sum(round(row["profit"] * 100) for row in people[name].values())
        assert profit == sum(round(row["profit"] * 100) for row in people["abc"].values()), name


def test_without_models_their_columns_are_absent() -> None:
    import regulars

    rows = {
        "customer_id": ["A", "A", "B"],
        "ordered_at": ["2024-01-05", "2024-02-05", "2024-02-09"],
        "amount": [1, 2, 3],
    }
    import pandas

    analysis = regulars.analyze(pandas.DataFrame(rows), models=False)
    assert analysis.customers.column_names == list(outputs.CUSTOMER_COLUMNS)
    assert analysis.summary["clv"] is None and analysis.summary["value"] is None


def test_too_thin_data_give_a_reason_and_no_number() -> None:
    import pandas

    import regulars

    rows = {
        "customer_id": ["A", "A", "B"],
        "ordered_at": ["2024-01-05", "2024-02-05", "2024-02-09"],
        "amount": [1, 2, 3],
    }
    analysis = regulars.analyze(pandas.DataFrame(rows))
    assert analysis.summary["clv"]["published"] is False
    assert analysis.summary["clv"]["reason"] == "history_too_short"
    assert analysis.customers.column("clv_12m").null_count == analysis.customers.num_rows
    assert set(analysis.customers.column("clv_note").to_pylist()) == {"not_published"}


def test_fixed_thresholds_take_the_place_of_shares() -> None:
    import pandas

    import regulars

    rows = {"customer_id": list("AABCCC"), "ordered_at": [f"2024-01-0{d}" for d in range(1, 7)], "amount": [10] * 6}
    analysis = regulars.analyze(
        pandas.DataFrame(rows), frequency_thresholds=(2, 3), amount_thresholds=("15", "30"), quadrant_frequency=2,
        quadrant_value=10, rfm_frequency_thresholds=(2, 3, 4, 5), rfm_amount_thresholds=(5, 15, 25, 99),
        rfm_recency_thresholds=(0, 1, 3, 9), abc_base="revenue",
    )  # fmt: skip
    by_id = {row["customer_id"]: row for row in analysis.customers.to_pylist()}
    assert [by_id[c]["frequency_class"] for c in "ABC"] == ["mid", "low", "high"]
    assert [by_id[c]["amount_class"] for c in "ABC"] == ["mid", "low", "high"]
    assert [by_id[c]["quadrant"] for c in "ABC"] == ["e", "d", "e"]
    assert [by_id[c]["f_score"] for c in "ABC"] == [2, 1, 3]
    assert [by_id[c]["m_score"] for c in "ABC"] == [3, 2, 4]
    assert [by_id[c]["r_score"] for c in "ABC"] == [2, 3, 5]


def test_a_plot_is_one_figure_that_shows_itself(result: tuple[Analysis, Path], tmp_path: Path) -> None:
    plot = result[0].plot("pareto", "zh")
    plot.save(tmp_path / "pareto.html")
    page = (tmp_path / "pareto.html").read_text(encoding="utf-8")
    assert page.count("<article") == 1 and 'data-card="pareto"' in page
    assert plot._repr_html_().startswith("<iframe srcdoc=")


def test_an_unknown_plot_names_those_there_are(result: tuple[Analysis, Path]) -> None:
    with pytest.raises(ParameterError) as refused:
        result[0].plot("pie")
    assert refused.value.code == "unknown_figure" and "pareto" in refused.value.hint
