"""What is accepted as an attachment, by name and by content."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.storage import FolderBlobStore
from portal.tickets.uploads import (
    MAXIMUM_BYTES,
    Refusal,
    RefusedFile,
    clean_file_name,
    media_type_of,
    store_file,
)

ZIP = b"PK\x03\x04" + b"\x00" * 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 20


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("A.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("phone.png", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic", "image/heic"),
        ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("a.log", "Zeile mit Umlauten: äöü".encode(), "text/plain"),
        ("a.txt", "\ufeffwide".encode("utf-16"), "text/plain"),
        ("a.csv", b"a;b\n1;2\n", "text/plain"),
        ("a.zip", ZIP, "application/zip"),
        ("a.docx", ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.ods", ZIP, "application/vnd.oasis.opendocument.spreadsheet"),
        ("a.xls", OLE, "application/vnd.ms-excel"),
        ("trace.log.gz", b"\x1f\x8b\x08", "application/gzip"),
    ],
)
def test_accepted_files_get_the_type_of_their_content(name: str, content: bytes, media_type: str):
    assert media_type_of(name, content) == media_type


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.exe", b"anything", Refusal.PROGRAM),
        ("a.docm", ZIP, Refusal.PROGRAM),
        ("a.png", b"MZ\x90", Refusal.PROGRAM),
        ("a.txt", b"\x7fELF\x02", Refusal.PROGRAM),
        ("a.zip", b"\xca\xfe\xba\xbe", Refusal.PROGRAM),
        ("a.svg", b"<svg/>", Refusal.TYPE),
        ("a.html", b"<p>", Refusal.TYPE),
        ("noextension", b"text", Refusal.TYPE),
        (".png", b"text", Refusal.TYPE),
        ("a.docx", b"plain", Refusal.MISMATCH),
        ("a.png", b"GIF", Refusal.MISMATCH),
        ("a.txt", b"a\x00b", Refusal.MISMATCH),
        ("a.txt", b"", Refusal.EMPTY),
        ("a.txt", b"x" * (MAXIMUM_BYTES + 1), Refusal.TOO_LARGE),
    ],
)
def test_refused_files_say_why(name: str, content: bytes, refusal: Refusal):
    with pytest.raises(RefusedFile) as refused:
        media_type_of(name, content)
    assert refused.value.refusal is refusal


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\noor\\bill.pdf", "bill.pdf"),
        ("../../etc/passwd", "passwd"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("two\nlines\x00.txt", "twolines.txt"),
        ("  much   space .txt ", "much space .txt"),
        ("", "file"),
        ("領収書.pdf", "領収書.pdf"),
        ("x" * 300 + ".png", "x" * 116 + ".png"),
    ],
)
def test_file_names_are_cleaned(given: str, kept: str):
    assert clean_file_name(given) == kept


def test_a_stored_file_can_be_read_again(tmp_path: Path):
    blobs = FolderBlobStore(tmp_path)
    stored = store_file(blobs, "notes.txt", b"hello")

    assert blobs.get(stored.digest) == b"hello"
    assert (stored.file_name, stored.size_bytes) == ("notes.txt", 5)
