"""Settings: every mistake at once, each with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.config import load_settings
from portal.errors import ConfigurationError

GOOD = {"_env_file": None, "secret_key": "x" * 40, "base_url": "https://help.example.com"}


def test_production_refuses_to_start_unconfigured_and_names_every_mistake():
    with pytest.raises(ConfigurationError) as caught:
        load_settings(_env_file=None, environment="production", mail_transport="capture")
    text = str(caught.value)
    assert all(name in text for name in ("PORTAL_SECRET_KEY", "PORTAL_BASE_URL", "PORTAL_MAIL_TRANSPORT"))


def test_mistakes_in_several_variables_come_together():
    with pytest.raises(ConfigurationError) as caught:
        load_settings(**GOOD, time_zone="Mars/Olympus", default_locale="tlh", smtp_port=0)
    text = str(caught.value)
    assert all(name in text for name in ("PORTAL_TIME_ZONE", "PORTAL_DEFAULT_LOCALE", "PORTAL_SMTP_PORT"))


def test_variables_come_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORTAL_BRAND_NAME", "Harbour Help")
    monkeypatch.setenv("PORTAL_BUSINESS_DAYS", "[6, 0, 1]")
    settings = load_settings(**GOOD)
    assert (settings.brand_name, settings.business_days) == ("Harbour Help", [0, 1, 6])


@pytest.mark.parametrize("written", ["6,0, 1", "[6, 0, 1]"])
def test_a_list_is_written_with_commas_or_as_json(written: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORTAL_BUSINESS_DAYS", written)
    monkeypatch.setenv("PORTAL_TRUSTED_HOSTS", "help.example.com,www.example.com")
    settings = load_settings(**GOOD)
    assert settings.business_days == [0, 1, 6]
    assert settings.trusted_hosts == ["help.example.com", "www.example.com"]


@pytest.mark.parametrize("written", ["Mon,Tue", "[0, 1", "7", ""])
def test_a_list_that_cannot_be_read_is_named_once(written: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORTAL_BUSINESS_DAYS", written)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(**GOOD)
    assert str(caught.value).count("PORTAL_BUSINESS_DAYS") == 1


@pytest.mark.parametrize("environment", ["production", "prod"])
def test_a_mistake_in_one_field_hides_no_rule_about_two(environment: str):
    with pytest.raises(ConfigurationError) as caught:
        load_settings(_env_file=None, environment=environment, time_zone="Mars/Olympus", business_opens="19:00")
    text = str(caught.value)
    names = ("PORTAL_TIME_ZONE", "PORTAL_SECRET_KEY", "PORTAL_BASE_URL", "PORTAL_BUSINESS_CLOSES")
    assert all(name in text for name in names)


@pytest.mark.parametrize("code", ["Germany", "DEU", "XX", "DE-", "DE-XX", "BE-Flemish"])
def test_holidays_of_an_unknown_place_are_refused(code: str):
    with pytest.raises(ConfigurationError, match="PORTAL_HOLIDAYS_COUNTRY"):
        load_settings(**GOOD, holidays_country=code)


@pytest.mark.parametrize("code", ["", "DE", "DE-BY", "GB-SCT"])
def test_holidays_of_a_country_or_a_part_of_it_are_known(code: str):
    assert load_settings(**GOOD, holidays_country=code).holidays_country == code


@pytest.mark.parametrize("address", ["support", "Support <support@example.com>", "a@b.example, c@d.example", ""])
def test_a_support_address_that_is_not_one_address_is_refused(address: str):
    with pytest.raises(ConfigurationError, match="PORTAL_SUPPORT_EMAIL"):
        load_settings(**GOOD, support_email=address)


def test_hours_that_end_before_they_begin_are_refused():
    with pytest.raises(ConfigurationError, match="PORTAL_BUSINESS_CLOSES"):
        load_settings(**GOOD, business_opens="18:00", business_closes="09:00")


@pytest.mark.parametrize("url", ["postgres://a@b/c", "postgresql://a@b/c"])
def test_postgresql_addresses_use_psycopg_3(url: str):
    assert load_settings(**GOOD, database_url=url).effective_database_url == "postgresql+psycopg://a@b/c"


def test_paths_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings(**GOOD, instance_dir=Path("here")).instance_path == tmp_path / "here"
