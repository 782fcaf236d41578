"""What every answer carries, and what public pages do not."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import ServiceUnavailable

from portal.app import create_app
from portal.web.access import public
from tests.conftest import make_settings

PUBLIC = ["/en/", "/en/search?q=anything", "/en/contact", "/en/nothing-here", "/robots.txt"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_set_no_cookie(client: FlaskClient, path: str):
    assert "Set-Cookie" not in client.get(path).headers


@pytest.mark.parametrize("path", [*PUBLIC, "/agent/sign-in"])
def test_the_content_policy_allows_our_own_files_only(client: FlaskClient, path: str):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_private_pages_are_stored_nowhere(agent_client):
    assert agent_client.get("/agent/account").headers["Cache-Control"] == "no-store"


def test_https_brings_hsts_and_host_cookies(instance_dir):
    app = create_app(make_settings(instance_dir, base_url="https://help.example"))
    response = app.test_client().post("/theme", data={"theme": "dark"})
    assert "max-age" in response.headers["Strict-Transport-Security"]
    assert response.headers["Set-Cookie"].startswith("__Host-theme=dark; ")
    assert "Secure" in response.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_redirect_never_leaves_us(client: FlaskClient, target: str):
    assert client.post("/theme", data={"theme": "dark", "next": target}).headers["Location"] == "/"


def test_the_first_visit_goes_to_the_browsers_language(client: FlaskClient):
    response = client.get("/", headers={"Accept-Language": "fr-CA, en;q=0.8"})
    assert response.headers["Location"] == "/fr/"
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/EN/articles/a%3Fb%23c%25", "/en/articles/a%3Fb%23c%25"),
        ("/EN/articles/a%0d%0ab", "/en/articles/a%0D%0Ab"),
        ("/PT-br/articles/%C3%A7?q=%C3%A7&r=a+b", "/pt-BR/articles/%C3%A7?q=%C3%A7&r=a+b"),
        ("/EN/search?q=a", "/en/search?q=a"),
    ],
)
def test_another_spelling_of_the_locale_leads_to_the_same_address(client: FlaskClient, path: str, location: str):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (301, location)


def test_a_refused_method_says_which_are_allowed(client: FlaskClient):
    answer = client.post("/en/")
    assert answer.status_code == 405
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))
    assert answer.headers.get_all("Content-Type") == ["text/html; charset=utf-8"]


def test_an_error_says_when_to_try_again(client: FlaskClient, app, monkeypatch: pytest.MonkeyPatch):
    def overloaded(**_values: object) -> None:
        raise ServiceUnavailable(retry_after=30)

    monkeypatch.setitem(app.view_functions, "web.show_health", public(overloaded))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def test_an_unknown_host_is_refused(instance_dir):
    app = create_app(make_settings(instance_dir, trusted_hosts=["Help.example"]))
    assert app.test_client().get("/healthz", base_url="http://evil.example").status_code == 400
    assert app.test_client().get("/healthz", base_url="http://help.example").status_code == 200


def test_static_files_are_hashed_compressed_and_immutable(client: FlaskClient, app):
    address = app.extensions["assets"].url("site.css")
    response = client.get(address, headers={"Accept-Encoding": "br"})
    response.close()
    assert response.headers["Content-Encoding"] == "br"
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get("/static/site.css").status_code == 404


def test_readiness_names_its_checks(client: FlaskClient):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["checks"]["worker"]["alive"] is False
