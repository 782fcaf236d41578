"""``portal mail``: take a mail from a pipe, try the mailboxes, walk through them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

import click

from portal.cli_context import with_app
from portal.clock import utcnow
from portal.database import writing
from portal.mail.checking import Step, check_door, check_mailbox, check_sending
from portal.mail.imap import walk
from portal.mail.imap_connection import MailboxProblem
from portal.mail.mailboxes import Mailbox, configured_mailboxes, mailbox_among, mailbox_named
from portal.mail.receiving import receive
from portal.web.templating import current_settings

# sysexits.h: the mail server keeps the mail and comes again.
EX_TEMPFAIL: Final = 75


@click.group("mail")
def group() -> None:
    """Mail that comes in."""


class _NeverBounces(click.Command):
    """A command line with a mistake in it is mended by somebody; until then no mail may be sent back for it."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as error:
            setattr(error, "exit_code", EX_TEMPFAIL)  # noqa: B010 - click declares it for the class
            raise


@group.command(cls=_NeverBounces)
@click.option("--mailbox", help="Name of the mailbox; by default that of the recipient, else the first.")
@click.option("--recipient", "recipients", multiple=True, help="Address that it was delivered to.")
@click.option("--sender", help="Envelope sender; empty for the null return path.")
@click.pass_obj
def deliver(
    app_factory: Callable[[], Any], mailbox: str | None, recipients: tuple[str, ...], sender: str | None
) -> None:
    """Take one raw mail from standard input; for pipes of a mail server.

    Exit code 0: it is stored. 75: it could not be stored now, keep it.
    """
    try:
        raw = sys.stdin.buffer.read()
        if not raw:
            raise click.ClickException("There is no mail on standard input.")
        with app_factory().app_context(), writing():
            receive(
                raw,
                mailbox=_mailbox(mailbox, recipients).name,
                way_in="pipe",
                now=utcnow(),
                envelope_from=sender,
                envelope_to=recipients,
            )
    except Exception as error:
        message = (
            error.format_message() if isinstance(error, click.ClickException) else f"{type(error).__name__}: {error}"
        )
        click.echo(f"Not stored: {message}", err=True)

        raise SystemExit(EX_TEMPFAIL) from error


@group.command()
@click.option("--send", "send_to", default="", metavar="ADDRESS", help="Send a test mail to this address as well.")
@with_app
def check(send_to: str) -> None:
    """Try every mailbox and the way out; say what is wrong and what to do."""
    settings = current_settings()
    parts: list[tuple[str, Callable[[Step], None]]] = [
        (f"{mailbox.name} <{mailbox.address}>", lambda on_step, mailbox=mailbox: check_mailbox(mailbox, on_step))  # type: ignore[misc]
        for mailbox in configured_mailboxes(settings)
    ]
    parts += [
        ("sending", lambda on_step: check_sending(settings, on_step, send_to=send_to)),
        ("LMTP", lambda on_step: check_door(settings, on_step)),
    ]
    # A list, so that every part is tried.
    if not all([_is_well(name, part) for name, part in parts]):  # noqa: C419
        raise SystemExit(1)


@group.command("walk")
@with_app
def walk_now() -> None:
    """Walk through every IMAP mailbox once, now."""
    has_problem = False
    for mailbox in configured_mailboxes(current_settings()):
        if mailbox.imap is None:
            click.echo(f"{mailbox.name}: no IMAP server.")
            continue
        result = walk(mailbox)
        if result is None:
            continue
        click.echo(f"{mailbox.name}: {len(result.stored)} stored, {len(result.failed)} not fetched.")
        if result.problem:
            has_problem = True
            click.echo(f"  {result.problem}")
    if has_problem:
        raise SystemExit(1)


def _is_well(name: str, part: Callable[[Step], None]) -> bool:
    click.echo(name)
    try:
        part(lambda step: click.echo(f"  ok: {step}"))
    except MailboxProblem as problem:
        click.echo(f"  PROBLEM: {problem}")
        return False
    return True


def _mailbox(name: str | None, recipients: tuple[str, ...]) -> Mailbox:
    mailboxes = configured_mailboxes(current_settings())
    if name is not None:
        named = mailbox_named(mailboxes, name)
        if named is None:
            raise click.ClickException(f"There is no mailbox {name}.")
        return named
    found = (mailbox_among(mailboxes, address) for address in recipients)
    return next((mailbox for mailbox in found if mailbox is not None), mailboxes[0])
