"""Help pages in the reader's language: translated, grouped, and broken into lines where Chinese can be."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from typing import Any

from rich.cells import cell_len
from typer.core import TyperCommand, TyperGroup

from regulars.cli.failures import unknown_command
from regulars.cli.reader import spoken_language
from regulars.cli.wrapping import hanging, wrap
from regulars.language import translator

WIDEST, MARGIN, NAMES = 100, 2, 32


class Command(TyperCommand):
    """A verb whose help page is ours."""

    def get_help(self, ctx: Any) -> str:
        return help_page(self, ctx)

    def get_usage(self, ctx: Any) -> str:
        return usage(self, ctx)


class Group(TyperGroup):
    """A verb with verbs below it, whose help page is ours."""

    def get_help(self, ctx: Any) -> str:
        return help_page(self, ctx)

    def get_usage(self, ctx: Any) -> str:
        return usage(self, ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            raise unknown_command(args[0], self.commands, ctx.command_path)
        return super().resolve_command(ctx, args)


def usage(command: Any, ctx: Any) -> str:
    """The one line that shows how the command is written."""
    _ = translator("cli", spoken_language())
    arguments = [_shown(p) for p in command.params if p.param_type_name == "argument"]
    words = [ctx.command_path, *arguments]
    words += [_("COMMAND …")] if getattr(command, "commands", None) else []
    words += [f"{p.opts[0]} {p.metavar}" for p in command.params if p.required and p.param_type_name == "option"]
    return _("Usage: {line}").format(line=" ".join([*words, _("[OPTIONS]")]))


def help_page(command: Any, ctx: Any) -> str:
    """Usage, what the command does, its arguments, options by group, and the commands below it."""
    _ = translator("cli", spoken_language())
    width = min(shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80, WIDEST)
    parts = [usage(command, ctx), *(" " * MARGIN + line for line in wrap(command.help or "", width - MARGIN))]
    parts.insert(1, "")
    arguments = [(_shown(p), p.help or "") for p in command.params if p.param_type_name == "argument"]
    parts += _section(_("Arguments"), arguments, width)
    for title, rows in _groups(command, _("Options")).items():
        rows += [("-h, --help", _("Print this page."))] if title == _("Options") else []
        parts += _section(title, rows, width)
    below = [(name, sub.help or "") for name, sub in getattr(command, "commands", {}).items() if not sub.hidden]
    return "\n".join([*parts, *_section(_("Commands"), below, width)])


def _groups(command: Any, general: str) -> dict[str, list[tuple[str, str]]]:
    """Title → rows of options, in the order of their first option, the general ones last."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for option in command.params:
        if option.param_type_name == "option" and not option.hidden:
            groups.setdefault(option.rich_help_panel or general, []).append((_names(option), option.help or ""))
    groups[general] = groups.pop(general, [])
    return groups


def _names(option: Any) -> str:
    names = ", ".join((*option.opts, *option.secondary_opts))
    return names if option.is_flag else f"{names} {option.metavar or option.name.upper()}"


def _shown(argument: Any) -> str:
    text = argument.metavar or argument.name.upper()
    return text if argument.required else f"[{text}]"


def _section(title: str, rows: Iterable[tuple[str, str]], width: int) -> list[str]:
    rows = list(rows)
    if not rows:
        return []
    indent = MARGIN + min(max(cell_len(name) for name, _text in rows), NAMES - MARGIN) + 2
    lines = [line for name, text in rows for line in hanging(" " * MARGIN + name, text, indent, width)]
    return ["", title, *lines]
