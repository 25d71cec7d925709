"""The standing cast. Everybody's name says what they are in the tests of permissions.

    Head office (1)
    ├── Shop north (2)      Bob (manager) ← Carol, Dave (sales); Erin (service); Heidi (read-only)
    └── Shop south (3)      Mallory (sales)
    without a department    Alice (owner), Frank (marketer), Grace (analyst)

Carol and Dave report to Bob. Mallory is the outsider of everything that happens in the north.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from regulars.crm.accounts.models import Department, Role, User
from regulars.crm.accounts.roles import ensure_roles
from regulars.crm.customers.models import Customer

PASSWORD = "correct-horse-battery-7"

# name → (role, department, manager)
PEOPLE: dict[str, tuple[str, str, str]] = {
    "alice": ("owner", "", ""),
    "bob": ("manager", "north", ""),
    "carol": ("sales", "north", "bob"),
    "dave": ("sales", "north", "bob"),
    "erin": ("service", "north", "bob"),
    "frank": ("marketer", "", ""),
    "grace": ("analyst", "", ""),
    "heidi": ("read_only", "north", "bob"),
    "mallory": ("sales", "south", ""),
}
NAMES = tuple(PEOPLE)


@dataclass
class Cast:
    """``cast.carol`` is the user; ``cast.client("carol")`` a browser in which she is signed in."""

    people: dict[str, User]
    departments: dict[str, Department]
    _clients: dict[str, Client] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def client(self, name: str, **options: Any) -> Client:
        """A client signed in as ``name``; "anonymous": signed in as nobody. Kept for the test unless it has options."""
        if name in self._clients and not options:
            return self._clients[name]
        client = Client(raise_request_exception=False, **options)
        if name != "anonymous":
            client.force_login(self.people[name])
        if not options:
            self._clients[name] = client
        return client

    def customer(self, owner: str = "", **values: Any) -> Customer:
        """A customer of ``owner``, in the owner's department, without passing through the services."""
        person = self.people[owner] if owner else None
        values = {
            "name": "苏婉清",
            "sort_name": "su wan qing",
            "owner": person,
            "department": person.department if person else None,
        } | values
        return Customer.objects.create(**values)


def make_departments() -> dict[str, Department]:
    head = Department.objects.create(name="Head office")
    north = Department.objects.create(name="Shop north", parent=head)
    south = Department.objects.create(name="Shop south", parent=head)
    for department in (head, north, south):
        above = department.parent.path if department.parent else "/"
        department.path = f"{above}{department.pk}/"
        department.save(update_fields=["path"])
    return {"head": head, "north": north, "south": south}


def make_cast(**options: Any) -> Cast:
    """Everybody, freshly hired. With ``password=True`` they can also sign in through the page (slower)."""
    ensure_roles()
    departments = make_departments()
    roles = {role.key: role for role in Role.objects.all()}
    people: dict[str, User] = {}
    for name, (role, department, manager) in PEOPLE.items():
        person = User(
            email=f"{name}@shop.example",
            name=name.title(),
            role=roles[role],
            department=departments.get(department),
            manager=people.get(manager),
        )
        if options.get("password"):
            person.set_password(PASSWORD)
        else:
            person.set_unusable_password()
        person.save()
        people[name] = person
    return Cast(people, departments)
