"""One mail as it came: a page around it, and its HTML in a frame that runs nothing and fetches nothing unasked."""

from __future__ import annotations

from typing import Final

from flask import Response, make_response, render_template, request
from markupsafe import Markup

from portal.agents.access import agent_required
from portal.errors import NotFound
from portal.mail.bounded_reading import VIEWER
from portal.mail.inbound_models import InboundMail
from portal.mail.parsing import UnreadableMail
from portal.mail.shown_mail import ShownMail
from portal.tickets import mailroom_queries
from portal.tickets.mailroom_routes import blueprint
from portal.web.files import current_blobs

__all__ = ["blueprint"]

# Links open in windows of their own, which are free of the sandbox; nothing else is allowed.
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {pictures}; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_ALL_PICTURES: Final = "all"


@blueprint.get("/agent/mail/<int:mail_id>")
@agent_required()
def show_mail(mail_id: int) -> str:
    """A mail and what became of it; with ``?pictures=all`` pictures are loaded from the internet."""
    mail = mailroom_queries.inbound_mail(mail_id)
    return render_template(
        "mailroom/mail.html",
        mail=mail,
        shown=_shown(mail),
        references=mailroom_queries.references_of([mail]),
        pictures=_ALL_PICTURES if _wants_all_pictures() else None,
        all_pictures=_ALL_PICTURES,
    )


@blueprint.get("/agent/mail/<int:mail_id>/html")
@agent_required()
def show_mail_frame(mail_id: int) -> Response:
    """The HTML of a mail, for the frame on its page."""
    shown = _shown(mailroom_queries.inbound_mail(mail_id))
    if shown is None or not shown.html:
        raise NotFound
    # Sanitised by `show_mail`, and under a policy that would let nothing run if it were not.
    content = Markup(shown.html)  # noqa: S704
    response = make_response(render_template("mailroom/frame.html", subject=shown.subject, content=content))
    policy = _POLICY.format(pictures="data: https:; upgrade-insecure-requests" if _wants_all_pictures() else "data:")
    response.headers["Content-Security-Policy"] = policy
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _wants_all_pictures() -> bool:
    return request.args.get("pictures") == _ALL_PICTURES


def _shown(mail: InboundMail) -> ShownMail | None:
    """None where the original is gone or cannot be read."""
    try:
        return VIEWER.show(current_blobs().get(mail.digest), with_remote_pictures=_wants_all_pictures())
    except (UnreadableMail, FileNotFoundError):
        return None
