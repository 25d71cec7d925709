"""Routes of the analysis pages."""

from __future__ import annotations

from django.urls import path

from regulars.web.views.numbers import control, definitions, pages, people, targets

routes = [
    path("numbers/", pages.overview, name="numbers"),
    path("numbers/people/", people.people, name="people_behind"),
    path("numbers/people/note/", people.note, name="people_behind_note"),
    path("numbers/targets/", targets.targets, name="targets"),
    path("numbers/targets/break-even/", targets.calculator, name="break_even"),
    path("numbers/targets/<str:public_id>/close/", targets.close, name="target_close"),
    path("numbers/control/", control.control, name="class_control"),
    path("numbers/control/floors/", control.floors, name="class_floors"),
    path("numbers/control/<str:public_id>/<str:answer>/", control.decide, name="class_decision"),
    path("numbers/<slug:key>/", pages.page, name="numbers_page"),
    path("numbers/<slug:key>/<str:card>/definition/", definitions.definition, name="numbers_definition"),
]
