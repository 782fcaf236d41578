"""Addresses that name a ticket and a person, or a mail: read back whole, and forged by nobody."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.mail.reply_addresses import BounceToken, ReplyToken, bounce_address, read_address, reply_address

BASE = "support@help.example"
IDS = st.integers(1, 2**31)
IN_AN_APP = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@IN_AN_APP
@given(ticket_id=IDS, person_id=IDS, mail_id=IDS)
def test_what_was_signed_is_read_back(app: Flask, ticket_id: int, person_id: int, mail_id: int):
    assert read_address(reply_address(BASE, ticket_id=ticket_id, person_id=person_id)) == ReplyToken(
        ticket_id, person_id
    )
    assert read_address(bounce_address(BASE, mail_id=mail_id)) == BounceToken(mail_id)


@IN_AN_APP
@given(ticket_id=IDS, person_id=IDS, mail_id=IDS)
def test_addresses_have_only_signs_that_every_mail_server_takes(
    app: Flask, ticket_id: int, person_id: int, mail_id: int
):
    for address in (
        reply_address(BASE, ticket_id=ticket_id, person_id=person_id),
        bounce_address(BASE, mail_id=mail_id),
    ):
        assert re.fullmatch(r"support\+[a-z0-9-]+@help\.example", address)
        assert len(address.partition("@")[0]) <= 64


def test_relays_may_write_addresses_in_capitals_and_add_to_them(app: Flask):
    address = reply_address(BASE, ticket_id=7, person_id=9)

    assert read_address(address.upper()) == ReplyToken(7, 9)
    assert read_address(f"prvs=1234567890={address}") == ReplyToken(7, 9)


@IN_AN_APP
@given(data=st.data())
def test_a_token_with_any_other_sign_in_it_is_none_of_ours(app: Flask, data: st.DataObject):
    address = reply_address(BASE, ticket_id=1234, person_id=56)
    start, end = address.index("+r-") + 3, address.index("@")
    place = data.draw(st.integers(start, end - 1))
    sign = data.draw(
        st.sampled_from("abcdefghijklmnopqrstuvwxyz234567-0").filter(lambda other: other != address[place])
    )

    assert read_address(address[:place] + sign + address[place + 1 :]) is None


def test_the_code_of_one_kind_does_not_fit_another(app: Flask):
    bounce = bounce_address(BASE, mail_id=12)

    assert read_address(bounce.replace("+b-12-", "+r-12-12-")) is None
    assert read_address(reply_address(BASE, ticket_id=1, person_id=2).replace("+r-1-2-", "+r-2-1-")) is None


@pytest.mark.parametrize("address", ["", "@", BASE, "support+eu@help.example", "a+r-1-2-@b", "+b-1-aaaaaaaaaaaaaaaa@x"])
def test_other_addresses_have_no_token(app: Flask, address: str):
    assert read_address(address) is None


@IN_AN_APP
@given(text=st.text(max_size=80))
def test_whatever_stands_there_is_read_without_an_error(app: Flask, text: str):
    assert read_address(text) is None


def test_a_mailbox_name_without_room_stays_as_it_is(app: Flask):
    long = f"{'s' * 60}@help.example"

    assert reply_address(long, ticket_id=1, person_id=1) == bounce_address(long, mail_id=1) == long
