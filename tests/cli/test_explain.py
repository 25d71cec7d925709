"""`regulars explain`: what it prints, in either language."""

import io

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from regulars.cli.explain import explain, explain_command, list_terms
from regulars.cli.reader import system_language
from regulars.engine.definitions import REGISTRY
from regulars.engine.parameters import Parameters
from regulars.errors import ParameterError


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=100, highlight=False)


def app():
    made = typer.Typer()
    made.command("explain")(explain_command)
    return made


def test_it_prints_the_whole_definition(console):
    definition = explain("churn", "en", console=console)
    printed = console.file.getvalue()
    assert definition.key == "absolute_churn"
    for text in ("absolute churn", "绝对流失率", "L ÷ S", "3.4–7.3%", "Window = 365", "--window", "relative_churn"):
        assert text in printed


def test_in_chinese_every_label_is_chinese(console):
    explain("流失率", "zh", console=console)
    printed = console.file.getvalue()
    assert "公式" in printed and "手算一例" in printed and "窗口 = 365" in printed
    assert "Formula" not in printed and "Example" not in printed


def test_it_shows_the_parameters_in_use(console):
    explain("abc", "en", parameters=Parameters(abc_cuts="70%,95%"), console=console)
    assert "70%, 95%" in console.file.getvalue()


def test_markup_in_a_formula_is_printed_as_it_is(console):
    explain("wilson_interval", "en", console=console)
    assert "√(p(1 − p)/n + z²/4n²)" in console.file.getvalue()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_names_everything(lang, console):
    list_terms(lang, console=console)
    printed = console.file.getvalue()
    assert [key for key in REGISTRY if key not in printed] == []


def test_the_command_prints_and_ends_well():
    result = CliRunner().invoke(app(), ["RFM", "--lang", "zh"])
    assert result.exit_code == 0 and "RFM 得分" in result.output


def test_the_command_without_a_term_lists():
    result = CliRunner().invoke(app(), ["--lang", "en"])
    assert result.exit_code == 0 and "absolute_churn" in result.output


def test_an_unknown_term_is_an_error_with_a_suggestion(console):
    with pytest.raises(ParameterError) as caught:
        explain("chrun", "en", console=console)
    assert "churn" in caught.value.hint
    assert console.file.getvalue() == ""


@pytest.mark.parametrize(
    ("environment", "lang"), [({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "en_GB.UTF-8"}, "en"), ({"LC_ALL": "C"}, "en")]
)
def test_the_language_of_the_system(monkeypatch, environment, lang):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert system_language() == lang
