"""Routes of duplicates."""

from __future__ import annotations

from django.urls import path

from regulars.web.views.duplicates import merging, pairs

routes = [
    path("duplicates/", pairs.duplicates, name="duplicates"),
    path("duplicates/search/", pairs.search, name="duplicates_search"),
    path("duplicates/apart/<slug:first>/<slug:second>/", pairs.apart, name="duplicates_apart"),
    path("duplicates/together/<slug:first>/<slug:second>/", pairs.together, name="duplicates_together"),
    path("duplicates/merge/<slug:kept>/<slug:gone>/", merging.merge, name="merge"),
    path("duplicates/undo/<slug:public_id>/", merging.undo, name="merge_undo"),
]
