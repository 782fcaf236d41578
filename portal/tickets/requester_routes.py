"""A request as its requester sees it: conversation, reply, answer. No GET here changes anything.

One blueprint in four files: this one, link_routes (how a browser gets to see a request), survey_routes (refusing
surveys), requester_people_routes (who else takes part). Importing this one brings all.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from flask import Response, abort, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.clock import utcnow
from portal.database import db
from portal.errors import LimitExceeded, RuleViolation
from portal.localization import INTERFACE_LOCALES
from portal.storage import BlobStore, StoredFile
from portal.tickets import actions, satisfaction
from portal.tickets.access import requester_required, requester_ticket
from portal.tickets.lifecycle import can_be_written_to
from portal.tickets.link_routes import expired_page
from portal.tickets.models import Channel, Message, Status, Ticket
from portal.tickets.participants import participants_of, people_in_copy
from portal.tickets.queries import attachment_of
from portal.tickets.requester_forms import (
    ANSWERS,
    CommentForm,
    KeptFiles,
    ReplyForm,
    add_error,
    clean_line,
    take_files,
)
from portal.tickets.requester_people_routes import blueprint
from portal.tickets.requester_queries import conversation, next_reply_at, solve_state
from portal.tickets.requester_times import Clock
from portal.tickets.uploads import ACCEPT_ATTRIBUTE, ListedFile
from portal.web import rate_limit
from portal.web.access import states_policy
from portal.web.csrf import StaleForm
from portal.web.files import file_answer
from portal.web.htmx import is_fragment_request, see_other
from portal.web.locale_urls import current_locale, offer_page_locales

__all__ = ["blueprint"]
MAXIMUM_KEY_LENGTH = 40


@blueprint.get("/<locale:locale>/requests/<reference>")
@requester_required
def show_request(ticket: Ticket, locale: str) -> Response:
    """The conversation, the question whether it is solved, and a form to write again."""
    return _request_page(ticket, ReplyForm(), said=request.args.get("said", ""))


@blueprint.post("/<locale:locale>/requests/<reference>/reply")
@states_policy("requester")
def create_reply(locale: str, reference: str) -> Response:
    """A further message; what was typed and attached comes back with every answer but success."""
    form = ReplyForm(request.form)
    ticket = requester_ticket(reference)
    if ticket is None:
        return expired_page(unsent=form.body.data)
    files, problems = _read_files(ticket)
    if "remove_file" in request.form:
        kept = [file for number, file in enumerate(files) if str(number) != request.form["remove_file"]]
        return _reply_again(ticket, form, kept, status=422)
    is_valid = form.validate()
    if problems or not is_valid:
        add_error(form.files, problems)
        return _reply_again(ticket, form, files, status=422)
    now = utcnow()
    try:
        rate_limit.take(f"requests.reply:{ticket.requester_id}", capacity=20, refill_seconds=60, now=now)
    except LimitExceeded:
        notice = _("You sent several replies in a short time. Wait a minute, then send this one again.")
        return _reply_again(ticket, form, files, status=429, notice=notice)
    return _send(ticket, form, files, now=now)


@blueprint.post("/<locale:locale>/requests/<reference>/answer")
@states_policy("requester")
def create_answer(locale: str, reference: str) -> Response:
    """Whether it is solved: "solved" closes the question, "not-yet" opens the request again."""
    form = ReplyForm(request.form)
    ticket = requester_ticket(reference)
    if ticket is None:
        return expired_page(unsent=form.body.data)
    answer = request.form.get("answer", "")
    if answer not in ANSWERS:
        abort(400)
    try:
        _record_answer(ticket, is_solved=ANSWERS[answer])
    except RuleViolation:
        return _solve_again(ticket, status=409, notice=_("This answer can no longer be changed."))
    said = "answered" if ANSWERS[answer] else "not-yet"
    if is_fragment_request():
        kept, _problems = _read_files(ticket)
        return _request_page(ticket, form, kept=kept, said=said, template="requests/_answered.html")
    return see_other(url_for(".show_request", reference=ticket.reference, said=said, _anchor=_focus(said)))


@blueprint.post("/<locale:locale>/requests/<reference>/comment")
@states_policy("requester")
def create_comment(locale: str, reference: str) -> Response:
    """What could be better, with the answer; what was typed comes back when the link has expired."""
    form = CommentForm(request.form)
    ticket = requester_ticket(reference)
    if ticket is None:
        return expired_page(unsent=form.comment.data)
    if not form.validate():
        return _solve_again(ticket, status=422, comment_form=form)
    try:
        satisfaction.add_comment(ticket, form.comment.data.strip(), now=utcnow())
    except RuleViolation:
        return _solve_again(ticket, status=409, notice=_("Answer first whether it is solved."), comment_form=form)
    if is_fragment_request():
        return _request_page(ticket, ReplyForm(), said="commented", template="requests/_solve.html")
    return see_other(url_for(".show_request", reference=ticket.reference, said="commented", _anchor="solve"))


@blueprint.get("/<locale:locale>/requests/<reference>/files/<public_id>")
@requester_required
def show_file(ticket: Ticket, locale: str, public_id: str) -> Response:
    """A file of the conversation, to be saved and never to be shown inside our pages."""
    attachment = attachment_of(ticket, public_id)
    return file_answer(attachment.digest, file_name=attachment.file_name, media_type=attachment.media_type)


@blueprint.errorhandler(StaleForm)
def _answer_stale_form(_error: StaleForm) -> Response:
    """The page was made before its link was opened anew: nothing is done yet, and what was typed stands in a new form.

    For scripts a conflict: what they get is put on the page, as the answer to a refusal would not be.
    """
    status = 409 if is_fragment_request() else 403
    ticket = requester_ticket(str((request.view_args or {})["reference"]))
    form = ReplyForm(request.form)
    comment_form = CommentForm(request.form)
    if ticket is None:
        return expired_page(unsent=form.body.data or comment_form.comment.data)
    if request.endpoint == f"{blueprint.name}.{create_reply.__name__}":
        files, _problems = _read_files(ticket)
        return _reply_again(ticket, form, files, status=status, notice=_changed_meanwhile())
    typed = comment_form if comment_form.comment.data else None
    return _solve_again(ticket, status=status, notice=_changed_meanwhile(), comment_form=typed)


def _send(ticket: Ticket, form: ReplyForm, files: Sequence[StoredFile], *, now: datetime) -> Response:
    db.session.refresh(ticket)
    was_waiting = ticket.status in {Status.PENDING, Status.SOLVED}
    key = _stored_key(ticket)
    try:
        message = actions.add_requester_message(
            ticket, body=form.body.data, files=files, channel=Channel.PAGE, idempotency_key=key, now=now
        )
    except (RuleViolation, StaleDataError, IntegrityError) as refusal:
        db.session.rollback()
        known = actions.known_message(key)
        if known is None:
            is_closed = isinstance(refusal, RuleViolation)
            notice = _("This request is closed. Copy your text and write to us again.") if is_closed else ""
            return _reply_again(ticket, form, files, status=409, notice=notice or _changed_meanwhile())
        # Of two clicks at once the other one has sent it.
        message = known
    if not _says(message, form.body.data, files):
        notice = _("You have already sent a reply from this page. Send again to add this text as another one.")
        return _reply_again(ticket, form, files, status=409, notice=notice, key=_new_key())
    return _replied(ticket, said="reopened" if was_waiting else "sent")


def _says(message: Message, body: str, files: Sequence[StoredFile]) -> bool:
    """Whether a message is what was sent now, text and files."""
    sent = sorted((file.digest, file.file_name) for file in files)
    return message.body == body and sent == sorted((file.digest, file.file_name) for file in message.attachments)


def _record_answer(ticket: Ticket, *, is_solved: bool) -> None:
    try:
        satisfaction.record_answer(ticket, is_solved=is_solved, now=utcnow())
    except (StaleDataError, IntegrityError):
        # Something was changed at the same moment, as by the first of two clicks: the answer fits what is there now.
        db.session.rollback()
        satisfaction.record_answer(ticket, is_solved=is_solved, now=utcnow())


def _request_page(
    ticket: Ticket,
    form: ReplyForm,
    *,
    status: int = 200,
    kept: Sequence[StoredFile] = (),
    notice: str = "",
    solve_notice: str = "",
    key: str = "",
    said: str = "",
    comment_form: CommentForm | None = None,
    template: str = "requests/show.html",
) -> Response:
    entries = conversation(ticket, file_url=lambda public_id: _file_url(ticket, public_id))
    state = solve_state(ticket, chosen=request.args.get("answer", ""), now=utcnow())
    takes_comment = (state.name, state.answer) == ("answered", "solved")
    offer_page_locales({code: _address(ticket, code) for code in INTERFACE_LOCALES})
    tokens = _kept_files(ticket)
    participants = participants_of(ticket.id)
    body = render_template(
        template,
        ticket=ticket,
        entries=entries,
        all_files=[file for entry in entries for file in entry.files if entry.agent is None],
        # What a fragment appends: all that came after what the page shows already.
        new_entries=entries[_seen() :],
        solve=state,
        reply=_promised_reply(ticket, locale=current_locale()),
        form=form,
        comment_form=comment_form or CommentForm(data={"comment": state.comment}),
        kept=[
            (tokens.token(file), ListedFile(file.file_name, file.size_bytes, id=str(number)))
            for number, file in enumerate(kept)
        ],
        key=key or _new_key(),
        accepted_files=ACCEPT_ATTRIBUTE,
        notice=notice,
        solve_notice=solve_notice,
        # A comment that the page has no field for any more.
        unsent_comment=comment_form.comment.data if comment_form and not takes_comment else "",
        said=said,
        participants=participants,
        in_copy=people_in_copy(ticket, participants) if can_be_written_to(ticket.status) else [],
        is_fragment=is_fragment_request(),
    )
    return make_response(body, status)


def _reply_again(
    ticket: Ticket, form: ReplyForm, files: Sequence[StoredFile], *, status: int, notice: str = "", key: str = ""
) -> Response:
    """The form with what was typed; under its old key, so that what may be stored after all is not stored twice."""
    db.session.rollback()
    template = "requests/_reply.html" if is_fragment_request() else "requests/show.html"
    return _request_page(
        ticket, form, status=status, kept=files, notice=notice, key=key or _sent_key(), template=template
    )


def _solve_again(ticket: Ticket, *, status: int, notice: str = "", comment_form: CommentForm | None = None) -> Response:
    db.session.rollback()
    return _request_page(
        ticket,
        ReplyForm(),
        status=status,
        solve_notice=notice,
        comment_form=comment_form,
        template="requests/_solve.html" if is_fragment_request() else "requests/show.html",
    )


def _replied(ticket: Ticket, *, said: str) -> Response:
    if is_fragment_request():
        return _request_page(ticket, ReplyForm(), said=said, template="requests/_replied.html")
    return see_other(url_for(".show_request", reference=ticket.reference, said=said, _anchor=_focus(said)))


def _read_files(ticket: Ticket) -> tuple[list[StoredFile], list[str]]:
    """Files kept from an earlier try with those chosen now, and a sentence for each that was refused."""
    kept = _kept_files(ticket).read(request.form.getlist("kept_file"))
    taken, problems = take_files(request.files.getlist("files"), _blobs(), already=len(kept))
    return kept + taken, problems


def _changed_meanwhile() -> str:
    return str(_("Something changed while you were writing. Your text is safe. Send it again."))


def _focus(said: str) -> str:
    """Where the reader goes on after a full page: to the reply when something is still wrong."""
    return {"not-yet": "body", "answered": "solve", "commented": "solve"}.get(said, "reply-state")


def _promised_reply(ticket: Ticket, *, locale: str) -> str:
    """By when the waiting requester hears from us, or that we are late; "" while nobody waits."""
    reply_at = next_reply_at(ticket)
    if reply_at is None:
        return ""
    if reply_at < utcnow():
        return str(_("We are late. You still get an answer."))
    clock = Clock.of(ticket.requester.time_zone, ticket.team, locale)
    time = clock.instant(reply_at)
    return time if clock.is_own else f"{time} ({clock.zone_name(reply_at)})"


def _file_url(ticket: Ticket, public_id: str) -> str:
    return url_for(".show_file", reference=ticket.reference, public_id=public_id)


def _seen() -> int:
    seen = request.form.get("seen", "")
    return int(seen[:9]) if seen.isascii() and seen.isdigit() else 0


def _address(ticket: Ticket, locale: str) -> str:
    return url_for(".show_request", locale=locale, reference=ticket.reference)


def _new_key() -> str:
    return secrets.token_urlsafe(12)


def _sent_key() -> str:
    """The key that the form came with."""
    return clean_line(request.form.get("key"))[:MAXIMUM_KEY_LENGTH]


def _stored_key(ticket: Ticket) -> str:
    return f"page:{ticket.id}:{_sent_key() or _new_key()}"


def _kept_files(ticket: Ticket) -> KeptFiles:
    return KeptFiles(current_app.secret_key or "", ticket_id=ticket.id)


def _blobs() -> BlobStore:
    blobs: BlobStore = current_app.extensions["blobs"]
    return blobs
