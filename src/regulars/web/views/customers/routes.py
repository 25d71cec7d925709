"""Addresses of the customer pages."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy

from regulars.web.views.accounts.settings import add_page
from regulars.web.views.customers import bulk, entering, filter_bar, follow_ups, keeping, lists, one

add_page("fields", gettext_lazy("Own fields"), "fields.manage")

routes = [
    path("customers/", lists.customers, name="customers"),
    path("customers/count/", lists.count, name="customers_count"),
    path("customers/fields.json", filter_bar.fields, name="filter_fields"),
    path("customers/new/", entering.new, name="customer_new"),
    path("customers/lookalikes/", entering.lookalikes, name="lookalikes"),
    path("customers/bulk/<slug:action>/", bulk.start, name="bulk"),
    path("customers/exports/<slug:public_id>/", bulk.exported, name="export_file"),
    path("customers/views/", bulk.save_view, name="view_save"),
    path("customers/views/<slug:public_id>/<slug:action>/", bulk.change_view, name="view_change"),
    path("customers/bin/", keeping.bin, name="bin"),
    path("customers/<slug:public_id>/", one.customer, name="customer"),
    path("customers/<slug:public_id>/edit/", entering.edit, name="customer_edit"),
    path("customers/<slug:public_id>/cell/<str:column>/", entering.cell, name="customer_cell"),
    path("customers/<slug:public_id>/timeline/", one.timeline, name="customer_timeline"),
    path("customers/<slug:public_id>/beside/", one.beside, name="customer_beside"),
    path("customers/<slug:public_id>/similar/", one.similar, name="customer_similar"),
    path("customers/<slug:public_id>/reveal/", one.reveal, name="customer_reveal"),
    path("customers/<slug:public_id>/follow-up/", follow_ups.note, name="follow_up_note"),
    path("customers/<slug:public_id>/contacts/", keeping.contact, name="contact_new"),
    path("customers/<slug:public_id>/contacts/<slug:contact_id>/", keeping.contact, name="contact"),
    path("customers/<slug:public_id>/do/<slug:action>/", entering.change, name="customer_change"),
    path("follow-ups/", follow_ups.page, name="follow_ups"),
    path("follow-ups/<slug:public_id>/<slug:action>/", follow_ups.change, name="follow_up_change"),
    path("files/<slug:public_id>/", follow_ups.attachment, name="attachment"),
    path("settings/fields/", keeping.fields, name="fields"),
    path("settings/fields/<slug:key>/<slug:action>/", keeping.change_field, name="field_change"),
]
