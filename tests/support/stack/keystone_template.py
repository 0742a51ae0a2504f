# SPDX-License-Identifier: GPL-2.0-or-later
"""A prepared Keystone, kept below `.setup`: schema and users take most of a stack's start.

A copy differs in its URLs and in the keys of its tokens; ids and passwords are those of the test
stacks made before. Other code, packages or regions make another template.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import shutil
import sqlite3
import tempfile
from pathlib import Path

from tests.support.stack.settings import Settings

_FOLDER = Path(__file__).resolve().parents[3] / ".setup"
_CODE = ("configuration.py", "keystone_server.py", "keystone_template.py", "settings.py")
_DATABASE = "keystone.db"
# identities.json comes last: with it, a stack's set-up counts as done
_FILES = ("credential-keys/0", "credential-keys/1", "identities.json")

#: What follows a service's address in the catalogue, by type of service.
ENDPOINT_PATHS = {"object-store": "/v1/AUTH_$(project_id)s", "s3": ""}


def keep_template(settings: Settings, folder: Path) -> None:
    """Copies what the first start of this kind has made, from a Keystone that runs."""
    template = _template(settings)
    # Another stack may have been quicker; where nothing can be written, each start takes longer.
    with contextlib.suppress(OSError):
        template.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="keystone-part-", dir=template.parent) as parent:
            part = Path(parent) / "template"
            for private in (part, part / "credential-keys"):
                private.mkdir(mode=0o700)
            with (
                contextlib.closing(sqlite3.connect(folder / _DATABASE)) as database,
                contextlib.closing(sqlite3.connect(part / _DATABASE)) as copy,
            ):
                database.backup(copy)  # also what is in its log only
            for name in _FILES:
                shutil.copy(folder / name, part / name)
            part.rename(template)


def start_from_template(settings: Settings, folder: Path) -> bool:
    """Fills a Keystone's folder; returns False where there is no template yet."""
    template = _template(settings)
    if not template.exists():
        return False
    (folder / "credential-keys").mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(template / _DATABASE, folder / _DATABASE)
    with contextlib.closing(sqlite3.connect(folder / _DATABASE)) as database:
        _name_urls(database, settings)
    for name in _FILES:
        shutil.copy(template / name, folder / name)
    return True


def _template(settings: Settings) -> Path:
    """Names everything that a prepared Keystone depends on."""
    digest = hashlib.sha256(repr(settings.region_names).encode())
    for name in _CODE:
        digest.update(Path(__file__).with_name(name).read_bytes())
    keystone = importlib.util.find_spec("keystone")
    assert keystone and keystone.origin
    packages = Path(keystone.origin).parents[1]
    digest.update(repr(sorted(path.name for path in packages.glob("*-info"))).encode())
    return _FOLDER / f"keystone-{digest.hexdigest()[:16]}"


def _name_urls(database: sqlite3.Connection, settings: Settings) -> None:
    urls = [(settings.auth_url, settings.regions[0].name, "identity")]
    for region in settings.regions:
        urls += [(region.url + path, region.name, kind) for kind, path in ENDPOINT_PATHS.items()]
    for row in urls:
        database.execute(
            "UPDATE endpoint SET url = ? WHERE region_id = ? "
            "AND service_id IN (SELECT id FROM service WHERE type = ?)",
            row,
        )
    database.commit()
