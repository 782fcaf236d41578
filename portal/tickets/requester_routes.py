"""The requester's own pages, opened by a magic link. No GET here changes anything: mail scanners follow links."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.clock import utcnow
from portal.database import db
from portal.errors import LimitExceeded, RuleViolation
from portal.localization import INTERFACE_LOCALES
from portal.storage import BlobStore, StoredFile
from portal.tickets import actions, satisfaction
from portal.tickets.access import COOKIE, requester_required, requester_ticket
from portal.tickets.link_requests import request_links
from portal.tickets.links import LIFETIME, find_link
from portal.tickets.models import Channel, Status, Ticket
from portal.tickets.queries import attachment_of
from portal.tickets.requester_forms import (
    ANSWERS,
    CommentForm,
    KeptFiles,
    LinkForm,
    ReplyForm,
    add_error,
    take_files,
)
from portal.tickets.requester_queries import conversation, next_reply_at, solve_state
from portal.tickets.requester_times import Clock
from portal.tickets.uploads import ACCEPT_ATTRIBUTE, ListedFile
from portal.web import rate_limit
from portal.web.access import public, states_policy
from portal.web.cookies import read_cookie, set_cookie
from portal.web.files import file_answer
from portal.web.htmx import is_fragment_request, see_other
from portal.web.locale_urls import current_locale, offer_page_locales

blueprint = Blueprint("requests", __name__)


@blueprint.get("/<locale:locale>/requests")
@public
def show_link_form(locale: str) -> Response:
    """Where somebody asks for a link to their requests; also what every link that does not work leads to."""
    is_expired = "expired" in request.args
    known = None if is_expired else find_link(read_cookie(COOKIE), now=utcnow())
    ticket = known.ticket if known else None
    return _link_page(LinkForm(), is_expired=is_expired, is_sent="sent" in request.args, known=ticket)


@blueprint.post("/<locale:locale>/requests")
@public
def create_link(locale: str) -> Response:
    """Take an address; the answer is the same whether we know it or not."""
    form = LinkForm(request.form)
    if not form.validate():
        return _link_page(form, status=422)
    now = utcnow()
    try:
        rate_limit.take(f"requests.link:ip:{request.remote_addr}", capacity=10, refill_seconds=60, now=now)
    except LimitExceeded as limit:
        notice = _("You asked several times. Wait a few minutes, then try again.")
        response = _link_page(form, status=429, notice=notice)
        response.headers["Retry-After"] = str(limit.retry_after_seconds)
        return response
    try:
        rate_limit.take(f"requests.link:{form.email.data}", capacity=3, refill_seconds=600, now=now)
    except LimitExceeded:
        # Links were mailed a moment ago, if at all. Saying so would say that the address is known.
        pass
    else:
        request_links(form.email.data, locale=locale, now=now)
    return see_other(url_for(".show_link_form", sent=1))


@blueprint.get("/<locale:locale>/requests/link/<token>")
@public
def open_link(locale: str, token: str) -> Response:
    """Move the token from the address into a cookie, and go to the request."""
    link = find_link(token, now=utcnow())
    if link is None:
        return make_response(redirect(url_for(".show_link_form", expired=1), 303))
    answer = request.args.get("answer") if request.args.get("answer") in ANSWERS else None
    address = url_for(
        ".show_request", reference=link.ticket.reference, answer=answer, _anchor="solve" if answer else None
    )
    response = make_response(redirect(address, 303))
    set_cookie(response, COOKIE, token, lifetime=LIFETIME)
    return response


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
        return _link_page(LinkForm(), status=403, is_expired=True, unsent=form.body.data)
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
    db.session.refresh(ticket)
    was_waiting = ticket.status in {Status.PENDING, Status.SOLVED}
    try:
        actions.add_requester_message(
            ticket, body=form.body.data, files=files, channel=Channel.PAGE, idempotency_key=_key(ticket), now=now
        )
    except RuleViolation:
        notice = _("This request is closed. Copy your text and write to us again.")
        return _reply_again(ticket, form, files, status=409, notice=notice)
    except StaleDataError:
        notice = _("Something changed while you were writing. Your text is safe. Send it again.")
        return _reply_again(ticket, form, files, status=409, notice=notice)
    except IntegrityError:
        # The same reply arrived twice at once; the other one is stored.
        db.session.rollback()
    return _replied(ticket, said="reopened" if was_waiting else "sent")


@blueprint.post("/<locale:locale>/requests/<reference>/answer")
@requester_required
def create_answer(ticket: Ticket, locale: str) -> Response:
    """Whether it is solved: "solved" closes the question, "not-yet" opens the request again."""
    answer = request.form.get("answer", "")
    if answer not in ANSWERS:
        abort(400)
    try:
        satisfaction.record_answer(ticket, is_solved=ANSWERS[answer], now=utcnow())
    except RuleViolation:
        db.session.rollback()
        return _request_page(ticket, ReplyForm(), status=409, notice=_("This answer can no longer be changed."))
    form = ReplyForm(request.form)
    said = "answered" if ANSWERS[answer] else "not-yet"
    if is_fragment_request():
        return _request_page(ticket, form, said=said, template="requests/_answered.html")
    return see_other(url_for(".show_request", reference=ticket.reference, said=said, _anchor=_focus(said)))


@blueprint.post("/<locale:locale>/requests/<reference>/comment")
@states_policy("requester")
def create_comment(locale: str, reference: str) -> Response:
    """What could be better, with the answer; what was typed comes back when the link has expired."""
    form = CommentForm(request.form)
    ticket = requester_ticket(reference)
    if ticket is None:
        return _link_page(LinkForm(), status=403, is_expired=True, unsent=form.comment.data)
    if not form.validate():
        return _request_page(ticket, ReplyForm(), status=422, comment_form=form, template=_solve_template())
    try:
        satisfaction.add_comment(ticket, form.comment.data.strip(), now=utcnow())
    except RuleViolation:
        db.session.rollback()
        notice = _("Answer first whether it is solved.")
        return _request_page(ticket, ReplyForm(), status=409, notice=notice, comment_form=form)
    if is_fragment_request():
        return _request_page(ticket, ReplyForm(), said="commented", template="requests/_solve.html")
    return see_other(url_for(".show_request", reference=ticket.reference, said="commented", _anchor="solve"))


@blueprint.get("/<locale:locale>/requests/<reference>/files/<public_id>")
@requester_required
def show_file(ticket: Ticket, locale: str, public_id: str) -> Response:
    """A file of the conversation, to be saved and never to be shown inside our pages."""
    attachment = attachment_of(ticket, public_id)
    return file_answer(attachment.digest, file_name=attachment.file_name, media_type=attachment.media_type)


def _request_page(
    ticket: Ticket,
    form: ReplyForm,
    *,
    status: int = 200,
    kept: Sequence[StoredFile] = (),
    notice: str = "",
    said: str = "",
    comment_form: CommentForm | None = None,
    template: str = "requests/show.html",
) -> Response:
    entries = conversation(ticket, file_url=lambda public_id: _file_url(ticket, public_id))
    state = solve_state(ticket, chosen=request.args.get("answer", ""), now=utcnow())
    offer_page_locales({code: _address(ticket, code) for code in INTERFACE_LOCALES})
    tokens = _kept_files(ticket)
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
        key=secrets.token_urlsafe(12),
        accepted_files=ACCEPT_ATTRIBUTE,
        notice=notice,
        said=said,
        is_fragment=is_fragment_request(),
    )
    return make_response(body, status)


def _reply_again(
    ticket: Ticket, form: ReplyForm, files: Sequence[StoredFile], *, status: int, notice: str = ""
) -> Response:
    db.session.rollback()
    template = "requests/_reply.html" if is_fragment_request() else "requests/show.html"
    return _request_page(ticket, form, status=status, kept=files, notice=notice, template=template)


def _replied(ticket: Ticket, *, said: str) -> Response:
    if is_fragment_request():
        return _request_page(ticket, ReplyForm(), said=said, template="requests/_replied.html")
    return see_other(url_for(".show_request", reference=ticket.reference, said=said, _anchor=_focus(said)))


def _read_files(ticket: Ticket) -> tuple[list[StoredFile], list[str]]:
    """Files kept from an earlier try with those chosen now, and a sentence for each that was refused."""
    kept = _kept_files(ticket).read(request.form.getlist("kept_file"))
    taken, problems = take_files(request.files.getlist("files"), _blobs(), already=len(kept))
    return kept + taken, problems


def _link_page(
    form: LinkForm,
    *,
    status: int = 200,
    is_expired: bool = False,
    is_sent: bool = False,
    known: Ticket | None = None,
    notice: str = "",
    unsent: str = "",
) -> Response:
    offer_page_locales({code: url_for(".show_link_form", locale=code) for code in INTERFACE_LOCALES})
    body = render_template(
        "requests/link.html",
        form=form,
        is_expired=is_expired,
        is_sent=is_sent,
        known=known,
        notice=notice,
        unsent=unsent,
    )
    return make_response(body, status)


def _solve_template() -> str:
    return "requests/_solve.html" if is_fragment_request() else "requests/show.html"


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


def _key(ticket: Ticket) -> str:
    key = request.form.get("key") or secrets.token_urlsafe(12)
    return f"page:{ticket.id}:{key}"[:64]


def _kept_files(ticket: Ticket) -> KeptFiles:
    return KeptFiles(current_app.secret_key or "", ticket_id=ticket.id)


def _blobs() -> BlobStore:
    blobs: BlobStore = current_app.extensions["blobs"]
    return blobs
