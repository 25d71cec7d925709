"""Routes of the frame and of Today."""

from __future__ import annotations

from django.urls import path

from regulars.web.views.home import alive, choices, counts, demo, finding
from regulars.web.views.today.pages import home

routes = [
    path("", home, name="home"),
    path("alive/", alive.alive, name="alive"),
    path("language/", choices.language, name="language"),
    path("theme/", choices.theme, name="theme"),
    path("counts/", counts.counts, name="counts"),
    path("find/", finding.palette, name="palette"),
    path("demo/remove/", demo.remove, name="demo_remove"),
    path("definitions/<slug:key>/", finding.definition, name="definition"),
]
