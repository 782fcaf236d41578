"""Refusing the mails that ask whether a request is solved. A GET changes nothing: mail scanners follow links."""

from __future__ import annotations

from flask import render_template, url_for

from portal.clock import utcnow
from portal.localization import INTERFACE_LOCALES
from portal.tickets.link_routes import blueprint
from portal.tickets.surveys import person_of_refusal, refuse_surveys
from portal.web.access import public
from portal.web.locale_urls import offer_page_locales

__all__ = ["blueprint"]


@blueprint.get("/<locale:locale>/requests/surveys/<token>")
@public
def show_survey_refusal(locale: str, token: str) -> str:
    """A button that refuses these mails."""
    return _page(token)


@blueprint.post("/<locale:locale>/requests/surveys/<token>")
@public
def create_survey_refusal(locale: str, token: str) -> str:
    """Refuse them: pressed on the page, or by a mail program in one click (RFC 8058), which wants no redirect."""
    refuse_surveys(person_of_refusal(token), now=utcnow())
    return _page(token)


def _page(token: str) -> str:
    person = person_of_refusal(token)
    offer_page_locales(
        {code: url_for("requests.show_survey_refusal", locale=code, token=token) for code in INTERFACE_LOCALES}
    )
    return render_template("requests/survey.html", token=token, is_refused=person.surveys_refused_at is not None)
