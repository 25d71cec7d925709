from __future__ import annotations

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "regulars.crm.customers"
    label = "customers"

    def ready(self) -> None:
        from regulars.crm.customers.bulk import jobs  # noqa: F401 - registers the kinds of jobs
        from regulars.crm.customers.filters import custom, fields, own

        fields.register(own.FIELDS)
        fields.register(custom.fields)
