# SPDX-License-Identifier: GPL-2.0-or-later
"""What the running GDAL's COG driver can: asked of it, never known by its version."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from html import unescape

from osgeo import gdal

from cog_browser.cog.gdal_call import close, gdal_errors, unlink
from cog_browser.storage.errors import ConfigurationError

_OPTION = re.compile(r"<Option\s([^>]*?)(?:/>|>(.*?)</Option>)", re.DOTALL)
_NAME = re.compile(r"\bname\s*=\s*(?:'([^']*)'|\"([^\"]*)\")")
_VALUE = re.compile(r"<Value[^>]*>(.*?)</Value>", re.DOTALL)

#: GDAL before 3.11 fills a driver's list in at the first question, which corrupts the memory when
#: two threads ask at once (OSGeo/gdal#12389). Every conversion asks here first.
_ASKING = threading.Lock()


@lru_cache(maxsize=1)
def driver_options() -> Mapping[str, tuple[str, ...]]:
    """Each option of the running COG driver with its values, an empty tuple where they are free.

    Raises `ConfigurationError` where GDAL was built without the driver.
    """
    with _ASKING, gdal_errors("GDAL's COG driver can't be asked for its options"):
        driver = gdal.GetDriverByName("COG")
        text = driver.GetMetadataItem(gdal.DMD_CREATIONOPTIONLIST) if driver else None
    if not text:
        raise ConfigurationError("This GDAL has no COG driver; install GDAL 3.6 or newer.")
    options = {}
    for attributes, body in _OPTION.findall(text):
        name = _NAME.search(attributes)
        if name:
            values = tuple(unescape(value.strip()) for value in _VALUE.findall(body))
            options[(name[1] or name[2]).upper()] = values
    return options


@lru_cache(maxsize=1)
def keeps_metadata_domains() -> bool:
    """Whether ``COPY_SRC_MDD``, which no version lists, makes the driver keep foreign domains."""
    name = "/vsimem/cog-browser-probe/a.tif"
    with _ASKING, gdal_errors("GDAL's COG driver can't be tried"):
        memory = gdal.GetDriverByName("MEM").Create("", 1, 1)
        memory.SetMetadata({"KEPT": "YES"}, "COG_BROWSER")
        driver = gdal.GetDriverByName("COG")
        close(driver.CreateCopy(name, memory, options=["COPY_SRC_MDD=YES"]))
        unlink(f"{name}.aux.xml")
        kept = bool(gdal.Open(name).GetMetadataItem("KEPT", "COG_BROWSER"))
        unlink(name)
    return kept
