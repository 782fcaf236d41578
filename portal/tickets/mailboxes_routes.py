"""The page of mailboxes: how each does, and buttons that try it end to end."""

from __future__ import annotations

from functools import partial
from typing import Final

from flask import render_template, request

from portal.agents.access import agent_required
from portal.agents.models import Role
from portal.agents.queries import all_teams
from portal.clock import utcnow
from portal.config import Settings
from portal.database import db
from portal.errors import NotFound
from portal.mail.checking import Trial, check_door, check_mailbox, check_sending, tried
from portal.mail.inbound_models import Outcome
from portal.mail.mailbox_queries import mailbox_states, outcomes_of_yesterday
from portal.mail.mailboxes import Mailbox, configured_mailboxes, mailbox_named
from portal.tickets.acknowledgement_routes import blueprint
from portal.web.templating import current_settings

__all__ = ["blueprint"]

# Somebody waits for the page; the worker waits as long as the settings say.
_LONGEST_WAIT_SECONDS: Final = 8.0
_MAILBOX: Final = "mailbox:"


@blueprint.get("/agent/mail/mailboxes")
@agent_required(Role.ADMIN)
def list_mailboxes() -> str:
    """Every mailbox, the way out, and the port for mail servers."""
    return _page()


@blueprint.post("/agent/mail/mailboxes/test")
@agent_required(Role.ADMIN)
def create_mailbox_test() -> str:
    """Try what ``part`` names, and show the page with what was found. Changes nothing."""
    part = request.form.get("part", "")
    # Other machines are waited for: no transaction may stay open meanwhile.
    db.session.commit()
    return _page(tested=part, trial=_trial(part, current_settings()))


def _trial(part: str, settings: Settings) -> Trial:
    patience = min(settings.smtp_timeout_seconds, _LONGEST_WAIT_SECONDS)
    impatient = settings.model_copy(update={"smtp_timeout_seconds": patience})
    if part == "sending":
        return tried(partial(check_sending, impatient))
    if part == "door" and settings.lmtp_port:
        return tried(partial(check_door, impatient))
    mailbox = mailbox_named(configured_mailboxes(settings), part.removeprefix(_MAILBOX))
    if mailbox is None or not part.startswith(_MAILBOX):
        raise NotFound
    return tried(partial(check_mailbox, _impatient(mailbox)))


def _impatient(mailbox: Mailbox) -> Mailbox:
    if mailbox.imap is None:
        return mailbox
    patience = min(mailbox.imap.timeout_seconds, _LONGEST_WAIT_SECONDS)
    return mailbox.model_copy(update={"imap": mailbox.imap.model_copy(update={"timeout_seconds": patience})})


def _page(*, tested: str = "", trial: Trial | None = None) -> str:
    settings = current_settings()
    return render_template(
        "mailroom/mailboxes.html",
        mailboxes=configured_mailboxes(settings),
        settings=settings,
        states=mailbox_states(),
        yesterday=outcomes_of_yesterday(now=utcnow(), zone=settings.zone),
        outcomes=list(Outcome),
        team_names={team.key: team.name for team in all_teams()},
        tested=tested,
        trial=trial,
    )
