"""The authorisation matrix, generated from the URL map: every route states a policy and keeps it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.app import create_app
from portal.web.access import policy_of
from tests.conftest import make_settings

POLICIES = {"public", "requester", "agent", "author", "lead", "admin"}
# A value for every converter argument, none of which exists.
VALUES = {
    **dict.fromkeys(
        [
            "ticket_id",
            "mail_id",
            "session_id",
            "learned_id",
            "word_id",
            "evidence_id",
            "event_id",
            "person_id",
            "team_id",
            "identity_id",
        ],
        999_999,
    ),
    **dict.fromkeys(["slug", "key", "token", "public_id", "file_id", "tab"], "none"),
    "locale": "en",
    "content_locale": "en",
    "number": 1,
    "reference": "HX-NONE42",
    "digest": "0" * 64,
    "name": "none.svg",
}


def routes(app: Flask):
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, policy_of(app.view_functions[rule.endpoint])


def path_of(app: Flask, rule) -> str:
    values = {name: VALUES[name] for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_every_route_states_its_policy(app: Flask):
    silent = [rule.rule for rule, _method, policy in routes(app) if policy not in POLICIES]
    assert silent == []


def test_what_is_under_agent_is_for_agents(app: Flask):
    open_to_all = {"agents.show_sign_in", "agents.create_session", "agent_tickets.show_styleguide"}
    loose = [
        rule.endpoint
        for rule, _method, policy in routes(app)
        if rule.rule.startswith("/agent") and policy in {"public", "requester"} and rule.endpoint not in open_to_all
    ]
    assert loose == []


def test_a_stranger_gets_into_no_agent_route(app: Flask, client: FlaskClient):
    for rule, method, policy in routes(app):
        if policy in {"public", "requester"}:
            continue
        response = client.open(path_of(app, rule), method=method)
        assert response.status_code in {303, 401}, (rule.rule, method, response.status_code)
        assert "sign-in" in response.headers.get("Location", "sign-in")


def test_a_stranger_gets_into_no_requester_route(app: Flask, client: FlaskClient):
    for rule, method, policy in routes(app):
        if policy != "requester":
            continue
        response = client.open(path_of(app, rule), method=method)
        # A reply that was typed comes back with the page; everything else is sent there.
        offered = response.headers.get("Location", "") + response.get_data(as_text=True)
        assert response.status_code in {303, 403}, (rule.rule, method)
        assert "/requests?expired" in offered or "This link has expired" in offered


def test_an_agent_gets_404_for_what_does_not_exist(app: Flask, agent_client: FlaskClient):
    for rule, method, policy in routes(app):
        if policy != "agent" or "ticket_id" not in rule.arguments:
            continue
        response = (
            agent_client.open(path_of(app, rule), method=method)
            if method == "GET"
            else agent_client.post(path_of(app, rule))
        )
        assert response.status_code == 404, (rule.rule, method, response.status_code)


def test_a_route_without_policy_answers_nobody(app: Flask):
    other = create_app(app.extensions["settings"])
    other.add_url_rule("/silent", "silent", lambda: "secret")
    other.testing = False
    assert other.test_client().get("/silent").status_code == 500


def test_demo_pages_do_not_exist_outside_the_demo(app: Flask):
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/demo")]


def test_demo_pages_exist_in_the_demo(instance_dir):
    demo = create_app(make_settings(instance_dir, environment="demo"))
    assert demo.test_client().get("/demo/mailbox").status_code == 200


@pytest.mark.parametrize("path", ["/tlh/", "/xx-YY/contact", "/cs/"])
def test_a_locale_without_content_is_not_found(client: FlaskClient, path: str):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "target"), [("/pt-br/", "/pt-BR/"), ("/zh-cn/", "/zh-Hans/"), ("/EN/contact?a=1", "/en/contact?a=1")]
)
def test_a_locale_in_another_spelling_redirects(client: FlaskClient, path: str, target: str):
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (301, target)
