"""The whole way by keyboard: find an answer, ask, be answered, say whether it was solved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from portal.database import db
from portal.demo.seeding import DEMO_EMAIL, DEMO_PASSWORD
from portal.knowledge_base.models import ArticleFeedback
from portal.search.models import SuggestionImpression, SuggestionVerdict
from portal.tickets.models import Status, Ticket
from tests.browser.conftest import OpenWindow
from tests.browser.live_site import LiveSite
from tests.browser.pages import REQUESTER, Visit, write_question

MOST_TABS = 60


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, as somebody without a mouse does."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{target} is not reached with Tab")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Go to `target` with Tab and press a key there."""
    tab_to(page, target)
    page.keyboard.press(key)


def sent_ticket() -> Ticket:
    """The ticket that the story opened."""
    return db.session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()


@pytest.fixture
def asked(site: LiveSite, window: OpenWindow) -> Visit:
    """A request has been sent by script and by mouse; the requester is at the page that says so."""
    visit = Visit(site, window(), "en")
    visit.go("contact")
    write_question(visit)
    visit.submit()
    visit.page.locator("#email").fill(REQUESTER)
    site.pass_time(seconds=20)
    visit.submit()
    expect(visit.page.get_by_role("heading", level=1)).to_be_focused()
    return visit


def test_search_article_and_feedback_by_keyboard(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(), "en")
    page = visit.page
    visit.go("")
    field = page.get_by_role("combobox")
    tab_to(page, field)
    page.keyboard.type("refund", delay=20)
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    active = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    expect(active).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_title("Get a refund for a game · Lumen Play Help")
    press(page, page.get_by_role("button", name="No", exact=True))
    expect(page.get_by_role("heading", name="What was missing?")).to_be_focused()
    reasons = page.get_by_role("radio")
    press(page, reasons.first, "Space")
    page.keyboard.press("ArrowDown")
    expect(reasons.nth(1)).to_be_checked()
    press(page, page.locator("#helpful .button.primary"))
    expect(page.get_by_text("Thank you. Your answer helps us improve this article.")).to_be_focused()
    with site.database():
        assert [row.is_helpful for row in db.session.scalars(select(ArticleFeedback))] == [False]
    press(page, page.get_by_role("main").get_by_role("link", name="Contact us"))
    expect(page).to_have_title("Your question · Lumen Play Help")


def test_asking_by_keyboard_with_suggestions_and_a_file(site: LiveSite, window: OpenWindow, tmp_path: Path):
    visit = Visit(site, window(), "en")
    page = visit.page
    visit.go("contact")
    tab_to(page, page.get_by_label("Subject"))
    page.keyboard.type(visit.words.subject)
    page.keyboard.press("Tab")
    page.keyboard.type(visit.words.message)
    suggestion = page.locator(".suggested-item summary").first
    press(page, suggestion)
    expect(page.locator(".suggested-body").first).to_be_visible()
    press(page, page.get_by_role("button", name="This answered my question"))
    expect(page.get_by_role("heading", name="Glad that helped.")).to_be_focused()
    with site.database():
        assert db.session.scalars(select(SuggestionImpression.verdict).distinct()).all() != []
        assert sent_ticket().subject != visit.words.subject
    press(page, page.get_by_role("button", name="Send it anyway"))
    press(page, page.get_by_role("link", name="Change"))
    expect(page.get_by_label("Message")).to_have_value(visit.words.message)

    picture = tmp_path / "receipt.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    page.get_by_label("Attach files").set_input_files(picture)
    expect(page.get_by_role("list", name="Attached files")).to_contain_text("receipt.png")
    page.get_by_label("Subject").press("Enter")
    page.get_by_label("Email").press_sequentially(REQUESTER)
    site.pass_time(seconds=20)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Message sent")).to_be_focused()
    with site.database():
        ticket = sent_ticket()
        assert ticket.subject == visit.words.subject
        assert [file.file_name for file in ticket.messages[0].attachments] == ["receipt.png"]
        verdicts = set(
            db.session.scalars(select(SuggestionImpression.verdict).where(SuggestionImpression.ticket_id == ticket.id))
        )
        assert verdicts == {SuggestionVerdict.REJECTED}


