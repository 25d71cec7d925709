"""People: the first owner, invitations, changes, leaving. Verbs with the actor first, one transaction each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from regulars.crm.accounts import audit, policies
from regulars.crm.accounts.errors import AccountError, Forbidden, NotFound
from regulars.crm.accounts.models import ApiToken, Department, Invitation, Role, User
from regulars.crm.accounts.permissions import OWNER
from regulars.crm.accounts.roles import ensure_roles
from regulars.crm.accounts.sealing import digest, new_token

INVITATION_LASTS = timedelta(days=7)


def is_fresh() -> bool:
    """Whether this installation has nobody yet, so that the first-run page may make the owner."""
    return not User.objects.exists()


@transaction.atomic
def register_first_owner(*, email: str, name: str, password: str, language: str = "") -> User:
    """The owner of a fresh installation; of several at once only one becomes it."""
    ensure_roles()
    role = Role.objects.select_for_update().get(key=OWNER)  # one waits for the other
    if not is_fresh():
        raise AccountError("not_fresh", "This installation has an owner already.", "Sign in, or ask for an invitation.")
    owner = User(email=_clean_email(email), name=_clean_name(name), role=role, language=language)
    owner.set_password(password)
    owner.save()
    _trust_address(owner)
    audit.record(owner, "person.first_owner", object_type="person", object_id=owner.public_id, label=owner.name)
    return owner


@transaction.atomic
def invite(
    actor: User,
    *,
    email: str,
    name: str,
    role: Role,
    department: Department | None = None,
    manager: User | None = None,
    language: str = "",
) -> tuple[User, str]:
    """A new person who cannot sign in with a password before the link was used. Returns the person and the token."""
    policies.require(actor, "people.manage")
    _check_place(actor, role, department)
    address = _clean_email(email)
    if User.objects.filter(email=address).exists():
        raise AccountError(
            "email_taken", "{email} belongs to somebody here already.", "Look the person up in the list.", email=address
        )
    person = User(
        email=address, name=_clean_name(name), role=role, department=department, manager=manager, language=language
    )
    person.set_unusable_password()
    person.save()
    audit.record(
        actor, "person.invite", object_type="person", object_id=person.public_id, label=person.name,
        details={"role": role.key, "department": department.pk if department else None},
    )  # fmt: skip
    return person, _new_invitation(actor, person)


@transaction.atomic
def invite_again(actor: User, person: User) -> str:
    """A fresh link; older ones stop working."""
    _check_manages(actor, person)
    if person.has_usable_password() or not person.is_active:
        raise AccountError(
            "invitation_needless",
            "{name} has signed in already or no longer works here.",
            "They can ask for a new password on the sign-in page.",
            name=person.name,
        )
    audit.record(actor, "person.invite", object_type="person", object_id=person.public_id, label=person.name)
    return _new_invitation(actor, person)


def _new_invitation(actor: User, person: User) -> str:
    close_invitations(person)
    token = new_token()
    Invitation.objects.create(
        user=person,
        invited_by=actor,
        digest=digest("invitation", token),
        expires_at=timezone.now() + INVITATION_LASTS,
    )
    return token


def invitation_of(token: str) -> Invitation | None:
    """The open invitation that ``token`` opens; None when unknown, used, expired, or the person has left."""
    if not token:
        return None
    return (
        Invitation.objects.select_related("user")
        .filter(digest=digest("invitation", token), used_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )


@transaction.atomic
def accept_invitation(token: str, *, name: str, password: str) -> User:
    """Sets the first password of an invited person; the link works once."""
    invitation = invitation_of(token)
    taken = invitation and Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=timezone.now())
    if invitation is None or not taken:
        raise NotFound("invitation_over", "This invitation was used or has expired.", "Ask for a new one.")
    person = invitation.user
    person.name = _clean_name(name)
    person.set_password(password)
    person.save(update_fields=["name", "password"])
    _trust_address(person)
    audit.record(person, "person.join", object_type="person", object_id=person.public_id, label=person.name)
    return person


def close_invitations(person: User) -> None:
    """Open links stop working: the person has set a password by other means."""
    now = timezone.now()
    person.invitations.filter(used_at=None, expires_at__gt=now).update(expires_at=now)


def works_here(email: str) -> bool:
    """Whether somebody active has this address."""
    return User.objects.filter(email=_clean_email(email), is_active=True).exists()


@transaction.atomic
def change_person(
    actor: User, person: User, *, name: str, role: Role, department: Department | None, manager: User | None
) -> User:
    """Name, role and place of a person. Customers keep the department they were assigned in."""
    _check_manages(actor, person)
    if role.pk != person.role_id or (department and department.pk) != person.department_id:
        _check_place(actor, role, department)
    if manager is not None and person.pk in {manager.pk, *_chain_above(manager)}:
        raise AccountError(
            "manager_cycle",
            "{name} cannot report to somebody below.",
            "Choose another manager.",
            name=person.name,
        )
    if person.role.key == OWNER and role.key != OWNER:
        _check_owner_stays(person)
    before = _place(person)
    person.name, person.role, person.department, person.manager = _clean_name(name), role, department, manager
    person.save(update_fields=["name", "role", "department", "manager"])
    if before != _place(person):
        audit.record(
            actor, "person.change", object_type="person", object_id=person.public_id, label=person.name,
            details={"before": before, "after": _place(person)},
        )  # fmt: skip
    return person


@transaction.atomic
def deactivate(actor: User, person: User) -> User:
    """The person leaves: cannot sign in, sessions and tokens end at once; customers and history stay."""
    _check_manages(actor, person)
    if person.pk == actor.pk:
        raise AccountError("deactivate_self", "You cannot deactivate yourself.", "Ask another owner.")
    if person.role.key == OWNER:
        _check_owner_stays(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    now = timezone.now()
    ApiToken.objects.filter(user=person, revoked_at=None).update(revoked_at=now)
    Invitation.objects.filter(user=person, used_at=None).update(expires_at=now)
    end_sessions(person)
    audit.record(actor, "person.deactivate", object_type="person", object_id=person.public_id, label=person.name)
    return person


@transaction.atomic
def reactivate(actor: User, person: User) -> User:
    _check_manages(actor, person)
    person.is_active = True
    person.save(update_fields=["is_active"])
    audit.record(actor, "person.reactivate", object_type="person", object_id=person.public_id, label=person.name)
    return person


@transaction.atomic
def remove_second_factors(actor: User, person: User) -> int:
    """For somebody who lost phone and recovery codes: sign-in asks for the password alone until set up again."""
    _check_manages(actor, person)
    removed, _by_model = Authenticator.objects.filter(user=person).delete()
    end_sessions(person)
    audit.record(actor, "person.remove_factors", object_type="person", object_id=person.public_id, label=person.name)
    return removed


def change_profile(actor: User, *, name: str, language: str, theme: str) -> User:
    """One's own name and how pages look."""
    actor.name, actor.language, actor.theme = _clean_name(name), language, theme
    actor.save(update_fields=["name", "language", "theme"])
    return actor


