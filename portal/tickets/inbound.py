"""What becomes of a mail: bounce, machine's word, message on a ticket, new ticket, or held for an agent.

Whoever asks commits. The ledger's row always gets an outcome with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select

from portal.agents.models import Team
from portal.agents.queries import default_team
from portal.config import Settings
from portal.database import db
from portal.localization import INTERFACE_LOCALES, speaking
from portal.mail.authentication import Authentication, authentication
from portal.mail.bounced import note_bounce
from portal.mail.bounces import DeliveryReport, delivery_report
from portal.mail.inbound_models import InboundMail, Outcome
from portal.mail.mailboxes import Mailbox, configured_mailboxes, mailbox_for, mailbox_named
from portal.mail.outbox import Threading
from portal.mail.parsed import MailAddress, ParsedMail
from portal.mail.receiving import NULL_PATH
from portal.mail.reply_addresses import BounceToken, read_address
from portal.mail.reply_text import ReplyText, split_text
from portal.mail.robot_subjects import is_vacation_subject
from portal.mail.robots import automatic_reason
from portal.mail.text_language import detect_language
from portal.people.actions import find_or_create_person
from portal.people.addresses import normalize_address
from portal.people.models import Person
from portal.people.queries import person_by_address
from portal.search.impressions import add_impressions
from portal.search.suggestions import NO_SUGGESTIONS, MessageSearch, Suggestions, find_suggestions
from portal.search.uses import ACKNOWLEDGEMENT
from portal.storage import BlobStore
from portal.tickets.acknowledgement_queries import articles_to_offer, suggested_topics
from portal.tickets.acknowledgements import acknowledgement_key, queue_acknowledgement
from portal.tickets.actions import MailOrigin, add_mailed_message, open_ticket
from portal.tickets.history import record_event
from portal.tickets.mail_files import keep_files, original_file
from portal.tickets.mail_permission import refusal
from portal.tickets.mail_queries import Conversation, conversation_of, sent_texts, takes_part
from portal.tickets.merging import root_of
from portal.tickets.models import Channel, Message, Status, Ticket
from portal.tickets.participants import MAXIMUM_PARTICIPANTS
from portal.tickets.thanks import thanks_reason
from portal.tokens import token_hash

_LONGEST_SUBJECT: Final = 200
_LONGEST_BODY: Final = 100_000
_LONGEST_ADDRESS: Final = 254


@dataclass(frozen=True)
class MailDesk:
    """Takes mails one by one, as `portal.mail.processing.InboundHandler` says."""

    settings: Settings
    blobs: BlobStore
    # What the acknowledgement of the mail at hand names.
    offered: Suggestions = NO_SUGGESTIONS

    def prepared(self, mail: InboundMail, parsed: ParsedMail, *, search: MessageSearch | None) -> MailDesk:
        """This desk with the articles that the acknowledgement of a mail may name. Commits, and only reads."""
        mailbox = self._mailbox(mail)
        team = _team(mailbox)
        topic_ids = suggested_topics(team.id) if team is not None else frozenset()
        if not topic_ids or parsed.sender is None or not self._opens_ticket(mail, parsed):
            return self
        text = split_text(parsed.text, subject=parsed.subject).new
        locale = self._locale(text or parsed.subject, parsed.sender, mailbox)
        found = find_suggestions(search, parsed.subject, text, locale, ACKNOWLEDGEMENT)
        found_ids = {hit.article_id for hit in found.hits}
        kept = articles_to_offer(found_ids, topic_ids=topic_ids, address=parsed.sender.address) if found_ids else set()
        return replace(self, offered=found.only(kept))

    def __call__(self, mail: InboundMail, parsed: ParsedMail | None, *, now: datetime) -> None:
        """Give `mail` its outcome; does not commit."""
        if parsed is None:
            self._keep_unreadable(mail, now=now)
            return
        _note_headers(mail, parsed)
        report = delivery_report(parsed)
        if report is not None:
            _note_report(mail, parsed, report, now=now)
            return
        found = conversation_of(_addresses(mail, parsed), _references(parsed), parsed.subject)
        machine = self._automatic_reason(mail, parsed)
        if machine:
            self._keep_automatic(mail, parsed, machine, found, now=now)
        elif found is not None and self._answers(mail, parsed, found, now=now):
            return
        elif authentication(parsed, server=self.settings.mail_authserv_id) is Authentication.FAIL:
            _settle(mail, Outcome.HELD, "spoofed_sender")
        else:
            self.open(mail, parsed, now=now)

    def open(self, mail: InboundMail, parsed: ParsedMail, *, now: datetime, follows: Ticket | None = None) -> Ticket:
        """A new ticket from a person's mail, acknowledged."""
        ticket = self._new_ticket(mail, parsed, "", now=now)
        if follows is not None:
            record_event(ticket, "follow_up", now=now, payload={"reference": follows.reference})
        if ticket.requester.email:
            queue_acknowledgement(
                ticket,
                to=ticket.requester.email if parsed.sender is None else parsed.sender.address,
                text=ticket.messages[0].body,
                file_names=[file.file_name for file in ticket.messages[0].attachments],
                threading=Threading(mail.message_id or None, [mail.message_id] if mail.message_id else ()),
                offered=self.offered,
                now=now,
            )
            self._note_offered(ticket, now=now)
        _settle(mail, Outcome.NEW_TICKET, "", ticket)
        return ticket

    def accept(self, mail: InboundMail, parsed: ParsedMail, ticket: Ticket, person: Person, *, now: datetime) -> None:
        """Put a mail on a ticket as the message of somebody who takes part; a closed ticket gets a follow-up."""
        if ticket.status is Status.CLOSED:
            self.open(mail, parsed, now=now, follows=ticket)
            return
        parts = split_text(parsed.text, sent=sent_texts(ticket.id), subject=parsed.subject)
        files, left_out = keep_files(self.blobs, parsed.files)
        thanks = thanks_reason(parts.new, ticket.locale, has_files=bool(parsed.files))
        message = add_mailed_message(
            ticket,
            person=person,
            body=_body(parts, parsed),
            files=files,
            origin=MailOrigin(mail.id, _below(parts)),
            thanks=thanks,
            now=now,
        )
        _name_pictures(message, parsed)
        _note_left_out(ticket, left_out, now=now)
        _settle(mail, Outcome.REPLY, "thanks" if thanks else "", ticket)

    def _opens_ticket(self, mail: InboundMail, parsed: ParsedMail) -> bool:
        """Whether a person begins something new, as far as can be told before the mail is worked on."""
        if delivery_report(parsed) is not None or self._automatic_reason(mail, parsed):
            return False
        return conversation_of(_addresses(mail, parsed), _references(parsed), parsed.subject) is None

    def _note_offered(self, ticket: Ticket, *, now: datetime) -> None:
        add_impressions(
            token_hash(acknowledgement_key(ticket)),
            self.offered.hits,
            query_text=f"{ticket.subject}\n{ticket.messages[0].body}",
            surface=ACKNOWLEDGEMENT.name,
            ticket_id=ticket.id,
            now=now,
        )

    def _answers(self, mail: InboundMail, parsed: ParsedMail, found: Conversation, *, now: datetime) -> bool:
        """Whether the mail belongs to the ticket found: then it is there now, or held for it."""
        person = person_by_address(parsed.sender.address) if parsed.sender else None
        is_part = takes_part(found.ticket, person)
        if found.found_by == "tag" and not is_part:
            # Anybody can type a reference. What they want is said in their own mail.
            return False
        checked = authentication(parsed, server=self.settings.mail_authserv_id)
        reason = refusal(found_by=found.found_by, takes_part=is_part, authentication=checked)
        if reason or person is None:
            _settle(mail, Outcome.HELD, reason or "unverified_sender", found.ticket)
        else:
            self.accept(mail, parsed, found.ticket, person, now=now)
        return True

    def _automatic_reason(self, mail: InboundMail, parsed: ParsedMail) -> str:
        envelope_from = (
            None if not mail.envelope_from else "" if mail.envelope_from == NULL_PATH else mail.envelope_from
        )
        ours = (address for mailbox in configured_mailboxes(self.settings) for address in mailbox.addresses)
        own = frozenset((normalize_address(self.settings.support_email), *ours))
        return automatic_reason(parsed, envelope_from=envelope_from, own_addresses=own)

    def _keep_automatic(
        self, mail: InboundMail, parsed: ParsedMail, reason: str, found: Conversation | None, *, now: datetime
    ) -> None:
        """A machine's mail: kept on its ticket, and answered by nothing."""
        person = person_by_address(parsed.sender.address) if parsed.sender else None
        if found is not None and person is not None and takes_part(found.ticket, person):
            if found.ticket.status is not Status.CLOSED:
                parts = split_text(parsed.text, sent=sent_texts(found.ticket.id), subject=parsed.subject)
                origin = MailOrigin(mail.id, _below(parts), is_automatic=True)
                body = _body(parts, parsed)
                add_mailed_message(found.ticket, person=person, body=body, files=[], origin=origin, thanks="", now=now)
            _settle(mail, Outcome.SUPPRESSED, reason, found.ticket)
        elif found is None and (_reports_by_itself(parsed) or _somebody_behind(parsed, reason)):
            # A form, a scanner, a monitor: somebody wants to know, but the machine is not to be answered.
            _settle(mail, Outcome.NEW_TICKET, reason, self._new_ticket(mail, parsed, reason, now=now))
        else:
            _settle(mail, Outcome.SUPPRESSED, reason, found.ticket if found else None)

    def _new_ticket(self, mail: InboundMail, parsed: ParsedMail, machine: str, *, now: datetime) -> Ticket:
        mailbox = self._mailbox(mail)
        parts = split_text(parsed.text, subject=parsed.subject)
        sender = _somebody_behind(parsed, machine) or parsed.sender or MailAddress("", "")
        locale = self._locale(parts.new or parsed.subject, sender, mailbox)
        files, left_out = keep_files(self.blobs, parsed.files)
        with speaking(locale):
            subject = parsed.subject[:_LONGEST_SUBJECT].strip() or _("Mail without a subject")
        ticket = open_ticket(
            subject=subject,
            body=_body(parts, parsed),
            requester=_requester(sender, locale, now=now),
            locale=locale,
            channel=Channel.MAIL,
            team=_team(mailbox),
            idempotency_key=f"mail:{mail.id}",
            now=now,
            files=files,
            origin=MailOrigin(mail.id, _below(parts), is_automatic=bool(machine)),
        )
        _name_pictures(ticket.messages[0], parsed)
        _note_left_out(ticket, left_out, now=now)
        return ticket

    def _keep_unreadable(self, mail: InboundMail, *, now: datetime) -> None:
        """A ticket with the original attached, so that somebody looks."""
        mailbox = self._mailbox(mail)
        sender = MailAddress("", mail.envelope_from if "@" in mail.envelope_from else "")
        with speaking(mailbox.locale):
            subject = _("Mail that could not be read")
            body = _("A mail came in that could not be read. The original is attached.")
        ticket = open_ticket(
            subject=subject,
            body=body,
            requester=_requester(sender, mailbox.locale, now=now),
            locale=mailbox.locale,
            channel=Channel.MAIL,
            team=_team(mailbox),
            idempotency_key=f"mail:{mail.id}",
            now=now,
            files=[original_file(mail.digest, mail.size_bytes)],
            origin=MailOrigin(mail.id, is_automatic=True),
        )
        _settle(mail, Outcome.FAILED, "unreadable", ticket)

    def _mailbox(self, mail: InboundMail) -> Mailbox:
        mailboxes = configured_mailboxes(self.settings)
        return mailbox_named(mailboxes, mail.mailbox) or mailboxes[0]

    def _locale(self, text: str, sender: MailAddress, mailbox: Mailbox) -> str:
        known = person_by_address(sender.address) if sender.address else None
        return detect_language(text, INTERFACE_LOCALES) or (known.locale if known else mailbox.locale)


