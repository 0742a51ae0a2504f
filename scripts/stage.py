# SPDX-License-Identifier: GPL-2.0-or-later
"""Lays out the plugin as QGIS wants it: one folder with the package, metadata.txt and LICENSE.

stage.py DIR            write DIR/cog_browser (DIR is e.g. a profile's python/plugins)
stage.py --zip DIST     write DIST/cog_browser-X.Y.Z.zip, byte for byte reproducible
"""

from __future__ import annotations

import argparse
import configparser
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "cog_browser"
_UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


def version() -> str:
    metadata = configparser.ConfigParser(interpolation=None)
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    return metadata["general"]["version"]


def stage(folder: Path) -> Path:
    """Replace ``folder/cog_browser`` by the plugin as it is in the work tree."""
    target = folder / PACKAGE
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / PACKAGE, target, ignore=_UNWANTED)
    for name in ("metadata.txt", "LICENSE"):
        shutil.copy2(ROOT / name, target)
    _copy_help(target / "help")
    _compile_translations(target / "i18n")
    return target


def _copy_help(target: Path) -> None:
    """The pages that the plugin's help buttons open."""
    for page in sorted((ROOT / "docs").rglob("*.md")):
        copy = target / page.relative_to(ROOT / "docs")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(page, copy)


def _compile_translations(target: Path) -> None:
    sources = sorted((ROOT / "i18n").glob("*.ts"))
    target.mkdir()
    lrelease = shutil.which("lrelease") or shutil.which("lrelease-qt5")
    if lrelease is None:
        sys.exit("lrelease is missing: install qttools5-dev-tools (Debian) or Qt Linguist.")
    for source in sources:
        subprocess.run(
            [lrelease, "-silent", str(source), "-qm", str(target / f"{source.stem}.qm")], check=True
        )


def package(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{PACKAGE}-{version()}.zip"
    with tempfile.TemporaryDirectory() as temporary:
        staged = stage(Path(temporary))
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(p for p in staged.rglob("*") if p.is_file()):
                info = zipfile.ZipInfo(path.relative_to(temporary).as_posix())
                info.external_attr = 0o644 << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, path.read_bytes())
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--zip", action="store_true", help="write a zip into the folder instead")
    given = parser.parse_args()
    print(package(given.folder) if given.zip else stage(given.folder))


if __name__ == "__main__":
    main()
