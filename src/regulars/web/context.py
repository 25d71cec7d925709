"""What the frame around every page shows. Made on demand: a part of a page that has no frame costs nothing."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from regulars.config.options import options
from regulars.language import Language
from regulars.version import VERSION
from regulars.web import languages, navigation, toasts
from regulars.web.templatetags import regulars as words

THEMES = ("auto", "light", "dark")
TAGS = {"zh": "zh-Hans", "en": "en"}


class Frame:
    """The frame of one request."""

    version = VERSION

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def language(self) -> Language:
        return languages.reading()

    @property
    def tag(self) -> str:
        """The language tag of the page."""
        return TAGS[self.language]

    @cached_property
    def theme(self) -> str:
        """``auto`` follows the system."""
        chosen = getattr(getattr(self.request, "user", None), "theme", "") or self.request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else "auto"

    @property
    def business(self) -> str:
        return options().name

    @cached_property
    def groups(self) -> list[tuple[Any, list[navigation.Link]]]:
        return navigation.shown(self.request.user, self.request.path)

    @cached_property
    def tabs(self) -> list[navigation.Link]:
        """The places in the bar at the bottom of a phone."""
        return [link for _label, links in self.groups for link in links if link.key in navigation.TABS]

    @cached_property
    def has(self) -> dict[str, str]:
        """Addresses of pages that other pages lead to, by route name; only those that exist."""
        names = ("account", "sign_out", "sign_in", "search", "customer_new", "definition")
        return {name: address for name in names if (address := navigation.address_of(name))}

    @cached_property
    def _standing(self) -> tuple[Any, Any]:
        from regulars.crm.insights import runs

        return runs.standing()

    @property
    def run(self) -> Any:
        """The run that is read: the current one or an earlier one (travel.py), or None; one query a page, together
        with the notice.
        """
        return self.past or self._standing[0]

    @property
    def past(self) -> Any:
        """The earlier run that the reader looks back to; None on the latest."""
        from regulars.crm.insights import reading

        return reading.chosen()

    @cached_property
    def notice(self) -> dict[str, str] | None:
        """The line under the header when the latest run failed: figures stay, and it says until when they reach."""
        from regulars.crm.accounts import policies

        run, failed = self._standing
        if run is None or failed is None or not policies.can(self.request.user, "numbers.view"):
            return None
        text = _("The figures stop at {day}: the last run did not finish.").format(day=words.day_long(run.as_of))
        return {"text": text, "address": "/runs/", "action": _("See why")}

    @property
    def words(self) -> dict[str, str]:
        """What scripts say."""
        return {
            "undo": _("Undo"),
            "close": _("Close"),
            "not_undone": _("It could not be undone."),
            "offline": _("No connection. What you typed is still here."),
            "not_allowed": _("Your rights do not allow this, or you are no longer signed in."),
            "not_there": _("It is no longer there."),
            "failed": _("This did not work. Try again."),
        }

    @cached_property
    def toasts(self) -> list[dict[str, Any]]:
        return toasts.waiting(self.request)


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
