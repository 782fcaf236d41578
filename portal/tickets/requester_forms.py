"""What requesters send about their requests: a reply with files, an answer, a comment, an address for a new link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage
from wtforms import EmailField, Form, MultipleFileField, TextAreaField
from wtforms.validators import Length, StopValidation

from portal.people.addresses import normalize_address
from portal.storage import BlobStore, StoredFile
from portal.tickets.uploads import MAXIMUM_BYTES, MAXIMUM_FILES, Refusal, RefusedFile, clean_file_name, store_file
from portal.web.forms import CleanForm, without_nul

MAXIMUM_MESSAGE_LENGTH = 20_000
MAXIMUM_COMMENT_LENGTH = 2_000
FILE_LIMITS = _l("Up to 5 files of 10 MB each: pictures, PDF, text, office or zip files.")
ANSWERS = {"solved": True, "not-yet": False}


def clean_text(text: str | None) -> str:
    """`text` with one kind of line break and without NUL, which no database column takes."""
    return without_nul(text or "").replace("\r\n", "\n").replace("\r", "\n")


def clean_line(text: str | None) -> str:
    """`text` as one line, single spaces."""
    return " ".join(without_nul(text or "").split())


class Written:
    """Requires text that is more than white space; marks the field as required."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Form, field: TextAreaField) -> None:
        if not (field.data or "").strip():
            field.errors = []
            raise StopValidation(self.message)


class MailAddress:
    """Requires an address that mail can be sent to, judged by its form alone."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}
    message = _l("Enter an email address in the format name@example.com")

    def __call__(self, _form: Form, field: EmailField) -> None:
        try:
            found = validate_email(field.data or "", check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError as error:
            raise StopValidation(self.message) from error
        # A domain of other letters is mailed to by its ASCII form.
        field.data = normalize_address(found.ascii_email or found.normalized)


class ReplyForm(CleanForm):
    """A further message; `files` are chosen in this form, earlier ones come along as signed tokens."""

    body = TextAreaField(
        _l("Reply"),
        filters=[clean_text],
        validators=[
            Written(_l("Enter your reply")),
            Length(max=MAXIMUM_MESSAGE_LENGTH, message=_l("Shorten your reply to 20,000 characters")),
        ],
    )
    files = MultipleFileField(_l("Attach files"), description=FILE_LIMITS)


class CommentForm(CleanForm):
    """What could be better; may be empty."""

    comment = TextAreaField(
        _l("What could we do better?"),
        filters=[clean_text],
        validators=[Length(max=MAXIMUM_COMMENT_LENGTH, message=_l("Shorten your comment to 2,000 characters"))],
    )


class LinkForm(CleanForm):
    """The address whose requests somebody wants to see."""

    email = EmailField(_l("Email"), filters=[clean_line], validators=[MailAddress()])


_REFUSALS = {
    Refusal.TOO_LARGE: _l("%(file)s is larger than 10 MB. Choose a smaller file."),
    Refusal.EMPTY: _l("%(file)s is empty. Choose another file."),
    Refusal.PROGRAM: _l("%(file)s is a program. We do not accept programs. Send a picture or a text file."),
    Refusal.TYPE: _l("We cannot open %(file)s. Send pictures, PDF, text, office or zip files."),
    Refusal.MISMATCH: _l("The content of %(file)s does not match its name. Save it again, then attach it."),
    Refusal.TOO_MANY: _l("You can attach up to 5 files. Remove one to add another."),
    Refusal.NOT_STORED: _l("%(file)s could not be uploaded. Try again."),
}


def refusal_text(refused: RefusedFile) -> str:
    """Why a file was not taken and what to do instead, in the reader's language."""
    return str(_REFUSALS[refused.refusal]) % {"file": refused.file_name}


def take_files(chosen: Iterable[FileStorage], blobs: BlobStore, *, already: int) -> tuple[list[StoredFile], list[str]]:
    """Store what was chosen; the files taken and a sentence for each one refused."""
    taken: list[StoredFile] = []
    problems: list[str] = []
    for upload in chosen:
        if not upload.filename:
            continue
        name = clean_file_name(upload.filename)
        try:
            if already + len(taken) >= MAXIMUM_FILES:
                raise RefusedFile(Refusal.TOO_MANY, name)
            taken.append(store_file(blobs, name, upload.stream.read(MAXIMUM_BYTES + 1)))
        except RefusedFile as refused:
            problems.append(refusal_text(refused))
        finally:
            upload.close()
    return taken, list(dict.fromkeys(problems))


class KeptFiles:
    """Files stored before their message was sent, carried by the form itself as signed tokens."""

    def __init__(self, secret: str | bytes, *, ticket_id: int) -> None:
        self._serializer = URLSafeSerializer(secret, salt=f"kept-file:{ticket_id}")

    def token(self, file: StoredFile) -> str:
        """What the form sends back for `file`."""
        return str(self._serializer.dumps([file.digest, file.file_name, file.media_type, file.size_bytes]))

    def read(self, tokens: Sequence[str]) -> list[StoredFile]:
        """The files of `tokens`; forged ones are left out."""
        files = []
        for token in tokens[:MAXIMUM_FILES]:
            try:
                files.append(StoredFile(*self._serializer.loads(token)))
            except BadSignature:
                continue
        return files


def add_error(field: MultipleFileField, problems: Sequence[str]) -> None:
    """Put sentences from outside the validators onto a field."""
    if problems:
        field.errors = [*field.errors, *problems]
