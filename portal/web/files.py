"""How a file that somebody sent us is answered: to be saved, never to run."""

from __future__ import annotations

from io import BytesIO

from flask import Response, current_app, send_file

from portal.errors import NotFound
from portal.storage import BlobStore

# Pictures of these kinds cannot carry scripts, so the browser may show them.
SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_POLICY = "default-src 'none'; sandbox"


def file_answer(digest: str, *, file_name: str, media_type: str, may_show: bool = False) -> Response:
    """The blob of `digest` as a download; with `may_show` a picture is shown in place instead.

    Raises NotFound when its bytes are gone.
    """
    try:
        content = current_app.extensions["blobs"].get(digest)
    except FileNotFoundError as error:
        raise NotFound from error
    is_shown = may_show and media_type in SHOWN_INLINE
    response = send_file(
        BytesIO(content),
        mimetype=media_type if is_shown else "application/octet-stream",
        as_attachment=not is_shown,
        download_name=file_name,
    )
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def current_blobs() -> BlobStore:
    """The file store of the running app."""
    blobs: BlobStore = current_app.extensions["blobs"]
    return blobs
