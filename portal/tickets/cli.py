"""``portal ticket``: what is done to a ticket from the command line."""

from __future__ import annotations

import click
from sqlalchemy import select

from portal.cli_context import with_app
from portal.clock import utcnow
from portal.database import db
from portal.tickets import links
from portal.tickets.models import Ticket


@click.group("ticket")
def group() -> None:
    """Tickets."""


@group.command()
@click.argument("reference")
@with_app
def revoke_links(reference: str) -> None:
    """Make every link into the ticket REFERENCE useless; its requester asks for a new one on the request page."""
    ticket = db.session.scalar(select(Ticket).where(Ticket.reference == reference.upper()))
    if ticket is None:
        raise click.ClickException(f"There is no ticket {reference}.")
    links.revoke_links(ticket, now=utcnow())
    click.echo(f"No link opens {ticket.reference} any more.")
