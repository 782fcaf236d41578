"""The tree of parts → what a person sees of it: one text, one HTML, the files; and what a delivery report says."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from portal.mail import tnef
from portal.mail.body_text import tidied, unflowed, with_lf, without_pgp_signature
from portal.mail.file_names import name_by_type, safe_name, type_by_name
from portal.mail.header_fields import value_and_parameters
from portal.mail.mail_charsets import decoded
from portal.mail.mail_html import plain_text
from portal.mail.mime_parts import Part, decoded_headers, header_fields
from portal.mail.parsed import MailFile
from portal.mail.transfer_encodings import undone, uu_files

MAXIMUM_TEXT_CHARACTERS: Final = 1_000_000
# Of a part's bytes no more are looked at for its text: every letter in quoted-printable UTF-8 takes up to twelve.
_MAXIMUM_TEXT_BYTES: Final = 6_000_000

_SIGNATURES: Final = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
_SMIME: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_REPORT_PARTS: Final = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/global-disposition-notification",
        "message/feedback-report",
    }
)
# The envelope of OpenPGP; the form of a letter that only web mail shows; what Macs keep beside a file.
_FOR_PROGRAMS: Final = frozenset({"application/pgp-encrypted", "text/x-amp-html", "application/applefile"})
_RETURNED_HEADERS: Final = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
_MESSAGES: Final = frozenset({"message/rfc822", "message/global", "message/news"})
_WINMAIL: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_BODY_TYPES: Final = frozenset({"text/plain", "text/html", "application/xhtml+xml", "text/markdown", "text/enriched"})
_STUB: Final = re.compile(
    r"(?:html|e-?mail).{0,80}(?:not|n[ãa]o|nicht|pas|unable|cannot|no)\b.{0,60}"
    r"(?:support|display|view|read|show|unterst|anzeig|support[ée]|affich|soporta|suporta|mostrar)"
    r"|(?:view|see|read|open).{0,40}\bhtml\b|^\W*html\W*$",
    re.IGNORECASE | re.DOTALL,
)
_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of the body: as text, as HTML, or both."""

    text: str = ""
    html: str = ""


@dataclass(slots=True)
class Contents:
    """What the parts hold. `problems` in plain English, each once."""

    text: str = ""
    html: str = ""
    files: list[MailFile] = field(default_factory=list)
    delivery_status: str = ""
    returned_headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    # The bodies in winmail.dat files; they count where the mail has no other.
    packed: list[_Piece] = field(default_factory=list)
    characters_left: int = MAXIMUM_TEXT_CHARACTERS

    def note(self, problem: str) -> None:
        """Note a problem once."""
        if problem:
            self.problems.setdefault(problem)


def contents_of(root: Part, *, is_report: bool) -> Contents:
    """All that the parts of a mail hold. In a report the returned mail is no file: its headers are kept apart."""
    found = Contents()
    pieces = _pieces(root, found, is_report=is_report)
    if not _has_words(pieces):
        pieces = found.packed if _has_words(found.packed) else pieces
    if not _has_words(pieces):
        pieces += _named_text(root, found)
    found.text = _limited(_joined_text(pieces), MAXIMUM_TEXT_CHARACTERS, found)
    found.html = _joined_html(pieces)
    found.files = [_with_place(each, found.html) for each in found.files]
    return found


def decoded_content(part: Part, limit: int | None = None) -> tuple[bytes, str]:
    """A part's bytes without transfer encoding, of at most `limit` raw bytes, and what was wrong with them."""
    end = part.end if limit is None else min(part.end, part.start + limit)
    encoding = value_and_parameters(part.value("content-transfer-encoding"))[0]
    if encoding not in {"", "7bit", "8bit", "binary"} and part.content_type.startswith("multipart/"):
        encoding = ""
    return undone(part.raw[part.start : end], encoding)


# --- the walk


def _pieces(part: Part, found: Contents, *, is_report: bool) -> list[_Piece]:
    kind = part.content_type
    if not part.children:
        return _leaf(part, found, is_report=is_report)
    if kind == "multipart/encrypted":
        found.note("The mail is encrypted and cannot be read here.")
    branches = [_pieces(child, found, is_report=is_report) for child in part.children]
    if kind == "multipart/alternative":
        return _chosen(branches)
    return [piece for branch in branches for piece in branch]


def _chosen(branches: list[list[_Piece]]) -> list[_Piece]:
    """Of several forms of one text: the plain one that says something, and the last HTML (the best, says RFC 2046)."""
    texts = ["\n\n".join(piece.text for piece in branch if piece.text.strip()) for branch in branches]
    htmls = ["\n".join(piece.html for piece in branch if piece.html) for branch in branches]
    html = next((each for each in reversed(htmls) if each), "")
    text = next((each for each in texts if each.strip() and not (html and _is_stub(each))), "")
    return [_Piece(text, html)] if text or html else []


def _is_stub(text: str) -> bool:
    """ "Your mail program cannot show HTML": no text that anybody wrote."""
    return len(text) < 400 and _STUB.search(text) is not None


def _leaf(part: Part, found: Contents, *, is_report: bool) -> list[_Piece]:
    kind = part.content_type
    if kind in _SIGNATURES:
        found.note("The mail has a digital signature, which was not checked and is no file.")
        return []
    if kind in _FOR_PROGRAMS:
        return []
    if kind in _REPORT_PARTS:
        text = _text_of(part, found)
        found.delivery_status = f"{found.delivery_status}\n\n{text}".strip("\n")
        return []
    if kind in _RETURNED_HEADERS or (is_report and kind in _MESSAGES):
        _keep_returned(part, found)
        return []
    disposition, _parameters = value_and_parameters(part.value("content-disposition"))
    if kind in _BODY_TYPES and disposition != "attachment" and not _declared_name(part):
        return _body(part, found)
    content, problem = decoded_content(part)
    found.note(problem)
    is_winmail = kind in _WINMAIL or _declared_name(part).lower() == "winmail.dat"
    if is_winmail and _open_winmail(content, found):
        return []
    if kind in _SMIME and "signed" not in part.parameters.get("smime-type", ""):
        found.note("The mail is encrypted and cannot be read here.")
    _keep_file(part, content, found)
    return []


