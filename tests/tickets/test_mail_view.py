"""The page of one mail: what came, in a frame under a policy of its own."""

from __future__ import annotations

from email.message import EmailMessage

from portal.database import db
from portal.mail.inbound_models import InboundMail
from tests.tickets.mail_cases import arrive, letter

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def html_letter(html: str, *, picture: bytes = b"", **values: str) -> EmailMessage:
    message = letter(**values)
    message.add_alternative(html, subtype="html")
    if picture:
        message.get_payload()[1].add_related(picture, "image", "png", cid="<logo@shop>")
    return message


def test_a_mail_is_shown_with_who_wrote_it_to_whom_and_in_a_frame(app, agent_client):
    mail = arrive(app, html_letter("<p>Hello <b>there</b>", cc="Sam Lee <sam@example.org>"))

    page = agent_client.get(f"/agent/mail/{mail.id}").get_data(as_text=True)

    assert "Where is my invoice?" in page
    assert "noor@example.org" in page
    assert "sam@example.org" in page
    assert f'src="/agent/mail/{mail.id}/html"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "I cannot find the invoice" in page


def test_the_frame_runs_nothing_and_fetches_nothing(app, agent_client):
    mail = arrive(
        app, html_letter('<p>Hi<script>x</script><img src="cid:logo@shop"><img src="https://t.example/x">', picture=PNG)
    )

    answer = agent_client.get(f"/agent/mail/{mail.id}/html")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "img-src data:;" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    body = answer.get_data(as_text=True)
    assert "<script" not in body
    assert "t.example" not in body
    assert "data:image/png;base64," in body


def test_pictures_of_the_internet_wait_until_somebody_asks(app, agent_client):
    mail = arrive(app, html_letter('<p>Hi<img src="https://t.example/1"><img src="https://t.example/2">'))

    page = agent_client.get(f"/agent/mail/{mail.id}").get_data(as_text=True)
    asked = agent_client.get(f"/agent/mail/{mail.id}?pictures=all").get_data(as_text=True)
    frame = agent_client.get(f"/agent/mail/{mail.id}/html?pictures=all")

    assert "2 pictures from the internet are not shown." in page
    assert "pictures from the internet" not in asked
    assert f"/agent/mail/{mail.id}/html?pictures=all" in asked
    assert "img-src data: https:;" in frame.headers["Content-Security-Policy"]
    assert "https://t.example/2" in frame.get_data(as_text=True)


def test_a_mail_of_text_needs_no_frame(app, agent_client):
    mail = arrive(app, letter(body="Tell me < > & how."))

    page = agent_client.get(f"/agent/mail/{mail.id}").get_data(as_text=True)

    assert "<iframe" not in page
    assert "Tell me &lt; &gt; &amp; how." in page
    assert agent_client.get(f"/agent/mail/{mail.id}/html").status_code == 404


def test_a_mail_without_words_says_so_and_names_its_files(app, agent_client):
    mail = arrive(app, letter(body="\n", files=[("invoice.pdf", b"%PDF-1.7 x")]))

    page = agent_client.get(f"/agent/mail/{mail.id}").get_data(as_text=True)

    assert "This mail has no text." in page
    assert "invoice.pdf" in page


def test_a_mail_whose_original_is_gone_says_what_to_do(app, agent_client):
    mail = arrive(app, letter())
    mail.digest = "0" * 64
    db.session.commit()

    page = agent_client.get(f"/agent/mail/{mail.id}")

    assert page.status_code == 200
    assert "The original of this mail cannot be read." in page.get_data(as_text=True)
    assert agent_client.get(f"/agent/mail/{mail.id}/html").status_code == 404


def test_a_mail_that_is_not_there_is_not_found(agent_client):
    assert agent_client.get("/agent/mail/999999").status_code == 404
    assert agent_client.get("/agent/mail/999999/html").status_code == 404


def test_strangers_see_no_mail(app, client):
    mail = arrive(app, letter())
    for address in (f"/agent/mail/{mail.id}", f"/agent/mail/{mail.id}/html"):
        assert client.get(address).status_code == 303
    assert db.session.get_one(InboundMail, mail.id).subject not in client.get(f"/agent/mail/{mail.id}").get_data(
        as_text=True
    )


def test_a_held_mail_can_be_read_and_decided_on_one_page(app, agent_client):
    mail = arrive(app, letter(precedence="bulk"))

    page = agent_client.get(f"/agent/mail/{mail.id}").get_data(as_text=True)

    assert f'action="/agent/mail/{mail.id}/ticket"' in page
    assert f'href="/agent/mail/{mail.id}/original"' in page


def test_the_ticket_leads_to_the_mail(app, agent_client):
    mail = arrive(app, html_letter("<p>Hello"))

    page = agent_client.get(f"/agent/tickets/{mail.ticket_id}").get_data(as_text=True)

    assert f'href="/agent/mail/{mail.id}"' in page
