# SPDX-License-Identifier: GPL-2.0-or-later
"""What the repository promises to QGIS, to the plugin site and to who works on it."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QTranslator

from cog_browser.adapters.i18n import CONTEXT
from scripts import stage, translations
from scripts.dev_install import profile_folders

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "cog_browser"
_REQUIRED = {
    *("name", "description", "about", "version", "qgisMinimumVersion", "author", "email"),
    *("homepage", "tracker", "repository", "icon", "license", "category", "tags"),
}
_MOST_LINES = 400
_MOST_BYTES = 25_000_000  # what the plugin site accepts
_SPDX = "# SPDX-License-Identifier: GPL-2.0-or-later"


def tracked() -> list[Path]:
    """The files of the repository, new ones included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in found.split("\0") if name and (ROOT / name).is_file()]


def texts(paths: list[Path]) -> dict[Path, str]:
    found = {}
    for path in paths:
        try:
            found[path.relative_to(ROOT)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
    return found


@pytest.fixture(scope="module")
def metadata() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    return parser["general"]


@pytest.fixture(scope="module")
def plugin_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stage.package(tmp_path_factory.mktemp("dist"))


# metadata.txt


def test_metadata_has_all_that_the_plugin_site_requires(
    metadata: configparser.SectionProxy,
) -> None:
    assert [name for name in _REQUIRED if not metadata.get(name, "").strip()] == []
    for name in ("homepage", "tracker", "repository"):
        assert metadata[name].startswith("https://")


def test_metadata_names_the_qgis_versions(metadata: configparser.SectionProxy) -> None:
    assert metadata["qgisMinimumVersion"] == "3.40"
    assert metadata["qgisMaximumVersion"] == "4.99"
    assert "supportsQt6" not in metadata  # QGIS 4 doesn't ask; older sites misread it
    assert metadata["hasProcessingProvider"] == "yes"


def test_the_version_has_three_numbers_and_is_in_the_changelog(
    metadata: configparser.SectionProxy,
) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", metadata["version"])
    assert f"## [{metadata['version']}]" in (ROOT / "CHANGELOG.md").read_text()


def test_the_icon_exists(metadata: configparser.SectionProxy) -> None:
    assert (PACKAGE / metadata["icon"]).is_file()


# What is shipped


def test_the_zip_has_one_folder_with_what_qgis_needs(plugin_zip: Path) -> None:
    with zipfile.ZipFile(plugin_zip) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"cog_browser"}
    wanted = {f"cog_browser/{name}" for name in ("__init__.py", "metadata.txt", "LICENSE")}
    assert wanted <= set(names)
    assert "cog_browser/i18n/cog_browser_fr.qm" in names


def test_the_zip_has_nothing_else(plugin_zip: Path) -> None:
    with zipfile.ZipFile(plugin_zip) as archive:
        names = archive.namelist()
    suffixes = {Path(name).suffix or Path(name).name for name in names}
    assert suffixes <= {".py", ".svg", ".qm", ".txt", ".md", "LICENSE"}
    assert not [name for name in names if any(p.startswith((".", "__py")) for p in name.split("/"))]
    assert plugin_zip.stat().st_size < _MOST_BYTES


def test_the_zip_is_named_by_version_and_reproducible(
    plugin_zip: Path, tmp_path: Path, metadata: configparser.SectionProxy
) -> None:
    assert plugin_zip.name == f"cog_browser-{metadata['version']}.zip"
    assert stage.package(tmp_path).read_bytes() == plugin_zip.read_bytes()


def test_staging_replaces_what_was_there(tmp_path: Path) -> None:
    old = tmp_path / "cog_browser" / "gone.py"
    old.parent.mkdir()
    old.touch()
    staged = stage.stage(tmp_path)
    assert not old.exists()
    assert (staged / "plugin.py").read_text() == (PACKAGE / "plugin.py").read_text()


def test_the_resources_list_the_icons() -> None:
    root = ET.parse(ROOT / "resources.qrc").getroot()
    listed = {element.get("alias"): element.text for element in root.iter("file")}
    there = {path.name: f"cog_browser/icons/{path.name}" for path in PACKAGE.glob("icons/*")}
    assert listed == there


# Translations


def test_every_text_is_translated_to_french() -> None:
    known = translations.read(ROOT / "i18n" / "cog_browser_fr.ts")
    wanted = translations.texts(PACKAGE)
    assert sorted(set(wanted) - set(known)) == [], "make translations, then translate"
    assert sorted(set(known) - set(wanted)) == [], "make translations"


