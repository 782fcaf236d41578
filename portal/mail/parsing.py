"""A mail's bytes → values. Whatever is wrong is repaired and noted; only what is beyond repair is refused."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from portal.mail.header_fields import addresses, date, message_id, message_ids
from portal.mail.mail_contents import Contents, contents_of, decoded_content
from portal.mail.mime_parts import Part, decoded_headers, header_fields, part_tree
from portal.mail.parsed import MailAddress, ParsedMail

MAXIMUM_BYTES: Final = 25 * 1024 * 1024

# What the way adds or changes: two copies of one mail differ in these.
_TRACES: Final = frozenset(
    {
        "received", "return-path", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-envelope-from",
        "authentication-results", "received-spf", "dkim-signature", "domainkey-signature", "dkim-filter", "status",
        "x-status", "x-keywords", "x-uid", "x-uidl", "x-mozilla-status", "x-mozilla-status2", "x-mozilla-keys",
        "x-gm-thrid", "x-gm-labels", "x-gm-message-state", "x-google-dkim-signature", "x-google-smtp-source",
        "x-received", "x-forwarded-to", "x-forwarded-for", "x-loop", "x-delivered-to", "x-rspamd-queue-id",
        "x-rspamd-server", "x-virus-scanned", "x-virus-status", "x-antivirus", "x-antivirus-status", "x-originating-ip",
        "x-spam", "x-getmail-retrieved-from-mailbox", "x-pop3-server", "content-length", "lines", "x-sieve",
        "x-authentication-warning", "x-apparently-to", "x-rcpt-to", "x-resolved-to", "bcc",
    }
)  # fmt: skip
_TRACE_PREFIXES: Final = ("arc-", "x-spam-", "x-ms-exchange-", "x-microsoft-antispam", "x-forefront-", "x-rspamd-",
                          "x-proofpoint-", "x-barracuda-", "x-amavis-", "x-mimecast-", "x-ironport-", "x-yandex-",
                          "x-gmx-", "x-ui-")  # fmt: skip
_WHITE_SPACE: Final = b" \t\r\n\f\v"
_DAEMONS: Final = re.compile(r"^(?:mailer-?daemon|mail-daemon|postmaster|mdaemon)\b", re.IGNORECASE)
_COPY_BELOW: Final = re.compile(
    r"^[-=* ]{0,20}(?:Below this line is a copy of the message\.|This is a copy of (?:the|your) message.{0,80}"
    r"|(?:The )?(?:original|returned) message(?: follows| headers| header| is)?\b.{0,40}"
    r"|Message headers? follows?.{0,20}|Unsent message follows|Undelivered message follows)[-=*: ]{0,40}\n\s{0,10}",
    re.IGNORECASE | re.MULTILINE,
)


class UnreadableMail(ValueError):
    """A mail that is beyond repair; `reason` says why in plain English."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_mail(raw: bytes) -> ParsedMail:
    """What a mail says, repaired as far as it goes.

    Raises:
        UnreadableMail: it has more than 25 MB, or neither header nor text.
    """
    if len(raw) > MAXIMUM_BYTES:
        raise UnreadableMail(f"The mail has {len(raw)} bytes; the limit is {MAXIMUM_BYTES}.")
    if not raw.strip(b"\0 \t\r\n"):
        raise UnreadableMail("The mail is empty.")
    root, tree_problems = part_tree(_with_line_feeds(raw))
    problems = dict.fromkeys(tree_problems)
    sender = _sender(root, problems)
    contents = contents_of(root, is_report=_is_report(root, sender))
    if _is_daemon(root, sender) and not contents.returned_headers:
        _find_returned_headers(contents)
    sent_at = date(root.value("date"))
    if not root.fields:
        problems.setdefault("The mail has no header.")
    elif sent_at is None:
        problems.setdefault("The date is missing or cannot be read.")
    own_id = message_id(root.value("message-id"))
    if not own_id:
        problems.setdefault("The Message-ID is missing or cannot be read.")
    return ParsedMail(
        message_id=own_id,
        in_reply_to=message_ids(root.values("in-reply-to")),
        references=message_ids(root.values("references")),
        sender=sender,
        reply_to=addresses(root.values("reply-to")),
        to=addresses(root.values("to")),
        cc=addresses(root.values("cc")),
        subject=" ".join(decoded_headers([("subject", root.value("subject"))])["subject"]),
        sent_at=sent_at,
        text=contents.text,
        html=contents.html,
        files=tuple(contents.files),
        headers=decoded_headers(root.fields),
        content_type=root.content_type,
        delivery_status=contents.delivery_status,
        returned_headers=contents.returned_headers,
        problems=tuple(problems | contents.problems),
    )


