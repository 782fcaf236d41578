"""Which draft belongs to this browser: a random token in a cookie, of which the database has only the hash."""

from __future__ import annotations

from flask import Response, current_app, g, request

from portal.clock import utcnow
from portal.config import Settings
from portal.contact import actions
from portal.contact.guard import FormClock
from portal.contact.models import ContactDraft
from portal.contact.queries import draft_by_token
from portal.storage import BlobStore
from portal.web import rate_limit
from portal.web.cookies import delete_cookie, read_cookie, set_cookie

COOKIE = "contact_draft"


def kept_draft() -> ContactDraft | None:
    """The draft of this browser, be it unfinished, answered or sent."""
    settings: Settings = current_app.extensions["settings"]
    return draft_by_token(read_cookie(COOKIE), now=utcnow(), lifetime=settings.draft_lifetime)


def unfinished_draft() -> ContactDraft | None:
    """The draft of this browser, if there is still something to do with it."""
    draft = kept_draft()
    return draft if draft and draft.ticket_id is None and draft.deflected_at is None else None


def unsent_draft() -> ContactDraft | None:
    """The draft of this browser, unless it was sent; an article may have answered it."""
    draft = kept_draft()
    return draft if draft and draft.ticket_id is None else None


def draft_to_write(locale: str) -> ContactDraft:
    """The draft that the form which comes in belongs to, else a new one, whose cookie `remember_draft` then sets.

    Raises:
        LimitExceeded: this address has begun very many.
    """
    draft = unsent_draft()
    if draft is None or not _is_form_of(draft):
        now = utcnow()
        rate_limit.take(f"contact.draft:ip:{request.remote_addr}", capacity=100, refill_seconds=6, now=now)
        draft, g.contact_token = actions.start_draft(locale=locale, now=now)
    return draft


def _is_form_of(draft: ContactDraft) -> bool:
    """Whether the form that comes in is a draft's: once an article answered it, the next question is a new one.

    Who goes back from “Glad that helped” has the old form before them: shown earlier, or holding the same words.
    """
    if draft.deflected_at is None:
        return True
    shown_at = form_clock().shown_at(request.form.get("shown_at", ""))
    if shown_at is not None and shown_at < draft.deflected_at:
        return True
    typed = [request.form.get(name, "").split() for name in ("subject", "message")]
    return any(typed) and typed == [draft.subject.split(), draft.message.split()]


def remember_draft(response: Response) -> Response:
    """`response`, with the cookie of a draft that this request began."""
    token = g.get("contact_token")
    if token:
        settings: Settings = current_app.extensions["settings"]
        set_cookie(response, COOKIE, token, lifetime=settings.draft_lifetime)
    return response


def forget_draft(response: Response) -> Response:
    """`response`, without the cookie."""
    delete_cookie(response, COOKIE)
    return response


def form_clock() -> FormClock:
    """Signs when a form was shown."""
    return FormClock(current_app.secret_key or "")


def blob_store() -> BlobStore:
    """Where files go."""
    blobs: BlobStore = current_app.extensions["blobs"]
    return blobs
