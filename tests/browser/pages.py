"""Every page and every state of it, each with the way there. Tests and screenshots walk through this one list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from portal.agents.models import Agent
from portal.database import db
from portal.knowledge_base.models import Article, Translation
from portal.localization import lang_tag
from portal.search.learning.models import FittedModel, LearnedArticle, LearnedWord, LearningEvidence
from portal.tickets.actions import add_requester_message
from portal.tickets.merging import merge_ticket
from portal.tickets.models import Channel, Status, Ticket
from portal.tickets.satisfaction import record_answer
from portal.tickets.surveys import refusal_token
from tests.browser.chromium import Window
from tests.browser.live_site import LiveSite
from tests.browser.mailroom import add_html_mail, copy_mail_to, empty_ledger, fill_ledger
from tests.browser.words import Words, words_in
from tests.factories import NOW, make_topic
from tests.search.learning.evidence import learn

REQUESTER = "noor@example.org"


@dataclass
class Visit:
    """Somebody at a browser, reading in one language."""

    site: LiveSite
    window: Window
    locale: str

    @property
    def page(self) -> Page:
        return self.window.page

    @property
    def words(self) -> Words:
        return words_in(self.locale)

    def go(self, path: str) -> None:
        """Open a path below the language, or a full address."""
        is_whole = path.startswith(("http://", "/"))
        address = path if is_whole else f"/{lang_tag(self.locale)}/{path}"
        self.page.goto(address if address.startswith("http") else self.site.base_url + address)

    def submit(self, button: str = "main form .button.primary") -> None:
        """Press a button, by default that of the page's form, and wait for the next page."""
        with self.page.expect_navigation():
            self.page.locator(button).click()


@dataclass(frozen=True)
class PageState:
    """A page in a state. `locales`: where the state cannot be had in every language, those in which it can."""

    name: str
    open: Callable[[Visit], None]
    locales: tuple[str, ...] = ()

    def locale_near(self, locale: str) -> str:
        """`locale`, or one that the state can be had in."""
        return locale if not self.locales or locale in self.locales else self.locales[0]


def _at(path: str) -> Callable[[Visit], None]:
    return lambda visit: visit.go(path)


# Help ------------------------------------------------------------------------------------------------------------


def _suggestions(visit: Visit) -> None:
    visit.go("")
    visit.page.get_by_role("combobox").press_sequentially(visit.words.beginning)
    expect(visit.page.get_by_role("listbox")).to_be_visible()
    visit.page.get_by_role("combobox").press("ArrowDown")


def _results(words: Callable[[Words], str]) -> Callable[[Visit], None]:
    return lambda visit: visit.go(f"search?q={words(visit.words)}")


def _search_tips(visit: Visit) -> None:
    visit.go(f"search?q={visit.words.query}")
    visit.page.locator(".search-tips > summary").click()
    expect(visit.page.locator(".search-tips code").first).to_be_visible()


def _answered_elsewhere(visit: Visit) -> None:
    """The German help centre has no article about controllers; the English one has."""
    visit.go("search?q=controller verbindet nicht")
    expect(visit.page.locator(".results-group")).to_have_count(2)


def _moved(key: str) -> Callable[[Visit], None]:
    def open_dead_link(visit: Visit) -> None:
        slug = visit.site.article_slug(key, visit.locale) or visit.site.article_slug(key, "en")
        visit.go(f"articles/{slug}-old")
        expect(visit.page.locator(".error-page .article-list").first).to_be_visible()

    return open_dead_link


def _empty_topic(visit: Visit) -> None:
    with visit.site.database():
        make_topic(key="tournaments", names={visit.locale: visit.words.empty_topic})
    visit.go("topics/tournaments")


def _article(key: str) -> Callable[[Visit], None]:
    def open_article(visit: Visit) -> None:
        slug = visit.site.article_slug(key, visit.locale) or visit.site.article_slug(key, "en")
        visit.go(f"articles/{slug}")

    return open_article


def _answer_helpful(visit: Visit, answer: str) -> None:
    _article("get-a-refund")(visit)
    visit.page.locator(f"#helpful button[value={answer}]").click()


def _reasons(visit: Visit) -> None:
    _answer_helpful(visit, "no")
    expect(visit.page.locator("#helpful fieldset")).to_be_visible()


