from __future__ import annotations

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "regulars.crm.insights"
    label = "insights"

    def ready(self) -> None:
        from regulars.crm.customers.duplicates import services  # noqa: F401 - registers its kind of work
        from regulars.crm.customers.filters import fields
        from regulars.crm.insights import (
            bought,
            identity,  # noqa: F401
            metric_columns,
            metrics,
            past_fields,
        )
        from regulars.crm.insights.imports import jobs  # noqa: F401

        fields.register(metric_columns.fields(), prefix=metrics.current_relation)
        fields.register(past_fields.fields)
        fields.register(bought.FIELDS)
