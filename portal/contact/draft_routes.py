"""What scripts send while somebody writes: the draft, files, the question for suggestions."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from portal.clock import utcnow
from portal.contact import actions
from portal.contact.access import blob_store, draft_to_write, forget_draft, remember_draft, unfinished_draft
from portal.contact.impressions import mark_opened, record_impressions
from portal.contact.models import ContactDraft
from portal.contact.queries import was_offered_articles
from portal.errors import LimitExceeded
from portal.search.access import search_engine
from portal.search.suggestions import NO_SUGGESTIONS, Suggestions, find_suggestions
from portal.search.uses import ACKNOWLEDGEMENT
from portal.tickets.requester_forms import refusal_text, take_files
from portal.tickets.uploads import ListedFile, Refusal, RefusedFile
from portal.web import rate_limit
from portal.web.access import public
from portal.web.htmx import is_fragment_request, see_other
from portal.web.templating import current_settings

blueprint = Blueprint("contact", __name__)


@blueprint.post("/<locale:locale>/contact/draft")
@public
def update_draft(locale: str) -> Response:
    """Keep what is typed so far; a form that is still empty begins no draft."""
    draft = unfinished_draft()
    if draft is None and not (request.form.get("subject", "").strip() or request.form.get("message", "").strip()):
        return make_response("", 204)
    actions.save_draft(draft or draft_to_write(locale), request.form, now=utcnow())
    return remember_draft(make_response("", 204))


@blueprint.post("/<locale:locale>/contact/draft/discard")
@public
def delete_draft(locale: str) -> Response:
    """Forget the kept draft and begin anew, with the question that the reader came with."""
    draft = unfinished_draft()
    if draft is not None:
        actions.discard_draft(draft)
    subject = request.form.get("subject") or None
    return forget_draft(see_other(url_for("contact.show_question", subject=subject)))


@blueprint.post("/<locale:locale>/contact/suggestions")
@public
def create_suggestions(locale: str) -> Response:
    """The articles that may answer what is typed so far, recorded as shown."""
    try:
        rate_limit.take(f"contact.suggest:ip:{request.remote_addr}", capacity=60, refill_seconds=1, now=utcnow())
    except LimitExceeded:
        return _suggested(Suggestions())
    draft = draft_to_write(locale)
    actions.save_draft(draft, request.form, now=utcnow())
    return remember_draft(_suggested(suggest_for(draft, locale)))


@blueprint.post("/<locale:locale>/contact/suggestions/<int:article_id>/opening")
@public
def create_opening(locale: str, article_id: int) -> Response:
    """Note that a suggested article was opened."""
    draft = unfinished_draft()
    if draft is not None:
        mark_opened(draft.token_hash, article_id, now=utcnow())
    return make_response("", 204)


@blueprint.post("/<locale:locale>/contact/files")
@public
def create_file(locale: str) -> Response:
    """Take files at once; the answer is the renewed list, or a sentence why not."""
    try:
        rate_limit.take(f"contact.file:ip:{request.remote_addr}", capacity=60, refill_seconds=10, now=utcnow())
        draft = draft_to_write(locale)
    except LimitExceeded as limit:
        return _plain(str(limit), 429)
    problems = attach_files(draft, request.files.getlist("files"))
    if not is_fragment_request():
        return remember_draft(see_other(url_for("contact.show_question", draft="continue")))
    if problems:
        return remember_draft(_plain(" ".join(problems), 422))
    return remember_draft(make_response(render_template("contact/_files.html", files=listed_files(draft))))


def suggest_for(draft: ContactDraft, locale: str) -> Suggestions:
    """Suggestions for a draft, recorded as shown. Commits."""
    found = find_suggestions(search_engine(), draft.subject, draft.message, locale)
    if found.hits:
        query_text = f"{draft.subject}\n{draft.message}"
        record_impressions(draft.token_hash, found.hits, query_text=query_text, now=utcnow())
    return found


def suggest_in_acknowledgement(draft: ContactDraft) -> Suggestions:
    """What the acknowledgement offers to somebody who was shown nothing before sending; nothing unless switched on."""
    if not current_settings().suggest_in_acknowledgement or was_offered_articles(draft):
        return NO_SUGGESTIONS
    locale = draft.reply_locale or draft.locale
    return find_suggestions(search_engine(), draft.subject, draft.message, locale, ACKNOWLEDGEMENT)


def attach_files(draft: ContactDraft, chosen: Sequence[FileStorage]) -> list[str]:
    """Attach what was chosen to a draft, which is being written again; a sentence for each file refused. Commits."""
    already = len(draft.files)
    # A commit comes before the files: storing them takes its time and must not hold the database's one write lock.
    actions.clear_deflection(draft, now=utcnow())
    taken, problems = take_files(chosen, blob_store(), already=already)
    if taken:
        left_out = actions.add_files(draft, taken, now=utcnow())
        problems += [refusal_text(RefusedFile(Refusal.TOO_MANY, file.file_name)) for file in left_out[:1]]
    return problems


def listed_files(draft: ContactDraft | None) -> list[ListedFile]:
    """The draft's files as the list shows them."""
    files = draft.files if draft else []
    return [ListedFile(file.file_name, file.size_bytes, id=file.public_id) for file in files]


def _suggested(found: Suggestions) -> Response:
    return make_response(render_template("contact/_suggested.html", suggestions=found.shown))


def _plain(text: str, status: int) -> Response:
    response = make_response(text, status)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response
