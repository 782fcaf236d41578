"""A set to measure with: a folder with docs.jsonl, queries.jsonl and, for learning, tickets.jsonl.

    docs.jsonl     {"id": "de:4", "locale": "de", "title": "…", "summary": "…", "body": "…"}
    queries.jsonl  {"qid": "17", "locale": "de", "text": "…", "relevant": ["de:4"]}
    tickets.jsonl  {"locale": "de", "text": "…", "doc": "de:4"}

Translations of one article share the part of their ids after the locale. `"relevant": []` is a question that no
article answers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from portal.bench.noise import seeded
from portal.errors import PortalError
from portal.localization import normalize_locale
from portal.search.documents import IndexedArticle, IndexedSection


class UnreadableSet(PortalError):
    """A folder that is no set; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the articles that answer it; none for one that no article answers."""

    id: str
    locale: str
    text: str
    relevant: frozenset[int]


@dataclass(frozen=True, slots=True)
class SolvedTicket:
    """What somebody wrote, and the article that solved it."""

    locale: str
    text: str
    article_id: int


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Articles (one entry a translation), questions, solved tickets."""

    name: str
    articles: tuple[IndexedArticle, ...]
    questions: tuple[Question, ...]
    tickets: tuple[SolvedTicket, ...] = ()

    @property
    def locales(self) -> list[str]:
        """The languages of the questions."""
        return sorted({question.locale for question in self.questions})

    def narrowed(self, *, asked_in: str, answered_from: str | None = None) -> RetrievalSet:
        """Only the questions (and tickets) in one locale, and the articles in one; None for articles in all."""
        return replace(
            self,
            articles=tuple(each for each in self.articles if answered_from in (None, each.locale)),
            questions=tuple(each for each in self.questions if each.locale == asked_in),
            tickets=tuple(each for each in self.tickets if each.locale == asked_in),
        )

    def sampled(self, limit: int) -> RetrievalSet:
        """At most `limit` of the questions, the same ones each time; 0 for all."""
        if not limit or len(self.questions) <= limit:
            return self
        chosen = seeded("sample", self.name).sample(range(len(self.questions)), limit)
        return replace(self, questions=tuple(self.questions[number] for number in sorted(chosen)))

    def holding_back(self, portion: float) -> RetrievalSet:
        """Without that portion of the articles, the same ones each time; their questions are then without answer."""
        ids = sorted({article.article_id for article in self.articles})
        kept = set(ids) - set(seeded("hold back", self.name).sample(ids, round(portion * len(ids))))
        return replace(
            self,
            articles=tuple(article for article in self.articles if article.article_id in kept),
            questions=tuple(replace(each, relevant=each.relevant & kept) for each in self.questions),
            tickets=tuple(ticket for ticket in self.tickets if ticket.article_id in kept),
        )

    def asked_also(self, other: RetrievalSet) -> RetrievalSet:
        """With as many questions of a set about other things, which no article here answers."""
        strangers = other.sampled(len(self.questions)).questions
        asked = [replace(each, id=f"{other.name} {each.id}", relevant=frozenset()) for each in strangers]
        return replace(self, questions=(*self.questions, *asked))

    def learned_from(self, count: int | None) -> tuple[SolvedTicket, ...]:
        """`count` tickets of each article, all for None; a larger count contains the smaller one."""
        by_article: dict[int, list[SolvedTicket]] = defaultdict(list)
        for ticket in self.tickets:
            by_article[ticket.article_id].append(ticket)
        found: list[SolvedTicket] = []
        for article_id, tickets in sorted(by_article.items()):
            seeded("tickets", self.name, article_id).shuffle(tickets)
            found += tickets[:count]
        return tuple(found)


def read_set(folder: Path) -> RetrievalSet:
    """The set in a folder.

    Raises:
        UnreadableSet: a file is missing, a line is not as above, or a question names an article that is not there.
    """
    reader = _Reader()
    _read_lines(folder / "docs.jsonl", reader.take_article)
    _read_lines(folder / "queries.jsonl", reader.take_question)
    if (folder / "tickets.jsonl").exists():
        _read_lines(folder / "tickets.jsonl", reader.take_ticket)
    if not reader.articles or not reader.questions:
        raise UnreadableSet(f"{folder} holds no articles or no questions")
    return RetrievalSet(folder.name, tuple(reader.articles), tuple(reader.questions), tuple(reader.tickets))


class _Reader:
    """Numbers articles as they come; translations of one share its number."""

    def __init__(self) -> None:
        self.articles: list[IndexedArticle] = []
        self.questions: list[Question] = []
        self.tickets: list[SolvedTicket] = []
        self._numbers: dict[str, int] = {}
        self._by_id: dict[str, int] = {}

    def take_article(self, value: dict[str, Any]) -> None:
        """Add an article."""
        key = str(value["id"]).removeprefix(f"{value['locale']}:")
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        self._by_id[str(value["id"])] = number
        self.articles.append(
            IndexedArticle(
                article_id=number,
                locale=_locale(value),
                title=str(value.get("title", "")),
                summary=str(value.get("summary", "")),
                sections=(IndexedSection("", "", str(value.get("body", ""))),),
            )
        )

    def take_question(self, value: dict[str, Any]) -> None:
        """Add a question; its articles are known already."""
        relevant = frozenset(self._by_id[str(article)] for article in value["relevant"])
        self.questions.append(Question(str(value["qid"]), _locale(value), str(value["text"]), relevant))

    def take_ticket(self, value: dict[str, Any]) -> None:
        """Add a solved ticket."""
        self.tickets.append(SolvedTicket(_locale(value), str(value["text"]), self._by_id[str(value["doc"])]))


def _locale(value: dict[str, Any]) -> str:
    locale = normalize_locale(str(value["locale"]))
    if locale is None:
        raise ValueError(f"unknown language {value['locale']!r}")
    return locale


def _read_lines(path: Path, take: Callable[[dict[str, Any]], None]) -> None:
    try:
        content = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableSet(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            take(json.loads(line))
        except KeyError as error:
            raise UnreadableSet(f"{path}, line {number}: there is no {error}") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise UnreadableSet(f"{path}, line {number}: {error}") from error