def _body(part: Part, found: Contents) -> list[_Piece]:
    text = _text_of(part, found)
    if part.content_type in {"text/html", "application/xhtml+xml"}:
        return [_Piece(html=text)]
    if part.content_type == "text/enriched":
        return [_Piece(text=tidied(re.sub(r"<{1,2}/?[A-Za-z-]{0,60}>", "", text)))]
    if value_and_parameters(part.value("content-type"))[1].get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    text, was_signed = without_pgp_signature(text)
    if was_signed:
        found.note("The mail has a digital signature, which was not checked and is no file.")
    if "-----BEGIN PGP MESSAGE-----" in text:
        found.note("The mail is encrypted and cannot be read here.")
    text, uu = uu_files(text)
    for each in uu:
        name = safe_name(each.file_name) or name_by_type("application/octet-stream", len(found.files) + 1)
        found.files.append(MailFile(name, type_by_name(name), each.content))
    return [_Piece(text=tidied(text))]


def _text_of(part: Part, found: Contents) -> str:
    """A text part's text with LF line ends, as long as there is room."""
    if part.end - part.start > _MAXIMUM_TEXT_BYTES:
        found.note("The text is too long; its end was left out.")
    content, problem = decoded_content(part, _MAXIMUM_TEXT_BYTES)
    found.note(problem)
    charset = part.parameters.get("charset", "")
    if not charset and part.content_type == "text/html" and (meta := _META_CHARSET.search(content, 0, 4096)):
        charset = meta[1].decode("ascii")
    text, codec = decoded(content, charset)
    if "\ufffd" in text:
        found.note("Some characters of the text could not be read.")
    elif charset and codec == "cp1252" and not content.isascii() and charset.lower().startswith(("utf", "x-unknown")):
        found.note("The text is not in the charset that it declares.")
    text = _limited(with_lf(text), max(found.characters_left, 0), found)
    found.characters_left -= len(text)
    return text


def _limited(text: str, characters: int, found: Contents) -> str:
    if len(text) > characters:
        found.note("The text is too long; its end was left out.")
    return text[:characters]


# --- files


def _declared_name(part: Part) -> str:
    _disposition, parameters = value_and_parameters(part.value("content-disposition"))
    return safe_name(parameters.get("filename") or parameters.get("name") or part.parameters.get("name", ""))


def _keep_file(part: Part, content: bytes, found: Contents) -> None:
    kind = part.content_type
    name = _declared_name(part)
    if not name and kind in _MESSAGES:
        fields, _body_start = header_fields(content, 0, len(content))
        subject = decoded_headers(fields).get("subject", ("",))[0]
        name = safe_name(f"{subject[:80]}.eml") if subject else ""
    if not content and not name:
        return
    if kind in _MESSAGES and name and not name.lower().endswith(".eml"):
        name = f"{name}.eml"
    name = name or name_by_type(kind, len(found.files) + 1)
    if kind == "application/octet-stream":
        kind = type_by_name(name)
    content_id = "".join(part.value("content-id").split()).strip("<>")[:250]
    found.files.append(MailFile(name, kind, content, content_id))


def _with_place(file: MailFile, html: str) -> MailFile:
    """Inline is what the HTML shows; everything else is a file, whatever its disposition says."""
    is_shown = bool(file.content_id) and any(
        f"cid:{each}" in html for each in (file.content_id, quote(file.content_id))
    )
    return MailFile(file.file_name, file.media_type, file.content, file.content_id, is_shown) if is_shown else file


def _open_winmail(content: bytes, found: Contents) -> bool:
    opened = tnef.opened(content)
    if opened is None:
        return False
    if not opened.is_whole:
        found.note("A winmail.dat was damaged; what could be read was kept.")
    found.files.extend(opened.files)
    found.packed.append(_Piece(text=tidied(with_lf(opened.text)), html=with_lf(opened.html)))
    return True


def _keep_returned(part: Part, found: Contents) -> None:
    content, _problem = decoded_content(part, _MAXIMUM_TEXT_BYTES)
    fields, _body_start = header_fields(content.lstrip(b"\r\n"), 0, len(content))
    if fields and not found.returned_headers:
        found.returned_headers = decoded_headers(fields)


# --- the body


def _has_words(pieces: list[_Piece]) -> bool:
    return any(piece.text.strip() or piece.html.strip() for piece in pieces)


def _named_text(root: Part, found: Contents) -> list[_Piece]:
    """A text with a name, in a mail without any other text, is the text and no file."""
    for part in root.leaves():
        name = _declared_name(part)
        disposition, _parameters = value_and_parameters(part.value("content-disposition"))
        if name and part.content_type in {"text/plain", "text/html"} and disposition != "attachment":
            found.files = [each for each in found.files if each.file_name != name]
            return _body(part, found)
    return []


def _joined_text(pieces: Iterable[_Piece]) -> str:
    texts = (piece.text if piece.text.strip() else tidied(plain_text(piece.html)) for piece in pieces)
    return tidied("\n\n".join(text for text in texts if text.strip()))


def _joined_html(pieces: list[_Piece]) -> str:
    if not any(piece.html for piece in pieces):
        return ""
    return "\n".join(
        piece.html or f'<pre style="white-space: pre-wrap">{entities.escape(piece.text)}</pre>' for piece in pieces
    )