def _thanked(visit: Visit) -> None:
    _answer_helpful(visit, "yes")
    expect(visit.page.locator(".helpful-thanks")).to_be_visible()


def _printed(visit: Visit) -> None:
    _article("reset-your-password")(visit)
    visit.page.emulate_media(media="print")


# Contact ---------------------------------------------------------------------------------------------------------


def write_question(visit: Visit) -> None:
    """Fill in the first page of the form."""
    visit.page.locator("#subject").fill(visit.words.subject)
    visit.page.locator("#message").fill(visit.words.message)


def _suggested(visit: Visit) -> None:
    visit.go("contact")
    write_question(visit)
    expect(visit.page.locator("#suggested .suggested-item").first).to_be_attached()


def _suggested_and_saved(visit: Visit) -> None:
    _suggested(visit)
    expect(visit.page.locator("#draft-state")).not_to_be_empty()


def _question_errors(visit: Visit) -> None:
    visit.go("contact")
    visit.submit()


def _details(visit: Visit) -> None:
    visit.go("contact")
    write_question(visit)
    visit.submit()


def _suggestions_page(visit: Visit) -> None:
    _details(visit)
    visit.go("contact/suggestions")


def _details_errors(visit: Visit) -> None:
    _details(visit)
    visit.page.locator("#email").fill("noor@example")
    visit.submit()


def _restored(visit: Visit) -> None:
    _details(visit)
    visit.site.pass_time(hours=26)
    visit.go("contact")


def _answered(visit: Visit) -> None:
    _suggested(visit)
    box = visit.page.locator(".suggested-box")
    if box.get_attribute("open") is None:
        box.locator("> summary").click()
    visit.submit("#suggested button[formaction]")


def _sent(visit: Visit) -> None:
    _details(visit)
    visit.page.locator("#email").fill(REQUESTER)
    visit.site.pass_time(seconds=30)
    visit.submit()


def _closed(visit: Visit) -> None:
    visit.site.pass_time(days=5)
    visit.go("contact")


# The request page ------------------------------------------------------------------------------------------------


def _request(status: Status, query: str = "", messages: int = 2) -> Callable[[Visit], None]:
    def open_request(visit: Visit) -> None:
        ticket_id = visit.site.ticket_id(status, visit.locale, minimum_messages=messages)
        visit.go(visit.site.request_link(ticket_id, visit.locale) + query)

    return open_request


def _answered_request(*, is_solved: bool) -> Callable[[Visit], None]:
    def open_request(visit: Visit) -> None:
        ticket_id = visit.site.ticket_id(Status.PENDING, visit.locale, minimum_messages=2)
        with visit.site.database():
            record_answer(db.session.get_one(Ticket, ticket_id), is_solved=is_solved, now=NOW)
        visit.go(visit.site.request_link(ticket_id, visit.locale))

    return open_request


def _people_in_copy(visit: Visit) -> None:
    ticket_id = visit.site.ticket_id(Status.PENDING, visit.locale, minimum_messages=2)
    with visit.site.database():
        copy_mail_to("sam@example.org", "kim.a-rather-long-name@department.example.org", ticket_id=ticket_id)
    visit.go(visit.site.request_link(ticket_id, visit.locale))
    with visit.page.expect_navigation():
        visit.page.locator("#people button").first.click()


def _replied(visit: Visit) -> None:
    _request(Status.PENDING)(visit)
    visit.page.locator("#body").fill(visit.words.message)
    visit.page.locator("#reply-form button.primary").click()
    expect(visit.page.locator("#reply-state")).not_to_be_empty()


def _empty_reply(visit: Visit) -> None:
    _request(Status.PENDING)(visit)
    visit.page.locator("#reply-form button.primary").click()
    expect(visit.page.locator("#reply-form .field-error")).to_be_visible()


def _two_requests(visit: Visit) -> None:
    for status in (Status.PENDING, Status.SOLVED):
        _request(status)(visit)
    visit.go("requests")


def _link_sent(visit: Visit) -> None:
    visit.go("requests")
    visit.page.locator("#email").fill(REQUESTER)
    visit.submit()


# Demo ------------------------------------------------------------------------------------------------------------


def _mail(visit: Visit) -> None:
    _sent(visit)
    visit.go(visit.site.newest_mail(REQUESTER))


# Agents ----------------------------------------------------------------------------------------------------------


