# SPDX-License-Identifier: GPL-2.0-or-later
"""Switches GDAL's Python exceptions, which QGIS has off until Processing starts, then on."""

from __future__ import annotations

from osgeo import gdal, ogr, osr


def use_exceptions(wanted: bool) -> None:
    modules = [gdal, ogr, osr]
    for order in (modules, modules[::-1]):  # only the last one switched on can be switched off
        for module in order:
            try:
                if bool(module.GetUseExceptions()) != wanted:
                    module.UseExceptions() if wanted else module.DontUseExceptions()
            except RuntimeError:
                continue
    assert {bool(module.GetUseExceptions()) for module in modules} == {wanted}
