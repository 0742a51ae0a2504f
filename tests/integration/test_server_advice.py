# SPDX-License-Identifier: GPL-2.0-or-later
"""The settings that the server check advises, in the servers they are for."""

from __future__ import annotations

import pytest

from cog_browser.cog.report import NOTE
from cog_browser.cog.server.check import check_server
from cog_browser.cog.server.settings import APACHE, NGINX, SETTINGS
from tests.support.rasters import make_cog
from tests.support.web_servers import apache, nginx, public_folder

#: What makes a server need the advice.
_GZIP = "gzip on; gzip_types image/tiff;\n"


@pytest.fixture(scope="module")
def site():
    with public_folder() as folder:
        (folder / "cogs").mkdir()
        make_cog(folder / "cogs" / "a.tif", 1024, 1024)
        yield folder


def ids(server):
    report = check_server(f"{server.url}/cogs/a.tif")
    return {finding.id for finding in report.findings if finding.severity != NOTE}


def test_nginx(site):
    with nginx(site, _GZIP) as server:
        assert ids(server) == {"H-GZIP", "H-CORS-O", "H-CORS-PRE"}
    with nginx(site, _GZIP + SETTINGS[NGINX]) as server:
        assert ids(server) == set()


def test_apache(site):
    with apache(site) as server:
        assert ids(server) == {"H-CORS-O", "H-CORS-H"}
    with apache(site, SETTINGS[APACHE].replace("/var/www/cogs", f"{site}/cogs")) as server:
        assert ids(server) == set()
