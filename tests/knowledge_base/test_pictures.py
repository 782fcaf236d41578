"""Article pictures: only pictures, kept for good, harmless when opened alone."""

from __future__ import annotations

from flask import Flask

from portal.database import db
from portal.knowledge_base.models import ArticlePicture
from tests.factories import make_article

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def store_picture(app: Flask, *, name: str = "form.svg", media_type: str = "image/svg+xml") -> str:
    """The address of a stored picture."""
    digest = app.extensions["blobs"].put(DRAWING)
    db.session.add(ArticlePicture(article_id=make_article().id, name=name, digest=digest, media_type=media_type))
    db.session.commit()
    return f"/media/{digest}/{name}"


def test_a_picture_is_served_with_its_type_and_kept_for_good(app, client):
    answer = client.get(store_picture(app))

    assert answer.data == DRAWING
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers


def test_a_drawing_can_neither_load_nor_run_anything(app, client):
    answer = client.get(store_picture(app))

    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_picture_that_the_browser_has_is_not_sent_again(app, client):
    address = store_picture(app)
    first = client.get(address)

    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_picture_in_a_folder_is_found(app, client):
    assert client.get(store_picture(app, name="images/form.svg")).status_code == 200


def test_other_stored_files_cannot_be_fetched_as_pictures(app, client):
    digest = app.extensions["blobs"].put(b"somebody's attachment")

    assert client.get(f"/media/{digest}/form.svg").status_code == 404


def test_a_picture_has_one_name(app, client):
    address = store_picture(app)

    assert client.get(address.replace("form.svg", "other.html")).status_code == 404


def test_a_picture_whose_file_is_lost_is_a_404(app, client):
    address = store_picture(app)
    app.extensions["blobs"].delete(address.split("/")[2])

    assert client.get(address).status_code == 404
    assert client.get("/media/not-a-digest/form.svg").status_code == 404
