"""Similar solved tickets: which are found, what is shown of them, and how the index follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, update

from portal.clock import utcnow
from portal.database import db
from portal.mail.models import OutboxMail
from portal.search.engine import SearchEngine
from portal.tickets import actions, similar_following
from portal.tickets.article_links import linked_addresses, linked_article_ids
from portal.tickets.models import MagicLink, Message, Note, Rating, Status, Ticket, TicketEvent
from portal.tickets.queries import visible_tickets
from portal.tickets.satisfaction import record_answer
from portal.tickets.similar import similar_tickets, telling_line
from tests.agents import fresh_requests as requests_of_tests
from tests.factories import make_agent, make_person, make_translation
from tests.tickets.agent_cases import FRAGMENT, open_ticket, write_as_requester

fresh_requests = requests_of_tests.fresh_requests

SUBJECT = "Controller does not pair"
BODY = "My controller blinks and will not pair with the console since the update."
REPLY = "Hello Noor,\n\nhold the round button for ten seconds until the controller blinks white, then pair it again."

Find = Callable[[Ticket], list[str]]


@pytest.fixture
def find(app: Flask) -> Find:
    """Has the index follow, then gives the references of what is similar."""

    def similar(ticket: Ticket) -> list[str]:
        return [found.reference for found in similar_tickets(followed(app), ticket) or ()]

    return similar


def followed(app: Flask) -> SearchEngine:
    engine: SearchEngine = app.extensions["solved_tickets"]
    db.session.commit()
    similar_following.follow(engine, now=utcnow(), wait=True)
    engine.before_search = None
    return engine


def replied(reply: str = REPLY, status: Status = Status.PENDING, **values: str) -> Ticket:
    """A ticket that an agent answered."""
    ticket = open_ticket(**{"subject": SUBJECT, "body": BODY, **values})
    actions.send_reply(
        ticket,
        agent=make_agent(),
        body=reply,
        status_after=status,
        last_seen_message_id=10**6,
        idempotency_key=f"reply-{ticket.id}",
        now=utcnow(),
    )
    return ticket


def solved(reply: str = REPLY, **values: str) -> Ticket:
    """A ticket whose requester said that the reply solved it."""
    ticket = replied(reply, **values)
    record_answer(ticket, is_solved=True, now=utcnow())
    return ticket


def test_a_ticket_that_its_requester_called_solved_is_found(find):
    before = solved()

    assert find(open_ticket(subject="Controller will not pair", body=BODY)) == [before.reference]


def test_what_was_closed_after_its_solution_counts_and_what_was_only_called_solved_by_an_agent_does_not(find):
    closed, unconfirmed = replied(status=Status.SOLVED), replied(status=Status.SOLVED)
    actions.change_status(closed, Status.CLOSED, agent=make_agent(), now=utcnow())
    dropped = replied()
    actions.change_status(dropped, Status.CLOSED, agent=make_agent(), now=utcnow())

    assert unconfirmed.status is Status.SOLVED
    assert find(open_ticket(subject=SUBJECT, body=BODY)) == [closed.reference]


def test_a_ticket_that_opens_again_leaves_until_its_new_solution_stands(find):
    before, ticket = solved(), open_ticket(subject=SUBJECT, body=BODY)
    assert find(ticket) == [before.reference]

    write_as_requester(before, "It blinks again.")
    assert find(ticket) == []

    actions.change_status(before, Status.SOLVED, agent=make_agent(), now=utcnow())
    assert find(ticket) == []
    actions.change_status(before, Status.CLOSED, agent=make_agent(), now=utcnow())
    assert find(ticket) == [before.reference]


def test_an_erased_ticket_leaves_the_index_and_the_disk_without_any_event(app, find):
    before, ticket = solved(), open_ticket(subject=SUBJECT, body=BODY)
    assert find(ticket) == [before.reference]
    ticket_id = before.id
    for table in (Message, TicketEvent, Rating, MagicLink, OutboxMail):
        db.session.execute(delete(table).where(table.ticket_id == ticket_id))
    db.session.expunge_all()
    db.session.execute(delete(Ticket).where(Ticket.id == ticket_id))

    assert find(db.session.get_one(Ticket, ticket.id)) == []
    assert ticket_id not in followed(app).folder.snapshot("en").article_ids


def test_the_ticket_itself_and_what_is_about_other_things_are_not_similar(find):
    itself = solved()
    solved(subject="Invoice for March", body="Where do I find the invoice for my March order?", reply="Under Orders.")

    assert find(itself) == []


def test_of_several_with_one_subject_one_stands_for_all(find):
    first, _second = solved(), solved()
    other = solved(subject="Controller will not pair at all")

    assert set(find(open_ticket(subject=SUBJECT, body=BODY))) == {first.reference, other.reference}


def test_what_stands_in_internal_notes_is_not_in_the_index(app, find):
    before = solved(subject="Question", body="Something about my order.")
    actions.add_note(before, agent=make_agent(), body="Zanzibar warehouse fraud.", idempotency_key="note", now=utcnow())

    assert find(open_ticket(subject="Zanzibar warehouse", body="Zanzibar warehouse fraud.")) == []
    stored = followed(app).folder.snapshot("en").sections(0)
    assert db.session.query(Note).count() == 1
    assert "Zanzibar" not in str(stored)


def test_agents_see_subject_reference_solution_and_linked_articles_beside_the_ticket(app, agent_client):
    article = make_translation(title="Pair a controller", slug="pair-a-controller")
    link = f"http://localhost/en/articles/{article.slug}"
    before = solved(f"{REPLY}\n\nPair a controller\n{link}.")
    ticket = open_ticket(subject=SUBJECT, body=BODY)
    followed(app)

    panel = agent_client.get(f"/agent/tickets/{ticket.id}?panel=suggested", headers=FRAGMENT).text

    assert "Similar solved tickets" in panel
    assert f'href="/agent/tickets/{before.id}' in panel
    assert before.reference in panel
    assert "hold the round button for ten seconds" in panel
    assert "Hello Noor" not in panel
    assert 'href="/en/articles/pair-a-controller"' in panel


def test_the_panel_says_when_nothing_is_similar_and_works_without_an_index(app, agent_client):
    ticket = open_ticket()
    app.extensions["solved_tickets"].before_search = None

    panel = agent_client.get(f"/agent/tickets/{ticket.id}?panel=suggested", headers=FRAGMENT)

    assert panel.status_code == 200
    assert "Solved tickets cannot be searched just now." in panel.text
    followed(app)
    again = agent_client.get(f"/agent/tickets/{ticket.id}?panel=suggested", headers=FRAGMENT)
    assert "No ticket like this one has been solved yet." in again.text


def test_what_agents_may_not_read_is_not_shown_even_if_the_index_has_it(app, agent_client, monkeypatch):
    before, ticket = solved(), open_ticket(subject=SUBJECT, body=BODY)
    engine = followed(app)
    assert [found.ticket_id for found in similar_tickets(engine, ticket)] == [before.id]

    monkeypatch.setattr(
        "portal.tickets.similar.visible_tickets", lambda: visible_tickets().where(Ticket.id != before.id)
    )
    assert similar_tickets(engine, ticket) == []

    monkeypatch.undo()
    db.session.execute(update(Ticket).where(Ticket.id == before.id).values(status=Status.OPEN))
    assert similar_tickets(engine, ticket) == []


def test_the_panel_takes_few_database_queries(app, agent_client, count_queries):
    for number in range(4):
        make_translation(title=f"Pair {number}", slug=f"pair-{number}")
        solved(f"{REPLY}\nhttp://localhost/en/articles/pair-{number}", subject=f"{SUBJECT} {number}")
    ticket = open_ticket(subject=SUBJECT, body=BODY)
    engine = followed(app)
    _ = ticket.messages[0].body

    with count_queries() as statements:
        found = similar_tickets(engine, ticket)

    assert len(found) == 3
    assert all(each.articles for each in found)
    assert len(statements) <= 5, statements


def test_the_index_is_built_where_there_is_none_and_mended_where_it_is_damaged(app, find):
    before, ticket = solved(), open_ticket(subject=SUBJECT, body=BODY)
    engine: SearchEngine = app.extensions["solved_tickets"]
    assert similar_following.is_behind(engine)
    assert find(ticket) == [before.reference]
    assert not similar_following.is_behind(engine)

    (engine.folder.root / "current").write_text("nonsense")
    assert find(ticket) == [before.reference]


def test_a_machine_without_a_worker_helps_itself_once_a_minute(app, monkeypatch):
    helped: list[str] = []
    monkeypatch.setattr("portal.app.jobs.run_here", helped.append)
    engine: SearchEngine = app.extensions["solved_tickets"]

    engine.before_search()
    engine.before_search()

    assert helped == [similar_following.FOLLOW_JOB]


def test_every_language_is_found_in_its_own(find):
    requester = make_person(locale="ja")
    before = solved(
        requester=requester,
        subject="コントローラーが接続できません",
        body="更新してからコントローラーが本体に接続できません。ランプが点滅します。",
        reply="ボタンを十秒間押し続けると、もう一度ペアリングできます。",
    )
    ticket = open_ticket(
        requester=requester, subject="コントローラーの接続", body="コントローラーが本体に接続できません。"
    )

    assert find(ticket) == [before.reference]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (REPLY, "hold the round button for ten seconds until the controller blinks white, then pair it again."),
        ("Done.", "Done."),
        ("", ""),
        ("田中様\n\nボタンを十秒間押し続けてください。", "ボタンを十秒間押し続けてください。"),
        ("Guten Tag Silke Aumüller-Oberhauser,\n\ndas Geld kommt am Freitag an.", "das Geld kommt am Freitag an."),
        ("Hi!\n" + "word " * 100, "word " * 31 + "word…"),
    ],
)
def test_the_line_shown_of_a_reply_is_no_greeting(body, line):
    assert telling_line(body) == line


def test_links_to_our_articles_are_read_from_replies_and_others_are_not(app):
    article = make_translation(slug="get-a-refund")
    text = "See http://localhost/en/articles/get-a-refund#cards, and http://elsewhere.example/en/articles/x-y."
    in_japanese = "http://localhost/ja/articles/get-a-refund\nhttp://localhost/ja/articles/none"

    assert linked_addresses(text) == [("en", "get-a-refund")]
    assert linked_article_ids([text, in_japanese, "none"]) == {
        text: [article.article_id],
        in_japanese: [article.article_id],
        "none": [],
    }
