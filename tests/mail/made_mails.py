"""Each mail that people get from us, made with text that needs care."""

from __future__ import annotations

from typing import Any

from portal.database import db
from portal.mail.models import OutboxMail
from portal.mail.outbox import enqueue
from portal.rich_text import render_message
from portal.tickets.models import Status
from tests import factories

TEXT = "Try **this**:\n\n1. Open the shop\n2. Press & hold <Refund>\n\nhttps://help.example/a?b=1&c=2"
TEMPLATES = ("acknowledgement", "reply", "request_link", "survey", "expiry")


def make_mail(template: str, locale: str = "en", **changes: Any) -> OutboxMail:
    """A mail of one template in the outbox, with text that needs care."""
    ticket = factories.make_ticket(subject=changes.pop("subject", "Tom & “Jerry” <late>"))
    text = changes.pop("text", TEXT)
    link = "https://help.example/en/requests/link/token"
    context: dict[str, Any] = {
        "acknowledgement": {
            "ticket": ticket,
            "promise": ["We are closed until Monday 09:00.", "Expect a reply by Monday 13:00 (your time)."],
            "message_html": render_message(text),
            "message_text": text,
            "file_names": ["a&b.png", "c.log"],
            "request_url": link,
        },
        "reply": {
            "ticket": ticket,
            "message_html": render_message(text),
            "message_text": text,
            "agent_name": "Ines <Caldeira>",
            "team_name": "Player & support",
            "request_url": link,
            "solved_url": f"{link}?answer=solved",
            "not_solved_url": f"{link}?answer=not-yet",
        },
        "survey": {
            "ticket": ticket,
            "solved_url": f"{link}?answer=solved",
            "not_solved_url": f"{link}?answer=not-yet",
            "refusal_url": "https://help.example/en/requests/surveys/token",
        },
        "expiry": {
            "ticket": ticket,
            "days": 5,
            "solved_url": f"{link}?answer=solved",
            "not_solved_url": f"{link}?answer=not-yet",
        },
        "request_link": {
            "requests": [
                {"reference": ticket.reference, "subject": ticket.subject, "status": status.value, "url": link}
                for status in Status
            ]
        },
    }
    context["copy"] = {name: value for name, value in context["reply"].items() if not name.endswith("_url")}
    mail = enqueue(
        template, to="noor@example.org", to_name="Noor", locale=locale, idempotency_key=f"{template}:{locale}",
        now=factories.NOW, **{**context[template], **changes},
    )  # fmt: skip
    db.session.commit()
    return mail
