"""Routes of imports."""

from __future__ import annotations

from django.urls import path

from regulars.web.views.imports import listing, mapping, outcome, uploading

routes = [
    path("imports/", listing.imports, name="imports"),
    path("imports/new/", uploading.upload, name="import_new"),
    path("imports/<slug:public_id>/", listing.one, name="import"),
    path("imports/<slug:public_id>/columns/", mapping.columns, name="import_columns"),
    path("imports/<slug:public_id>/preview/", mapping.preview, name="import_preview"),
    path("imports/<slug:public_id>/trial/", outcome.trial, name="import_trial"),
    path("imports/<slug:public_id>/start/", outcome.start, name="import_start"),
    path("imports/<slug:public_id>/result/", outcome.result, name="import_result"),
    path("imports/<slug:public_id>/rejects/", outcome.rejects, name="import_rejects"),
    path("imports/<slug:public_id>/undo/", outcome.undo, name="import_undo"),
    path("imports/<slug:public_id>/go-on/", outcome.go_on, name="import_go_on"),
    path("imports/<slug:public_id>/discard/", outcome.discard, name="import_discard"),
]
