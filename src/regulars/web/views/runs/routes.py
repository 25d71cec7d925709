"""Routes of runs."""

from __future__ import annotations

from django.urls import path

from regulars.web.views.runs import pages

routes = [
    path("runs/", pages.listing, name="runs"),
    path("runs/start/", pages.start, name="run_start"),
    path("runs/<slug:public_id>/<slug:name>/", pages.file, name="run_file"),
]
