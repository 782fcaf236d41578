"""``portal agent``: the first account, and a way back in."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from portal.agents.cli import group
from portal.agents.models import Agent, Role, Team
from portal.agents.passwords import verify_password
from portal.database import db
from tests.factories import PASSWORD, make_agent, make_team


def run(app: Flask, *arguments: str, typed: str = f"{PASSWORD}\n{PASSWORD}\n"):
    return CliRunner().invoke(group, arguments, input=typed, obj=lambda: app)


def test_the_first_account_gets_a_team_of_its_own(app: Flask):
    result = run(app, "create", "Mira@Help.example", "--name", "Mira Castellan", "--role", "admin")

    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    agent = db.session.scalars(select(Agent)).one()
    assert (agent.email, agent.name, agent.role) == ("mira@help.example", "Mira Castellan", Role.ADMIN)
    assert agent.team.key == "support"
    assert verify_password(agent.password_hash, PASSWORD)


def test_the_password_may_come_from_standard_input(app: Flask):
    team = make_team(key="billing")

    result = run(app, "create", "mira@help.example", "--team", "billing", "--password-stdin", typed=f"{PASSWORD}\n")

    assert result.exit_code == 0, result.output
    assert db.session.scalars(select(Agent)).one().team_id == team.id
    assert len(db.session.scalars(select(Team)).all()) == 1


@pytest.mark.parametrize(
    ("arguments", "typed", "message"),
    [
        (["not-an-address"], "", "is not an email address"),
        (["known@help.example"], "", "has an account already"),
        (["mira@help.example", "--team", "nobody"], "", "There is no team “nobody”"),
        (["mira@help.example", "--password-stdin"], "short\n", "too short"),
        (["mira@help.example", "--password-stdin"], "password1234\n", "easy to guess"),
        (["mira@help.example", "--role", "king"], "", "Invalid value for '--role'"),
    ],
)
def test_mistakes_are_said_in_one_line_and_nothing_is_made(app: Flask, arguments: list[str], typed: str, message: str):
    make_agent(email="known@help.example")

    result = run(app, "create", *arguments, typed=typed)

    assert result.exit_code != 0
    assert message in result.output
    assert "Traceback" not in result.output
    assert len(db.session.scalars(select(Agent)).all()) == 1


def test_a_forgotten_password_is_replaced(app: Flask):
    agent = make_agent(email="mira@help.example")

    result = run(app, "password", "mira@help.example", "--password-stdin", typed=f"{PASSWORD}\n")

    assert result.exit_code == 0, result.output
    db.session.expire_all()
    assert verify_password(agent.password_hash, PASSWORD)


def test_an_unknown_account_gets_no_password(app: Flask):
    assert "There is no account" in run(app, "password", "nobody@help.example").output


def test_accounts_are_listed(app: Flask):
    make_agent(email="mira@help.example", name="Mira", team=make_team(key="billing"))

    assert run(app, "list").output == "mira@help.example\tagent\tbilling\tMira\n"
