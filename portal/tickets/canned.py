"""Canned responses: the right language, variables filled in, and those that nobody filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from portal.agents.models import Agent
from portal.localization import SOURCE_LOCALE, fallback_chain
from portal.tickets.models import CannedResponse, Ticket

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\n]{1,60}?)\s*\}\}")


@dataclass(frozen=True)
class FilledResponse:
    """A canned response ready to insert. `locale` is that of the text; `unresolved` names what is still to fill in."""

    key: str
    name: str
    shortcut: str
    locale: str
    body: str
    is_in_their_language: bool
    unresolved: tuple[str, ...]


def variables_of(ticket: Ticket, agent: Agent) -> dict[str, str]:
    """What each variable stands for on this ticket; "" where nothing is known."""
    return {
        "requester.name": ticket.requester.name,
        "agent.name": agent.name,
        "ticket.reference": ticket.reference,
        "ticket.subject": ticket.subject,
        "team.name": ticket.team.name if ticket.team else "",
    }


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its ``{{variables}}`` replaced; those without a value stay as they are."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[0], text)


def unresolved_variables(text: str) -> tuple[str, ...]:
    """The names of the variables still in `text`, each once, in order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def fill_for(response: CannedResponse, ticket: Ticket, agent: Agent, *, default: str = SOURCE_LOCALE) -> FilledResponse:
    """A canned response in the requester's language, else in the nearest one that it has.

    Raises:
        ValueError: the response has no text at all.
    """
    texts = {text.locale: text.body for text in response.texts}
    if not texts:
        raise ValueError(f"canned response {response.key} has no text")
    chain = (*fallback_chain(ticket.locale, default), *sorted(texts))
    locale = next(locale for locale in chain if locale in texts)
    body = fill(texts[locale], variables_of(ticket, agent))
    return FilledResponse(
        key=response.key,
        name=response.name,
        shortcut=response.shortcut,
        locale=locale,
        body=body,
        is_in_their_language=locale.split("_")[0] == ticket.locale.split("_")[0],
        unresolved=unresolved_variables(body),
    )
