"""What the source says to people, read from its syntax trees: messages by catalogue domain, and error codes.

A text counts as a message when it is

- the argument of a translating call: a name made by ``translator("domain", …)``, or `_`, `say`, `translate`, `mark`;
- the template or hint of a RegularsError subclass, or the template of a ``note``;
- a text of the registry of definitions or of the parameters.

The domain is the one ``translator`` is called with in the module, else that of the module's package.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from regulars.engine.definitions import registry_messages
from regulars.engine.parameters import rule_messages

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "regulars"
PACKAGE_DOMAINS = {
    "ingest": "ingest",
    "charts": "report",
    "report/workbook": "workbook",
    "report": "report",
    "cli": "cli",
    "simulate": "simulate",
    "engine/probability": "models",
    "engine": "definitions",
}
TRANSLATING = {"_", "say", "translate", "mark", "gettext"}
NOTING = {"note"}  # note(code, template, …)
RESERVED = {"errors.py", "language.py"}  # they pass on what others wrote

# The application's texts are gettext messages of Django; their catalogues lie in folders of web/locale, one a part.
APPLICATION = ("crm/", "web/", "api/", "config/")
CATALOGUE_FOLDERS = {
    "crm/accounts/": "rights",
    "crm/customers/policies.py": "rights",
    "web/views/accounts/": "rights",
    "web/templates/accounts/": "rights",
    "web/templates/account/": "rights",
    "web/templates/mfa/": "rights",
    "web/templates/socialaccount/": "rights",
    "crm/customers/duplicates": "imports",
    "crm/customers/merging": "imports",
    "crm/insights/imports": "imports",
    "crm/insights/inbox": "imports",
    "crm/insights/lake_access": "imports",
    "web/views/imports/": "imports",
    "web/templates/imports/": "imports",
    "web/views/duplicates/": "imports",
    "web/templates/duplicates/": "imports",
    "api/": "imports",
    "crm/customers/": "people",
    "web/views/customers/": "people",
    "web/templates/customers/": "people",
    "web/views/numbers/": "numbers",
    "web/templates/numbers/": "numbers",
    "web/views/today/": "numbers",
    "web/templates/today/": "numbers",
    "crm/insights/": "numbers",
    "crm/insights/identity": "imports",
    "web/templates/api/": "imports",
    "config/moving": "rights",
    "crm/insights/moving": "rights",
    "web/templatetags/accounts": "rights",
    **{
        f"crm/insights/{name}.py": "base"
        for name in (
            "arrivals",
            "computing",
            "demo",
            "metric_columns",
            "metrics",
            "publishing",
            "runs",
            "tasks",
        )
    },
}
BASE_FOLDER = "base"

Places = dict[str, list[str]]


class Message(NamedTuple):
    """A message of Django's gettext: ``plural`` and ``context`` are empty where there are none."""

    text: str
    plural: str = ""
    context: str = ""


@dataclass
class ErrorUse:
    """One place that raises or builds an error."""

    code: str
    kind: str
    template: str
    hint: str
    place: str


