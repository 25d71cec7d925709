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
from pathlib import Path

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

Places = dict[str, list[str]]


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
        if path.name not in RESERVED:
            _read_module(path, tree, kinds, found)
    return found


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


def _read_error(node: ast.Call, kind: str, place: str, found: Translatable) -> None:
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    parts = [*node.args, None, None, None][:3]
    code, template, hint = (
        _text(part if part is not None else named.get(name))
        for part, name in zip(parts, ("code", "template", "hint"), strict=True)
    )
    if not code or not template:
        found.unreadable.append(place)
        return
    found.errors.append(ErrorUse(code, kind, template, hint or "", place))
    for text in (template, hint):
        if text:
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
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
