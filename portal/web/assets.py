"""Static files under names that change with their content, compressed once.

``static/bundles.json`` says which sources make a bundle and which files stand alone. They are concatenated and
compressed into the instance folder when the program starts and nothing changed costs nothing; WhiteNoise serves them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import brotli
from flask import Flask
from whitenoise import WhiteNoise

PREFIX = "/static/"
STATIC_DIR = Path(__file__).parent.parent / "static"
_COMPRESSIBLE = {".css", ".js", ".svg"}
_KEPT_BUILDS = 3


@dataclass(frozen=True)
class AssetManifest:
    """Where each bundle or file is served, and the folder it is served from."""

    folder: Path
    urls: dict[str, str]

    def url(self, name: str) -> str:
        """The address of a bundle. Raises KeyError for a name that bundles.json does not list."""
        return self.urls[name]


def build_assets(static_dir: Path, target: Path) -> AssetManifest:
    """Write every bundle below `target`; safe when several processes start at once."""
    contents = _read_bundles(static_dir)
    hashed = {name: _hashed_name(name, content) for name, content in contents.items()}
    digest = hashlib.sha256("\n".join(sorted(hashed.values())).encode()).hexdigest()[:16]
    folder = target / digest
    if not folder.exists():
        target.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(dir=target, prefix="building-"))
        for name, content in contents.items():
            _write(building / hashed[name], content)
        try:
            building.rename(folder)
        except OSError:
            # Another process was faster; its bytes are the same.
            shutil.rmtree(building, ignore_errors=True)
        _remove_old_builds(target, keep=folder)
    return AssetManifest(folder=folder, urls={name: PREFIX + file for name, file in hashed.items()})


def init_assets(app: Flask, instance_path: Path) -> None:
    """Build, serve under /static/, and give templates ``asset(name)``."""
    manifest = build_assets(STATIC_DIR, instance_path / "assets")
    app.extensions["assets"] = manifest
    app.jinja_env.globals["asset"] = manifest.url
    served = WhiteNoise(app.wsgi_app, max_age=31_536_000, immutable_file_test=lambda _path, _url: True)
    served.add_files(str(manifest.folder), prefix=PREFIX)
    app.wsgi_app = served  # type: ignore[method-assign]


def _read_bundles(static_dir: Path) -> dict[str, bytes]:
    listing = json.loads((static_dir / "bundles.json").read_text("utf-8"))
    contents: dict[str, bytes] = {}
    for name, sources in listing.items():
        if name == "files":
            contents.update({source: (static_dir / source).read_bytes() for source in sources})
        else:
            contents[name] = b"\n".join((static_dir / source).read_bytes() for source in sources)
    return contents


def _hashed_name(name: str, content: bytes) -> str:
    path = Path(name)
    return f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    if path.suffix in _COMPRESSIBLE:
        path.with_name(path.name + ".br").write_bytes(brotli.compress(content))
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, mtime=0))


def _remove_old_builds(target: Path, *, keep: Path) -> None:
    # A process started earlier may still serve its build, so some stay.
    builds = sorted((path for path in target.iterdir() if path != keep), key=lambda path: path.stat().st_mtime)
    for path in builds[: -_KEPT_BUILDS or None]:
        shutil.rmtree(path, ignore_errors=True)
