from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "regulars.crm.jobs"
    label = "jobs"

    def ready(self) -> None:
        autodiscover_modules("tasks")  # every app's tasks.py registers its kinds of jobs
