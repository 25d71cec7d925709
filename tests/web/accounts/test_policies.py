"""Who may do what, on whose customers, and what is masked."""

from __future__ import annotations

import itertools

import pytest

from regulars.crm.accounts import policies
from regulars.crm.accounts.errors import Forbidden
from regulars.crm.accounts.models import Department, Role, User
from regulars.crm.accounts.permissions import CLEAR_SCOPE, PERMISSIONS, ROLES, SENSITIVE, completed
from regulars.crm.accounts.roles import ensure_roles
from regulars.crm.customers import policies as customer_policies
from regulars.crm.customers.models import Collaborator, Customer
from tests.web.cast import NAMES


@pytest.fixture
def customers(cast):
    """One customer of each person, one of nobody in the north, one of nobody at all, one in the bin, one merged."""
    made = {name: cast.customer(name, name=f"of {name}") for name in NAMES}
    made["north"] = cast.customer(name="of the north", department=cast.departments["north"])
    made["nobody"] = cast.customer(name="of nobody")
    made["gone"] = cast.customer("carol", name="merged", merged_into=made["carol"])
    return made


def seen_by(person: User) -> set[str]:
    return set(Customer.objects.filter(customer_policies.visible_to(person)).values_list("name", flat=True))


def test_the_cast_sees_what_the_scopes_say(cast, customers):
    north = {"of bob", "of carol", "of dave", "of erin", "of heidi", "of the north", "merged"}
    assert seen_by(cast.alice) == {c.name for c in customers.values()}
    assert seen_by(cast.frank) == seen_by(cast.grace) == seen_by(cast.alice)
    assert seen_by(cast.bob) == seen_by(cast.erin) == seen_by(cast.heidi) == north
    assert seen_by(cast.carol) == {"of carol", "merged"}
    assert seen_by(cast.mallory) == {"of mallory"}


@pytest.mark.parametrize("scope", list(Role.Scope))
@pytest.mark.parametrize("name", NAMES)
def test_the_set_and_the_single_question_agree(cast, customers, name, scope):
    """visible_to and can_see, editable_by and can_edit are two forms of one rule, for every scope."""
    person = User.objects.get(pk=cast.people[name].pk)
    person.role.scope = scope
    Collaborator.objects.create(customer=customers["mallory"], user=person)
    Collaborator.objects.create(customer=customers["nobody"], user=person, may_edit=True)
    visible = set(Customer.objects.filter(customer_policies.visible_to(person)))
    editable = set(Customer.objects.filter(customer_policies.editable_by(person)))
    for customer in customers.values():
        assert customer_policies.can_see(person, customer) == (customer in visible)
        assert customer_policies.can_edit(person, customer) == (customer in editable)
    assert editable <= visible


def test_collaborators_see_and_edit_only_where_they_may(cast, customers):
    Collaborator.objects.create(customer=customers["carol"], user=cast.mallory)
    assert customer_policies.can_see(cast.mallory, customers["carol"])
    assert not customer_policies.can_edit(cast.mallory, customers["carol"])
    Collaborator.objects.update(may_edit=True)
    assert customer_policies.can_edit(cast.mallory, customers["carol"])
    Collaborator.objects.create(customer=customers["mallory"], user=cast.heidi, may_edit=True)
    assert not customer_policies.can_edit(cast.heidi, customers["mallory"]), "read-only stays read-only"


def test_a_team_leader_sees_the_whole_chain_below(cast, customers):
    cast.dave.manager = cast.carol
    cast.dave.save()
    cast.carol.role.scope = Role.Scope.SUBORDINATES
    carol = User.objects.select_related("role").get(pk=cast.carol.pk)
    carol.role.scope = Role.Scope.SUBORDINATES
    assert policies.subordinates(carol) == [cast.dave.pk]
    assert policies.subordinates(User.objects.get(pk=cast.bob.pk)) == sorted(
        [cast.carol.pk, cast.dave.pk, cast.erin.pk, cast.heidi.pk]
    )
    assert seen_by(carol) == {"of carol", "of dave", "merged"}


def test_a_circle_of_managers_ends(cast):
    User.objects.filter(pk=cast.bob.pk).update(manager=cast.carol)
    assert cast.bob.pk not in policies.subordinates(User.objects.get(pk=cast.bob.pk))


def test_departments_below_count_and_sisters_do_not(cast, customers):
    cast.bob.department = cast.departments["head"]
    assert "of mallory" in seen_by(cast.bob)
    fresh = User.objects.get(pk=cast.erin.pk)
    assert "of mallory" not in seen_by(fresh)


def test_a_department_with_a_longer_number_is_not_below(cast):
    """/1/ must not swallow /12/: the paths end in slashes."""
    short = Department.objects.create(name="short", path="/7/")
    long = Department.objects.create(name="long", path="/77/")
    cast.bob.department = short
    assert long.pk not in policies.departments_below(cast.bob)


