"""``portal agent``: accounts from the command line."""

from __future__ import annotations

import sys

import click
from sqlalchemy import select

from portal.agents.account import reset_password
from portal.agents.actions import create_agent, create_team
from portal.agents.models import Agent, Role, Team
from portal.agents.passwords import MINIMUM_LENGTH, password_problem
from portal.agents.queries import active_agents, default_team
from portal.cli_context import with_app
from portal.clock import utcnow
from portal.database import db
from portal.localization import INTERFACE_LOCALES
from portal.web.templating import current_settings

_PROBLEMS = {
    "short": f"The password is too short: use at least {MINIMUM_LENGTH} characters.",
    "long": "The password is too long.",
    "common": "The password is easy to guess: choose another one.",
    "like_address": "The password is the address: choose another one.",
}


@click.group(name="agent")
def group() -> None:
    """Accounts of the people who answer."""


@group.command()
@click.argument("email")
@click.option("--name", help="Shown to requesters; by default the part of the address before the @.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.AGENT.value, show_default=True)
@click.option("--team", "team_key", help="Key of the team; by default the first one, made if there is none.")
@click.option("--locale", type=click.Choice(INTERFACE_LOCALES), help="Language of the agent's pages.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@with_app
def create(
    email: str, name: str | None, role: str, team_key: str | None, locale: str | None, password_stdin: bool
) -> None:
    """Create an account for EMAIL and ask for its password."""
    address = _checked_address(email)
    if _agent_by_address(address) is not None:
        raise click.ClickException(f"{address} has an account already.")
    _refuse_unknown_team(team_key)
    password = _ask_password(address, from_stdin=password_stdin)
    team = _team(team_key)
    settings = current_settings()
    agent = create_agent(
        email=address,
        name=name or address.partition("@")[0],
        password=password,
        role=Role(role),
        team=team,
        now=utcnow(),
        locale=locale or settings.default_locale,
        time_zone=team.time_zone,
    )
    click.echo(f"Created {agent.role} {agent.email} in team “{team.name}”. Sign in at /agent/sign-in.")


@group.command()
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@with_app
def password(email: str, password_stdin: bool) -> None:
    """Set a new password for EMAIL and sign the account out everywhere."""
    address = _checked_address(email)
    if _agent_by_address(address) is None:
        raise click.ClickException(f"There is no account for {address}.")
    new = _ask_password(address, from_stdin=password_stdin)
    agent = _agent_by_address(address)
    assert agent is not None  # noqa: S101 - accounts are never deleted
    reset_password(agent, new, now=utcnow())
    click.echo(f"Changed the password of {address}.")


@group.command(name="list")
@with_app
def list_agents() -> None:
    """Print the active accounts, one a line: address, role, team, name."""
    for agent in active_agents():
        click.echo("\t".join([agent.email, agent.role.value, agent.team.key if agent.team else "-", agent.name]))


def _checked_address(email: str) -> str:
    address = email.strip().lower()
    name, at, domain = address.partition("@")
    if not (name and at and domain) or "@" in domain or any(character.isspace() for character in address):
        raise click.ClickException(f"“{email}” is not an email address such as name@example.com.")
    return address


def _agent_by_address(address: str) -> Agent | None:
    return db.session.scalar(select(Agent).where(Agent.email == address))


def _refuse_unknown_team(key: str | None) -> None:
    known = db.session.scalars(select(Team.key).order_by(Team.key)).all()
    if key is not None and key not in known:
        raise click.ClickException(f"There is no team “{key}”. Known teams: {', '.join(known) or 'none yet'}.")


def _team(key: str | None) -> Team:
    """The team asked for, else the first one, else a new one with the business hours of the settings."""
    settings = current_settings()
    team = db.session.scalar(select(Team).where(Team.key == key)) if key is not None else default_team()
    return team or create_team(
        "support",
        "Support",
        time_zone=settings.time_zone,
        opens=settings.business_opens,
        closes=settings.business_closes,
        days=settings.business_days,
        country=settings.holidays_country,
    )


def _ask_password(email: str, *, from_stdin: bool) -> str:
    # Nobody else can write while a transaction waits for somebody to type.
    db.session.rollback()
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt(f"Password for {email}", hide_input=True, confirmation_prompt=True)
    problem = password_problem(password, email=email)
    if problem:
        raise click.ClickException(_PROBLEMS[problem])
    return password
