# SPDX-License-Identifier: GPL-2.0-or-later
"""From nothing to a private COG on the QGIS canvas, on a real OpenStack Swift.

Starts the object store, publishes real imagery with the plugin's own algorithm, and opens QGIS
with the panel on it: on the display where there is one, else under Xvfb for a screenshot.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import tempfile
import time
from pathlib import Path

from cog_browser import api
from scripts.demo import imagery
from scripts.demo.desktop import Desktop, DesktopError, Profile, has_display, virtual_display
from scripts.stage import ROOT
from tests.support.stack_client import Stack

_START = time.monotonic()
_STORY = "scripts.demo.in_qgis"
_CLOSE_SECONDS = 20.0


def say(text: str) -> None:
    print(f"[{time.monotonic() - _START:5.1f} s] {text}", flush=True)


def publish(stack: Stack, profile: Profile) -> None:
    """What a user does with ``source openrc.sh`` and qgis_process."""
    account = stack.environment("demo")
    connection, credentials = api.Connection.from_environment(account)
    store = api.open_store(connection, credentials)
    store.create_container(imagery.CONTAINER)
    store.close()
    with tempfile.TemporaryDirectory(prefix="cog-browser-imagery-") as folder:
        for scene in imagery.SCENES:
            parameters = {
                "INPUT": imagery.write_geotiff(scene, Path(folder)),
                "CONNECTION": "env",
                "CONTAINER": imagery.CONTAINER,
                "KEY": scene.key,
            }
            results = profile.run_algorithm("cogbrowser:publishcog", parameters, account)
            say(f"published {results['SOURCE']} ({results['SIZE'] / 1e6:.1f} MB)")


def show(stack: Stack, profile: Profile, screenshot: Path | None) -> None:
    """Opens QGIS; with a screenshot, under Xvfb and only until it is taken."""
    parameters = {
        "openrc": str(stack.openrc("demo")),
        "container": imagery.CONTAINER,
        "key": imagery.WORLD,
        "screenshot": str(screenshot) if screenshot else None,
    }
    with contextlib.ExitStack() as cleanup:
        display = cleanup.enter_context(virtual_display()) if screenshot else {}
        desktop = cleanup.enter_context(Desktop(profile, _STORY, parameters, display))
        report = desktop.wait_for_report()
        say(f"QGIS shows {report['layer']}: {report['colors']} colours on the canvas")
        if screenshot is None:
            say("QGIS is yours; close it to stop the object store")
        code = desktop.wait_for_exit(_CLOSE_SECONDS if screenshot else None)
        if code:
            raise DesktopError(f"QGIS ended with {code}\n{desktop.output()}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screenshot", type=Path, help="under Xvfb, even where there is a display")
    screenshot = parser.parse_args().screenshot
    if screenshot is None and not has_display():
        screenshot = ROOT / "build" / "demo.png"
    if screenshot:
        screenshot = screenshot.absolute()
        screenshot.parent.mkdir(parents=True, exist_ok=True)
        screenshot.unlink(missing_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all is stopped and removed
    try:
        say("starting OpenStack Keystone and Swift")
        with Stack() as stack, Profile(in_english=screenshot is not None) as profile:
            say(f"they run: {stack.auth_url}, {stack.storage_url()}")
            publish(stack, profile)
            say("starting QGIS" + (" under Xvfb" if screenshot else ""))
            show(stack, profile, screenshot)
        if screenshot:
            say(f"screenshot: {screenshot}")
    except (DesktopError, RuntimeError, api.CogBrowserError) as error:
        say(f"FAILED: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
