"""What stands beside a conversation and is fetched when it is wanted: articles, similar tickets, canned responses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.agents.models import Agent
from portal.knowledge_base.queries import ReadableArticle, articles_by_id
from portal.search.documents import Hit
from portal.search.engine import SearchEngine
from portal.search.index_errors import IndexUnavailable
from portal.search.uses import COMPOSER, SUGGESTED_TO_AGENT
from portal.tickets import queries
from portal.tickets.canned import FilledResponse, fill_for
from portal.tickets.models import Ticket
from portal.tickets.similar import similar_tickets
from portal.web.templating import external_url

PANELS = ("canned", "articles", "suggested", "history")


@dataclass(frozen=True)
class PanelSearch:
    """The engines that panels ask; None in an app that has none."""

    articles: SearchEngine | None
    solved_tickets: SearchEngine | None = None


@dataclass(frozen=True)
class ArticlePick:
    """An article that a reply can link to, in the requester's language if there is one.

    `snippet` is safe HTML when it is Markup, else plain text.
    """

    article_id: int
    title: str
    url: str
    locale: str
    snippet: str
    is_in_their_language: bool
    reasons: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is put into the reply: the title, and the address on a line of its own."""
        return f"{self.title}\n{self.url}"


def panel_context(name: str, ticket: Ticket, agent: Agent, search: PanelSearch, text: str = "") -> dict[str, Any]:
    """What the template of a panel takes."""
    if name == "canned":
        return {"responses": filled_responses(ticket, agent, text), "find": text}
    if name == "articles":
        picks, is_available = find_articles(search.articles, ticket, text)
        return {"picks": picks, "is_available": is_available, "find": text}
    if name == "suggested":
        return {
            "picks": suggested_articles(search.articles, ticket),
            "similar": similar_tickets(search.solved_tickets, ticket),
        }
    return {"searches": queries.searches_of(ticket), "rejected": rejected_articles(ticket)}


def filled_responses(ticket: Ticket, agent: Agent, containing: str = "") -> list[FilledResponse]:
    """The canned responses that the agent may use, ready to insert."""
    return [fill_for(response, ticket, agent) for response in queries.canned_responses(agent, containing=containing)]


def find_articles(engine: SearchEngine | None, ticket: Ticket, text: str) -> tuple[list[ArticlePick], bool]:
    """What a search in the requester's language finds, and whether searching is possible at all just now."""
    if engine is None:
        return [], False
    try:
        result = engine.search(text, ticket.locale, limit=COMPOSER.limit)
    except IndexUnavailable:
        return [], False
    return _picks(result.hits or result.other_language_hits, ticket.locale), True


def suggested_articles(engine: SearchEngine | None, ticket: Ticket) -> list[ArticlePick]:
    """Articles that may answer the first message; none when the index cannot be used."""
    if engine is None or not ticket.messages:
        return []
    try:
        hits = engine.suggest_for_message(
            ticket.subject, ticket.messages[0].body, ticket.locale, use=SUGGESTED_TO_AGENT
        )
    except IndexUnavailable:
        return []
    return _picks(hits, ticket.locale)


def article_pick(article_id: int, ticket: Ticket) -> ArticlePick | None:
    """One article as a reply links to it; None when readers cannot see it."""
    readable = articles_by_id([article_id], locale=ticket.locale).get(article_id)
    return _pick(readable, ticket.locale) if readable else None


def rejected_articles(ticket: Ticket) -> list[ArticlePick]:
    """The suggestions that did not help the requester, as they saw them."""
    ids = queries.rejected_article_ids(ticket)
    known = articles_by_id(ids, locale=ticket.locale)
    return [_pick(known[article_id], ticket.locale) for article_id in ids if article_id in known]


def _picks(hits: Sequence[Hit], locale: str) -> list[ArticlePick]:
    known = articles_by_id([hit.article_id for hit in hits], locale=locale)
    # The index may name an article that was withdrawn a moment ago.
    return [_pick(known[hit.article_id], locale, hit) for hit in hits if hit.article_id in known]


def _pick(article: ReadableArticle, wanted: str, hit: Hit | None = None) -> ArticlePick:
    # What was found in one language says nothing of the text in another.
    found = hit if hit and hit.locale == article.locale else None
    return ArticlePick(
        article_id=article.article_id,
        title=article.title,
        url=external_url("knowledge_base.show_article", locale=article.locale, slug=article.slug),
        locale=article.locale,
        snippet=found.snippet if found and found.snippet else article.summary,
        is_in_their_language=article.locale.split("_")[0] == wanted.split("_")[0],
        reasons=found.reasons_besides() if found and found.snippet else (),
    )
