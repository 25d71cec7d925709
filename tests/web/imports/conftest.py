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