@pytest.mark.parametrize("actor", [None, object()])
def test_nobody_may_nothing(cast, customers, actor):
    from django.contrib.auth.models import AnonymousUser

    for who in (actor, AnonymousUser()):
        assert not any(policies.can(who, key) for key in PERMISSIONS)
        assert not any(policies.sees_clear(who, field) for field in SENSITIVE)
        assert not Customer.objects.filter(customer_policies.visible_to(who)).exists()
        assert not customer_policies.can_see(who, customers["nobody"])


def test_who_has_left_may_nothing(cast, customers):
    cast.alice.is_active = False
    assert not policies.can(cast.alice, "customers.view")
    assert seen_by(cast.alice) == set()


def test_the_owner_may_everything_even_when_the_row_says_otherwise(cast):
    Role.objects.filter(key="owner").update(permissions=[], clear_fields=[], scope="own")
    alice = User.objects.get(pk=cast.alice.pk)
    assert all(policies.can(alice, key) for key in PERMISSIONS)
    assert all(policies.sees_clear(alice, field) for field in SENSITIVE)
    assert policies.scope(alice) == Role.Scope.ALL


def test_an_unknown_permission_is_a_defect_not_a_no(cast):
    with pytest.raises(KeyError):
        policies.can(cast.alice, "customers.veiw")
    with pytest.raises(KeyError):
        policies.require(cast.carol, "customers")


def test_a_key_that_is_no_longer_known_grants_nothing(cast):
    cast.carol.role.permissions = ["customers.view", "everything"]
    assert policies.granted(cast.carol.role) == {"customers.view"}


def test_require_says_what_is_missing(cast):
    with pytest.raises(Forbidden, match=r"customers\.export"):
        policies.require(cast.carol, "customers.export")


def test_a_token_narrows_and_never_widens(cast):
    cast.carol.token_scopes = frozenset({"customers.view", "customers.export", "people.manage"})
    assert policies.can(cast.carol, "customers.view")
    assert not policies.can(cast.carol, "customers.edit")
    assert not policies.can(cast.carol, "customers.export")
    assert not policies.can(cast.carol, "people.manage")
    cast.carol.token_scopes = frozenset()
    assert not any(policies.can(cast.carol, key) for key in PERMISSIONS)


def test_a_token_sees_clear_fields_only_when_it_says_so(cast):
    cast.alice.token_scopes = frozenset({"customers.view", "customers.reveal"})
    assert not policies.sees_clear(cast.alice, "phone")
    cast.alice.token_scopes |= {CLEAR_SCOPE}
    assert policies.sees_clear(cast.alice, "phone")
    cast.erin.token_scopes = frozenset({CLEAR_SCOPE})
    assert not policies.sees_clear(cast.erin, "phone")


def test_every_default_role_is_complete_and_known():
    for role in ROLES.values():
        assert completed(set(role.permissions)) == set(role.permissions), role.key
        assert set(role.clear_fields) <= set(SENSITIVE)
        assert role.scope in Role.Scope.values
    assert all(p.needs in PERMISSIONS or not p.needs for p in PERMISSIONS.values())


def test_built_in_roles_are_made_once_and_changes_stay(cast):
    Role.objects.filter(key="sales").update(permissions=["customers.view"])
    ensure_roles()
    assert Role.objects.get(key="sales").permissions == ["customers.view"]
    assert Role.objects.count() == len(ROLES)


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("phone", "13812344471", "138 **** 4471"),
        ("phone", "138-1234-4471", "138 **** 4471"),
        ("phone", "0571-8888902", "057 **** 8902"),
        ("phone", "8888902", "**** 902"),
        ("phone", "110", "****"),
        ("email", "su.wanqing@example.com", "s***@example.com"),
        ("email", "s@example.com", "***"),
        ("email", "not an address", "***"),
        ("address", "杭州市西湖区文三路 1 号", "杭州****"),
        ("address", "杭州", "****"),
        ("phone", "", ""),
        ("phone", None, ""),
    ],
)
def test_masks_keep_little(cast, field, value, shown):
    assert customer_policies.masked(cast.erin, field, value) == shown
    assert customer_policies.masked(cast.alice, field, value) == (value or "")


def test_other_fields_are_never_masked(cast):
    assert customer_policies.masked(cast.heidi, "name", "苏婉清") == "苏婉清"


def test_a_masked_field_can_be_found_only_by_its_whole_value(cast):
    assert customer_policies.findable_by(cast.alice, "phone") == "any"
    assert customer_policies.findable_by(cast.carol, "phone") == "any"
    assert customer_policies.findable_by(cast.carol, "email") == "exact"
    assert customer_policies.findable_by(cast.heidi, "phone") == "exact"


def test_visible_to_costs_no_more_than_the_page_can_bear(cast, customers, query_count):
    for name, most in itertools.product(NAMES, [3]):
        person = User.objects.select_related("role", "department").get(pk=cast.people[name].pk)
        with query_count() as seen:
            list(Customer.objects.filter(customer_policies.visible_to(person)))
            list(Customer.objects.filter(customer_policies.visible_to(person)))
        assert seen.count <= most, (name, seen.statements)
