# SPDX-License-Identifier: GPL-2.0-or-later
"""Outlines of the selected objects on the map canvas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QColor

from cog_browser.cog.description import Description

_POINTS_A_SIDE = 24  # a straight edge may be a curve on the map
_LINE = QColor(59, 142, 208, 230)
_MARGIN = 1.05


@dataclass(frozen=True)
class Shape:
    """An outline in its own CRS, as WKT."""

    crs_wkt: str
    corners: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, found: Description) -> Shape | None:
        """None where the raster has no place on a map."""
        return cls(found.crs_wkt, found.corners) if found.crs_wkt and found.corners else None

    @property
    def crs(self) -> QgsCoordinateReferenceSystem:
        return _crs(self.crs_wkt)

    @property
    def outline(self) -> QgsGeometry:
        points = [QgsPointXY(x, y) for x, y in self.corners]
        ring = QgsGeometry.fromPolygonXY([[*points, points[0]]])
        return ring.densifyByCount(_POINTS_A_SIDE)


class Footprints(QObject):
    """Draws them in the canvas's CRS, whichever that is by then. Thread: main."""

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._shapes: tuple[Shape, ...] = ()
        self.band: QgsRubberBand | None = None
        canvas.destinationCrsChanged.connect(self._draw)

    def show(self, shapes: Iterable[Shape]) -> None:
        """Draw these instead of those before."""
        shapes = tuple(shapes)
        if shapes != self._shapes:
            self._shapes = shapes
            self._draw()

    def clear(self) -> None:
        self.show(())

    def zoom(self) -> bool:
        """Let the canvas show all of them; False where it can't."""
        bounds = QgsRectangle()
        for outline in self._outlines():
            bounds.combineExtentWith(outline.boundingBox())
        if bounds.isNull() or not bounds.isFinite():
            return False
        bounds.scale(_MARGIN)
        self._canvas.setExtent(bounds)
        self._canvas.refresh()
        return True

    def stop(self) -> None:
        self.clear()
        if not sip.isdeleted(self._canvas):
            self._canvas.destinationCrsChanged.disconnect(self._draw)

    def _draw(self) -> None:
        if sip.isdeleted(self._canvas):
            return
        if self.band is not None and not sip.isdeleted(self.band):
            self.band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
            self._canvas.scene().removeItem(self.band)
        self.band = None
        outlines = self._outlines()
        if not outlines:
            return
        self.band = QgsRubberBand(self._canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self.band.setStrokeColor(_LINE)
        self.band.setFillColor(QColor(0, 0, 0, 0))  # colours of layers below stay what they are
        self.band.setWidth(2)
        for outline in outlines:
            self.band.addGeometry(outline)

    def _outlines(self) -> list[QgsGeometry]:
        target = self._canvas.mapSettings().destinationCrs()
        found = (_transformed(shape, target) for shape in self._shapes)
        return [outline for outline in found if outline is not None]


def joint_bounds(shapes: Sequence[Shape]) -> tuple[QgsRectangle, QgsCoordinateReferenceSystem]:
    """What encloses all: in their CRS if they share one, else in WGS 84."""
    crs = shapes[0].crs
    if any(shape.crs != crs for shape in shapes):
        crs = QgsCoordinateReferenceSystem("EPSG:4326")
    bounds = QgsRectangle()
    for shape in shapes:
        outline = _transformed(shape, crs)
        if outline is not None:
            bounds.combineExtentWith(outline.boundingBox())
    return bounds, crs


def _transformed(shape: Shape, target: QgsCoordinateReferenceSystem) -> QgsGeometry | None:
    outline, crs = shape.outline, shape.crs
    if not crs.isValid():
        return None
    if not target.isValid() or target == crs:
        return outline
    transform = QgsCoordinateTransform(crs, target, QgsProject.instance())
    try:
        outline.transform(transform)
    except QgsCsException:  # the map's CRS has no place for it
        return None
    return outline if outline.boundingBox().isFinite() else None


@lru_cache(maxsize=64)
def _crs(wkt: str) -> QgsCoordinateReferenceSystem:
    return QgsCoordinateReferenceSystem.fromWkt(wkt)