def _signed_in(path: str) -> Callable[[Visit], None]:
    def open_page(visit: Visit) -> None:
        visit.site.sign_in(visit.window.context, visit.locale)
        visit.go(path)

    return open_page


def _sign_in_error(visit: Visit) -> None:
    visit.go("/agent/sign-in")
    visit.page.locator("#email").fill("demo@lumenplay.example")
    visit.page.locator("#password").fill("not the password")
    visit.submit()


def _account_errors(visit: Visit) -> None:
    _signed_in("/agent/account")(visit)
    visit.submit("#password .button")


def _selected(visit: Visit) -> None:
    _signed_in("/agent/tickets?view=unassigned")(visit)
    for number in (0, 2):
        visit.page.locator("input[name=ticket]").nth(number).check()


def _changed_in_bulk(visit: Visit) -> None:
    _selected(visit)
    visit.page.locator("button[value=assign]").click()
    expect(visit.page.locator("#bulk-status-line")).to_be_visible()


def _queue_updates(visit: Visit) -> None:
    _signed_in("/agent/tickets?view=unassigned")(visit)
    number = visit.page.locator("input[name=ticket]").first.input_value()
    _somebody_writes(visit, int(number))
    visit.page.evaluate("htmx.trigger(document.body, 'tick')")
    expect(visit.page.locator("#updates a")).to_be_visible()


def _ticket(visit: Visit, status: Status = Status.OPEN) -> int:
    ticket_id = visit.site.ticket_id(status, visit.locale, minimum_messages=2)
    _signed_in(f"/agent/tickets/{ticket_id}")(visit)
    return ticket_id


def _ticket_in(status: Status) -> Callable[[Visit], None]:
    def open_ticket(visit: Visit) -> None:
        _ticket(visit, status)

    return open_ticket


def open_composer(visit: Visit, tab: str) -> None:
    """Show the reply or the note, which on narrow screens stands behind a button."""
    opener = visit.page.locator(f"[data-composer-open={tab}]")
    if opener.is_visible():
        opener.click()
    else:
        visit.page.locator(f"#{tab}-tab").click()
    expect(visit.page.locator(f"#{tab}-body")).to_be_visible()


def _similar(visit: Visit) -> None:
    """A ticket that somebody else's solved one answers."""
    ticket_id = visit.site.ticket_id(Status.OPEN, visit.locale, minimum_messages=2)
    with visit.site.database():
        ticket = db.session.get_one(Ticket, ticket_id)
        solved = db.session.scalars(
            select(Ticket).where(
                Ticket.status == Status.CLOSED, Ticket.locale == ticket.locale, Ticket.message_count > 1
            )
        ).first()
        assert solved is not None
        ticket.subject, ticket.messages[0].body = solved.subject, solved.messages[0].body
        db.session.commit()
    _signed_in(f"/agent/tickets/{ticket_id}")(visit)
    expect(visit.page.locator("#panel-suggested .panel-list bdi").first).to_be_visible()


def _note(visit: Visit) -> None:
    _ticket(visit)
    open_composer(visit, "note")
    visit.page.locator("#note-body").fill(visit.words.message)


def _canned(visit: Visit) -> None:
    _ticket(visit)
    open_composer(visit, "reply")
    visit.page.locator("#canned-menu > summary").click()
    expect(visit.page.locator("#canned-list .menu-item").first).to_be_visible()


def _somebody_writes(visit: Visit, ticket_id: int) -> None:
    now = visit.site.pass_time(minutes=1)
    with visit.site.database():
        ticket = db.session.get_one(Ticket, ticket_id)
        add_requester_message(
            ticket,
            body=visit.words.message,
            files=[],
            channel=Channel.PAGE,
            idempotency_key=f"meanwhile-{ticket_id}",
            now=now,
        )


def _conflict(visit: Visit) -> None:
    ticket_id = _ticket(visit)
    open_composer(visit, "reply")
    visit.page.locator("#reply-body").fill(visit.words.message)
    _somebody_writes(visit, ticket_id)
    visit.page.locator("#reply-form [data-send]").click()
    expect(visit.page.locator("#reply-notice .banner")).to_be_visible()


# Learning --------------------------------------------------------------------------------------------------------


def _learned_article(visit: Visit, people: int) -> int:
    """What an article learned from so many people, and no other article anything; its number."""
    with visit.site.database():
        _unlearn()
        translations = {
            translation.locale: translation
            for translation in db.session.scalars(
                select(Translation).join(Article).where(Article.key == "get-a-refund")
            )
        }
        translation = translations.get(visit.locale) or translations["en"]
        return learn(translation, *[visit.words.message] * people).id


