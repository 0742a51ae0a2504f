# SPDX-License-Identifier: GPL-2.0-or-later
"""Every test here runs twice: with GDAL's Python exceptions off, and with them on.

Three long tables of kinds of files do with one: tests beside them make the same calls in both.
"""

from __future__ import annotations

import errno
import os
import resource
import subprocess

import pytest
from osgeo import gdal, osr

from tests.support.gdal_exceptions import use_exceptions


@pytest.fixture(autouse=True, params=["exceptions off", "exceptions on"])
def exception_mode(request):
    use_exceptions(request.param == "exceptions on")
    return request.param


@pytest.fixture
def utm():
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    return crs.ExportToWkt()


@pytest.fixture
def make(tmp_path, utm):
    """Write a georeferenced raster with random pixels (or ``pixels``, one bytes per band).

    ``prepare(dataset)`` is called before the pixels are written.
    """

    def build(
        name="source.tif", width=700, height=600, bands=1, kind=gdal.GDT_Byte,
        pixels=None, prepare=None, driver="GTiff", options=(), crs=utm,
    ):  # fmt: skip
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        path = folder / name
        dataset = gdal.GetDriverByName(driver).Create(
            str(path), width, height, bands, kind, list(options)
        )
        if crs:
            dataset.SetProjection(crs)
            dataset.SetGeoTransform((400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0))
        if prepare:
            prepare(dataset)
        size = width * height * gdal.GetDataTypeSize(kind) // 8
        for number in range(bands):
            data = pixels[number] if pixels else os.urandom(size)
            dataset.GetRasterBand(number + 1).WriteRaster(0, 0, width, height, data)
        dataset = None
        return path

    return build


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def small_disk(tmp_path):
    """A folder with room for 200 kB: a tiny file system, or a limit on file sizes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    if (
        os.geteuid() == 0
        and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    ):
        yield folder, os.strerror(errno.ENOSPC)
        subprocess.run(["umount", str(folder)], check=True)
    else:
        with file_size_limit(200_000):
            yield folder, os.strerror(errno.EFBIG)


@pytest.fixture
def limited_file_size():
    with file_size_limit(200_000):
        yield


class file_size_limit:  # noqa: N801 - used like a function
    def __init__(self, size):
        self.size = size

    def __enter__(self):
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.size, self.before[1]))

    def __exit__(self, *_):
        resource.setrlimit(resource.RLIMIT_FSIZE, self.before)