def end_sessions(person: User, *, except_key: str | None = None) -> int:
    """Ends the person's sessions, perhaps save the current one; returns how many."""
    sessions = [s for s in UserSession.objects.filter(user=person) if s.session_key != except_key]
    for session in sessions:
        session.end()
    return len(sessions)


def _trust_address(person: User) -> None:
    """The link came through the mailbox: sign-in by a provider may match the address."""
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})


def _check_manages(actor: User, person: User) -> None:
    policies.require(actor, "people.manage")
    if not policies.can_manage(actor, person):
        raise Forbidden(
            "person_beyond",
            "You cannot change this person: the role or the department is beyond yours.",
            "Ask the owner of this installation.",
        )


def _check_place(actor: User, role: Role, department: Department | None) -> None:
    if not policies.can_give(actor, role) or not policies.oversees(actor, department):
        raise Forbidden(
            "place_beyond",
            "You cannot give this role or this department: it is beyond yours.",
            "Ask the owner of this installation.",
        )


def _check_owner_stays(leaving: User) -> None:
    owner_role = Role.objects.select_for_update().get(key=OWNER)
    if not User.objects.filter(role=owner_role, is_active=True).exclude(pk=leaving.pk).exists():
        raise AccountError("last_owner", "Somebody must stay the owner.", "Give the role of owner to another first.")


def _chain_above(person: User) -> list[int]:
    found: list[int] = []
    above = person.manager
    while above is not None and above.pk not in found:
        found.append(above.pk)
        above = above.manager
    return found


def _place(person: User) -> dict[str, Any]:
    return {
        "name": person.name,
        "role": person.role.key,
        "department": person.department_id,
        "manager": person.manager.public_id if person.manager else None,
    }


def _clean_email(email: str) -> str:
    return email.strip().lower()


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())[:80]
    if not cleaned:
        raise AccountError("person_name", "A person needs a name.", "Write a name.")
    return cleaned
