"""People come by invitation, change places, leave; nobody gives away more than they have."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from regulars.crm.accounts import roles, services, setup_code
from regulars.crm.accounts.errors import AccountError, Forbidden, NotFound
from regulars.crm.accounts.models import ApiToken, AuditEntry, Invitation, Role, User
from regulars.crm.accounts.tokens import create_token

CHOSEN = "four-words-make-a-password"


def invite(cast, **more):
    given = {"email": "New@Shop.Example", "name": "New", "role": cast.carol.role, "department": None} | more
    return services.invite(cast.alice, **given)


def role(key: str) -> Role:
    return Role.objects.get(key=key)


# ---- invitations


def test_an_invited_person_chooses_a_password_and_is_in(cast):
    person, token = invite(cast)
    assert person.email == "new@shop.example" and not person.has_usable_password()
    client = Client()
    page = client.get(reverse("join", args=[token]))
    assert page.status_code == 200 and "new@shop.example" in page.content.decode()
    answer = client.post(reverse("join", args=[token]), {"name": "Newton", "password": CHOSEN})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)
    person.refresh_from_db()
    assert person.name == "Newton" and person.check_password(CHOSEN)


def test_an_invitation_works_once(cast):
    _person, token = invite(cast)
    Client().post(reverse("join", args=[token]), {"name": "Newton", "password": CHOSEN})
    again = Client().post(reverse("join", args=[token]), {"name": "Thief", "password": "another-long-password"})
    assert again.status_code == 404
    assert User.objects.get(email="new@shop.example").check_password(CHOSEN)
    with pytest.raises(NotFound):
        services.accept_invitation(token, name="Thief", password="another-long-password")


def test_an_invitation_expires(cast):
    person, token = invite(cast)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(reverse("join", args=[token])).status_code == 404
    answer = Client().post(reverse("join", args=[token]), {"name": "N", "password": CHOSEN})
    assert answer.status_code == 404
    person.refresh_from_db()
    assert not person.has_usable_password()


@pytest.mark.parametrize("token", ["", " ", "x", "None", "%00", "0" * 400])
def test_other_tokens_open_nothing(cast, token):
    invite(cast)
    assert services.invitation_of(token) is None


def test_a_new_link_makes_the_old_one_void(cast):
    person, old = invite(cast)
    new = services.invite_again(cast.alice, person)
    assert services.invitation_of(old) is None
    assert services.invitation_of(new) is not None


def test_an_invitation_of_another_installation_opens_nothing(cast):
    from django.test import override_settings

    _person, token = invite(cast)
    with override_settings(SECRET_KEY="the secret of quite another installation"):
        assert services.invitation_of(token) is None
    assert services.invitation_of(token) is not None


def test_only_the_digest_of_an_invitation_is_kept(cast):
    _person, token = invite(cast)
    assert token not in str(list(Invitation.objects.values()))
    assert token not in str(list(AuditEntry.objects.values()))


def test_who_was_deactivated_cannot_join(cast):
    person, token = invite(cast)
    services.deactivate(cast.alice, person)
    assert services.invitation_of(token) is None


@pytest.mark.parametrize("password", ["short", "password12", "1234567890123", "new@shop.example", "Newton Newton"])
def test_weak_passwords_are_refused_with_a_reason(cast, password):
    _person, token = invite(cast)
    answer = Client().post(reverse("join", args=[token]), {"name": "Newton Newton", "password": password})
    assert answer.status_code == 422 and "aria-invalid" in answer.content.decode()
    assert services.invitation_of(token) is not None, "the link still works"


def test_the_page_sends_the_link_in_the_language_of_the_invited(cast, mails):
    client = cast.client("alice")
    answer = client.post(
        reverse("person_invite"),
        {"name": "李雷", "email": "li@shop.example", "role": "sales", "department": str(cast.departments["north"].pk),
         "manager": cast.bob.public_id, "language": "zh"},
    )  # fmt: skip
    assert answer.status_code == 200
    (mail,) = mails
    assert mail.to == ["li@shop.example"]
    link = re.search(r"http://testserver(/join/[^/\s]+/)", mail.body)[1]
    assert link in answer.content.decode()
    assert Client().get(link).status_code == 200
    person = User.objects.get(email="li@shop.example")
    assert (person.department, person.manager, person.language) == (cast.departments["north"], cast.bob, "zh")


def test_an_address_that_is_taken_is_told_on_the_form(cast):
    answer = cast.client("alice").post(
        reverse("person_invite"),
        {"name": "Carol again", "email": "CAROL@shop.example", "role": "sales", "language": "en"},
    )
    assert answer.status_code == 422
    assert User.objects.filter(email__iexact="carol@shop.example").count() == 1


# ---- the first owner


def test_a_fresh_installation_asks_for_its_owner(mails):
    roles.ensure_roles()
    assert User.objects.count() == 0
    client = Client()
    assert client.get("/sign-in/")["Location"] == reverse("first_owner")
    answer = client.post(reverse("first_owner"), {"name": "Owner", "email": "Owner@Shop.Example", "password": CHOSEN})
    assert answer.status_code == 302
    owner = User.objects.get()
    assert owner.role.key == "owner" and owner.email == "owner@shop.example"
    assert client.session["_auth_user_id"] == str(owner.pk)
    assert client.get(reverse("first_owner")).status_code == 302


def test_the_first_run_page_is_closed_once_somebody_is_here(cast):
    before = User.objects.count()
    answer = Client().post(reverse("first_owner"), {"name": "X", "email": "x@x.example", "password": CHOSEN})
    assert answer.status_code == 302 and answer["Location"] == "/sign-in/"
    assert User.objects.count() == before
    with pytest.raises(AccountError):
        services.register_first_owner(email="x@x.example", name="X", password=CHOSEN)


def test_from_another_machine_the_code_of_the_terminal_is_needed():
    roles.ensure_roles()
    given = {"name": "Owner", "email": "owner@shop.example", "password": CHOSEN}
    for headers in ({"REMOTE_ADDR": "203.0.113.9"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}):
        assert Client(**headers).post(reverse("first_owner"), given).status_code == 422
        assert Client(**headers).post(reverse("first_owner"), given | {"code": "00000000"}).status_code == 422
    assert User.objects.count() == 0
    code = setup_code.code()
    assert (
        Client(REMOTE_ADDR="203.0.113.9").post(reverse("first_owner"), given | {"code": code.lower()}).status_code
        == 302
    )


def test_of_several_at_once_one_becomes_the_owner(committed):
    from django.db import connection

    roles.ensure_roles()
    barrier, made, refused = Barrier(6), [], []

    def try_it(number: int) -> None:
        barrier.wait()
        try:
            made.append(services.register_first_owner(email=f"o{number}@x.example", name="O", password=CHOSEN))
        except AccountError:
            refused.append(number)
        finally:
            connection.close()

    threads = [Thread(target=try_it, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1 and len(refused) == 5
    assert User.objects.count() == 1


# ---- changes, and what nobody may do


def test_somebody_who_manages_people_gives_no_more_than_they_have(cast):
    manager = role("manager")
    manager.permissions = [*manager.permissions, "people.manage", "roles.manage"]
    manager.save()
    bob = User.objects.get(pk=cast.bob.pk)
    for beyond in ("owner", "analyst", "marketer"):
        with pytest.raises(Forbidden):
            services.change_person(
                bob, cast.carol, name="Carol", role=role(beyond), department=cast.carol.department, manager=None
            )
    with pytest.raises(Forbidden):
        services.change_person(
            bob, cast.carol, name="C", role=role("sales"), department=cast.departments["south"], manager=None
        )
    with pytest.raises(Forbidden):
        services.change_person(bob, cast.carol, name="C", role=role("sales"), department=None, manager=None)
    for out_of_reach in (cast.alice, cast.mallory, cast.frank, bob):
        with pytest.raises(Forbidden):
            services.deactivate(bob, out_of_reach)
    with pytest.raises(Forbidden):
        services.invite(bob, email="n@x.example", name="N", role=role("sales"), department=cast.departments["south"])
    services.change_person(
        bob, cast.carol, name="Carol", role=role("read_only"), department=cast.carol.department, manager=None
    )


def test_roles_are_shaped_only_within_ones_own_rights(cast):
    manager = role("manager")
    manager.permissions = [*manager.permissions, "roles.manage"]
    manager.save()
    bob = User.objects.get(pk=cast.bob.pk)
    sales = role("sales")
    with pytest.raises(Forbidden):
        roles.change_role(bob, sales, scope="own", permissions=[*sales.permissions, "audit.view"], clear_fields=[])
    with pytest.raises(Forbidden):
        roles.change_role(bob, sales, scope="all", permissions=sales.permissions, clear_fields=[])
    with pytest.raises(Forbidden):
        roles.change_role(bob, manager, scope="department", permissions=manager.permissions, clear_fields=[])
    with pytest.raises(Forbidden):
        roles.change_role(bob, role("analyst"), scope="own", permissions=["customers.view"], clear_fields=[])
    with pytest.raises(AccountError):
        roles.change_role(bob, role("owner"), scope="own", permissions=[], clear_fields=[])
    sales.refresh_from_db()
    assert "audit.view" not in sales.permissions and sales.scope == "own"
    roles.change_role(bob, sales, scope="department", permissions=["customers.export"], clear_fields=["phone", "shoe"])
    sales.refresh_from_db()
    assert sales.permissions == ["customers.export", "customers.view"] and sales.clear_fields == ["phone"]


def test_somebody_stays_the_owner(cast):
    with pytest.raises(AccountError):
        services.change_person(cast.alice, cast.alice, name="A", role=role("sales"), department=None, manager=None)
    second = User.objects.create(email="second@x.example", name="Second", role=role("owner"))
    with pytest.raises(AccountError):
        services.deactivate(cast.alice, cast.alice)
    services.deactivate(second, cast.alice)
    with pytest.raises(AccountError):
        services.change_person(second, second, name="S", role=role("sales"), department=None, manager=None)


def test_nobody_reports_to_themselves_over_corners(cast):
    with pytest.raises(AccountError):
        services.change_person(
            cast.alice, cast.bob, name="Bob", role=cast.bob.role, department=cast.bob.department, manager=cast.carol
        )


def test_leaving_ends_tokens_sessions_and_invitations(cast):
    client = cast.client("carol")
    assert client.get(reverse("account")).status_code == 200
    create_token(cast.carol, name="t", scopes=["customers.view"])
    services.deactivate(cast.alice, cast.carol)
    assert client.get(reverse("account")).status_code == 302
    assert not ApiToken.objects.filter(user=cast.carol, revoked_at=None).exists()


def test_changes_are_logged_with_before_and_after(cast):
    services.change_person(
        cast.alice, cast.carol, name="Carol", role=role("service"), department=cast.departments["south"], manager=None
    )
    entry = AuditEntry.objects.get(action="person.change")
    assert entry.details["before"]["role"] == "sales" and entry.details["after"]["role"] == "service"
    assert entry.object_id == cast.carol.public_id


def test_the_page_changes_a_person_and_says_what_is_wrong(cast):
    client = cast.client("alice")
    where = reverse("person", args=[cast.carol.public_id])
    good = {"name": "Carola", "role": "service", "department": str(cast.departments["south"].pk), "manager": ""}
    assert client.post(where, good).status_code == 302
    carol = User.objects.get(pk=cast.carol.pk)
    assert (carol.name, carol.role.key, carol.department_id) == ("Carola", "service", cast.departments["south"].pk)
    assert client.post(where, good | {"role": "emperor"}).status_code == 422
    assert client.post(where, good | {"department": "999999"}).status_code == 422
    assert client.get(reverse("person", args=["nobodynobody22"])).status_code == 404


def test_second_factors_are_removed_for_somebody_who_lost_them(cast):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=cast.carol, type="totp", data={"secret": "x"})
    client = cast.client("alice")
    assert client.post(reverse("person_factors", args=[cast.carol.public_id])).status_code == 302
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.filter(action="person.remove_factors").count() == 1