def _unlearn() -> None:
    for table in (LearningEvidence, LearnedWord, LearnedArticle, FittedModel):
        db.session.execute(delete(table))
    db.session.commit()


def _nothing_learned(visit: Visit) -> None:
    with visit.site.database():
        _unlearn()
    _signed_in("/agent/learning")(visit)


def _learning_article(people: int) -> Callable[[Visit], None]:
    return lambda visit: _signed_in(f"/agent/learning/{_learned_article(visit, people)}")(visit)


def _learning_decided(visit: Visit) -> None:
    _learning_article(4)(visit)
    visit.page.locator("#words button[value=accepted]").first.click()
    expect(visit.page.locator("#words .learned-said")).to_be_focused()
    visit.page.locator("#questions button[value=refused]").first.click()
    expect(visit.page.locator("#questions .learned-said")).to_be_focused()


def _learning_stopped(visit: Visit) -> None:
    _learning_article(4)(visit)
    visit.submit("#stop button")
    expect(visit.page.locator("#paused")).to_be_visible()


def _mails(*, outcome: str = "") -> Callable[[Visit], None]:
    def go(visit: Visit) -> None:
        with visit.site.database():
            fill_ledger(subject=visit.words.subject)
        _signed_in(f"/agent/mail?outcome={outcome}")(visit)

    return go


def _shown_mail(visit: Visit) -> None:
    with visit.site.database():
        mail_id = add_html_mail(subject=visit.words.subject, text=visit.words.message)
    _signed_in(f"/agent/mail/{mail_id}")(visit)


def _same_person(visit: Visit) -> None:
    ticket_id = visit.site.ticket_id(Status.OPEN, visit.locale)
    with visit.site.database():
        fill_ledger(subject=visit.words.subject)
        requester_id = db.session.get_one(Ticket, ticket_id).requester_id
        other_id = db.session.scalar(select(Ticket.requester_id).where(Ticket.requester_id != requester_id))
    _signed_in(f"/agent/tickets/{ticket_id}/same-person/{other_id}?mail=1")(visit)


def _two_tickets(visit: Visit) -> tuple[Ticket, Ticket]:
    """An open ticket and a waiting one."""
    ids = [visit.site.ticket_id(status, visit.locale) for status in (Status.OPEN, Status.PENDING)]
    with visit.site.database():
        first, second = (db.session.get_one(Ticket, ticket_id) for ticket_id in ids)
        db.session.expunge_all()
    return first, second


def _merge(*, chosen: bool) -> Callable[[Visit], None]:
    def open_page(visit: Visit) -> None:
        ticket, into = _two_tickets(visit)
        _signed_in(f"/agent/tickets/{ticket.id}/merge{f'?reference={into.reference}' if chosen else ''}")(visit)

    return open_page


def _merged(visit: Visit) -> None:
    ticket, _into = _two_tickets(visit)
    _merge(chosen=True)(visit)
    visit.submit()
    visit.go(f"/agent/tickets/{ticket.id}")


def _merged_request(visit: Visit) -> None:
    ticket, into = _two_tickets(visit)
    with visit.site.database():
        found = [db.session.get_one(Ticket, each.id) for each in (ticket, into)]
        merge_ticket(*found, agent=db.session.scalars(select(Agent).limit(1)).one(), now=NOW)
    visit.go(visit.site.request_link(ticket.id, visit.locale))


def _survey_refusal(visit: Visit) -> None:
    with visit.site.database():
        token = refusal_token(db.session.scalars(select(Ticket).limit(1)).one())
    visit.go(f"requests/surveys/{token}")


def _tested_sending(visit: Visit) -> None:
    _signed_in("/agent/mail/mailboxes")(visit)
    visit.submit("#sending .button")


def _no_mails(visit: Visit) -> None:
    with visit.site.database():
        empty_ledger()
    _signed_in("/agent/mail")(visit)


