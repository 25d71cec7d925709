"""Routes of Today beside its page, which is the first address of all."""

from __future__ import annotations

from django.urls import path

from regulars.web.views.today import pages

routes = [
    path("today/moves/", pages.moves, name="today_moves"),
    path("today/<str:public_id>/later/", pages.later, name="today_later"),
    path("today/<str:public_id>/again/", pages.again, name="today_again"),
]
