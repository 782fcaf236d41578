"""The wheel holds everything: installed into an empty environment it serves a page in another language."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SERVE_A_PAGE = """
import portal, sys
from portal.app import create_app
from portal.config import Settings
from portal.database import db, writing
from portal.database.schema import upgrade_schema
from portal.knowledge_base.importing import import_articles
from portal.localization import bundled_path
from portal.clock import utcnow

assert "site-packages" in portal.__file__, portal.__file__
app = create_app(Settings(_env_file=None, environment="test", instance_dir="instance", mail_transport="capture"))
with app.app_context(), writing():
    upgrade_schema()
    import_articles(bundled_path("kb_articles"), blobs=app.extensions["blobs"], default_locale="en", now=utcnow())
page = app.test_client().get("/de/").get_data(as_text=True)
assert "Wie können wir helfen" in page, page[:2000]
print("served")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_templates_catalogues_static_files_and_articles(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "portal/bundled/templates/layout/base.html",
        "portal/bundled/translations/ja/LC_MESSAGES/messages.mo",
        "portal/bundled/kb_articles/topics.yaml",
        "portal/static/bundles.json",
        "portal/database/migrations/env.py",
        "portal/demo/data/en.yaml",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "instance/"))]


def test_the_wheel_serves_a_page_from_an_empty_environment(wheel: Path, tmp_path: Path):
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    target = next((environment / "lib").glob("python*")) / "site-packages"
    zipfile.ZipFile(wheel).extractall(target)
    # The dependencies come from the environment that runs the tests; the portal itself must not.
    dependencies = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    (target / "dependencies.pth").write_text(str(dependencies), encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "PYTHON"))}
    result = subprocess.run(
        [str(python), "-c", SERVE_A_PAGE], cwd=tmp_path, env=clean, capture_output=True, text=True, check=False
    )
    assert result.stdout.strip().endswith("served"), result.stderr
