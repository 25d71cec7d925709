"""One's own account: profile, sessions, passwords by mail."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from regulars.crm.accounts.models import AuditEntry, User
from tests.web.cast import PASSWORD, make_cast

NEW = "another-good-long-password"


@pytest.fixture
def cast():
    return make_cast(password=True)


def browser(agent: str = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36") -> Client:
    client = Client(HTTP_USER_AGENT=agent)
    client.post("/sign-in/", {"login": "carol@shop.example", "password": PASSWORD})
    return client


def still_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def reset_link(mails) -> str:
    return re.search(r"http://testserver(/password/new/\S+)", mails[-1].body)[1]


def test_the_profile_changes_the_language_of_the_pages(cast):
    client = browser()
    answer = client.post(reverse("account"), {"name": "Carola", "language": "en", "theme": "dark"}, follow=True)
    assert 'data-theme="dark"' in answer.content.decode() and 'lang="en"' in answer.content.decode()
    assert client.post(reverse("account"), {"name": "", "language": "xx", "theme": "pink"}).status_code == 422


def test_the_sessions_page_tells_devices_and_ends_others(cast):
    here, there = browser(), browser("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/605")
    page = here.get(reverse("sessions")).content.decode()
    assert "Chrome, Windows" in page and "Safari, iPhone" in page
    from allauth.usersessions.models import UserSession

    other = UserSession.objects.get(user_agent__contains="iPhone")
    assert here.post(reverse("session_end", args=[other.pk])).status_code == 302
    assert still_in(here) and not still_in(there)


def test_all_others_end_together(cast):
    clients = [browser() for _number in range(3)]
    assert clients[0].post(reverse("sessions_end")).status_code == 302
    assert [still_in(client) for client in clients] == [True, False, False]


def test_sessions_of_others_cannot_be_ended(cast):
    from allauth.usersessions.models import UserSession

    carol = browser()
    mallory = Client()
    mallory.post("/sign-in/", {"login": "mallory@shop.example", "password": PASSWORD})
    session = UserSession.objects.get(user=cast.carol)
    assert mallory.post(reverse("session_end", args=[session.pk])).status_code == 404
    assert still_in(carol)


def test_a_changed_password_ends_the_other_sessions(cast, mails):
    here, there = browser(), browser()
    given = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post(reverse("account_change_password"), given | {"oldpassword": "wrong"}).status_code == 200
    assert still_in(there)
    assert here.post(reverse("account_change_password"), given).status_code == 302
    assert still_in(here) and not still_in(there)
    assert User.objects.get(pk=cast.carol.pk).check_password(NEW)
    assert AuditEntry.objects.filter(action="person.password", actor=cast.carol).count() == 1
    assert mails and mails[-1].to == ["carol@shop.example"], "the person is told by mail"


def test_a_forgotten_password_is_set_by_a_link_that_works_once(cast, mails):
    there = browser()
    answer = Client().post(reverse("account_reset_password"), {"email": "carol@shop.example"})
    assert answer.status_code == 302
    link = reset_link(mails)
    client = Client()
    form = client.get(link, follow=True)
    where = form.request["PATH_INFO"]
    assert "set-password" in where, "the key leaves the address before the page loads anything"
    assert client.post(where, {"password1": NEW, "password2": NEW}).status_code == 302
    assert User.objects.get(pk=cast.carol.pk).check_password(NEW)
    assert not still_in(there)
    again = Client().get(link, follow=True)
    assert 'name="password1"' not in again.content.decode()


def test_the_answer_is_the_same_for_unknown_people(cast, mails):
    known = Client().post(reverse("account_reset_password"), {"email": "carol@shop.example"})
    unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@shop.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [m.to for m in mails] == [["carol@shop.example"], ["nobody@shop.example"]], "the same work: one mail each"
    assert "/password/new/" not in mails[1].body


def test_a_reset_link_of_another_installation_opens_nothing(cast, mails):
    with override_settings(SECRET_KEY="the secret of quite another installation"):
        Client().post(reverse("account_reset_password"), {"email": "carol@shop.example"})
    page = Client().get(reset_link(mails), follow=True).content.decode()
    assert 'name="password1"' not in page


def test_a_reset_link_expires(cast, mails, monkeypatch):
    from datetime import datetime, timedelta

    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    Client().post(reverse("account_reset_password"), {"email": "carol@shop.example"})
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: datetime.now() + timedelta(seconds=3700))
    page = Client().get(reset_link(mails), follow=True).content.decode()
    assert 'name="password1"' not in page


@pytest.mark.parametrize("key", ["1-x", "zzz-set-password", "0-0", "99999999-c1-abc", "1-" + "a" * 300])
def test_other_reset_links_open_nothing(cast, key):
    page = Client().get(f"/password/new/{key}/", follow=True)
    assert page.status_code == 200 and 'name="password1"' not in page.content.decode()


def test_asking_again_and_again_is_limited(cast, mails):
    for _number in range(6):
        Client().post(reverse("account_reset_password"), {"email": "carol@shop.example"})
    assert len(mails) == 3


def test_mails_go_to_the_host_that_was_asked_and_only_known_hosts_answer(cast, mails):
    with override_settings(ALLOWED_HOSTS=["shop.example"]):
        answer = Client(HTTP_HOST="evil.example").post(
            reverse("account_reset_password"), {"email": "carol@shop.example"}
        )
    assert answer.status_code == 400 and not mails


def test_the_mails_are_in_the_language_of_the_page(cast, mails):
    Client(HTTP_ACCEPT_LANGUAGE="en").post(reverse("account_reset_password"), {"email": "carol@shop.example"})
    assert "Open this link within one hour" in mails[-1].body
