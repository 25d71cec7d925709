"""Parameters: defaults of the definitions, exact values, and errors that say what, where and how to mend it."""

import dataclasses
import json
from fractions import Fraction

import pytest

from regulars.engine.parameters import TABLES, ActivityPolicy, Parameters, option_name
from regulars.errors import ParameterError


def test_defaults_are_those_of_the_definitions():
    rules = Parameters()
    assert (rules.window, rules.second_purchase_days, rules.timezone) == (365, 90, "Asia/Shanghai")
    assert rules.abc_cuts == (Fraction(4, 5), Fraction(9, 10))
    assert rules.class_shares == (Fraction(1, 3), Fraction(2, 3))
    assert rules.rhythm_cuts == (1, Fraction(3, 2), Fraction(5, 2), 4)
    assert (rules.late_percentile, rules.falling_share, rules.spell_factor) == (
        Fraction(4, 5),
        Fraction(1, 2),
        Fraction(5, 2),
    )
    assert (rules.growth_max_days, rules.loyal_min_days, rules.gap_prior, rules.rhythm_k) == (2, 4, 2, 3)
    assert (rules.confidence, rules.discount_rate, rules.margin) == (Fraction(19, 20), Fraction(1, 10), None)


@pytest.mark.parametrize("written", [0.4, "0.4", "40%", "2/5", Fraction(2, 5), " 0.40 "])
def test_shares_are_exact_however_they_are_written(written):
    assert Parameters(margin=written).margin == Fraction(2, 5)


def test_the_window_sets_the_default_policy():
    assert Parameters(window=90).activity_days == 90
    assert Parameters(window=90, policy="window:30").activity_days == 30
    assert Parameters(policy="rhythm").activity_k == 3
    assert Parameters(policy="rhythm:2.5").activity_k == Fraction(5, 2)


@pytest.mark.parametrize("text", ["window", "window:180", "rhythm", "rhythm:2.5"])
def test_a_policy_reads_as_it_is_written(text):
    assert str(Parameters(policy=text).policy) == text
    assert Parameters(policy=Parameters(policy=text).policy).policy == Parameters(policy=text).policy


def test_as_dict_is_json_and_gives_the_same_rules_again():
    rules = Parameters(
        margin="1/3", policy="rhythm:2.5", rfm_frequency_thresholds="1,2,4,8", amount_thresholds=[99.5, 500]
    )
    stored = json.loads(json.dumps(rules.as_dict()))
    assert Parameters().changed(**stored) == rules
    assert Parameters.from_toml(stored) == rules
    assert stored["window"] == 365 and stored["margin"] == "1/3" and stored["confidence"] == 0.95


@pytest.mark.parametrize(
    ("values", "code", "said"),
    [
        ({"window": 0}, "bad_whole_number", "window is 0"),
        ({"window": 1.5}, "bad_whole_number", "1.5"),
        ({"window": True}, "bad_whole_number", "True"),
        ({"window": "a year"}, "bad_whole_number", "a year"),
        ({"margin": 1.2}, "bad_number", "from 0.0001 to 1"),
        ({"margin": float("nan")}, "bad_number", "nan"),
        ({"margin": "1/0"}, "bad_number", "1/0"),
        ({"margin": 0.123456}, "bad_number", "four decimals"),
        ({"abc_cuts": [0.9, 0.8]}, "bad_list_length", "larger than the one before"),
        ({"abc_cuts": [0.8]}, "bad_list_length", "2 values"),
        ({"abc_cuts": 0.8}, "bad_list_length", "abc_cuts"),
        ({"rfm_recency_thresholds": "30,20,10,5"}, "bad_list", "larger"),
        ({"rfm_frequency_thresholds": "1,2"}, "bad_threshold_count", "5 scores need 4"),
        ({"policy": "rythm"}, "bad_policy", "rythm"),
        ({"policy": "window:soon"}, "bad_whole_number", "soon"),
        ({"abc_base": "turnover"}, "bad_choice", "profit, revenue"),
        ({"timezone": "Asia/Shangai"}, "unknown_time_zone", "Shangai"),
        ({"timezone": "Asia/Shanghai'; drop table orders"}, "unknown_time_zone", "drop"),
    ],
)
def test_a_value_that_cannot_be_says_why(values, code, said):
    with pytest.raises(ParameterError) as caught:
        Parameters().changed(**values)
    assert caught.value.code == code
    assert said in caught.value.message
    assert caught.value.hint
    assert caught.value.localized("zh")[0] != caught.value.message


def test_an_unknown_parameter_names_the_nearest():
    with pytest.raises(ParameterError, match="windw is not a parameter") as caught:
        Parameters().changed(windw=90)
    assert "window" in caught.value.hint


def test_toml_file(tmp_path):
    file = tmp_path / "regulars.toml"
    file.write_text(
        'window = 180\n[classes]\nabc_cuts = ["80%", "95%"]\n'
        '[activity]\npolicy = "rhythm:2.5"\n[columns]\namount = "paid"\n'
    )
    rules = Parameters.from_toml(file, other_tables=("columns",))
    assert rules == Parameters(window=180, abc_cuts=(Fraction(4, 5), Fraction(19, 20)), policy="rhythm:2.5")


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("[clases]\nabc_cuts = [0.8, 0.9]", "unknown_table", "[classes]"),
        ("[rfm]\nabc_cuts = [0.8, 0.9]", "parameter_in_wrong_table", "[classes]"),
        ("[classes]\nabc_cut = [0.8, 0.9]", "unknown_parameter", "abc_cuts"),
        ("wndow = 3", "unknown_parameter", "window"),
        ("window = ", "parameter_file_invalid", "quotation marks"),
    ],
)
def test_toml_mistakes_say_where_to_look(tmp_path, text, code, hint):
    file = tmp_path / "regulars.toml"
    file.write_text(text)
    with pytest.raises(ParameterError) as caught:
        Parameters.from_toml(file)
    assert caught.value.code == code
    assert hint in caught.value.hint


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"nowhere\.toml"):
        Parameters.from_toml(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_describe_tells_every_rule(lang):
    texts = Parameters(window=90, margin="40%").describe(lang)
    assert [text.name for text in texts] == [field.name for field in dataclasses.fields(Parameters)]
    assert {text.name for text in texts if text.changed} == {"window", "margin"}
    assert all(text.label and text.help and text.value and text.table in TABLES for text in texts)
    assert next(text.value for text in texts if text.name == "margin") == "40%"


def test_chinese_differs_from_english():
    for english, chinese in zip(Parameters().describe("en"), Parameters().describe("zh"), strict=True):
        assert english.label != chinese.label and english.help != chinese.help


def test_option_names():
    assert option_name("late_percentile") == "--late-percentile"


def test_parameters_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Parameters().window = 3


def test_a_policy_with_its_own_setting_wins():
    assert Parameters(policy=ActivityPolicy("rhythm", k=Fraction(2)), rhythm_k=5).activity_k == 2