PAGES = (
    PageState("home", _at("")),
    PageState("home-suggestions", _suggestions),
    PageState("results", _results(lambda words: words.query)),
    PageState("results-corrected", _results(lambda words: words.typo)),
    PageState("results-zero", _results(lambda words: "xqzvvkj")),
    PageState("results-other-language", _results(lambda words: words.foreign_query)),
    PageState("results-elsewhere-first", _answered_elsewhere, locales=("de",)),
    PageState("results-phrase", _results(lambda words: f'"{words.query} xqzvvkj"')),
    PageState("results-topic", _at("search?topic=payments")),
    PageState("results-tips", _search_tips),
    PageState("topic", _at("topics/payments")),
    PageState("topic-empty", _empty_topic),
    PageState("article", _article("two-step-sign-in")),
    PageState("article-error-code", _article("error-lp-1042")),
    PageState("article-reasons", _reasons),
    PageState("article-thanked", _thanked),
    PageState("article-fallback", _article("download-your-data"), locales=("fr", "ar", "ja", "es")),
    PageState("article-outdated", _article("get-a-refund"), locales=("de", "ar")),
    PageState("article-printed", _printed),
    PageState("not-found", _at("no-such-page")),
    PageState("not-found-moved", _moved("get-a-refund")),
    PageState("contact-question", _at("contact")),
    PageState("contact-suggestions", _suggested_and_saved),
    PageState("contact-suggestions-page", _suggestions_page),
    PageState("contact-errors", _question_errors),
    PageState("contact-details", _details),
    PageState("contact-details-errors", _details_errors),
    PageState("contact-restored", _restored),
    PageState("contact-answered", _answered),
    PageState("contact-sent", _sent),
    PageState("contact-closed", _closed),
    PageState("requests", _at("requests")),
    PageState("requests-known", _two_requests),
    PageState("requests-sent", _link_sent),
    PageState("request-expired", _at("requests/link/expired")),
    PageState("request-new", _request(Status.NEW, messages=1)),
    PageState("request-waiting", _request(Status.PENDING)),
    PageState("request-solved", _request(Status.SOLVED)),
    PageState("request-confirm", _request(Status.PENDING, "?answer=solved")),
    PageState("request-answered", _answered_request(is_solved=True)),
    PageState("request-reopened", _answered_request(is_solved=False)),
    PageState("request-replied", _replied),
    PageState("request-errors", _empty_reply),
    PageState("request-people", _people_in_copy),
    PageState("request-closed", _request(Status.CLOSED)),
    PageState("request-merged", _merged_request),
    PageState("mailbox", _at("/demo/mailbox")),
    PageState("mailbox-mail", _mail),
    PageState("sign-in", _at("/agent/sign-in")),
    PageState("sign-in-error", _sign_in_error),
    PageState("account", _signed_in("/agent/account")),
    PageState("account-errors", _account_errors),
    PageState("queue", _signed_in("/agent/tickets?view=unassigned")),
    PageState("queue-all", _signed_in("/agent/tickets?view=all")),
    PageState("queue-selected", _selected),
    PageState("queue-changed", _changed_in_bulk),
    PageState("queue-updates", _queue_updates),
    PageState("queue-empty", _signed_in("/agent/tickets?view=urgent&tag=nothing-has-this-tag")),
    PageState("ticket", _ticket_in(Status.OPEN)),
    PageState("ticket-solved", _ticket_in(Status.SOLVED)),
    PageState("ticket-closed", _ticket_in(Status.CLOSED)),
    PageState("ticket-similar", _similar),
    PageState("ticket-note", _note),
    PageState("ticket-canned", _canned),
    PageState("ticket-conflict", _conflict),
    PageState("ticket-merge", _merge(chosen=False)),
    PageState("ticket-merge-chosen", _merge(chosen=True)),
    PageState("ticket-merged", _merged),
    PageState("mail", _mails()),
    PageState("mail-held", _mails(outcome="held")),
    PageState("mail-empty", _no_mails),
    PageState("mail-shown", _shown_mail),
    PageState("same-person", _same_person),
    PageState("mailboxes", _tested_sending),
    PageState("survey-refusal", _survey_refusal),
    PageState("mail-suggestions", _signed_in("/agent/mail/suggestions")),
    PageState("learning", _signed_in("/agent/learning")),
    PageState("learning-empty", _nothing_learned),
    PageState("learning-article", _learning_article(4)),
    PageState("learning-article-too-few", _learning_article(2)),
    PageState("learning-decided", _learning_decided),
    PageState("learning-stopped", _learning_stopped),
    PageState("styleguide", _at("/agent/styleguide")),
)