def dedup_key(raw: bytes) -> str:
    """The same mail, however it was delivered, has the same key: 64 hexadecimal digits. Never raises.

    With a Message-ID: of it, sender, subject and the decoded parts without white space, so that a Message-ID used
    again for another text makes another mail. Without: of all headers that the way does not change, and the parts.
    Charsets and HTML are not read: an improved reader would make other keys of the mails that are stored already.
    """
    try:
        root, _problems = part_tree(_with_line_feeds(raw[:MAXIMUM_BYTES]))
        digest = hashlib.sha256()
        own_id = message_id(root.value("message-id"))
        if own_id:
            subject = decoded_headers([("subject", root.value("subject"))])["subject"][0]
            froms = [each.address for each in addresses(root.values("from"))] or root.values("from")
            _add(digest, own_id, *froms, "".join(subject.split()))
        else:
            kept = sorted((name, "".join(value.split())) for name, value in root.fields if not _is_trace(name))
            _add(digest, *(f"{name}:{value}" for name, value in kept))
        for leaf in root.leaves():
            content, _problem = decoded_content(leaf)
            digest.update(hashlib.sha256(content.translate(None, _WHITE_SPACE)).digest())
        digest.update(hashlib.sha256(raw[MAXIMUM_BYTES:]).digest())
        return digest.hexdigest()
    except Exception:  # noqa: BLE001 - a mail without a key would not be stored, and so lost
        return hashlib.sha256(raw).hexdigest()


def _add(digest: hashlib._Hash, *texts: str) -> None:
    for text in texts:
        content = text.encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(8, "big") + content)


def _is_trace(name: str) -> bool:
    return name in _TRACES or name.startswith(_TRACE_PREFIXES)


def _with_line_feeds(raw: bytes) -> bytes:
    """Very old programs end lines with CR alone."""
    return raw.replace(b"\r", b"\n") if b"\n" not in raw[:65_536] and b"\r" in raw[:65_536] else raw


def _sender(root: Part, problems: dict[str, None]) -> MailAddress | None:
    """Who From names. Of several the first, unless Sender says which of them wrote."""
    fields = root.values("from")
    if len(fields) > 1:
        problems.setdefault("There are several From fields; the first was taken.")
    authors = addresses(fields[:1]) or addresses(fields[1:])
    if not authors:
        problems.setdefault("From names nobody.")
        return None
    if len(authors) > 1:
        problems.setdefault("From names several people.")
        writers = {each.address for each in addresses(root.values("sender")[:1])}
        return next((each for each in authors if each.address in writers), authors[0])
    return authors[0]


def _is_daemon(root: Part, sender: MailAddress | None) -> bool:
    return root.value("return-path").strip() == "<>" or bool(
        _DAEMONS.match(sender.address if sender else root.value("from").strip("<> "))
    )


def _is_report(root: Part, sender: MailAddress | None) -> bool:
    """Whether the mail reports another one: by its type, its parts or its sender."""
    kinds = {leaf.content_type for leaf in root.leaves()}
    return (
        root.content_type == "multipart/report"
        or bool(kinds & {"message/delivery-status", "message/global-delivery-status", "text/rfc822-headers"})
        or _is_daemon(root, sender)
    )


def _find_returned_headers(contents: Contents) -> None:
    """qmail, Exim and others write the returned mail into their text."""
    for match in list(_COPY_BELOW.finditer(contents.text))[:5]:
        content = contents.text[match.end() : match.end() + 100_000].encode("utf-8", "replace")
        headers = decoded_headers(header_fields(content, 0, len(content))[0])
        if headers.keys() & {"message-id", "from", "to", "subject"}:
            contents.returned_headers = headers
            return
