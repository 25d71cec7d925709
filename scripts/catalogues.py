"""Catalogues of the texts for people.

Without an option it writes the .mo files beside the .po files. ``--check`` says what is missing, empty, uneven or not
compiled, and exits with 1 if anything is. ``--missing`` prints entries to be translated, ready for the .po files.
"""

from __future__ import annotations

import io
import re
import string
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from translatable import ROOT, Message, collect

LOCALE = ROOT / "src" / "regulars" / "locale"
APPLICATION = ROOT / "src" / "regulars" / "web" / "locale"
SAME_DATE = datetime(2000, 1, 1, tzinfo=UTC)
CHINESE = LOCALE / "zh_Hans" / "LC_MESSAGES"


def po_files() -> list[Path]:
    return sorted([*LOCALE.rglob("*.po"), *APPLICATION.rglob("*.po")])


def load(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain=path.stem)


def compiled(path: Path) -> bytes:
    """The .mo file that belongs to a .po file; the same bytes every time."""
    catalogue = load(path)
    catalogue.creation_date = catalogue.revision_date = SAME_DATE  # else the hour of compiling is part of the file
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def compile_all() -> list[Path]:
    written = []
    for path in po_files():
        target = path.with_suffix(".mo")
        content = compiled(path)
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
            written.append(target)
    return written


def placeholders(text: str) -> set[str] | None:
    """Names between braces; None when the text is no format string."""
    try:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def translations(domain: str) -> dict[str, str]:
    path = CHINESE / f"{domain}.po"
    if not path.exists():
        return {}
    return {str(m.id): str(m.string) for m in load(path) if m.id and isinstance(m.id, str) and not m.fuzzy}


def application_file(folder: str) -> Path:
    return APPLICATION / folder / "zh_Hans" / "LC_MESSAGES" / "django.po"


def application_translations(path: Path) -> dict[Message, str]:
    """Message → Chinese of one catalogue of the application; Chinese has one form for every number."""
    found = {}
    for entry in load(path):
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        said = entry.string[0] if isinstance(entry.string, tuple) else entry.string
        if entry.id and said and not entry.fuzzy:
            found[Message(ids[0], "".join(ids[1:]), entry.context or "")] = said
    return found


def application_texts() -> dict[Message, str]:
    """All catalogues of the application together, as Django reads them."""
    found: dict[Message, str] = {}
    for path in sorted(APPLICATION.rglob("django.po")):
        found = {**application_translations(path), **found}
    return found


def application_missing() -> dict[str, dict[Message, list[str]]]:
    """Folder → message → places, for every text of the application without a Chinese one."""
    have = {(m.text, m.context) for m in application_texts()}
    gaps = {}
    for folder, messages in collect().application.items():
        absent = {m: places for m, places in messages.items() if (m.text, m.context) not in have}
        if absent:
            gaps[folder] = absent
    return gaps


def application_problems() -> list[str]:
    found = [
        f"web/{folder}: no Chinese text for {message.text!r} ({places[0]})"
        for folder, absent in application_missing().items()
        for message, places in absent.items()
    ]
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for path in sorted(APPLICATION.rglob("django.po")):
        folder = path.relative_to(APPLICATION).parts[0]
        for message, chinese in application_translations(path).items():
            key = (message.text, message.context)
            if key in said and said[key][1] != chinese:
                found.append(f"web: {message.text!r} is {said[key][1]!r} in {said[key][0]}, {chinese!r} in {folder}")
            said.setdefault(key, (folder, chinese))
            wanted = marks(message.plural or message.text)
            if not marks(chinese) <= wanted or not wanted - marks(chinese) <= {"n", "count", "counter"}:
                found.append(f"web/{folder}: placeholders differ in {message.text!r}: {chinese!r}")
    return found


def marks(text: str) -> set[str]:
    """Names of placeholders, written {so} or %(so)s."""
    return {*re.findall(r"%\((\w+)\)", text), *re.findall(r"\{(\w+)\}", text)}


def missing() -> dict[str, dict[str, list[str]]]:
    """Domain → message → places, for every message without a Chinese text."""
    gaps: dict[str, dict[str, list[str]]] = {}
    for domain, messages in collect().messages.items():
        have = translations(domain)
        absent = {text: places for text, places in messages.items() if not have.get(text, "").strip()}
        if absent:
            gaps[domain] = absent
    return gaps


def problems() -> list[str]:
    found = [
        f"{domain}: no Chinese text for {text!r} ({places[0]})"
        for domain, absent in missing().items()
        for text, places in absent.items()
    ]
    found += application_problems()
    for path in po_files():
        for text, chinese in translations(path.stem).items():
            if placeholders(text) != placeholders(chinese):
                found.append(f"{path.stem}: placeholders differ in {text!r}: {chinese!r}")
        target = path.with_suffix(".mo")
        if not target.exists() or target.read_bytes() != compiled(path):
            found.append(f"{target.name} is not that of {path.name}: run python scripts/catalogues.py")
    return found


def print_missing() -> None:
    for domain, absent in missing().items():
        catalogue = Catalog(locale="zh_Hans", domain=domain, header_comment=f"# {domain}")
        for text, places in absent.items():
            catalogue.add(text, auto_comments=places[:1])
        out = io.BytesIO()
        write_po(out, catalogue, width=120, omit_header=True)
        print(f"# ---- {domain}.po\n{out.getvalue().decode()}")
    for folder, gaps in application_missing().items():
        catalogue = Catalog(locale="zh_Hans", domain="django")
        for message, places in gaps.items():
            ids = (message.text, message.plural) if message.plural else message.text
            catalogue.add(ids, context=message.context or None, auto_comments=places[:1])
        out = io.BytesIO()
        write_po(out, catalogue, width=120, omit_header=True)
        print(f"# ---- web/locale/{folder}\n{out.getvalue().decode()}")


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            for path in compile_all():
                print(path.relative_to(ROOT))
            return 0
        case ["--check"]:
            found = problems()
            print("\n".join(found) or "all texts are translated and compiled")
            return 1 if found else 0
        case ["--missing"]:
            print_missing()
            return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