def _note_headers(mail: InboundMail, parsed: ParsedMail) -> None:
    mail.message_id = parsed.message_id[:255]
    mail.subject = parsed.subject[:500]
    mail.copied_to = " ".join(_others(parsed))
    if parsed.sender is not None:
        mail.sender, mail.sender_name = parsed.sender.address[:320], parsed.sender.name[:120]


def _others(parsed: ParsedMail) -> list[str]:
    """Whom a mail names beside its sender and us, each once."""
    named = dict.fromkeys(each.address for each in (*parsed.to, *parsed.cc) if "@" in each.address)
    sender = parsed.sender.address if parsed.sender else ""
    others = [address for address in named if address != sender and mailbox_for(address) is None]
    return [address for address in others if len(address) <= _LONGEST_ADDRESS][:MAXIMUM_PARTICIPANTS]


def _note_report(mail: InboundMail, parsed: ParsedMail, report: DeliveryReport, *, now: datetime) -> None:
    """A delivery report belongs to the mail that it names by our address or its Message-ID."""
    tokens = (read_address(address) for address in _addresses(mail, parsed))
    mail_id = next((token.mail_id for token in tokens if isinstance(token, BounceToken)), None)
    sent = note_bounce(report, mail_id=mail_id, original_message_id=report.original_message_id)
    about = db.session.get(Ticket, sent.ticket_id) if sent is not None and sent.ticket_id else None
    ticket = root_of(about) if about is not None else None
    _settle(mail, Outcome.BOUNCE, report.kind if sent is not None else "unmatched", ticket)
    mail.detail = f"{report.recipient} {report.status} {report.reason}".strip()
    if ticket is not None and report.kind == "failed" and sent is not None:
        record_event(
            ticket, "mail_bounced", now=now, payload={"recipient": sent.recipient, "reason": report.reason[:500]}
        )
        ticket.updated_at = now


