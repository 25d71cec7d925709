"""Writes the generated pages of the reference in both languages: metrics, parameters, outputs, errors, settings.

They come from the registry, the parameters, the errors in the source and the options of an installation. ``--check``
writes nothing and exits with 1 when a page is not what would be written.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import catalogues
import regulars.errors
from reference_words import SETTINGS_ZH, WORDS
from regulars.config.options import Options
from regulars.engine.definitions import REGISTRY, SECTIONS, Definition, explaining, section_title
from regulars.engine.definitions.outputs import FILES
from regulars.engine.parameters import TABLES, Parameters
from regulars.errors import RegularsError
from regulars.language import LANGUAGES, Language
from translatable import ROOT, ErrorUse, collect

DOCS = ROOT / "docs"


def pages(lang: Language) -> dict[str, str]:
    """Name → text of every generated page."""
    makers = {"metrics": metrics, "parameters": parameters, "outputs": outputs, "errors": errors, "settings": settings}
    return {name: make(lang).rstrip("\n") + "\n" for name, make in makers.items()}


def metrics(lang: Language) -> str:
    words = WORDS[lang]
    lines = [f"# {words['metrics']}", "", words["metrics_intro"], ""]
    for section in SECTIONS:
        here = [definition for definition in REGISTRY.values() if definition.section == section]
        links = " · ".join(f"[{d.localized(lang).name}](#{d.key})" for d in here)
        lines += [f"- **{section_title(section, lang)}**: {links}"]
    for section in SECTIONS:
        lines += ["", f"## {section_title(section, lang)}"]
        for definition in REGISTRY.values():
            if definition.section == section:
                lines += ["", *_metric(definition, lang)]
    return "\n".join(lines)


def _metric(definition: Definition, lang: Language) -> list[str]:
    words, text = WORDS[lang], definition.localized(lang)
    other = definition.localized("en" if lang == "zh" else "zh")
    names = words["comma"].join((*text.other_names(), *other.other_names()))
    rules = words["comma"].join(f"[`{name}`](parameters.md#{name})" for name in text.parameters)
    related = words["comma"].join(f"[{REGISTRY[key].localized(lang).name}](#{key})" for key in text.see_also)
    facts = [
        (words["formula"], text.formula),
        (words["example"], text.example),
        (words["note"], text.note),
        (words["parameters"], rules),
        (words["unit"], text.unit),
        (words["stands_in"], words["comma"].join(f"`{path}`" for path in definition.output)),
        (words["source"], text.source),
        (words["also"], names),
        (words["see_also"], related),
    ]
    head = [f'### <a id="{text.key}"></a>{text.name} · {other.name}', "", f"`{text.key}` — {text.sentence}", ""]
    return head + [f"- {label}{words['colon']}{_safe(value)}" for label, value in facts if value]


def parameters(lang: Language) -> str:
    words = WORDS[lang]
    lines = [f"# {words['parameters']}", "", words["parameters_intro"], "", "```toml"]
    shown = Parameters().describe(lang)
    values = Parameters().as_dict()
    for table in TABLES:
        lines += [f"[{table}]"]
        for text in shown:
            if text.table == table:
                lines.append(_toml_line(text.name, values[text.name]))
        lines.append("")
    lines = [*lines[:-1], "```"]
    for table in TABLES:
        lines += ["", f"## [{table}]", ""]
        lines += [
            f"| {words['key']} | {words['option']} | {words['default']} | {words['meaning']} |",
            "|---|---|---|---|",
        ]
        for text in shown:
            if text.table == table:
                value = (
                    f"{text.default} {text.unit}" if text.unit and text.unit != words["share_unit"] else text.default
                )
                anchor = f'<a id="{text.name}"></a>`{text.name}`'
                said = f"**{text.label}**{words['dot']}{text.help}"
                lines.append(f"| {anchor} | `{text.option}` | {value} | {said} |")
    return "\n".join(lines)


def _toml_line(name: str, value: object) -> str:
    if value is None:
        return f"# {name} = …"
    if isinstance(value, list):
        return f"{name} = [{', '.join(_toml_value(item) for item in value)}]"
    return f"{name} = {_toml_value(value)}"


def _toml_value(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def outputs(lang: Language) -> str:
    words = WORDS[lang]
    lines = [f"# {words['outputs']}", "", words["outputs_intro"], "", words["outputs_files"], ""]
    for file, columns in FILES.items():
        lines += ["", f"## {file}", "", words[file], ""]
        lines += [f"| {words['name']} | {words['type']} | {words['meaning']} |", "|---|---|---|"]
        for path, kind in columns.items():
            lines.append(f"| {_path(path)} | {words['types'][kind]} | {_meaning(f'{file}: {path}', lang)} |")
    return "\n".join(lines)


def _path(path: str) -> str:
    """``input.rows`` with its last part set apart, so that every name stands alone in the page."""
    above, _, name = path.rpartition(".")
    return f"`{above}`.`{name}`" if above else f"`{name}`"


def _meaning(output: str, lang: Language) -> str:
    said: str = WORDS[lang]["own"].get(output, "")
    if said:
        return said
    definition = explaining(output)
    if definition is None:
        raise LookupError(f"no definition explains {output}")
    text = definition.localized(lang)
    return f"[{text.name}](metrics.md#{definition.key})"


def errors(lang: Language) -> str:
    words = WORDS[lang]
    codes: dict[str, list[ErrorUse]] = {}
    for error in collect().errors:
        codes.setdefault(error.code, []).append(error)
    lines = [f"# {words['errors']}", "", words["errors_intro"], ""]
    lines += [f"| {words['code']} | {words['class']} | {words['exit']} | {words['message']} | {words['mend']} |"]
    lines += ["|---|---|---|---|---|"]
    exits = exit_codes()
    for code, uses in sorted(codes.items()):
        said = _distinct(_in(lang, use.template) for use in uses)
        mended = _distinct(_in(lang, use.hint) for use in uses)
        lines.append(f"| `{code}` | {uses[0].kind} | {exits.get(uses[0].kind, '–')} | {said} | {mended} |")
    return "\n".join(lines)


def settings(lang: Language) -> str:
    words = WORDS[lang]
    lines = [f"# {words['settings']}", "", words["settings_intro"], ""]
    lines += [f"| {words['name']} | {words['default']} | {words['meaning']} |", "|---|---|---|"]
    for name, field in Options.model_fields.items():
        said = field.description if lang == "en" else SETTINGS_ZH[name]
        lines.append(f"| `{setting_name(name)}` | {_default(field)} | {_safe(str(said))} |")
    return "\n".join(lines)


def setting_name(name: str) -> str:
    """The environment variable of a field of Options."""
    return Options.model_fields[name].alias or f"REGULARS_{name.upper()}"


def _default(field: Any) -> str:
    value = field.default
    if field.default_factory is not None:
        value = "regulars-data" if field.annotation is Path else ",".join(field.default_factory())
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value}`" if value != "" else "–"


def exit_codes() -> dict[str, int]:
    """Class name → exit code, of every class in errors.py."""
    kinds = [kind for kind in vars(regulars.errors).values() if isinstance(kind, type)]
    return {kind.__name__: kind.exit_code for kind in kinds if issubclass(kind, RegularsError)}


def _in(lang: Language, text: str) -> str:
    if lang == "en":
        return text
    return catalogues.translations("errors").get(text) or _application().get(text) or text


@cache
def _application() -> dict[str, str]:
    """Texts of the application, where its errors have their Chinese."""
    return {message.text: said for message, said in catalogues.application_texts().items() if not message.context}


def _distinct(texts: object) -> str:
    return "<br>".join(dict.fromkeys(_safe(text) for text in texts if text))  # type: ignore[attr-defined]


def _safe(text: str) -> str:
    """Text that does not end a table cell."""
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def targets() -> dict[Path, str]:
    return {DOCS / lang / "reference" / f"{name}.md": text for lang in LANGUAGES for name, text in pages(lang).items()}


def main(arguments: list[str]) -> int:
    stale = [p for p, text in targets().items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    if arguments == ["--check"]:
        print("\n".join(str(path.relative_to(ROOT)) for path in stale) or "the generated pages are up to date")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(targets()[path], encoding="utf-8")
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
