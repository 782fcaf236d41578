"""The contact form in four plain pages: question, suggestions, details, sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from markupsafe import Markup

from portal.agents.queries import default_team
from portal.clock import utcnow
from portal.contact import actions
from portal.contact.access import (
    draft_to_write,
    form_clock,
    kept_draft,
    remember_draft,
    unfinished_draft,
    unsent_draft,
)
from portal.contact.draft_routes import attach_files, blueprint, listed_files, suggest_for, suggest_in_acknowledgement
from portal.contact.forms import CHECK_AGAIN, TOO_OFTEN, DetailsForm, QuestionForm
from portal.contact.impressions import record_verdict
from portal.contact.models import ContactDraft
from portal.contact.queries import sent_request
from portal.errors import LimitExceeded
from portal.jobs.queue import wake
from portal.localization import INTERFACE_LOCALES
from portal.search.access import search_engine
from portal.search.learning.access import request_giver
from portal.search.models import SuggestionVerdict
from portal.search.suggestions import NO_SUGGESTIONS, find_suggestions
from portal.tickets.business_time import next_opening
from portal.tickets.deadlines import calendar_of, reply_target, usual_reply_time
from portal.tickets.models import Priority
from portal.tickets.record import recent_first_replies
from portal.tickets.requester_forms import add_error
from portal.tickets.requester_times import Clock, closed_sentence, reply_promise, usual_sentence
from portal.tickets.uploads import ACCEPT_ATTRIBUTE
from portal.web import rate_limit
from portal.web.access import public
from portal.web.cookies import read_cookie, set_cookie
from portal.web.htmx import see_other
from portal.web.locale_urls import current_locale, offer_page_locales

__all__ = ["blueprint", "expected_reply_sentence"]

# The way from the last page to the request, for the browser that sent it.
LINK_COOKIE = "contact_link"
LINK_LIFETIME = timedelta(days=1)


@blueprint.get("/<locale:locale>/contact")
@public
def show_question(locale: str) -> Response:
    """The first page, with the draft this browser left."""
    draft = unfinished_draft()
    form = QuestionForm(
        data={
            "subject": (draft.subject if draft else "") or request.args.get("subject", ""),
            "message": draft.message if draft else "",
            "shown_at": form_clock().stamp(utcnow()),
        }
    )
    is_announced = request.args.get("draft") != "continue"
    return _question_page(form, draft, kept_from=_kept_from(draft, locale) if draft and is_announced else "")


@blueprint.post("/<locale:locale>/contact")
@public
def update_question(locale: str) -> Response:
    """Keep the question and go on: to suggestions, which scripts have shown already, or to the details."""
    form = QuestionForm(request.form)
    now = utcnow()
    chosen = [file for file in request.files.getlist("files") if file.filename]
    try:
        if chosen:
            rate_limit.take(f"contact.file:ip:{request.remote_addr}", capacity=60, refill_seconds=10, now=now)
        draft = draft_to_write(locale)
    except LimitExceeded:
        form.form_errors.append(TOO_OFTEN)
        return _question_page(form, None, status=429)
    actions.save_draft(draft, request.form, now=now)
    problems = attach_files(draft, chosen)
    if "remove_file" in request.form:
        actions.remove_file(draft, request.form["remove_file"], now=now)
        if not problems:
            return remember_draft(see_other(url_for(".show_question", draft="continue", _anchor="files")))
    is_valid = form.validate()
    if problems or not is_valid or form.contact_reason.data:
        add_error(form.files, problems)
        return remember_draft(_question_page(form, draft, status=422))
    if not draft.visit and suggest_for(draft, locale).shown:
        return remember_draft(see_other(url_for(".show_suggestions")))
    record_verdict(draft.token_hash, SuggestionVerdict.REJECTED, now=now)
    return remember_draft(see_other(url_for(".show_details")))


@blueprint.get("/<locale:locale>/contact/suggestions")
@public
def show_suggestions(locale: str) -> Response:
    """The second page, for browsers without scripts: articles that may answer the question."""
    draft = unfinished_draft()
    if draft is None or not draft.subject:
        return see_other(url_for(".show_question"))
    found = find_suggestions(search_engine(), draft.subject, draft.message, locale)
    if not found.shown:
        return see_other(url_for(".show_details"))
    return make_response(render_template("contact/suggestions.html", draft=draft, suggestions=found.shown))


@blueprint.post("/<locale:locale>/contact/unanswered")
@public
def create_rejection(locale: str) -> Response:
    """None of the suggestions answered it: on to the details."""
    _go_on(unsent_draft())
    return see_other(url_for(".show_details"))


@blueprint.post("/<locale:locale>/contact/answered")
@public
def create_deflection(locale: str) -> Response:
    """An article answered the question; nothing is sent, and what was written is kept."""
    # A second click may come from a page that holds no words, and finds the draft answered.
    draft = unsent_draft() or draft_to_write(locale)
    now = utcnow()
    actions.save_draft(draft, request.form, now=now)
    record_verdict(draft.token_hash, SuggestionVerdict.ANSWERED, now=now)
    actions.mark_deflected(draft, giver=request_giver(now), now=now)
    return remember_draft(see_other(url_for(".show_deflection")))


@blueprint.get("/<locale:locale>/contact/answered")
@public
def show_deflection(locale: str) -> Response:
    """“Glad that helped”, with the way to send it anyway."""
    draft = kept_draft()
    if draft is None or draft.deflected_at is None:
        return see_other(url_for(".show_question"))
    return make_response(render_template("contact/answered.html", draft=draft))


@blueprint.post("/<locale:locale>/contact/answered/undo")
@public
def delete_deflection(locale: str) -> Response:
    """It did not answer it after all: on with the message."""
    draft = kept_draft()
    if draft is not None and draft.deflected_at is not None:
        _go_on(draft)
    return see_other(url_for(".show_details"))


@blueprint.get("/<locale:locale>/contact/details")
@public
def show_details(locale: str) -> Response:
    """The third page: who asks."""
    draft = unfinished_draft()
    if draft is None or not _question_of(draft).validate():
        return see_other(url_for(".show_question", draft="continue" if draft else None))
    form = DetailsForm.of(draft, locale)
    form.shown_at.data = form_clock().stamp(utcnow())
    return _details_page(form, draft)


@blueprint.post("/<locale:locale>/contact/details")
@public
def create_request(locale: str) -> Response:
    """Send it: one request for a draft, however often this is pressed."""
    draft = kept_draft()
    if draft is None:
        return see_other(url_for(".show_question"))
    if draft.ticket_id is None:
        refused = _refusal(draft, locale)
        if refused is not None:
            return refused
    offered = suggest_in_acknowledgement(draft) if draft.ticket_id is None else NO_SUGGESTIONS
    _ticket, token = actions.submit_request(draft, team=default_team(), offered=offered, now=utcnow())
    wake("mail.deliver")
    response = see_other(url_for(".show_sent"))
    set_cookie(response, LINK_COOKIE, token, lifetime=LINK_LIFETIME)
    return response


@blueprint.get("/<locale:locale>/contact/sent")
@public
def show_sent(locale: str) -> Response:
    """The last page: the reference, and what happens next."""
    draft = kept_draft()
    sent = sent_request(draft.ticket_id) if draft and draft.ticket_id else None
    if sent is None:
        return see_other(url_for(".show_question"))
    ticket, token = sent.ticket, read_cookie(LINK_COOKIE)
    # The zone of this browser: what we know of the address would tell whoever typed it.
    clock = Clock.of(draft.time_zone if draft else "", ticket.team, locale)
    reply_at = ticket.expected_reply_at or ticket.created_at
    return make_response(
        render_template(
            "contact/sent.html",
            ticket=ticket,
            address=sent.address,
            promise=reply_promise(ticket.created_at, reply_at, calendar_of(ticket.team), clock),
            request_url=url_for("requests.open_link", token=token) if token else url_for("requests.show_link_form"),
        )
    )


def expected_reply_sentence() -> str | Markup:
    """When the team usually replies, or until when it is closed; for the home page."""
    now = utcnow()
    team = default_team()
    calendar = calendar_of(team)
    opens_at = next_opening(now, calendar)
    if opens_at is not None:
        return closed_sentence(opens_at, Clock.of("", team, current_locale()), now=now)
    usual = usual_reply_time(recent_first_replies(team, now=now))
    return usual_sentence(usual or reply_target(Priority.NORMAL, calendar), calendar)


def _go_on(draft: ContactDraft | None) -> None:
    """What was suggested did not answer it, whatever was said before."""
    if draft is not None:
        now = utcnow()
        record_verdict(draft.token_hash, SuggestionVerdict.REJECTED, now=now)
        actions.clear_deflection(draft, now=now)


def _refusal(draft: ContactDraft, locale: str) -> Response | None:
    """The page to answer instead of sending; None when the request may go out. What was typed is kept either way."""
    now = utcnow()
    form = DetailsForm.of(draft, locale, request.form)
    actions.save_draft(draft, request.form, now=now)
    question = _question_of(draft)
    if not question.validate():
        return see_other(url_for(".show_question", draft="continue"))
    if not form.validate():
        return _details_page(form, draft, status=422)
    stamp = form.shown_at.data or ""
    if form.contact_reason.data or form_clock().is_in_doubt(stamp, now=now):
        form.form_errors.append(CHECK_AGAIN)
        return _details_page(form, draft, status=422)
    try:
        rate_limit.take(f"contact.send:ip:{request.remote_addr}", capacity=20, refill_seconds=30, now=now)
        rate_limit.take(f"contact.send:{form.email.data}", capacity=5, refill_seconds=300, now=now)
    except LimitExceeded as limit:
        form.form_errors.append(TOO_OFTEN)
        response = _details_page(form, draft, status=429)
        response.headers["Retry-After"] = str(limit.retry_after_seconds)
        return response
    cleaned = {name: form[name].data or "" for name in ("email", "name", "reply_locale", "time_zone")}
    actions.save_draft(draft, {**cleaned, "subject": question.subject.data, "message": question.message.data}, now=now)
    return None


def _kept_from(draft: ContactDraft, locale: str) -> str:
    """When the draft was last touched, as the banner says it; "" for an empty one."""
    if not (draft.subject or draft.message or draft.files):
        return ""
    return Clock.of(draft.time_zone, default_team(), locale).day_or_time(draft.updated_at, now=utcnow())


def _question_of(draft: ContactDraft) -> QuestionForm:
    return QuestionForm(data={"subject": draft.subject, "message": draft.message})


def _question_page(
    form: QuestionForm, draft: ContactDraft | None, *, status: int = 200, kept_from: str = ""
) -> Response:
    if form.contact_reason.data:
        form.form_errors.append(CHECK_AGAIN)
    return _page(
        "contact/question.html",
        form,
        status,
        endpoint=".show_question",
        draft=draft,
        files=listed_files(draft),
        kept_from=kept_from,
        asked=request.args.get("subject", ""),
        accepted_files=ACCEPT_ATTRIBUTE,
    )


def _details_page(form: DetailsForm, draft: ContactDraft, *, status: int = 200) -> Response:
    return _page("contact/details.html", form, status, endpoint=".show_details", draft=draft)


def _page(template: str, form: QuestionForm | DetailsForm, status: int, *, endpoint: str, **context: Any) -> Response:
    """A form's page: stamped anew where needed, the decoy emptied, in every language."""
    form.shown_at.data = form_clock().next_stamp(form.shown_at.data or "", now=utcnow())
    form.contact_reason.data = ""
    offer_page_locales({code: url_for(endpoint, locale=code) for code in INTERFACE_LOCALES})
    return make_response(render_template(template, form=form, **context), status)
