"""What search learns from a reader who opens a result, in a real browser."""

from __future__ import annotations

from sqlalchemy import select

from portal.database import db
from portal.search.learning.models import EvidenceSource, LearningEvidence, ResultOpening
from tests.browser.conftest import OpenWindow
from tests.browser.live_site import LiveSite
from tests.browser.pages import Visit


def openings(site: LiveSite) -> list[tuple[int, int]]:
    """Article and position of each opening that was told."""
    with site.database():
        return [(opening.article_id, opening.position) for opening in db.session.scalars(select(ResultOpening))]


def search_and_open_the_first(visit: Visit) -> None:
    visit.go("")
    visit.page.get_by_role("combobox").fill(visit.words.query)
    with visit.page.expect_navigation():
        visit.page.get_by_role("combobox").press("Enter")
    with visit.page.expect_response("**/search/openings") as told, visit.page.expect_navigation():
        visit.page.locator(".result-title a").first.click()
    assert told.value.status == 204


def test_a_result_that_was_opened_is_told_and_learned_from_when_nobody_searches_on(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(), "en")
    search_and_open_the_first(visit)
    ((article_id, position),) = openings(site)
    assert position == 1

    site.pass_time(minutes=11)
    site.work()

    with site.database():
        opened = LearningEvidence.source == EvidenceSource.OPENED
        evidence = db.session.scalars(select(LearningEvidence).where(opened)).one()
        assert (evidence.text, evidence.article_id) == (visit.words.query, article_id)
    assert visit.window.context.cookies() == []


def test_without_scripts_nothing_is_told_and_results_still_open(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(java_script_enabled=False), "en")
    visit.go(f"search?q={visit.words.query}")
    with visit.page.expect_navigation():
        visit.page.locator(".result-title a").first.click()
    assert "/articles/" in visit.page.url
    assert openings(site) == []
