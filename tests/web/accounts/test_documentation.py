"""The reference page of permissions is what the registry says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_of_permissions_is_current(lang, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
    import permission_docs

    page = permission_docs.target(lang).read_text(encoding="utf-8")
    assert page == permission_docs.page(lang), "run python scripts/permission_docs.py"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_permission_and_every_own_setting_is_documented(lang):
    from regulars.crm.accounts.permissions import PERMISSIONS

    page = (ROOT / "docs" / lang / "reference" / "permissions.md").read_text(encoding="utf-8")
    assert all(f"`{key}`" in page for key in PERMISSIONS)
    guide = (ROOT / "docs" / lang / "how-to" / "people-and-rights.md").read_text(encoding="utf-8")
    for setting in (
        "REGULARS_OIDC_ISSUER",
        "REGULARS_OIDC_CLIENT_ID",
        "REGULARS_OIDC_CLIENT_SECRET",
        "REGULARS_EMAIL_URL",
    ):
        assert setting in guide