def test_the_compiled_translation_translates(tmp_path: Path) -> None:
    staged = stage.stage(tmp_path)
    translator = QTranslator()
    assert translator.load("cog_browser_fr_FR", str(staged / "i18n"))
    for text, translation in translations.read(ROOT / "i18n" / "cog_browser_fr.ts").items():
        assert translator.translate(CONTEXT, text.encode()) == translation


def test_translations_keep_the_placeholders() -> None:
    holder = re.compile(r"\{\w*\}")
    for text, translation in translations.read(ROOT / "i18n" / "cog_browser_fr.ts").items():
        assert sorted(holder.findall(text)) == sorted(holder.findall(translation)), text


# How it is kept


def test_every_target_is_in_make_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = dict(re.findall(r"^  make (\S+) +(\S.*)$", shown.stdout, re.MULTILINE))
    assert set(listed) == targets
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == targets
    assert {"demo", "test"} <= targets


def test_recipes_are_short() -> None:
    recipes = re.findall(r"(?:^\t.*\n)+", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipes
    assert max(recipe.count("\n") for recipe in recipes) <= 3


def test_ci_runs_lint_and_test() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "\nmake lint test\n" in script.read_text()


def test_no_module_is_long() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}
    assert [str(path) for path, length in lengths.items() if length > _MOST_LINES] == []


def test_every_source_names_its_license() -> None:
    sources = [p for p in tracked() if p.suffix in (".py", ".sh") and p.stat().st_size]
    assert sources
    unmarked = [p for p in sources if _SPDX not in "\n".join(p.read_text().splitlines()[:2])]
    assert unmarked == []


def test_the_set_up_names_no_host() -> None:
    """Packages come from wherever this machine takes them."""
    setup = texts([p for p in tracked() if p.relative_to(ROOT).parts[0] in _SETUP])
    hosts = {
        (str(path), host)
        for path, text in setup.items()
        for host in re.findall(r"\w+://([\w.-]+)", text)
    }
    assert {host for _, host in hosts} <= {"127.0.0.1"}, hosts
    options = ("--index-url", "--extra-index", "--find-links", "--trusted-host", "proxy=")
    assert [(p, o) for p, text in setup.items() for o in options if o in text] == []


_SETUP = {"Makefile", ".ci", "scripts", "requirements"}


def test_no_file_names_somebodys_home() -> None:
    home = re.compile(r"(?<![\w.])/(?:root|home|Users)/\w")
    found = {path: home.findall(text) for path, text in texts(tracked()).items()}
    del found[Path(__file__).relative_to(ROOT)]
    assert {str(path): hits for path, hits in found.items() if hits} == {}


def test_generated_files_are_not_tracked() -> None:
    parts = {part for path in tracked() for part in path.relative_to(ROOT).parts}
    assert parts & {"build", "dist", "__pycache__", ".venv", ".setup", ".qgis-settings"} == set()


def test_the_set_up_stops_where_it_can_not_help(tmp_path: Path) -> None:
    """On another system it says what to install, and changes nothing."""
    (tmp_path / "scripts").mkdir()
    script = (ROOT / "scripts" / "setup.sh").read_text()
    script = script.replace("/etc/os-release", str(tmp_path / "os-release"))
    (tmp_path / "scripts" / "setup.sh").write_text(script)
    (tmp_path / "os-release").write_text('ID=other\nVERSION_ID=1\nPRETTY_NAME="Other Linux 1"\n')
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in (
        "bash",
        "dirname",
        "mkdir",
        "sha256sum",
        "cut",
        "stat",
        "sed",
        "id",
        "cat",
        "date",
    ):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    done = subprocess.run(
        ["bash", "scripts/setup.sh"],
        cwd=tmp_path,
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "the command qgis" in done.stderr
    assert "this is Other Linux 1" in done.stderr
    assert "python3-qgis" in done.stderr


# Where QGIS keeps its profiles


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {}, "/h/.local/share/QGIS/QGIS3/profiles"),
        ("linux", {"XDG_DATA_HOME": "/d"}, "/d/QGIS/QGIS3/profiles"),
        ("darwin", {}, "/h/Library/Application Support/QGIS/QGIS3/profiles"),
        ("win32", {"APPDATA": "/a"}, "/a/QGIS/QGIS3/profiles"),
        ("linux", {"QGIS_CUSTOM_CONFIG_PATH": "/c"}, "/c/profiles"),
    ],
)
def test_dev_install_knows_where_profiles_are(
    platform: str, environ: dict[str, str], expected: str
) -> None:
    assert profile_folders(environ, platform, Path("/h"))[0] == Path(expected)
