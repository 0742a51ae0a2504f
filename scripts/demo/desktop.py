# SPDX-License-Identifier: GPL-2.0-or-later
"""A real QGIS with the plugin in a profile of its own, on the user's display or under Xvfb."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from scripts.stage import PACKAGE, ROOT, stage

PARAMETERS = "COG_BROWSER_STORY"  # environment variable: path of a story's parameters (JSON)
_START_SECONDS = 60.0
_STOP_SECONDS = 5.0
_DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "TERM")

# QGIS itself must ask nobody for news, versions or plugins, and ask the user nothing either.
_SETTINGS = f"""\
[PythonPlugins]
{PACKAGE}=true
processing=true
db_manager=false
MetaSearch=false
GdalTools=false
grassprovider=false

[app]
plugin_installer\\checkOnStart=false
plugins\\automatically-check-for-updates=false

[core]
httpsfeedqgisorg\\disabled=true

[qgis]
checkVersion=false
"""
# at the end of the path: the plugin must be the staged one, also after a reload
_CODE = """\
import importlib, sys
sys.path.append({root!r})
importlib.import_module({story!r}).start()
"""
_ENGLISH = "\n[locale]\noverrideFlag=true\nuserLocale=en_US\nglobalLocale=en_US\n"


class DesktopError(RuntimeError):
    """QGIS did not do what it was started for; the message has its last words."""


class Profile:
    """A QGIS configuration in a temporary folder: the user's own is neither read nor written."""

    def __init__(self, in_english: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cog-browser-profile-"))
        profile = self.folder / "profiles" / "default"
        settings = profile / "QGIS" / "QGIS3.ini"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS + (_ENGLISH if in_english else ""))
        plugins = profile / "python" / "plugins"
        plugins.mkdir(parents=True)
        stage(plugins)
        self._runtime = self.folder / "runtime"
        self._runtime.mkdir(mode=0o700)

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """The user's, without accounts and without a virtual environment, plus ``extra``."""
        unwanted = ("OS_", "ST_", "AWS_", "PYTHON", "VIRTUAL_ENV", "QGIS_", "QT_QPA_")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
        environment["QGIS_CUSTOM_CONFIG_PATH"] = str(self.folder)
        if "XDG_RUNTIME_DIR" not in environment:  # else Qt makes one that stays behind
            environment["XDG_RUNTIME_DIR"] = str(self._runtime)
        return {**environment, **extra}

    def run_algorithm(
        self, name: str, parameters: Mapping[str, object], account: Mapping[str, str]
    ) -> dict[str, Any]:
        """What ``source openrc.sh && qgis_process run …`` gives. Raises `DesktopError`."""
        command = ["qgis_process", "--json", "run", name, "--"]
        command += [f"{key}={value}" for key, value in parameters.items()]
        environment = self.environment({**account, "QT_QPA_PLATFORM": "offscreen"})
        environment["XDG_CONFIG_HOME"] = str(self.folder)  # else it leaves a file in the user's
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode:
            raise DesktopError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        results: dict[str, Any] = json.loads(done.stdout)["results"]
        return results

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Profile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()


def has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextlib.contextmanager
def virtual_display(size: str = "1600x1000x24") -> Iterator[dict[str, str]]:
    """Runs Xvfb on a free display; gives the variables that lead a program to it."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-nolisten", "tcp"]
    command += ["-screen", "0", size, "-dpi", "96"]  # 96: what Qt doesn't scale
    process = subprocess.Popen(
        [*_DIE_WITH_PARENT, *command],
        pass_fds=[writer],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as stream:
            number = stream.readline().strip()  # empty when Xvfb ended
        if not number:
            raise DesktopError(f"{' '.join(command)} did not start")
        yield {
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "WAYLAND_DISPLAY": "",
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }
    finally:
        _end(process)


def _end(process: subprocess.Popen[Any]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # it has a session of its own
            process.wait()


class Desktop:
    """A running QGIS that plays a story; see `scripts.demo.story`.

    Args:
        story: a module whose `start` QGIS calls when it has loaded its plugins.
        parameters: what the story needs; it finds them with `story.parameters()`.
        project: a project file for QGIS's command line.
    """

    def __init__(
        self,
        profile: Profile,
        story: str,
        parameters: Mapping[str, object],
        display: Mapping[str, str],
        project: Path | None = None,
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cog-browser-story-"))
        self._report = self._folder / "report.json"
        self._output = self._folder / "output.txt"
        path = self._folder / "parameters.json"
        path.write_text(json.dumps({**parameters, "report": str(self._report)}))
        code = self._folder / "code.py"
        code.write_text(_CODE.format(root=str(ROOT), story=story))
        command = ["qgis", "--nologo", "--noversioncheck", "--code", str(code)]
        command += ["--project", str(project)] if project is not None else []
        with self._output.open("w") as output:
            self._process = subprocess.Popen(
                [*_DIE_WITH_PARENT, *command],
                env=profile.environment({**display, PARAMETERS: str(path)}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_for_report(self, seconds: float = _START_SECONDS) -> dict[str, Any]:
        """What the story reports at its end. Raises `DesktopError` when it failed."""
        deadline = time.monotonic() + seconds
        while not self._report.exists():
            if self._process.poll() is not None:
                raise DesktopError(f"QGIS ended with {self._process.returncode}\n{self.output()}")
            if time.monotonic() > deadline:
                raise DesktopError(f"QGIS reports nothing after {seconds:.0f} s\n{self.output()}")
            time.sleep(0.05)
        report: dict[str, Any] = json.loads(self._report.read_text())
        if report["error"]:
            raise DesktopError(f"{report['error']}\n{self.output()}")
        return report

    def wait_for_exit(self, seconds: float | None = None) -> int:
        """QGIS's exit code. Raises `DesktopError` when it is still running by then."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise DesktopError(f"QGIS does not end within {seconds} s\n{self.output()}") from None

    def output(self) -> str:
        return self._output.read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        _end(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Desktop:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
