"""Controls that several forms of people and rights share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.crm.accounts import departments, roles
from regulars.crm.accounts.models import Department, Role, User


class PersonName(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=pgettext_lazy("person", "Name"),
            max_length=80,
            widget=forms.TextInput({"autocomplete": "name"}),
            **kwargs,
        )


class ChosenPassword(forms.CharField):
    """A password that somebody chooses."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Password"),
            max_length=256,
            strip=False,
            help_text=_("At least 10 characters; a few words are easier to keep than signs."),
            widget=forms.PasswordInput({"autocomplete": "new-password"}),
            **kwargs,
        )

    @staticmethod
    def check(form: forms.Form, field: str, name: str, email: str) -> None:
        """Adds what is wrong with the password to ``form``."""
        password = form.cleaned_data.get(field)
        if password:
            try:
                validate_password(password, User(name=name, email=email))
            except ValidationError as error:
                form.add_error(field, error)


class DepartmentChoice(forms.ChoiceField):
    """The department tree as an indented list; empty: none."""

    def __init__(self, *, label: Any, empty: Any, required: bool = False) -> None:
        self.tree = departments.tree()
        self.by_id = {str(department.pk): department for department, _depth in self.tree}
        indented = [(str(d.pk), "\u3000" * depth + d.name) for d, depth in self.tree]
        super().__init__(label=label, required=required, choices=[("", empty), *indented])

    def clean(self, value: Any) -> Department | None:
        return self.by_id.get(super().clean(value))


class RoleChoice(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        self.by_key = {role.key: role for role in roles.ordered()}
        choices = [(key, roles.display_name(role)) for key, role in self.by_key.items()]
        super().__init__(label=_("Role"), choices=choices, **kwargs)

    def clean(self, value: Any) -> Role:
        return self.by_key[super().clean(value)]


class PersonChoice(forms.ChoiceField):
    """Somebody who works here, by public id; empty: nobody."""

    def __init__(self, *, label: Any, without: User | None = None) -> None:
        people = User.objects.filter(is_active=True).order_by("name", "pk")
        self.by_id = {p.public_id: p for p in people if without is None or p.pk != without.pk}
        choices = [("", _("Nobody")), *((key, person.name) for key, person in self.by_id.items())]
        super().__init__(label=label, required=False, choices=choices)

    def clean(self, value: Any) -> User | None:
        return self.by_id.get(super().clean(value))
