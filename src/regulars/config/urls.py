"""Routes: pages at the root, the API under /api/v1/."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("regulars.api.urls")),
    path("", include("regulars.web.urls")),
]
handler403 = "regulars.web.views.states.forbidden"
handler404 = "regulars.web.views.states.not_found"
handler500 = "regulars.web.views.states.failed"