@dataclass
class Translatable:
    """All messages by domain, all errors, and calls whose text could not be read from the source."""

    messages: dict[str, Places] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    application: dict[str, dict[Message, list[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )  # folder of web/locale → messages
    errors: list[ErrorUse] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def collect() -> Translatable:
    """Read the whole package."""
    found = Translatable()
    for message in registry_messages() | rule_messages():
        found.messages["definitions"][message].append("engine")
    trees = list(modules())
    kinds = error_classes(trees)
    for path, tree in trees:
        if is_application(path):
            _read_application(path, tree, kinds, found)
        elif path.name not in RESERVED:
            _read_module(path, tree, kinds, found)
    for path in sorted((SOURCE / "web" / "templates").rglob("*.html")):
        _read_template(path, found)
    return found


def is_application(path: Path) -> bool:
    return path.relative_to(SOURCE).as_posix().startswith(APPLICATION)


def folder_of(path: Path) -> str:
    """The catalogue folder that the texts of a file belong to; the longest beginning decides."""
    relative = path.relative_to(SOURCE).as_posix()
    fitting = [beginning for beginning in CATALOGUE_FOLDERS if relative.startswith(beginning)]
    return CATALOGUE_FOLDERS[max(fitting, key=len)] if fitting else BASE_FOLDER


def _read_application(path: Path, tree: ast.Module, kinds: set[str], found: Translatable) -> None:
    """Calls of Django's gettext, under whatever name they were imported, and errors."""
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    folder = folder_of(path)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
        name = _last_name(node.func)
        if name in kinds:
            _read_error(node, name, place, found, folder)
            continue
        for message in _django_messages(names.get(name, name), node):
            found.application[folder][message].append(place)


def _django_messages(call: str, node: ast.Call) -> list[Message]:
    call = call.removesuffix("_lazy").removesuffix("_noop")
    first, second, third = ([_text(argument) for argument in node.args] + [None] * 3)[:3]
    if call == "gettext":
        branches = _texts(node.args[0], {}) if node.args else []
        return [Message(text) for text in branches]
    if call == "pgettext" and first and second:
        return [Message(second, "", first)]
    if call == "ngettext" and first and second:
        return [Message(first, second)]
    if call == "npgettext" and first and second and third:
        return [Message(second, third, first)]
    return []


def _read_template(path: Path, found: Translatable) -> None:
    """Tags of a Django template, turned into calls by Django itself and read by Babel."""
    from babel.messages.extract import extract_python
    from django.utils.translation.template import templatize

    calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    keywords = ("gettext", "_", "ngettext", "pgettext", "npgettext")
    for line, name, texts, _comments in extract_python(BytesIO(calls.encode()), keywords, [], {"encoding": "utf-8"}):
        told = [text for text in (texts if isinstance(texts, tuple) else (texts,)) if text]
        place = f"{path.relative_to(ROOT).as_posix()}:{line}"
        message = {
            "ngettext": lambda t: Message(t[0], t[1]),
            "pgettext": lambda t: Message(t[1], "", t[0]),
            "npgettext": lambda t: Message(t[1], t[2], t[0]),
        }.get(name, lambda t: Message(t[0]))(told)
        found.application[folder_of(path)][message].append(place)


def error_classes(trees: list[tuple[Path, ast.Module]]) -> set[str]:
    """RegularsError and every class below it, by name."""
    bases = {
        node.name: {_last_name(base) for base in node.bases}
        for _path, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"RegularsError"}
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return known


def _read_module(path: Path, tree: ast.Module, kinds: set[str], found: Translatable) -> None:
    constants = _constants(tree)
    domain, translating = _translators(path, tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _last_name(node.func)
        place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
        if name in kinds:
            _read_error(node, name, place, found)
        elif name in NOTING and len(node.args) > 1:
            _add(found, domain, _texts(node.args[1], constants), place)
        elif name in translating and node.args:
            _add(found, domain, _texts(node.args[0], constants), place)
        elif isinstance(node.func, ast.Call) and _last_name(node.func.func) == "translator" and node.args:
            _add(found, _text(node.func.args[0]) or domain, _texts(node.args[0], constants), place)


def _translators(path: Path, tree: ast.Module) -> tuple[str, set[str]]:
    """The module's domain, and every name that translates in it."""
    relative = path.relative_to(SOURCE).as_posix()
    domain = next((d for package, d in PACKAGE_DOMAINS.items() if relative.startswith(package)), "cli")
    names = set(TRANSLATING)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            call = node.value
            if _last_name(call.func) == "translator":
                names |= {_last_name(target) for target in node.targets}
                domain = _text(call.args[0]) or domain
    return domain, names


def _read_error(node: ast.Call, kind: str, place: str, found: Translatable, folder: str = "") -> None:
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    parts = [*node.args, None, None, None][:3]
    code, template, hint = (
        _text(part if part is not None else named.get(name))
        for part, name in zip(parts, ("code", "template", "hint"), strict=True)
    )
    if not code or not template:
        if not folder:  # the application has errors of other shapes; their texts are marked where they stand
            found.unreadable.append(place)
        return
    found.errors.append(ErrorUse(code, kind, template, hint or "", place))
    for text in (template, hint):
        if text and folder:
            found.application[folder][Message(text)].append(place)
        elif text:
            found.messages["errors"][text].append(place)


def _add(found: Translatable, domain: str, texts: list[str], place: str) -> None:
    for text in texts:
        found.messages[domain][text].append(place)


def _constants(tree: ast.Module) -> dict[str, list[str]]:
    """Module-level names → the texts that they hold."""
    found = {}
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and value is not None:
            found[target.id] = _held(value)
    return found


def _held(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Dict):
        return [text for value in node.values for text in _held(value)]
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return [text for item in node.elts for text in _held(item)]
    text = _text(node)
    return [text] if text else []


def _texts(node: ast.expr, constants: dict[str, list[str]]) -> list[str]:
    """The texts an argument can be: a literal, either branch of a choice, or what a constant of the module holds."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body, constants) + _texts(node.orelse, constants)
    if isinstance(node, ast.Subscript):
        return _texts(node.value, constants)
    if isinstance(node, ast.Name):
        return constants.get(node.id, [])
    text = _text(node)
    return [text] if text else []


def _text(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Call) and node.args and _last_name(node.func) in ("gettext_noop", "gettext_lazy", "_"):
        node = node.args[0]  # a text that is only marked
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
