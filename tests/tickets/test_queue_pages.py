"""The agents' queue: views, counters, filters, pages, and changes of many tickets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.agents.models import Agent
from portal.clock import utcnow
from portal.database import db
from portal.tickets import actions
from portal.tickets.models import Priority, Status, Ticket
from tests.agents import fresh_requests as requests_of_tests
from tests.factories import NOW, make_agent, make_person
from tests.tickets.agent_cases import kinds_of, open_ticket, write_as_requester

fresh_requests = requests_of_tests.fresh_requests


@pytest.fixture(autouse=True)
def _a_monday_morning() -> Iterator[None]:
    """Deadlines follow business hours: at the weekend what was opened two days ago is due with what is new."""
    with clock.frozen(NOW):
        yield


def subjects(page: str) -> list[str]:
    return re.findall(r'<a href="[^"]*" id="open-\d+"[^>]*>([^<]*)</a>', page)


def count_of(page: str, view: str) -> str:
    return re.search(rf'id="count-{view}"[^>]*>(\d+)<', page).group(1)


def solve(ticket: Ticket, agent: Agent) -> None:
    actions.change_status(ticket, Status.SOLVED, agent=agent, now=utcnow())


@pytest.fixture
def tickets(agent_client) -> dict[str, Ticket]:
    """One ticket for each view."""
    me = agent_client.agent
    made = {name: open_ticket(subject=name) for name in ("mine", "unassigned", "theirs", "awaiting", "solved")}
    made["urgent"] = open_ticket(subject="urgent", priority=Priority.URGENT)
    actions.assign_ticket(made["mine"], me, agent=me, now=utcnow())
    for name in ("theirs", "urgent", "awaiting"):
        actions.assign_ticket(made[name], make_agent(), agent=me, now=utcnow())
    actions.change_status(made["awaiting"], Status.PENDING, agent=me, now=utcnow())
    solve(made["solved"], me)
    return made


@pytest.mark.parametrize("view", ["mine", "unassigned", "urgent", "awaiting", "solved"])
def test_each_view_shows_its_tickets(agent_client, tickets, view: str):
    assert subjects(agent_client.get(f"/agent/tickets?view={view}").text) == [view]


def test_all_shows_everything_and_counters_count_what_there_is_to_do(agent_client, tickets):
    page = agent_client.get("/agent/tickets?view=all").text

    assert len(subjects(page)) == 6
    assert [count_of(page, view) for view in ("mine", "unassigned", "urgent", "awaiting")] == ["1", "1", "1", "1"]
    assert 'id="count-solved"' not in page


def test_counters_come_from_one_query(agent_client, tickets, count_queries):
    with count_queries() as statements:
        agent_client.get("/agent/tickets?view=urgent")

    assert sum("count(" in statement.lower() for statement in statements) == 1
    assert len(statements) <= 10, statements


def test_the_number_of_queries_does_not_grow_with_the_rows(agent_client, count_queries):
    for number in range(30):
        ticket = open_ticket(requester=make_person(name=""))
        actions.change_tags(ticket, [f"tag{number}"], agent=agent_client.agent, now=utcnow())
    db.session.expunge_all()

    with count_queries() as statements:
        page = agent_client.get("/agent/tickets?view=unassigned").text

    assert len(subjects(page)) == 30
    assert len(statements) <= 10, statements


def test_without_a_wish_an_agent_sees_their_own_tickets_or_those_of_nobody(agent_client):
    ticket = open_ticket()
    assert '<h1 id="list-title" tabindex="-1">Unassigned' in agent_client.get("/agent/tickets").text

    actions.assign_ticket(ticket, agent_client.agent, agent=agent_client.agent, now=utcnow())
    assert '<h1 id="list-title" tabindex="-1">Mine' in agent_client.get("/agent/tickets").text


def test_the_start_leads_to_the_queue(agent_client):
    assert agent_client.get("/agent/").location == "/agent/tickets"


def test_an_empty_view_says_so(agent_client):
    assert "Nothing waiting here." in agent_client.get("/agent/tickets?view=urgent").text
    assert "No tickets match." in agent_client.get("/agent/tickets?view=urgent&q=zebra").text


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("gift card", True), ("GIFT", True), ("noor", True), ("noor@example.net", True), ("{reference}", True),
        ("{end}", True), ("100%", True), ("%", True), ("_", False), ("100_", False), ("zebra", False),
    ],
)  # fmt: skip
def test_search_looks_at_subject_reference_and_requester(agent_client, query: str, is_found: bool):
    requester = make_person(name="Noor Haddad", email="noor@example.net")
    ticket = open_ticket(subject="Gift card 100% broken", requester=requester)
    text = query.format(reference=ticket.reference.lower(), end=ticket.reference[3:])

    found = subjects(agent_client.get("/agent/tickets", query_string={"q": text}).text)

    assert bool(found) is is_found


def test_filters_narrow_a_view(agent_client):
    me = agent_client.agent
    high = open_ticket(subject="high", priority=Priority.HIGH)
    tagged = open_ticket(subject="tagged")
    open_ticket(subject="arabic", requester=make_person(locale="ar"))
    actions.change_tags(tagged, ["vip"], agent=me, now=utcnow())
    actions.change_status(high, Status.OPEN, agent=me, now=utcnow())

    for narrowing, expected in [
        ("priority=high", "high"),
        ("tag=vip", "tagged"),
        ("locale=ar", "arabic"),
        ("status=open", "high"),
    ]:
        assert subjects(agent_client.get(f"/agent/tickets?view=unassigned&{narrowing}").text) == [expected]


def test_what_is_due_first_stands_first_and_the_order_can_be_changed(agent_client):
    old = utcnow() - timedelta(days=2)
    open_ticket(subject="later", now=utcnow())
    first = open_ticket(subject="first", now=old)
    write_as_requester(first)

    assert subjects(agent_client.get("/agent/tickets?view=unassigned").text) == ["first", "later"]
    first.updated_at = old
    db.session.commit()
    assert subjects(agent_client.get("/agent/tickets?view=unassigned&sort=updated").text) == ["later", "first"]


@pytest.mark.parametrize("address", ["view=unassigned", "view=unassigned&sort=updated", "view=all"])
def test_paging_shows_every_ticket_once_and_leads_back(agent_client, address: str):
    now = utcnow()
    for number in range(60):
        open_ticket(subject=f"ticket {number}", now=now - timedelta(minutes=number // 3))

    first = agent_client.get(f"/agent/tickets?{address}").text
    next_url = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    second = agent_client.get(next_url).text

    assert len(subjects(first)) == 50
    assert len(set(subjects(first) + subjects(second))) == 60
    back = re.search(r'rel="prev" href="([^"]+)"', second).group(1).replace("&amp;", "&")
    assert subjects(agent_client.get(back).text) == subjects(first)


def test_subjects_and_names_are_text_and_never_markup(agent_client):
    evil = "<img src=x onerror=alert(1)>"
    open_ticket(subject=evil, requester=make_person(name=evil))

    page = agent_client.get("/agent/tickets?view=unassigned").text

    assert evil not in page
    assert page.count("&lt;img src=x") >= 2


def test_selected_tickets_become_mine_and_that_can_be_undone(agent_client):
    mine, other = open_ticket(), open_ticket()
    colleague = make_agent()
    actions.assign_ticket(other, colleague, agent=colleague, now=utcnow())

    response = agent_client.post(
        "/agent/tickets/changes?view=unassigned", data={"ticket": [mine.id, other.id], "change": "assign"}
    )

    assert response.status_code == 303
    assert (mine.assignee, other.assignee) == (agent_client.agent, agent_client.agent)
    page = agent_client.get(response.location).text
    assert "2 assigned to you" in page
    undo = re.search(r'name="undo" value="([^"]+)"', page).group(1)

    undone = agent_client.post("/agent/tickets/changes/undo?view=unassigned", data={"undo": undo})
    assert (mine.assignee, other.assignee) == (None, colleague)
    assert "2 put back" in agent_client.get(undone.location).text


def test_undo_leaves_alone_what_was_changed_again(agent_client):
    ticket, colleague = open_ticket(), make_agent()
    done = agent_client.post("/agent/tickets/changes", data={"ticket": ticket.id, "change": "assign"})
    undo = re.search(r'name="undo" value="([^"]+)"', agent_client.get(done.location).text).group(1)
    actions.assign_ticket(ticket, colleague, agent=colleague, now=utcnow())

    agent_client.post("/agent/tickets/changes/undo", data={"undo": undo})

    assert ticket.assignee == colleague


def test_a_forged_undo_is_refused(agent_client):
    ticket = open_ticket()
    assert (
        agent_client.post(
            "/agent/tickets/changes/undo", data={"undo": f'["assign","me",[[{ticket.id},"1"]]]'}
        ).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("change", "said", "check"),
    [
        ({"change": "status", "status": "solved"}, "1 set to Solved", lambda t: t.status is Status.SOLVED),
        (
            {"change": "priority", "priority": "urgent"},
            "1 set to priority Urgent",
            lambda t: t.priority is Priority.URGENT,
        ),
        ({"change": "tag", "tag": " VIP "}, "1 tagged vip", lambda t: [tag.name for tag in t.tags] == ["vip"]),
    ],
)
def test_status_priority_and_tag_are_set_and_recorded(agent_client, change: dict[str, str], said: str, check):
    ticket = open_ticket()

    response = agent_client.post("/agent/tickets/changes?view=all", data={"ticket": ticket.id, **change})

    assert said in agent_client.get(response.location).text
    assert check(ticket)
    assert len(kinds_of(ticket)) == 2


def test_a_ticket_that_cannot_change_does_not_hold_up_the_others(agent_client):
    closed, fine = open_ticket(), open_ticket()
    actions.change_status(closed, Status.CLOSED, agent=agent_client.agent, now=utcnow())

    response = agent_client.post(
        "/agent/tickets/changes", data={"ticket": [closed.id, fine.id, 999_999], "change": "status", "status": "solved"}
    )

    page = agent_client.get(response.location).text
    assert "1 set to Solved" in page
    assert "2 tickets could not be changed." in page
    assert fine.status is Status.SOLVED


def test_a_number_that_no_ticket_can_have_does_not_stop_the_others(agent_client):
    ticket = open_ticket()

    response = agent_client.post(
        "/agent/tickets/changes", data={"ticket": [ticket.id, "9" * 25, 2**31], "change": "assign"}
    )

    assert response.status_code == 303
    assert ticket.assignee == agent_client.agent


def test_a_ticket_that_the_database_refuses_does_not_hold_up_the_others(agent_client, monkeypatch):
    first, second = open_ticket(), open_ticket()
    change = actions.change_tags

    def refuse_first(ticket: Ticket, *arguments, **values) -> None:
        if ticket.id == first.id:
            raise IntegrityError("insert into tag", {}, Exception("a colleague made the same tag"))
        change(ticket, *arguments, **values)

    monkeypatch.setattr(actions, "change_tags", refuse_first)
    response = agent_client.post(
        "/agent/tickets/changes", data={"ticket": [first.id, second.id], "change": "tag", "tag": "vip"}
    )

    assert "1 ticket could not be changed." in agent_client.get(response.location).text
    assert [tag.name for tag in second.tags] == ["vip"]


@pytest.mark.parametrize("number", ["9" * 25, "9" * 5000, "-1", "x"])
def test_what_an_address_counts_is_no_error(agent_client, number: str):
    address = f"/agent/tickets?view=all&done=tag&value=vip&n={number}&refused={number}"

    assert agent_client.get(address).status_code == 200


@pytest.mark.parametrize(
    "data",
    [{}, {"change": "assign"}, {"ticket": "1"}, {"ticket": "x", "change": "assign"},
     {"ticket": "1", "change": "status"},
     {"ticket": "1", "change": "status", "status": "closed"}, {"ticket": "1", "change": "delete"},
     {"ticket": "1", "change": "tag", "tag": "a, b"}],
)  # fmt: skip
def test_nothing_selected_or_chosen_changes_nothing(agent_client, data: dict[str, str]):
    ticket = open_ticket()

    response = agent_client.post("/agent/tickets/changes", data=data)

    assert "Nothing changed." in agent_client.get(response.location).text
    assert kinds_of(ticket) == ["opened"]


def test_what_an_address_claims_was_done_is_text(agent_client):
    page = agent_client.get("/agent/tickets?view=all&done=tag&n=1&value=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text

    assert "<script>alert" not in page


def test_news_of_the_list_are_counted_and_counters_renewed(agent_client):
    open_ticket(now=utcnow() - timedelta(hours=1))
    since = (utcnow() - timedelta(minutes=1)).isoformat()
    address = {"view": "unassigned", "since": since}
    assert "Show" not in agent_client.get("/agent/tickets/updates", query_string=address).text

    open_ticket()
    fragment = agent_client.get("/agent/tickets/updates", query_string=address, headers={"HX-Request": "true"}).text

    assert "1 update · Show" in fragment
    assert count_of(fragment, "unassigned") == "2"
    assert "<html" not in fragment


@pytest.mark.parametrize(
    "since",
    ["", "yesterday", "2026-01-01T00:00:00", "9" * 400, "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"],
)
def test_a_senseless_instant_is_no_error(agent_client, since: str):
    assert agent_client.get("/agent/tickets/updates", query_string={"since": since}).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U"])
def test_a_senseless_cursor_is_no_error(agent_client, cursor: str):
    assert agent_client.get(f"/agent/tickets?view=all&cursor={cursor}").status_code == 200


def test_strangers_see_nothing(client):
    assert client.get("/agent/tickets").status_code == 303
    assert client.get("/agent/tickets/updates", headers={"HX-Request": "true"}).status_code == 401
    assert client.post("/agent/tickets/changes", data={"ticket": 1, "change": "assign"}).status_code == 401


def test_the_style_guide_opens_in_development(client):
    assert client.get("/agent/styleguide").status_code == 200
