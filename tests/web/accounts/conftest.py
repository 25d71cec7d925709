from __future__ import annotations

import pytest

from tests.web.cast import Cast, make_cast


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def mails():
    """The mails sent in the test."""
    from django.core import mail

    mail.outbox.clear()
    return mail.outbox
