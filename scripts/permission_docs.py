"""Writes the reference page of permissions and default roles, in both languages, from the registry.

``--check`` writes nothing and exits with 1 when a page is not what would be written.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
LANGUAGES = {"en": "en", "zh": "zh-hans"}
WORDS = {
    "en": {
        "title": "Permissions and roles",
        "intro": "What a role can be allowed, and what the seven built-in roles may when an installation begins. "
        "All but the owner's can be changed under Settings → Roles. "
        "How it works: [People and rights](../how-to/people-and-rights.md).",
        "permission": "Permission", "key": "Key", "needs": "Needs", "clear": "Sees in clear", "scope": "Sees customers",
        "roles": "Default roles", "all": "Permissions", "yes": "✓", "no": "", "none": "nothing",
        "token": "Scopes of API tokens",
        "token_text": "A token carries keys of this page and never more than its person has. One more scope exists:",
        "generated": "This page is written from the registry by `scripts/permission_docs.py`.",
    },
    "zh": {
        "title": "权限与角色",
        "intro": "角色可以拥有哪些权限，以及七个内置角色起初的权限。除所有者外，都可以在“设置 → 角色”里改。"
        "怎么用：[人员与权限](../how-to/people-and-rights.md)。",
        "permission": "权限", "key": "键", "needs": "依赖", "clear": "明文可见", "scope": "可见客户",
        "roles": "内置角色", "all": "权限", "yes": "✓", "no": "", "none": "无", "token": "接口令牌的权限范围",
        "token_text": "令牌携带本页的键，绝不超过其本人的权限。另有一项：",
        "generated": "本页由 `scripts/permission_docs.py` 从登记表生成。",
    },
}  # fmt: skip


def page(lang: str) -> str:
    """The page in ``lang``; Django is set up."""
    from django.utils import translation

    with translation.override(LANGUAGES[lang]):
        return "\n".join(_lines(WORDS[lang])).rstrip("\n") + "\n"


def _lines(words: dict[str, str]) -> list[str]:
    from regulars.crm.accounts.permissions import CLEAR_SCOPE, GROUPS, PERMISSIONS, ROLES, SCOPES, SENSITIVE
    from regulars.web.views.accounts.roles import SCOPES as DATA_SCOPES

    data_scopes = {str(getattr(key, "value", key)): str(name) for key, name in DATA_SCOPES}
    names = [str(role.name) for role in ROLES.values()]
    lines = [f"# {words['title']}", "", words["intro"], "", f"## {words['roles']}", ""]
    lines += _table(["", *names], _roles(words, ROLES, data_scopes, SENSITIVE))
    for key, label in GROUPS.items():
        rows = [
            [str(p.name), *(words["yes"] if p.key in role.permissions else words["no"] for role in ROLES.values())]
            for p in PERMISSIONS.values()
            if p.group == key
        ]
        lines += ["", f"### {label}", "", *_table([words["permission"], *names], rows)]
    rows = [[f"`{p.key}`", str(p.name), f"`{p.needs}`" if p.needs else ""] for p in PERMISSIONS.values()]
    lines += ["", f"## {words['all']}", "", *_table([words["key"], words["permission"], words["needs"]], rows)]
    lines += ["", f"## {words['token']}", "", words["token_text"], "", f"- `{CLEAR_SCOPE}`: {SCOPES[CLEAR_SCOPE]}"]
    return [*lines, "", words["generated"]]


def _roles(words: dict[str, str], roles: Any, scopes: dict[str, str], sensitive: Any) -> list[list[str]]:
    clear = [", ".join(str(sensitive[f]) for f in role.clear_fields) or words["none"] for role in roles.values()]
    return [[words["scope"], *(scopes[role.scope] for role in roles.values())], [words["clear"], *clear]]


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def target(lang: str) -> Path:
    return DOCS / lang / "reference" / "permissions.md"


def main(arguments: list[str]) -> int:
    import django

    with tempfile.TemporaryDirectory() as folder:
        os.environ["REGULARS_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
        django.setup()
        stale = [
            lang for lang in LANGUAGES if not target(lang).exists() or target(lang).read_text("utf-8") != page(lang)
        ]
        if arguments == ["--check"]:
            print("\n".join(f"{target(lang)} is not what would be written" for lang in stale) or "permissions: current")
            return 1 if stale else 0
        for lang in stale:
            target(lang).write_text(page(lang), "utf-8")
            print(target(lang).relative_to(DOCS.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
