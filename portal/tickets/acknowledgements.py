"""“We have your message”: one mail a ticket, in the requester's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from portal.localization import speaking
from portal.mail.models import OutboxMail
from portal.mail.outbox import Threading, enqueue
from portal.mail.senders import team_sender
from portal.rich_text import render_message
from portal.search.suggestions import NO_SUGGESTIONS, Suggestion, Suggestions
from portal.tickets.deadlines import calendar_of
from portal.tickets.links import issue_link
from portal.tickets.models import Ticket
from portal.tickets.requester_times import Clock, reply_promise
from portal.web.templating import external_url


def acknowledgement_key(ticket: Ticket) -> str:
    """One acknowledgement a ticket."""
    return f"acknowledgement:{ticket.id}"


def queue_acknowledgement(
    ticket: Ticket,
    *,
    to: str,
    text: str,
    file_names: Sequence[str],
    now: datetime,
    offered: Suggestions = NO_SUGGESTIONS,
    threading: Threading | None = None,
) -> OutboxMail:
    """Tell the requester by when we reply, and what we received; articles `offered` are named. The caller commits."""
    person = ticket.requester
    clock = Clock.of(person.time_zone, ticket.team, ticket.locale)
    with speaking(ticket.locale):
        promise = reply_promise(ticket.created_at, ticket.expected_reply_at or now, calendar_of(ticket.team), clock)
    return enqueue(
        "acknowledgement",
        to=to,
        to_name=person.name,
        locale=ticket.locale,
        idempotency_key=acknowledgement_key(ticket),
        now=now,
        ticket_id=ticket.id,
        threading=threading,
        reply_to=(ticket.id, person.id),
        sender=team_sender(ticket.team.key) if ticket.team else None,
        ticket=ticket,
        promise=promise,
        message_html=render_message(text),
        message_text=text,
        file_names=file_names,
        articles=[
            {"title": each.title, "locale": each.locale, "url": _article_url(each, ticket.locale)}
            for each in offered.shown
        ],
        request_url=external_url("requests.open_link", locale=ticket.locale, token=issue_link(ticket, person, now=now)),
    )


def _article_url(article: Suggestion, locale: str) -> str:
    address = external_url("knowledge_base.show_article", locale=locale, slug=article.slug)
    return f"{address}#{quote(article.section_key)}" if article.section_key else address
