"""Results that people opened: recorded when it is certain what was searched, evidence when they searched no further."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal import clock
from portal.database import db
from portal.search.actions import LoggedSearch, log_search
from portal.search.learning.models import EvidenceSource, ResultOpening
from portal.search.learning.openings import judge_openings, record_opening
from portal.search.models import SearchQuery, SearchSurface
from portal.search.rankers import RANKER_VERSION
from tests.factories import NOW, make_ticket, make_translation
from tests.search.learning.evidence import all_evidence

VISIT = "a1b2c3d4" * 4


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    clock.freeze(NOW)
    yield
    clock.freeze(None)


def search_for(text: str, *, minutes: float = 0, visit: str = VISIT) -> None:
    entry = LoggedSearch(visit=visit, surface=SearchSurface.RESULTS, locale="en", text=text, result_count=3)
    log_search(entry, now=NOW + timedelta(minutes=minutes))


def open_result(text: str, article_id: int, *, minutes: float = 1, visit: str = VISIT, giver: str = "g") -> bool:
    at = NOW + timedelta(minutes=minutes)
    return record_opening(visit, text, article_id, position=2, giver=giver, now=at)


def judge(*, minutes: float = 30) -> list[bool | None]:
    clock.freeze(NOW + timedelta(minutes=minutes))
    judge_openings()
    return list(db.session.scalars(select(ResultOpening.ended_search).order_by(ResultOpening.id)))


def test_an_opening_after_which_nobody_searched_on_is_weak_evidence(app):
    article_id = make_translation().article_id
    search_for("gift card")
    assert open_result("gift card", article_id)
    assert all_evidence() == []

    assert judge() == [True]

    (evidence,) = all_evidence()
    assert (evidence.source, evidence.article_id, evidence.text) == (EvidenceSource.OPENED, article_id, "gift card")
    assert 0 < evidence.weight < 1
    assert evidence.giver == "g"


def test_it_is_decided_only_when_there_was_time_to_search_on(app):
    search_for("gift card")
    open_result("gift card", make_translation().article_id)
    assert judge(minutes=10) == [None]
    assert judge(minutes=11) == [True]
    assert judge(minutes=60) == [True]
    assert len(all_evidence()) == 1


def test_searching_on_says_that_it_did_not_answer(app):
    search_for("gift card")
    open_result("gift card", make_translation().article_id)
    search_for("voucher", minutes=3)
    assert judge() == [False]
    assert all_evidence() == []


def test_searching_in_another_tab_or_much_later_does_not_count(app):
    search_for("gift card")
    open_result("gift card", make_translation().article_id)
    search_for("voucher", minutes=3, visit="ffffffff")
    search_for("voucher", minutes=25)
    assert judge() == [True]


def test_of_several_opened_results_the_last_one_ended_the_search(app):
    first, second = make_translation().article_id, make_translation().article_id
    search_for("gift card")
    open_result("gift card", first, minutes=1)
    open_result("gift card", second, minutes=2)
    assert judge() == [False, True]


def test_who_wrote_to_us_afterwards_was_not_answered(app):
    search_for("gift card")
    open_result("gift card", make_translation().article_id)
    db.session.execute(update(SearchQuery).values(ticket_id=make_ticket().id))
    db.session.commit()
    assert judge() == [False]


def test_who_writes_to_us_while_it_is_decided_was_not_answered(app):
    search_for("gift card")
    open_result("gift card", make_translation().article_id)
    ticket_id = make_ticket().id
    known = db.session.scalars(select(SearchQuery)).one()
    db.session.commit()
    with db.engine.begin() as elsewhere:
        elsewhere.execute(update(SearchQuery).values(ticket_id=ticket_id))
    assert judge() == [False]
    assert known.ticket_id == ticket_id
    assert all_evidence() == []


def test_evidence_of_searches_goes_when_their_visit_writes_to_us(client: FlaskClient):
    search_for("gift card")
    open_result("gift card", make_translation().article_id)
    judge(minutes=12)
    assert len(all_evidence()) == 1
    form = {"subject": "Gift card", "message": "The article did not help.", "visit": VISIT}
    client.post("/en/contact", data=form)
    clock.freeze(NOW + timedelta(minutes=15))
    page = client.get("/en/contact/details").text
    stamp = page.split('name="shown_at"')[1].split('value="')[1].split('"')[0]
    clock.freeze(NOW + timedelta(minutes=16))

    client.post("/en/contact/details", data={"email": "noor@example.org", "name": "", "shown_at": stamp})

    assert db.session.scalars(select(SearchQuery.ticket_id)).one() is not None
    assert all_evidence() == []


def test_who_gave_it_is_forgotten_once_it_is_decided(app):
    search_for("gift card")
    open_result("gift card", make_translation().article_id)
    judge()
    opening = db.session.scalars(select(ResultOpening)).one()
    assert (opening.giver, opening.position, opening.ranker_version) == ("", 2, RANKER_VERSION)


def test_opening_it_again_counts_as_opening_it_the_second_time(app):
    article_id = make_translation().article_id
    search_for("gift card")
    open_result("gift card", article_id, minutes=1)
    open_result("gift card", article_id, minutes=5)
    db.session.expire_all()
    assert judge(minutes=14) == [None]


@pytest.mark.parametrize(
    ("visit", "text", "minutes"), [("ffffffff", "gift card", 1), (VISIT, "voucher", 1), (VISIT, "gift card", 11)]
)
def test_an_opening_of_no_search_just_made_is_not_recorded(app, visit: str, text: str, minutes: int):
    search_for("gift card")
    assert not open_result(text, make_translation().article_id, visit=visit, minutes=minutes)


def test_an_article_that_does_not_exist_is_not_recorded(app):
    search_for("gift card")
    assert not open_result("gift card", 999_999)


# The address that results pages tell ----------------------------------------------------------------------------


def report(client: FlaskClient, **values: object) -> int:
    form = {"visit": VISIT, "q": "gift card", "article": make_translation().article_id, "position": 1, **values}
    return client.post("/en/search/openings", data=form).status_code


def test_a_page_tells_what_was_opened_and_gets_no_cookie(client: FlaskClient):
    search_for("gift card")
    response = client.post(
        "/en/search/openings",
        data={"visit": VISIT, "q": "gift card", "article": make_translation().article_id, "position": 1},
    )
    assert (response.status_code, response.data) == (204, b"")
    assert "Set-Cookie" not in response.headers
    assert db.session.scalars(select(ResultOpening.giver)).one().startswith("network:")


@pytest.mark.parametrize(
    "values",
    [{"visit": "no visit"}, {"visit": ""}, {"q": ""}, {"article": "x"}, {"article": 0}, {"article": 2**40},
     {"position": -1}, {"position": ""}, {"q": "x" * 5_000}],
)  # fmt: skip
def test_odd_reports_are_left_out_without_a_word(client: FlaskClient, values: dict[str, object]):
    search_for("gift card")
    assert report(client, **values) == 204
    assert db.session.scalars(select(ResultOpening.id)).all() == []


def test_another_site_cannot_report_openings(client: FlaskClient):
    search_for("gift card")
    response = client.post("/en/search/openings", data={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


def test_a_flood_of_reports_from_one_address_is_not_recorded(client: FlaskClient):
    search_for("gift card")
    for _number in range(61):
        assert report(client, q="other words") == 204
    assert report(client) == 204
    assert db.session.scalars(select(ResultOpening.id)).all() == []


def test_the_results_page_carries_what_a_report_needs(client: FlaskClient, indexed):
    article_id = make_translation(title="Gift card codes").article_id
    indexed()
    page = client.get("/en/search?q=gift+card").text
    assert 'data-openings="/en/search/openings" data-query="gift card" data-offset="0"' in page
    assert f'data-article="{article_id}"' in page
