"""Requesters: a person and the addresses that are theirs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Model


class Person(Model):
    """Somebody who writes in. Everything personal hangs on this row, so export and erasure are one walk."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    locale: Mapped[str] = mapped_column(String(16), default="en")
    time_zone: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime]
    # They want no questions by mail about solved requests.
    surveys_refused_at: Mapped[datetime | None]

    identities: Mapped[list[Identity]] = relationship(back_populates="person", order_by="Identity.id")

    @property
    def email(self) -> str:
        """The address mails go to: the first one known."""
        return self.identities[0].address if self.identities else ""

    @property
    def display_name(self) -> str:
        """The name, else the address."""
        return self.name or self.email


class Identity(Model):
    """An e-mail address of a person, lower-cased and unique; verified once a link mailed to it was used."""

    __tablename__ = "identity"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    address: Mapped[str] = mapped_column(String(254), unique=True)
    verified_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="identities")
