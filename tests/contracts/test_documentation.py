"""What exists is documented, in both languages; generated pages are those that would be generated now."""

import re
from pathlib import Path

import pytest
import typer

import reference_docs
import translatable
from regulars.cli.app import app
from regulars.engine.definitions import REGISTRY
from regulars.engine.definitions.outputs import FILES
from regulars.engine.parameters import Parameters, option_name

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LANGUAGES = ("en", "zh")
ROOT_OPTIONS = {"--help", "--install-completion", "--show-completion"}


def page(lang, name):
    return (DOCS / lang / "reference" / f"{name}.md").read_text(encoding="utf-8")


def commands(command, path=()):
    """(words, command) of every command below ``command``."""
    for name, sub in getattr(command, "commands", {}).items():
        if not sub.hidden:
            yield (*path, name), sub
            yield from commands(sub, (*path, name))


ALL_COMMANDS = list(commands(typer.main.get_command(app)))
OPTIONS = sorted(
    {
        (" ".join(words), option)
        for words, command in ALL_COMMANDS
        for parameter in command.params
        if not getattr(parameter, "hidden", False)
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and option not in ROOT_OPTIONS
    }
)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("words", [" ".join(words) for words, _command in ALL_COMMANDS])
def test_every_command_is_documented(words, lang):
    assert re.search(rf"regulars {re.escape(words)}\b", page(lang, "commands"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_every_option_is_documented(command, option, lang):
    text = page(lang, "commands") + page(lang, "parameters")
    assert re.search(rf"`{re.escape(option)}\b", text), f"{option} of {command}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_documented_that_does_not_exist(lang):
    known = {" ".join(words) for words, _command in ALL_COMMANDS}
    here, unknown = "", []
    for line in page(lang, "commands").splitlines():
        if heading := re.match(r"## regulars ([\w ]+)$", line):
            here = heading[1]
            unknown += [here] * (here not in known)
        elif line.startswith("## "):
            here = ""
        elif row := re.match(r"\| (`.*?) \|", line):
            unknown += [name for name in re.findall(r"`regulars ([\w ]+)`", row[1]) if name not in known]
            options = {option for command, option in OPTIONS if command.startswith(here)} if here else set()
            unknown += [name for name in re.findall(r"`(--[\w-]+)`", row[1]) if here and name not in options]
    assert unknown == []


@pytest.mark.parametrize("name", Parameters().as_dict())
def test_every_parameter_is_an_option_of_analyze(name):
    assert ("analyze", option_name(name)) in OPTIONS


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["metrics", "parameters", "errors", "outputs", "settings"])
def test_generated_page_is_up_to_date(name, lang):
    assert page(lang, name) == reference_docs.pages(lang)[name], "run: python scripts/reference_docs.py"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_metric_parameter_and_output_is_documented(lang):
    metrics, parameters, outputs = page(lang, "metrics"), page(lang, "parameters"), page(lang, "outputs")
    assert [key for key in REGISTRY if f"`{key}`" not in metrics] == []
    assert [name for name in Parameters().as_dict() if f"`{name}`" not in parameters] == []
    names = {name.rpartition(".")[2] for columns in FILES.values() for name in columns} - {"*"}
    assert [name for name in sorted(names) if f"`{name}`" not in outputs] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_code_is_documented(lang):
    text = page(lang, "errors")
    assert sorted({e.code for e in translatable.collect().errors if f"`{e.code}`" not in text}) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_exit_code_is_documented(lang):
    text = page(lang, "exit-codes")
    codes = {0, *reference_docs.exit_codes().values()}
    assert [code for code in sorted(codes) if f"| {code} |" not in text] == []


def test_both_languages_have_the_same_pages():
    pages = [{path.relative_to(DOCS / lang).as_posix() for path in (DOCS / lang).rglob("*.md")} for lang in LANGUAGES]
    assert pages[0] == pages[1]


def documents():
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted(DOCS.rglob("*.md"))


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        place, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (path.parent / place).resolve() if place else path
        if not file.exists() or (anchor and f'id="{anchor}"' not in file.read_text(encoding="utf-8")):
            broken.append(target)
    assert broken == []
