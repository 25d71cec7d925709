"""One invented shop a session."""

from __future__ import annotations

import pytest

from regulars.simulate import Shop, simulate_shop


@pytest.fixture(scope="session")
def shop() -> Shop:
    return simulate_shop(customers=6000, months=24, seed=11)
