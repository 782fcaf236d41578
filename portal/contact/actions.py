"""Changes of the contact pages: the draft, the files with it, the deflection, and the request it becomes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from portal.agents.models import Team
from portal.clock import utcnow
from portal.contact.models import ContactDraft, DraftFile
from portal.database import db
from portal.localization import normalize_locale
from portal.people.actions import find_or_create_person
from portal.search.actions import valid_visit
from portal.search.impressions import add_impressions
from portal.search.learning.actions import contact_origin, note_answered, search_origin, take_back
from portal.search.models import SearchQuery, SuggestionImpression
from portal.search.suggestions import NO_SUGGESTIONS, Suggestions
from portal.search.uses import ACKNOWLEDGEMENT
from portal.storage import StoredFile
from portal.tickets.acknowledgements import queue_acknowledgement
from portal.tickets.actions import open_ticket
from portal.tickets.links import issue_link
from portal.tickets.models import Channel, Ticket
from portal.tickets.requester_times import known_zone
from portal.tickets.uploads import MAXIMUM_FILES
from portal.tokens import new_token, token_hash
from portal.web.forms import without_nul
from portal.web.templating import current_settings

# What somebody searched longer ago has little to do with what they write now.
RECENT_SEARCHES = timedelta(hours=12)
MAXIMUM_DRAFT_LENGTH = 100_000
_TEXTS = ("subject", "message", "email", "name")
logger = structlog.get_logger(__name__)


def start_draft(*, locale: str, now: datetime) -> tuple[ContactDraft, str]:
    """A new draft and the token that the browser keeps; flushes, the caller commits."""
    token = new_token()
    draft = ContactDraft(token_hash=token_hash(token), locale=locale, created_at=now, updated_at=now)
    db.session.add(draft)
    db.session.flush()
    return draft, token


def save_draft(draft: ContactDraft, fields: Mapping[str, str], *, now: datetime) -> None:
    """Keep what `fields` holds of the two forms, as it was typed; what is not among them stays. Commits."""
    before = _words(draft)
    for name in _TEXTS:
        if name in fields:
            setattr(draft, name, without_nul(fields[name])[:MAXIMUM_DRAFT_LENGTH])
    if _words(draft) != before:
        # Who writes on was not answered. A late saving of the words that were answered changes nothing.
        _withdraw_answer(draft, now=now)
    if fields.get("reply_locale"):
        draft.reply_locale = normalize_locale(fields["reply_locale"]) or ""
    if fields.get("time_zone"):
        draft.time_zone = known_zone(fields["time_zone"])
    draft.visit = valid_visit(fields.get("visit", "")) or draft.visit
    draft.updated_at = now
    db.session.commit()


def discard_draft(draft: ContactDraft) -> None:
    """Forget what was written. That an article answered it, or the way to its ticket, stays known. Commits."""
    _forget_questions([draft.token_hash])
    if draft.deflected_at or draft.ticket_id:
        _empty(draft)
    else:
        db.session.delete(draft)
    db.session.commit()


def add_files(draft: ContactDraft, files: Sequence[StoredFile], *, now: datetime) -> Sequence[StoredFile]:
    """Attach stored files to the draft; those it has no room for, because others came meanwhile, come back. Commits."""
    db.session.refresh(draft, with_for_update=True)
    room = max(0, MAXIMUM_FILES - len(draft.files))
    draft.files.extend(
        DraftFile(
            public_id=secrets.token_urlsafe(12),
            digest=file.digest,
            file_name=file.file_name,
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            created_at=now,
        )
        for file in files[:room]
    )
    draft.updated_at = now
    db.session.commit()
    return files[room:]


def remove_file(draft: ContactDraft, public_id: str, *, now: datetime) -> None:
    """Take a file off the draft; one that is gone already is no error. Commits."""
    draft.files = [file for file in draft.files if file.public_id != public_id]
    draft.updated_at = now
    db.session.commit()


def mark_deflected(draft: ContactDraft, *, giver: str, now: datetime) -> None:
    """The requester says that an article answered the question. `giver` tells people apart for learning. Commits."""
    if draft.deflected_at is None:
        draft.deflected_at = now
        words = f"{draft.subject}\n{draft.message}"
        note_answered(draft.token_hash, words, locale=draft.locale, giver=giver, now=now)
    db.session.commit()


def clear_deflection(draft: ContactDraft, *, now: datetime) -> None:
    """It did not answer it after all. Commits."""
    _withdraw_answer(draft, now=now)
    draft.updated_at = now
    db.session.commit()


def submit_request(
    draft: ContactDraft, *, team: Team | None, now: datetime, offered: Suggestions = NO_SUGGESTIONS
) -> tuple[Ticket, str]:
    """The request that a draft becomes, with its acknowledgement, and a link token for the sender's browser. Commits.

    The acknowledgement names the articles `offered`, which count as shown.
    A draft sent before gives its ticket again: a double click or a reload opens no second one.
    """
    db.session.refresh(draft, with_for_update=True)
    if draft.ticket_id is not None:
        return _sent_before(draft, now=now)
    locale = draft.reply_locale or draft.locale
    person = find_or_create_person(draft.email, name=draft.name, locale=locale, time_zone=draft.time_zone, now=now)
    ticket = open_ticket(
        subject=draft.subject,
        body=draft.message,
        requester=person,
        locale=locale,
        channel=Channel.FORM,
        team=team,
        files=_stored_files(draft.files),
        idempotency_key=f"contact:{draft.token_hash[:40]}",
        now=now,
    )
    _queue_acknowledgement(ticket, draft, offered, now=now)
    token = issue_link(ticket, person, now=now)
    _attach_history(ticket, draft, now=now)
    draft.ticket_id = ticket.id
    _withdraw_answer(draft, now=now)
    _empty(draft)
    draft.updated_at = now
    db.session.commit()
    return ticket, token


def forget_old_drafts() -> None:
    """Remove drafts that nobody touched for as long as drafts are kept. Commits."""
    oldest = utcnow() - current_settings().draft_lifetime
    old = db.session.execute(
        select(ContactDraft.id, ContactDraft.token_hash).where(ContactDraft.updated_at < oldest).limit(1000)
    ).all()
    if old:
        ids = [row.id for row in old]
        _forget_questions([row.token_hash for row in old])
        db.session.execute(delete(DraftFile).where(DraftFile.draft_id.in_(ids)))
        db.session.execute(delete(ContactDraft).where(ContactDraft.id.in_(ids)))
    db.session.commit()


def _withdraw_answer(draft: ContactDraft, *, now: datetime) -> None:
    """What an article was said to have answered, it has not."""
    if draft.deflected_at is not None:
        draft.deflected_at = None
        take_back([contact_origin(draft.token_hash)], now=now)


def _forget_questions(session_hashes: Sequence[str]) -> None:
    """Take the words out of what was suggested for drafts that were never sent; the counts stay."""
    db.session.execute(
        update(SuggestionImpression)
        .where(SuggestionImpression.session_hash.in_(session_hashes), SuggestionImpression.ticket_id.is_(None))
        .values(query_text="")
    )


def _sent_before(draft: ContactDraft, *, now: datetime) -> tuple[Ticket, str]:
    ticket = db.session.get_one(Ticket, draft.ticket_id)
    token = issue_link(ticket, ticket.requester, now=now)
    # The second of two clicks has saved its words again.
    _empty(draft)
    db.session.commit()
    return ticket, token


def _queue_acknowledgement(ticket: Ticket, draft: ContactDraft, offered: Suggestions, *, now: datetime) -> None:
    question = f"{draft.subject}\n{draft.message}"
    add_impressions(draft.token_hash, offered.hits, query_text=question, surface=ACKNOWLEDGEMENT.name, now=now)
    queue_acknowledgement(
        ticket,
        to=draft.email,
        text=draft.message,
        file_names=[file.file_name for file in draft.files],
        offered=offered,
        now=now,
    )


def _attach_history(ticket: Ticket, draft: ContactDraft, *, now: datetime) -> None:
    """Join the ticket with the suggestions shown before it and the searches of the same visit."""
    try:
        with db.session.begin_nested():
            db.session.execute(
                update(SuggestionImpression)
                .where(SuggestionImpression.session_hash == draft.token_hash)
                .values(ticket_id=ticket.id)
                .execution_options(synchronize_session=False)
            )
            if draft.visit:
                recent = (
                    SearchQuery.visit == draft.visit,
                    SearchQuery.ticket_id.is_(None),
                    SearchQuery.updated_at > now - RECENT_SEARCHES,
                )
                query_ids = db.session.scalars(select(SearchQuery.id).where(*recent)).all()
                db.session.execute(
                    update(SearchQuery)
                    .where(*recent)
                    .values(ticket_id=ticket.id)
                    .execution_options(synchronize_session=False)
                )
                # Whoever writes to us was not answered by what they opened.
                take_back([search_origin(query_id) for query_id in query_ids], now=now)
    except SQLAlchemyError:
        # Useful to the agent, but no reason to lose a request.
        logger.exception("searches were not attached", reference=ticket.reference)


def _stored_files(files: Sequence[DraftFile]) -> list[StoredFile]:
    return [StoredFile(file.digest, file.file_name, file.media_type, file.size_bytes) for file in files]


def _words(draft: ContactDraft) -> list[list[str]]:
    # Word by word: scripts and forms break lines differently.
    return [draft.subject.split(), draft.message.split()]


def _empty(draft: ContactDraft) -> None:
    draft.subject = draft.message = draft.email = draft.name = ""
    draft.files = []