def _settle(mail: InboundMail, outcome: Outcome, reason: str, ticket: Ticket | None = None) -> None:
    mail.outcome, mail.reason = outcome, reason
    if ticket is not None:
        db.session.flush()
        mail.ticket_id = ticket.id


def _addresses(mail: InboundMail, parsed: ParsedMail) -> list[str]:
    """Every address that the mail was sent to, ours among them."""
    headers = [parsed.header(name) for name in ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")]
    written = [each.address for each in (*parsed.to, *parsed.cc)]
    return [address.strip("<> ") for address in (*mail.envelope_to.split(), *headers, *written) if address]


def _references(parsed: ParsedMail) -> list[str]:
    return list(dict.fromkeys((*parsed.in_reply_to, *reversed(parsed.references))))


def _body(parts: ReplyText, parsed: ParsedMail) -> str:
    """What is new; of a mail without words its subject, so that no message is empty."""
    return (parts.new.strip() or parsed.subject.strip() or "—")[:_LONGEST_BODY]


def _below(parts: ReplyText) -> str:
    return "\n\n".join(part.strip("\n") for part in (parts.folded, parts.signature) if part.strip())[:_LONGEST_BODY]


def _requester(sender: MailAddress, locale: str, *, now: datetime) -> Person:
    if sender.address:
        return find_or_create_person(sender.address, name=sender.name[:120], locale=locale, time_zone="", now=now)
    # Nobody to answer; the ticket says so.
    person = Person(name=sender.name[:120], locale=locale, time_zone="", created_at=now)
    db.session.add(person)
    return person


def _team(mailbox: Mailbox) -> Team | None:
    named = db.session.scalar(select(Team).where(Team.key == mailbox.team)) if mailbox.team else None
    return named or default_team()


def _name_pictures(message: Message, parsed: ParsedMail) -> None:
    """Keep what the HTML part calls its pictures."""
    names = {file.file_name: file.content_id for file in parsed.files if file.content_id}
    for attachment in message.attachments:
        attachment.content_id = names.get(attachment.file_name, "")[:255]


def _reports_by_itself(parsed: ParsedMail) -> bool:
    """Whether a machine speaks first, and not for somebody who is away: that is called generated as well."""
    is_answer = bool(parsed.in_reply_to or parsed.references)
    is_generated = parsed.header("auto-submitted").lower().startswith("auto-generated")
    return is_generated and not is_answer and not is_vacation_subject(parsed.subject, parsed.text, is_reply=False)


def _somebody_behind(parsed: ParsedMail, machine: str) -> MailAddress | None:
    """Whom answers should reach when a web form sends under an address that reads nothing."""
    is_form = machine == "no_reply" and not parsed.in_reply_to and not parsed.header("list-unsubscribe")
    return next((each for each in parsed.reply_to if is_form and each.address), None)


def _note_left_out(ticket: Ticket, names: Sequence[str], *, now: datetime) -> None:
    if names:
        record_event(ticket, "files_left_out", now=now, payload={"names": list(names)})
