"""What readers say about an article: helpful or not, why not, and that they want it in their language."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from flask import Response, abort, current_app, make_response, render_template, request, url_for

from portal.clock import utcnow
from portal.errors import LimitExceeded
from portal.knowledge_base import article_queries
from portal.knowledge_base.article_queries import Destination, Version
from portal.knowledge_base.article_routes import Feedback, feedback_addresses, render_article
from portal.knowledge_base.feedback import count_translation_request, record_answer, record_reason, takes_reason
from portal.knowledge_base.forms import ReasonForm
from portal.web.access import public
from portal.web.htmx import fragment_or_redirect, is_fragment_request, see_other
from portal.web.rate_limit import take
from portal.web.templating import current_settings

ANSWERS = {"yes": True, "no": False}
FRAGMENT = "knowledge_base/_helpful.html"
# Generous for a household behind one address, too few to drown an article in votes.
ANSWERS_AT_ONCE = 30
SECONDS_PER_ANSWER = 60
SECONDS_PER_DAY = 86_400


@public
def create_feedback(locale: str, slug: str) -> Response:
    """Take the answer to “Was this helpful?”, or the reason that follows a no."""
    destination = _destination(locale, slug)
    chosen = _readable(destination)
    now = utcnow()
    take(_bucket("feedback"), capacity=ANSWERS_AT_ONCE, refill_seconds=SECONDS_PER_ANSWER, now=now)
    if "receipt" in request.form:
        return _add_reason(destination, chosen, locale, now)
    is_helpful = ANSWERS.get(request.form.get("helpful", ""))
    if is_helpful is None or chosen.revision_id is None:
        return see_other(url_for("knowledge_base.show_article", slug=chosen.slug, _anchor="helpful"))
    given = record_answer(
        translation_id=chosen.translation_id, revision_id=chosen.revision_id, is_helpful=is_helpful, now=now
    )
    feedback = Feedback("thanks") if is_helpful else Feedback("reasons", ReasonForm(receipt=given.receipt))
    return _answer(chosen, feedback, given.receipt)


@public
def create_translation_request(locale: str, slug: str) -> Response:
    """Count that a reader wants this article in the language of the address."""
    chosen = _readable(_destination(locale, slug))
    now = utcnow()
    if chosen.locale != locale and _is_first_wish(chosen, locale, now):
        count_translation_request(article_id=chosen.article_id, locale=locale, today=now.date())
    return fragment_or_redirect(
        "knowledge_base/_wish_counted.html",
        back_to=url_for("knowledge_base.show_article", slug=chosen.slug, asked="1"),
        reader_locale=locale,
    )


def _add_reason(destination: Destination, chosen: Version, locale: str, now: datetime) -> Response:
    form = ReasonForm(request.form)
    receipt = form.receipt.data or ""
    given = article_queries.find_feedback(receipt, chosen.translation_id)
    if given is None or not takes_reason(given, now=now):
        return _answer(chosen, Feedback("thanks"), receipt)
    if form.validate():
        record_reason(given, reason=form.chosen_reason(), comment=form.comment.data or "", now=now)
        return _answer(chosen, Feedback("thanks"), receipt)
    feedback = Feedback("reasons", form)
    if is_fragment_request():
        return make_response(_fragment(chosen, feedback), 422)
    default = current_settings().default_locale
    page = article_queries.article_page(chosen, destination.versions, locale=locale, default=default)
    return make_response(render_article(page, locale=locale, feedback=feedback), 422)


def _answer(chosen: Version, feedback: Feedback, receipt: str) -> Response:
    if is_fragment_request():
        response = make_response(_fragment(chosen, feedback))
        response.vary.add("HX-Request")
        return response
    return see_other(
        url_for("knowledge_base.show_article", slug=chosen.slug, feedback=receipt or None, _anchor="helpful")
    )


def _fragment(chosen: Version, feedback: Feedback) -> str:
    return render_template(FRAGMENT, feedback=feedback, is_new=True, **feedback_addresses(chosen.slug))


def _destination(locale: str, slug: str) -> Destination:
    destination = article_queries.find_article(slug, locale=locale, default=current_settings().default_locale)
    if destination is None:
        abort(404)
    return destination


def _readable(destination: Destination) -> Version:
    if destination.chosen is None:
        abort(404)
    return destination.chosen


def _is_first_wish(chosen: Version, locale: str, now: datetime) -> bool:
    """Whether no such wish came from this place today; asking twice is no mistake, so nobody is told."""
    try:
        take(_bucket(f"wish:{chosen.article_id}:{locale}"), capacity=1, refill_seconds=SECONDS_PER_DAY, now=now)
        take(_bucket("wish"), capacity=ANSWERS_AT_ONCE, refill_seconds=SECONDS_PER_ANSWER, now=now)
    except LimitExceeded:
        return False
    return True


def _bucket(purpose: str) -> str:
    """The key to count by. It cannot be turned back into the reader's address."""
    secret = str(current_app.secret_key).encode()
    address = (request.remote_addr or "").encode()
    return f"{purpose}:{hmac.new(secret, b'feedback:' + address, hashlib.sha256).hexdigest()[:32]}"
