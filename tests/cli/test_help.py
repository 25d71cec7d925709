"""Help pages: every command and option, in the reader's language, on eighty columns."""

from __future__ import annotations

import re

import pytest
import typer
from rich.cells import cell_len

from regulars.cli.app import app
from regulars.cli.wrapping import hanging, harmless, wrap
from tests.cli.processes import regulars


def commands(command, path=()):
    yield path, command
    for name, sub in getattr(command, "commands", {}).items():
        yield from commands(sub, (*path, name))


ALL = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) or "regulars" for path, _ in ALL])
def test_every_option_has_a_line_that_says_what_it_does(path, command):
    for parameter in command.params:
        assert parameter.help, parameter.name
        takes_value = parameter.param_type_name == "option" and not parameter.is_flag
        assert not takes_value or parameter.metavar, parameter.name


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) or "regulars" for path, _ in ALL])
def test_the_page_names_all_of_them(cli, path, command):
    ended = cli(*path, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert max(map(cell_len, ended.out.splitlines())) <= 80
    assert ended.out.startswith(f"Usage: {' '.join(('regulars', *path))}")
    for option in (name for p in command.params for name in (*p.opts, *p.secondary_opts) if name.startswith("--")):
        assert re.search(rf"^  (?:--[\w-]+, )*{option}\b", ended.out, re.M), option
    for name in getattr(command, "commands", {}):
        assert re.search(rf"^  {name}\b", ended.out, re.M)


@pytest.mark.parametrize("path", [(), ("analyze",), ("lake",), ("lake", "export"), ("simulate",)], ids=" ".join)
def test_in_chinese_nothing_is_left_in_english(tmp_path, path):
    ended = regulars(*path, "--help", lang="zh", cwd=tmp_path)
    assert ended.code == 0 and ended.out.startswith("用法：regulars")
    assert max(map(cell_len, ended.out.splitlines())) <= 80
    assert re.search(r"(?<!-)\b(?:Usage|Options|Commands|Print|Folder|The|the|of|and)\b", ended.out) is None


def test_lang_chooses_the_language_of_the_page(tmp_path):
    assert regulars("analyze", "--help", "--lang", "zh", cwd=tmp_path).out.startswith("用法：")
    assert regulars("analyze", "--lang=en", "--help", lang="zh", cwd=tmp_path).out.startswith("Usage: ")


def test_without_a_command_the_page_is_shown_on_standard_error(cli):
    ended = cli()
    assert ended.code == 2 and ended.out == "" and ended.err.startswith("Usage: regulars COMMAND")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, []),
        ("one two three", 7, ["one two", "three"]),
        ("一二三四五六", 8, ["一二三四", "五六"]),
        ("一二三四，五六", 8, ["一二三", "四，五六"]),
        ("一二（三四）", 6, ["一二", "（三", "四）"]),
        ("用法 --overwrite 选项", 14, ["用法", "--overwrite 选", "项"]),
        ("averyveryverylongword b", 10, ["averyveryverylongword", "b"]),
        ("first\nsecond", 20, ["first", "second"]),
        ("归入衰退期。 [未设]", 14, ["归入衰退期。", "[未设]"]),
    ],
)
def test_wrapping(text, width, lines):
    assert wrap(text, width) == lines


@pytest.mark.parametrize("width", range(4, 60, 7))
def test_wrapping_loses_nothing(width):
    text = "订单来自 data/orders.csv（第 3 行），列“金额”里有 12 个读不出：¥1,2,3、“多”。See --map FIELD=COLUMN."
    assert "".join(wrap(text, width)).replace(" ", "") == text.replace(" ", "")


def test_text_beside_a_label():
    assert hanging("认列", "客户 ← 编号，金额 ← 实付", 6, 20) == ["认列  客户 ← 编号，", "      金额 ← 实付"]
    assert hanging("--a-long-option", "text", 6, 20) == ["--a-long-option", "      text"]


@pytest.mark.parametrize(
    "text", ["a\x1b[31mred\x1b[0m", "\x1b]0;title\x07a", "a\x9b31m", "a\x08\x08b", "a\rb", "a\u202eb", "\x1b"]
)
def test_what_a_terminal_would_obey_is_taken_out(text):
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", harmless(text)) is None
