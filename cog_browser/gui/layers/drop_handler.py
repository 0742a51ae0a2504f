# SPDX-License-Identifier: GPL-2.0-or-later
"""Objects dragged from the dock to the map or the layer tree.

A raster URI would make QGIS open the object on the GUI thread. So the drag carries addresses
only, and a drop of them is handed on to whoever loads in a worker.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from qgis.core import QgsMimeDataUtils
from qgis.gui import QgsCustomDropHandler, QgsMapCanvas
from qgis.PyQt.QtCore import QMimeData, QObject, QTimer, pyqtSignal

from cog_browser.adapters.layer_group import DropPlace
from cog_browser.gui.place import ObjectAddress

PROVIDER_KEY = "cogbrowser"


def encode(addresses: Iterable[ObjectAddress]) -> QMimeData:
    """The addresses as a list of QGIS's custom URIs."""
    return QgsMimeDataUtils.encodeUriList([uri_of(address) for address in addresses])


def uri_of(address: ObjectAddress) -> QgsMimeDataUtils.Uri:
    """The address as a URI that QGIS leaves to `DropHandler`."""
    uri = QgsMimeDataUtils.Uri()
    uri.layerType = "custom"
    uri.providerKey = PROVIDER_KEY
    uri.name = address.name
    uri.uri = json.dumps([address.connection_id, address.container, address.key])
    return uri


def decode(uri: QgsMimeDataUtils.Uri) -> ObjectAddress | None:
    """The address of a URI; None for those of others."""
    if uri.providerKey != PROVIDER_KEY:
        return None
    try:
        parts = json.loads(uri.uri)
    except ValueError:
        return None
    if not (isinstance(parts, list) and len(parts) == 3 and all(isinstance(p, str) for p in parts)):
        return None
    return ObjectAddress(*parts)


class _Signals(QObject):
    objects_dropped = pyqtSignal(object, object)


class DropHandler(QgsCustomDropHandler):
    """Turns drops into `objects_dropped(tuple[ObjectAddress, ...], DropPlace | None)`.

    Opens nothing itself. There is a place where they were dropped on the layer tree.
    """

    def __init__(self) -> None:
        super().__init__()
        self._signals = _Signals(self)
        self.objects_dropped = self._signals.objects_dropped
        self._pending: list[ObjectAddress] = []
        self._place: DropPlace | None = None
        # QGIS hands over one URI at a time; what was dropped together stays together.
        self._flush = QTimer(self, singleShot=True, interval=0)
        self._flush.timeout.connect(self._on_flush)

    def customUriProviderKey(self) -> str:
        return PROVIDER_KEY

    def canHandleCustomUriCanvasDrop(
        self,
        uri: QgsMimeDataUtils.Uri,
        canvas: QgsMapCanvas,  # noqa: ARG002
    ) -> bool:
        return decode(uri) is not None

    def handleCustomUriCanvasDrop(
        self,
        uri: QgsMimeDataUtils.Uri,
        canvas: QgsMapCanvas,  # noqa: ARG002
    ) -> bool:
        return self._hand_on(uri)

    def handleCustomUriDrop(self, uri: QgsMimeDataUtils.Uri) -> None:
        """A drop elsewhere in the main window, e.g. on the layer tree.

        QGIS has made the row that was hit the current one, and hands over the last URI first.
        """
        if self._hand_on(uri):
            self._pending.insert(0, self._pending.pop())
            self._place = self._place or DropPlace()

    def _hand_on(self, uri: QgsMimeDataUtils.Uri) -> bool:
        address = decode(uri)
        if address is None:
            return False
        self._pending.append(address)
        self._flush.start()
        return True

    def _on_flush(self) -> None:
        addresses, self._pending = tuple(self._pending), []
        place, self._place = self._place, None
        self.objects_dropped.emit(addresses, place)
