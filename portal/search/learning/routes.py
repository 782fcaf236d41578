"""What authors see of what was learned, and decide about it; and the openings that results pages report."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for

from portal.agents.access import agent_required, signed_in_agent
from portal.agents.models import Role
from portal.clock import utcnow
from portal.errors import LimitExceeded
from portal.search.actions import valid_visit
from portal.search.learning import decisions, queries
from portal.search.learning.access import request_giver
from portal.search.learning.forms import (
    EvidenceDecision,
    EvidenceForm,
    LearningDecision,
    LearningForm,
    OpeningForm,
    WordForm,
)
from portal.search.learning.models import LearnedArticle, LearnedWord, LearningEvidence, WordDecision
from portal.search.learning.openings import record_opening
from portal.web import rate_limit
from portal.web.access import public
from portal.web.htmx import fragment_or_redirect, see_other

blueprint = Blueprint("learning", __name__)


@blueprint.get("/agent/learning")
@agent_required(Role.AUTHOR)
def list_articles() -> Response:
    """The articles that learned something, those with most questions first."""
    locales = queries.learned_locales()
    wanted = request.args.get("language", "")
    wanted = wanted if wanted in locales else ""
    page = queries.learned_page(wanted, cursor=request.args.get("cursor"))
    return make_response(
        render_template(
            "learning/list.html",
            rows=queries.learned_rows(page.items),
            locales=locales,
            wanted=wanted,
            waiting=queries.waiting_count(wanted),
            previous_url=_page_url(page.previous_cursor, language=wanted),
            next_url=_page_url(page.next_cursor, language=wanted),
        )
    )


@blueprint.get("/agent/learning/<int:learned_id>")
@agent_required(Role.AUTHOR)
def show_article(learned_id: int) -> Response:
    """The words that an article learned, what people asked, and where that came from."""
    learned = queries.learned_article(learned_id)
    is_shown = queries.may_be_shown(learned.article_id, learned.locale)
    page = queries.evidence_page(learned, cursor=request.args.get("cursor")) if is_shown else None
    return make_response(
        render_template(
            "learning/article.html",
            row=queries.learned_rows([learned])[0],
            learned=learned,
            slug=queries.slug_of(learned),
            count=queries.evidence_count(learned.article_id, learned.locale),
            sources=queries.source_counts(learned),
            fitted_at=queries.fitted_at(learned.locale),
            words=queries.words_of(learned) if is_shown else [],
            evidence=page.items if page else [],
            is_shown=is_shown,
            previous_url=_page_url(page.previous_cursor, learned.id) if page else None,
            next_url=_page_url(page.next_cursor, learned.id) if page else None,
        )
    )


@blueprint.post("/agent/learning/<int:learned_id>/decision")
@agent_required(Role.AUTHOR)
def update_article(learned_id: int) -> Response:
    """Stop or resume learning for an article in a locale."""
    learned = queries.learned_article(learned_id)
    form = LearningForm(request.form)
    if not form.validate():
        abort(400)
    change = decisions.pause_learning if form.decision.data is LearningDecision.PAUSED else decisions.resume_learning
    change(learned, agent=signed_in_agent(), now=utcnow())
    return see_other(url_for(".show_article", learned_id=learned.id))


@blueprint.post("/agent/learning/words/<int:word_id>/decision")
@agent_required(Role.AUTHOR)
def update_word(word_id: int) -> Response:
    """Accept a word, refuse it, or leave it open again."""
    word = queries.learned_word(word_id)
    form = WordForm(request.form)
    if not form.validate():
        abort(400)
    decisions.decide_word(word, WordDecision(form.decision.data), agent=signed_in_agent(), now=utcnow())
    return fragment_or_redirect(
        "learning/_word.html", back_to=_address_of(word, f"word-{word.id}"), word=word, is_changed=True
    )


@blueprint.post("/agent/learning/evidence/<int:evidence_id>/decision")
@agent_required(Role.AUTHOR)
def update_evidence(evidence_id: int) -> Response:
    """Learn nothing from a question, or learn from it after all."""
    evidence = queries.shown_evidence(evidence_id)
    form = EvidenceForm(request.form)
    if not form.validate():
        abort(400)
    is_refused = form.decision.data is EvidenceDecision.REFUSED
    change = decisions.refuse_evidence if is_refused else decisions.restore_evidence
    change(evidence, agent=signed_in_agent(), now=utcnow())
    return fragment_or_redirect(
        "learning/_evidence.html",
        back_to=_address_of(evidence, f"question-{evidence.id}"),
        item=evidence,
        is_changed=True,
    )


@blueprint.post("/<locale:locale>/search/openings")
@public
def create_opening(locale: str) -> Response:
    """Note that a result was opened. The page never waits for the answer, so there is none, whatever happens."""
    form = OpeningForm(request.form)
    visit = valid_visit(form.visit.data or "")
    if form.validate() and visit and form.article.data and form.position.data:
        now = utcnow()
        try:
            rate_limit.take(f"search.opening:ip:{request.remote_addr}", capacity=60, refill_seconds=2, now=now)
        except LimitExceeded:
            return make_response("", 204)
        record_opening(
            visit,
            form.q.data or "",
            form.article.data,
            position=form.position.data,
            giver=request_giver(now),
            now=now,
        )
    return make_response("", 204)


def _address_of(about: LearnedWord | LearningEvidence, anchor: str) -> str:
    learned: LearnedArticle = queries.learned_article_at(about.article_id, about.locale)
    return url_for(".show_article", learned_id=learned.id, _anchor=anchor)


def _page_url(cursor: str | None, learned_id: int | None = None, *, language: str = "") -> str | None:
    if cursor is None:
        return None
    if learned_id is not None:
        return url_for(".show_article", learned_id=learned_id, cursor=cursor, _anchor="questions")
    return url_for(".list_articles", language=language or None, cursor=cursor)
