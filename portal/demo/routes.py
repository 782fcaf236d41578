"""The demo's mailbox: what would have been sent, readable in the browser. Registered in the demo only."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from flask import Blueprint, Response, abort, make_response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import defer

from portal.database import db
from portal.mail.models import CapturedMail
from portal.web.access import public
from portal.web.paging import Key, keyset_page

blueprint = Blueprint("demo", __name__)
PAGE_SIZE = 30
# The mail's own style, links that open the page around the frame, and nothing else.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


@blueprint.get("/demo/mailbox")
@public
def show_mailbox() -> str:
    """Every captured mail, newest first."""
    return render_template("demo/mailbox.html", mail=None, **_mail_list())


@blueprint.get("/demo/mailbox/<int:mail_id>")
@public
def show_mail(mail_id: int) -> str:
    """One mail: its headers, its HTML in a frame, its text."""
    mail = _mail_or_404(mail_id)
    message = _parse(mail)
    text_part = message.get_body(preferencelist=("plain",))
    return render_template(
        "demo/mailbox.html",
        mail=mail,
        headers=[(name, str(value)) for name, value in message.items()],
        text=text_part.get_content() if text_part else "",
        **_mail_list(),
    )


@blueprint.get("/demo/mailbox/<int:mail_id>/html")
@public
def show_mail_html(mail_id: int) -> Response:
    """The HTML of a mail as a mail program would show it."""
    html_part = _parse(_mail_or_404(mail_id)).get_body(preferencelist=("html",))
    if html_part is None:
        abort(404)
    html = str(html_part.get_content()).replace("<head>", '<head><base target="_top">', 1)
    response = make_response(html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def _mail_list() -> dict[str, object]:
    query = select(CapturedMail).options(defer(CapturedMail.raw))
    keys = [Key(CapturedMail.id, descending=True)]
    return {"page": keyset_page(query, keys, cursor=request.args.get("page"), size=PAGE_SIZE)}


def _mail_or_404(mail_id: int) -> CapturedMail:
    mail: CapturedMail = db.get_or_404(CapturedMail, mail_id)
    return mail


def _parse(mail: CapturedMail) -> EmailMessage:
    message = message_from_bytes(mail.raw, policy=default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the default policy makes nothing else
    return message