def test_from_the_mail_to_the_request(site: LiveSite, asked: Visit):
    page = asked.page
    reference = page.locator(".reference").inner_text()
    asked.go(site.newest_mail(REQUESTER))
    page.frame_locator(".mail-frame").get_by_role("link", name="View your request").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(asked.words.subject)
    assert reference in page.title()
    assert "link" not in page.url
    page.get_by_label("Reply").fill("I forgot: it was order 4711.")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#reply-state")).to_have_text("Reply sent")
    expect(page.locator("#thread .message")).to_have_count(2)


def test_an_agent_answers_by_keyboard_and_the_requester_says_yes_and_then_not_yet(
    site: LiveSite, asked: Visit, window: OpenWindow
):
    with site.database():
        ticket_id = sent_ticket().id
    _answer_by_keyboard(site, Visit(site, window(), "en"), ticket_id)

    page = asked.page
    asked.go(site.newest_mail(REQUESTER))
    page.frame_locator(".mail-frame").get_by_role("link", name="Yes, it is solved").click()
    expect(page.get_by_role("button", name="Confirm: yes, solved")).to_be_visible()
    assert _status(site, ticket_id) is Status.PENDING
    page.keyboard.press("Shift")
    expect(page.get_by_role("button", name="Send comment")).to_be_visible()
    assert _status(site, ticket_id) is Status.SOLVED

    page.get_by_role("link", name="Change my answer").click()
    page.get_by_role("button", name="Not yet").click()
    expect(page.get_by_label("Reply")).to_be_focused()
    assert _status(site, ticket_id) is Status.OPEN
    page.keyboard.type("The money is still missing.")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#reply-state")).to_contain_text("Reply sent")


def _answer_by_keyboard(site: LiveSite, visit: Visit, ticket_id: int) -> None:
    page = visit.page
    visit.go("/agent/")
    tab_to(page, page.get_by_label("Email"))
    page.keyboard.type(DEMO_EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mine")
    page.keyboard.press("g")
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Unassigned")
    link = page.locator(f"#open-{ticket_id}")
    expect(link).to_be_visible()
    tab_to_row(page, link)
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text(visit.words.subject)

    page.keyboard.press("c")
    press(page, page.locator("#canned-list button.menu-item:visible").first)
    expect(page.locator("#reply-body")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Hello Noor, the money is on its way. ")
    page.keyboard.press("Tab")
    press(page, page.locator("#articles-menu > summary"))
    press(page, page.locator("#articles-find"))
    page.keyboard.type("refund")
    press(page, page.locator("#articles-list [data-insert]").first)
    expect(page.locator("#reply-body")).to_have_value(re.compile(r"^Hello Noor.*\n?http\S+/en/articles/", re.DOTALL))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#written-state")).to_have_text("Reply sent")


def tab_to_row(page: Page, link: Locator) -> None:
    """Press j until the row of `link` is meant."""
    for _ in range(MOST_TABS):
        page.keyboard.press("j")
        if link.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{link} is not reached with j")


def _status(site: LiveSite, ticket_id: int) -> Status:
    with site.database():
        return db.session.scalars(select(Ticket.status).where(Ticket.id == ticket_id)).one()


def test_a_double_click_sends_one_request(site: LiveSite, window: OpenWindow):
    visit = Visit(site, window(), "en")
    visit.go("contact")
    write_question(visit)
    visit.submit()
    visit.page.locator("#email").fill(REQUESTER)
    site.pass_time(seconds=20)
    with site.database():
        before = db.session.scalar(select(func.count(Ticket.id)))
    with visit.page.expect_navigation():
        visit.page.get_by_role("button", name="Send message").dblclick()
    expect(visit.page.get_by_role("heading", name="Message sent")).to_be_visible()
    visit.page.reload()

    with site.database():
        assert db.session.scalar(select(func.count(Ticket.id))) == before + 1
