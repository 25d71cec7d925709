"""Routes of background work."""

from __future__ import annotations

from django.urls import path

from regulars.web.views.jobs import pages

routes = [
    path("jobs/", pages.jobs, name="jobs"),
    path("jobs/<slug:public_id>/", pages.job, name="job"),
    path("jobs/<slug:public_id>/progress/", pages.progress, name="job_progress"),
    path("jobs/<slug:public_id>/stop/", pages.stop, name="job_stop"),
    path("jobs/<slug:public_id>/undo/", pages.undo, name="job_undo"),
]
