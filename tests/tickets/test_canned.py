"""Canned responses: variables, languages, and what is still empty."""

from __future__ import annotations

import pytest

from portal.agents.models import Agent, Team
from portal.people.models import Person
from portal.tickets.canned import fill, fill_for, unresolved_variables
from portal.tickets.models import CannedResponse, CannedResponseText, Ticket


def response(**texts: str) -> CannedResponse:
    made = CannedResponse(key="refund", name="Refund", shortcut="rf")
    made.texts = [CannedResponseText(locale=locale, body=body) for locale, body in texts.items()]
    return made


def ticket(locale: str = "en", name: str = "Noor Haddad", team: Team | None = None) -> Ticket:
    return Ticket(reference="HX-7K2M4Q", subject="Refund late", locale=locale, requester=Person(name=name), team=team)


AGENT = Agent(name="Mira Castellan")


def test_every_variable_is_filled_in():
    text = "{{requester.name}}|{{agent.name}}|{{ ticket.reference }}|{{ticket.subject}}|{{team.name}}"

    filled = fill_for(response(en=text), ticket(team=Team(name="Billing")), AGENT)

    assert filled.body == "Noor Haddad|Mira Castellan|HX-7K2M4Q|Refund late|Billing"
    assert filled.unresolved == ()


def test_what_nobody_knows_stays_and_is_named():
    filled = fill_for(response(en="Hi {{requester.name}}, {{order.number}}? {{order.number}}"), ticket(name=""), AGENT)

    assert filled.unresolved == ("requester.name", "order.number")


@pytest.mark.parametrize(
    ("locale", "chosen", "is_theirs"),
    [("pt_BR", "pt_BR", True), ("ja", "en", False), ("pt_PT", "pt_BR", True), ("en", "en", True)],
)
def test_the_text_is_in_the_requesters_language_or_says_that_it_is_not(locale: str, chosen: str, is_theirs: bool):
    filled = fill_for(response(en="Hello", pt_BR="Olá"), ticket(locale), AGENT)

    assert (filled.locale, filled.is_in_their_language) == (chosen, is_theirs)


def test_a_response_in_one_foreign_language_is_offered_all_the_same():
    assert fill_for(response(ja="こんにちは"), ticket("de"), AGENT).locale == "ja"


def test_a_value_is_not_filled_in_a_second_time():
    assert fill("{{ticket.subject}}", {"ticket.subject": "{{agent.name}}", "agent.name": "Mira"}) == "{{agent.name}}"


@pytest.mark.parametrize(
    ("text", "names"),
    [("", ()), ("{ {x} }", ()), ("{{}}", ()), ("{{a}} {{ b }} {{a}}", ("a", "b")), ("{{a\nb}}", ()), ("{{" * 5000, ())],
)
def test_variables_still_in_a_text_are_found(text: str, names: tuple[str, ...]):
    assert unresolved_variables(text) == names
