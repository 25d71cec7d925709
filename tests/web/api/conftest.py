"""A lake of its own for each test, and the cast."""

from __future__ import annotations

import pytest

from regulars.config.options import options
from regulars.crm.insights import lake_access
from tests.web.cast import make_cast


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture(autouse=True)
def own_lake(tmp_path, monkeypatch):
    monkeypatch.setattr(options(), "lake", str(tmp_path / "lake"))
    lake_access._views.clear()


@pytest.fixture(autouse=True)
def fresh_limits():
    from regulars.api import limits

    limits.forget_all()


@pytest.fixture
def token(cast):
    """``token("alice")`` gives the header of a token with all scopes that its person can give it."""
    from regulars.crm.accounts.tokens import create_token, scopes_for

    def header(name, scopes=None):
        person = cast.people[name]
        _row, text = create_token(person, name="test", scopes=scopes or scopes_for(person))
        return {"Authorization": f"Bearer {text}"}

    return header
