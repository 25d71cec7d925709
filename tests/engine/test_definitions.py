"""The registry: complete for every output, in two languages, and found by whatever people call a figure."""

import dataclasses
import re
from math import sqrt

import pytest

from regulars.engine.definitions import REGISTRY, SECTIONS, explaining, find, section_title
from regulars.engine.definitions.outputs import FILES
from regulars.engine.parameters import Parameters
from regulars.errors import ParameterError

HAN = re.compile(r"[\u4e00-\u9fff]")
OUTPUTS = [f"{file}: {path}" for file, columns in FILES.items() if file != "rejects.csv" for path in columns]
ALL = pytest.mark.parametrize("definition", REGISTRY.values(), ids=lambda d: d.key)


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_column_and_key_is_explained(output):
    assert explaining(output) is not None


@ALL
def test_outputs_exist(definition):
    for output in definition.output:
        assert output in OUTPUTS or any(other.startswith(f"{output}.") for other in OUTPUTS), output


@ALL
def test_parameters_and_neighbours_exist(definition):
    assert set(definition.parameters) <= set(Parameters().as_dict())
    assert set(definition.see_also) <= set(REGISTRY) - {definition.key}
    assert definition.section in SECTIONS


@ALL
def test_both_languages_are_complete(definition):
    chinese = definition.localized("zh")
    assert not any(HAN.search(text) for text in definition.messages())
    for name in ("name", "sentence", "example"):
        assert HAN.search(getattr(chinese, name)), getattr(chinese, name)
    for field in dataclasses.fields(definition):
        assert bool(getattr(chinese, field.name)) == bool(getattr(definition, field.name))


@ALL
def test_a_definition_is_whole(definition):
    assert definition.sentence.endswith((".", "?")) and definition.formula and definition.example and definition.source


@ALL
def test_numbers_of_the_example_are_the_same_in_both_languages(definition):
    """Figures of four digits and more, or with decimals, are written alike; small ones may become words."""
    numbers = re.compile(r"\d+[.,]\d+|\d{4,}")
    english, chinese = definition.example, definition.localized("zh").example
    assert set(numbers.findall(english)) == set(numbers.findall(chinese))


@pytest.mark.parametrize(
    ("term", "key"),
    [
        ("churn", "absolute_churn"),
        ("流失率", "absolute_churn"),
        ("绝对流失率", "absolute_churn"),
        ("Relative churn", "relative_churn"),
        ("abc", "abc"),
        ("ABC 分类", "abc"),
        ("RFM", "rfm_scores"),
        ("f_score", "rfm_scores"),
        ("lateness-percentile", "lateness_percentile"),
        ("迟到度", "lateness"),
        ("复购率", "repurchase_rate"),
        ("二次购买率", "second_purchase_rate"),
        ("终身价值", "clv_12m"),
        ("CLV", "clv_12m"),
        ("E", "movement_bridge"),
        ("summary.json: rfm.grid", "rfm_scores"),
        ("typical_gap", "typical_gap"),
        ("  Typical   Gap ", "typical_gap"),
        ("重要价值", "rfm_group"),
    ],
)
def test_find_by_any_name(term, key):
    assert find(term).key == key


@ALL
def test_every_name_in_either_language_finds_its_own(definition):
    assert find(definition.key).key == definition.key
    for lang in ("en", "zh"):
        assert find(definition.localized(lang).name).key == definition.key


@pytest.mark.parametrize(
    ("term", "suggestion"),
    [("chrun", "churn"), ("retension rate", "retention rate"), ("复购", "复购率"), ("", "churn")],
)
def test_an_unknown_term_suggests(term, suggestion):
    with pytest.raises(ParameterError) as caught:
        find(term)
    assert caught.value.code == "unknown_term"
    assert suggestion in caught.value.hint


def test_a_key_below_an_explained_one_is_explained():
    assert explaining("summary.json: customers.abc.A").key == "abc"
    assert explaining("summary.json: nowhere") is None


def test_section_titles_are_translated():
    assert [section_title(s, "en") != section_title(s, "zh") for s in SECTIONS] == [True] * len(SECTIONS)


def wilson(hits, n, z=1.959964):
    p = hits / n
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return tuple(round(100 * (middle + sign * half) / (1 + z * z / n), 1) for sign in (-1, 1))


@pytest.mark.parametrize(
    ("key", "hits", "n"),
    [
        ("absolute_churn", 25, 500),
        ("strict_retention_rate", 475, 500),
        ("wilson_interval", 1, 20),
    ],
)
def test_intervals_in_the_examples_are_right(key, hits, n):
    low, high = wilson(hits, n)
    assert f"{low}–{high}%" in REGISTRY[key].example


def test_rules_of_a_definition_carry_the_values_used():
    rules = REGISTRY["abc"].rules(Parameters(abc_cuts="70%,90%"), "zh")
    assert {rule.name: rule.value for rule in rules}["abc_cuts"] == "70%, 90%"


def test_text_is_plain_and_whole():
    assert find("churn").text("en").splitlines()[:3] == [
        "absolute churn (absolute_churn)",
        "The share of the customers of the start who were lost in the period.",
        "Formula: L ÷ S",
    ]
    assert "公式：L ÷ S" in find("churn").text("zh")
