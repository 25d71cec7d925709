"""Routes of people and rights. Names with ``account_`` and ``mfa_`` are those that django-allauth leads to."""

from __future__ import annotations

from django.urls import path, re_path

from regulars.web.views.accounts import (
    audit,
    departments,
    entrance,
    first_run,
    invitations,
    me,
    passwords,
    people,
    provider,
    roles,
    second_factor,
    sessions,
    settings,
    tokens,
)

_coming_in = [
    path("sign-in/", entrance.sign_in, name="sign_in"),
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/second-step/", entrance.second_step, name="mfa_authenticate"),
    path("sign-in/passkey/", entrance.passkey, name="mfa_login_webauthn"),
    path("sign-in/left/", entrance.left, name="account_inactive"),
    path("sign-in/provider/<provider_id>/", provider.leave, name="openid_connect_login"),
    path("sign-in/provider/<provider_id>/back/", provider.come_back, name="openid_connect_callback"),
    path("sign-in/provider/stopped/", provider.stopped, name="socialaccount_login_cancelled"),
    path("sign-in/provider/failed/", provider.failed, name="socialaccount_login_error"),
    path("sign-in/provider/unknown/", provider.unknown, name="socialaccount_signup"),
    path("sign-out/", entrance.sign_out, name="sign_out"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("start/", first_run.start, name="first_owner"),
    path("join/", invitations.how_to_join, name="account_signup"),
    path("join/<str:token>/", invitations.join, name="join"),
    path("password/forgotten/", passwords.forgotten, name="account_reset_password"),
    path("password/forgotten/sent/", passwords.sent, name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        passwords.new,
        name="account_reset_password_from_key",
    ),
    path("password/new/done/", passwords.new_done, name="account_reset_password_from_key_done"),
    path("confirm/", entrance.confirm, name="account_reauthenticate"),
    path("confirm/code/", entrance.confirm_by_code, name="mfa_reauthenticate"),
    path("confirm/passkey/", entrance.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
]
_own_account = [
    path("account/", me.account, name="account"),
    path("account/password/", passwords.change, name="account_change_password"),
    path("account/password/first/", passwords.set_first, name="account_set_password"),
    path("account/security/", second_factor.overview, name="mfa_index"),
    path("account/security/app/", second_factor.add_app, name="mfa_activate_totp"),
    path("account/security/app/remove/", second_factor.remove_app, name="mfa_deactivate_totp"),
    path("account/security/codes/", second_factor.codes, name="mfa_view_recovery_codes"),
    path("account/security/codes/new/", second_factor.new_codes, name="mfa_generate_recovery_codes"),
    path("account/security/passkeys/new/", second_factor.add_passkey, name="mfa_add_webauthn"),
    path("account/security/passkeys/<int:pk>/remove/", second_factor.remove_passkey, name="mfa_remove_webauthn"),
    path("account/security/passkeys/", second_factor.overview, name="mfa_list_webauthn"),
    path("account/sessions/", sessions.listing, name="sessions"),
    path("account/sessions/end/", sessions.end_others, name="sessions_end"),
    path("account/sessions/<int:pk>/end/", sessions.end_one, name="session_end"),
    path("account/tokens/", tokens.listing, name="tokens"),
    path("account/tokens/<str:public_id>/revoke/", tokens.revoke, name="token_revoke"),
]
_settings = [
    path("settings/", settings.first_page, name="settings"),
    path("settings/people/", people.listing, name="people"),
    path("settings/people/invite/", people.invite, name="person_invite"),
    path("settings/people/<str:public_id>/", people.person, name="person"),
    path("settings/people/<str:public_id>/invite/", people.invite_again, name="person_invite_again"),
    path("settings/people/<str:public_id>/deactivate/", people.deactivate, name="person_deactivate"),
    path("settings/people/<str:public_id>/reactivate/", people.reactivate, name="person_reactivate"),
    path("settings/people/<str:public_id>/factors/", people.remove_factors, name="person_factors"),
    path("settings/departments/", departments.listing, name="departments"),
    path("settings/departments/<int:pk>/", departments.change, name="department"),
    path("settings/departments/<int:pk>/delete/", departments.delete, name="department_delete"),
    path("settings/roles/", roles.matrix, name="roles"),
    path("settings/roles/new/", roles.create, name="role_new"),
    path("settings/roles/<slug:key>/delete/", roles.delete, name="role_delete"),
    path("settings/audit/", audit.page, name="audit"),
    path("settings/audit/export/", audit.export, name="audit_export"),
]
routes = _coming_in + _own_account + _settings
