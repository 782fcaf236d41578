"""The same way without scripts, in a language that runs from right to left and in one without spaces."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.database import db
from portal.demo.seeding import DEMO_EMAIL, DEMO_PASSWORD
from portal.localization import text_direction
from portal.tickets.models import Status, Ticket
from tests.browser.conftest import OpenWindow
from tests.browser.live_site import LiveSite
from tests.browser.pages import REQUESTER, Visit, write_question


@pytest.fixture(params=["ar", "ja"])
def visit(request: pytest.FixtureRequest, site: LiveSite, window: OpenWindow) -> Visit:
    """A requester whose browser runs no scripts."""
    return Visit(site, window(locale=request.param, java_script_enabled=False), request.param)


def test_from_the_search_to_the_answer_without_scripts(visit: Visit, window: OpenWindow, tmp_path: Path):
    page, site = visit.page, visit.site
    _find_an_article_that_does_not_help(visit)
    _ask(visit, tmp_path)
    with site.database():
        ticket_id, reference = db.session.execute(
            select(Ticket.id, Ticket.reference).order_by(Ticket.id.desc())
        ).first()
    expect(page.locator(".reference")).to_have_text(reference)
    _open_from_mail(visit, "a[href*='/requests/link/']")
    expect(page.locator("h1")).to_have_text(visit.words.subject)

    _answer(Visit(site, window(java_script_enabled=False), visit.locale), ticket_id)
    _open_from_mail(visit, "a[href*='answer=solved']")
    assert _status(site, ticket_id) is Status.PENDING
    page.locator("#solve .button.primary").click()
    assert _status(site, ticket_id) is Status.SOLVED
    page.locator("#solve textarea").fill(visit.words.message)
    page.locator("#solve form .button").click()
    expect(page.locator("#solve [data-status]")).to_be_visible()

    page.locator("#solve a").click()
    page.locator("#solve button[value=not-yet]").click()
    assert _status(site, ticket_id) is Status.OPEN
    page.locator("#reply-form textarea").fill(visit.words.message)
    page.locator("#reply-form .button.primary").click()
    expect(page.locator("#reply-state")).not_to_be_empty()
    expect(page.locator("#thread .message")).to_have_count(3)


def _find_an_article_that_does_not_help(visit: Visit) -> None:
    page = visit.page
    visit.go("")
    assert page.locator("html").get_attribute("dir") == text_direction(visit.locale)
    page.get_by_role("combobox").fill(visit.words.query)
    page.get_by_role("combobox").press("Enter")
    page.locator(".result-title a").first.click()
    expect(page.locator(".article h1")).to_be_visible()
    page.locator("#helpful button[value=no]").click()
    page.locator("#helpful input[type=radio]").first.check()
    page.locator("#helpful .button.primary").click()
    expect(page.locator(".helpful-thanks")).to_be_visible()
    page.locator(".site-contact").click()


def _ask(visit: Visit, folder: Path) -> None:
    page = visit.page
    write_question(visit)
    receipt = folder / "receipt.txt"
    receipt.write_text("Order 4711", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(receipt)
    page.locator(".contact-go .button.primary").click()
    expect(page.locator(".suggested-item").first).to_be_visible()
    page.locator(".suggested-item summary").first.click()
    expect(page.locator(".suggested-body").first).to_be_visible()
    page.locator("form[action$='/contact/answered'] .button").click()
    page.locator("form[action$='/answered/undo'] .button:not(a)").click()
    page.locator("#email").fill(REQUESTER)
    visit.site.pass_time(seconds=20)
    page.locator(".contact-form .button.primary").click()
    expect(page.locator(".sent-mark")).to_be_visible()


def _open_from_mail(visit: Visit, link: str) -> None:
    """Open a link of the newest mail; the frame around it leads the whole window there."""
    visit.go(f"{visit.site.newest_mail(REQUESTER)}/html")
    visit.go(visit.page.locator(link).first.get_attribute("href") or "")


def _answer(visit: Visit, ticket_id: int) -> None:
    page = visit.page
    visit.go(f"/agent/tickets/{ticket_id}")
    page.locator("#email").fill(DEMO_EMAIL)
    page.locator("#password").fill(DEMO_PASSWORD)
    page.locator(".sign-in .button.primary").click()
    expect(page.locator("#thread")).to_contain_text("receipt.txt")
    page.locator("#reply-body").fill(visit.words.message)
    _open_panel(page, "canned")
    page.locator("#panel-canned button[formaction]").first.click()
    _open_panel(page, "articles")
    page.locator("#panel-articles-find").fill(visit.words.query)
    page.locator("#panel-articles-find").press("Enter")
    page.locator("#panel-articles button[formaction]").first.click()
    assert visit.words.message in page.locator("#reply-body").input_value()
    assert f"/{visit.locale}/articles/" in page.locator("#reply-body").input_value()
    page.locator("#reply-body").fill(page.locator("#reply-body").input_value().replace("{{", "").replace("}}", ""))
    page.locator("#reply-form [data-send]").click()
    expect(page.locator("#thread .message").last).to_contain_text("/articles/")


def _open_panel(page: Page, panel: str) -> None:
    """Open a panel beside the conversation; what is typed is kept on the way."""
    page.locator(f"#reply-form [name=panel][value={panel}]").click()


def _status(site: LiveSite, ticket_id: int) -> Status:
    with site.database():
        return db.session.scalars(select(Ticket.status).where(Ticket.id == ticket_id)).one()
