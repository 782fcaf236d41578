"""Mail that came in: one row a message with what became of it, and one for each time that it was handed to us.

The bytes lie in the blob store under `digest` before a row names them.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Model
from portal.mail.telling import Told


class Outcome(StrEnum):
    """What became of a mail. RECEIVED is the only one that is no end: it waits to be worked on."""

    RECEIVED = "received"
    NEW_TICKET = "new_ticket"
    REPLY = "reply"
    BOUNCE = "bounce"
    SUPPRESSED = "suppressed"
    HELD = "held"
    SPAM = "spam"
    FAILED = "failed"


class InboundMail(Model):
    """The ledger's row of one mail. `dedup_key` makes the same mail, however often it comes, one row."""

    __tablename__ = "inbound_mail"
    __table_args__ = (
        Index("ix_inbound_mail_outcome_next_attempt_at", "outcome", "next_attempt_at"),
        Index("ix_inbound_mail_received_at", "received_at", "id"),
        Index("ix_inbound_mail_outcome_received_at", "outcome", "received_at", "id"),
        Index("ix_inbound_mail_ticket_id", "ticket_id", "outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dedup_key: Mapped[str] = mapped_column(String(64), unique=True)
    # The mailbox that it came to first, by the name it has in the settings.
    mailbox: Mapped[str] = mapped_column(String(60))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int]
    message_id: Mapped[str] = mapped_column(String(255), default="", index=True)
    envelope_from: Mapped[str] = mapped_column(String(320), default="")
    # The addresses it was delivered to, with spaces between them; "" where the way in does not tell.
    envelope_to: Mapped[str] = mapped_column(Text, default="")
    sender: Mapped[str] = mapped_column(String(320), default="")
    sender_name: Mapped[str] = mapped_column(String(120), default="")
    subject: Mapped[str] = mapped_column(String(500), default="")
    # Whom else the mail names in To and Cc, with spaces between the addresses.
    copied_to: Mapped[str] = mapped_column(Text, default="", server_default="")
    received_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.RECEIVED)
    # Why, as a word of the domain ("vacation", "unverified_sender"); pages put it into sentences.
    reason: Mapped[str] = mapped_column(String(60), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    # By name: mail stands before tickets in the order of imports.
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    arrivals: Mapped[list[MailArrival]] = relationship(back_populates="mail", order_by="MailArrival.id")


class MailArrival(Model):
    """One time that a mail was handed to us. With IMAP its UID, by which the mailbox and the ledger are compared."""

    __tablename__ = "mail_arrival"
    __table_args__ = (
        UniqueConstraint("mailbox", "uid_validity", "uid"),
        Index("ix_mail_arrival_arrived_at", "arrived_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inbound_mail_id: Mapped[int] = mapped_column(ForeignKey("inbound_mail.id"), index=True)
    mailbox: Mapped[str] = mapped_column(String(60))
    # imap, lmtp, pipe, http
    way_in: Mapped[str] = mapped_column(String(8))
    # 32 bits without a sign: more than an INTEGER of PostgreSQL holds.
    uid_validity: Mapped[int | None] = mapped_column(BigInteger)
    uid: Mapped[int | None] = mapped_column(BigInteger)
    arrived_at: Mapped[datetime]

    mail: Mapped[InboundMail] = relationship(back_populates="arrivals")


class MailboxState(Model):
    """How far the walk through an IMAP mailbox is, and how it went."""

    __tablename__ = "mailbox_state"

    mailbox: Mapped[str] = mapped_column(String(60), primary_key=True)
    uid_validity: Mapped[int | None] = mapped_column(BigInteger)
    # All UIDs up to this one have a row.
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    walked_at: Mapped[datetime | None]
    last_mail_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    problem_since: Mapped[datetime | None]
    # Counts of the latest comparison with the ledger, as `portal.mail.reconciling.Reconciliation` names them.
    reconciliation: Mapped[dict[str, int] | None] = mapped_column(JSON)
    reconciled_at: Mapped[datetime | None]

    @property
    def told_problem(self) -> Told | None:
        """What is wrong and what to do; None where it goes well."""
        return Told.read(self.problem)

    @property
    def unaccounted(self) -> int:
        """Mails that lie in the mailbox and have no row, as found by the latest comparison."""
        return (self.reconciliation or {}).get("unaccounted", 0)
