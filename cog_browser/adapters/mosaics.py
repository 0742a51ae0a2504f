# SPDX-License-Identifier: GPL-2.0-or-later
"""One layer out of many objects.

Its source is a document (a VRT) in the project itself: in no file that could be left behind, and
with the objects' own URLs, which `path_translation` exchanges for the gateway's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qgis.core import QgsRasterLayer

from cog_browser.adapters.layers import build_virtual_layer
from cog_browser.adapters.mosaic_forms import account_or_anybody, running_document
from cog_browser.adapters.ownership import OwnedObject, owner_of
from cog_browser.adapters.sessions import sessions
from cog_browser.adapters.workers import Job
from cog_browser.cog.description import Description
from cog_browser.cog.mosaic.document import bands_of_stack, document, is_stack, objects_of
from cog_browser.cog.mosaic.headers import describe_all
from cog_browser.cog.mosaic.piece import Piece
from cog_browser.cog.mosaic.plan import Plan, plan_mosaic, plan_stack
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.store import ObjectStore

#: Objects whose coarsest overviews stand for all in the first stretch.
_SAMPLES = 4


def build_mosaic(store: ObjectStore, described: Sequence[Description], name: str) -> QgsRasterLayer:
    """Join objects of one store to one layer; where they overlap, later ones lie on top.

    Reads no header: ``described`` has them. For the first stretch, overviews of a few objects are
    read. Thread: any but main, to whose thread the layer is moved. Raises `ConfigurationError`
    that says which objects don't fit, and how.
    """
    pieces = _pieces(store, described)
    plan = plan_mosaic(pieces)
    step = max(1, len(pieces) // _SAMPLES)
    few = [piece.source for piece in pieces[::step][:_SAMPLES]]
    return _layer(store, plan, name, few)


def build_stack(
    store: ObjectStore, chosen: Sequence[tuple[Description, int]], name: str
) -> QgsRasterLayer:
    """One layer whose bands are these bands (numbers from 1) of these objects.

    Thread and errors as `build_mosaic`.
    """
    numbers = [band for _, band in chosen]
    plan = plan_stack(list(zip(_pieces(store, [found for found, _ in chosen]), numbers)))
    return _layer(store, plan, name, [])


def reopened(saved: str, is_another: bool, job: Job) -> str:
    """The running form of a mosaic whose layer waits, or one of whose objects ``is_another``.

    Then the mosaic is made anew from the headers, since sizes and places may be others. Thread:
    any but main. Raises `CogBrowserError`.
    """
    if is_another:
        saved = document(_planned_anew(saved, job))
    running = running_document(saved, shared_gateway(), account_or_anybody)
    if running is None:
        raise ConfigurationError("Nobody is signed in to the account of this layer.")
    job.check()
    return running


def _planned_anew(saved: str, job: Job) -> Plan:
    names = [one.source for one in objects_of(saved)]
    described = describe_all([_reference(name) for name in names], lambda *_: not job.is_cancelled)
    pieces = {name: Piece.of(found, name) for name, found in zip(names, described)}
    if not is_stack(saved):
        return plan_mosaic(list(pieces.values()))
    chosen = bands_of_stack(saved)
    for name, band in chosen:
        if band > len(pieces[name].bands):
            raise ConfigurationError(f"“{pieces[name].name}” has no band {band} any more.")
    return plan_stack([(pieces[name], band) for name, band in chosen])


def _reference(saved: str) -> ObjectRef:
    found = owner_of(saved)
    account = account_or_anybody(saved, found) if isinstance(found, OwnedObject) else None
    if found is None or account is None or account[1] is None:
        raise ConfigurationError("Nobody is signed in to the account of this layer.")
    return ObjectRef(account[1], found.container, found.key)


def _pieces(store: ObjectStore, described: Sequence[Description]) -> list[Piece]:
    pieces = [
        Piece.of(found, store.source(found.entry.container, found.entry.key)) for found in described
    ]
    if len({found.entry.container for found in described}) < 2:
        return pieces
    containers = [found.entry.container for found in described]
    return [replace(p, name=f"{container}/{p.name}") for container, p in zip(containers, pieces)]


def _layer(store: ObjectStore, plan: Plan, name: str, samples: Sequence[str]) -> QgsRasterLayer:
    sessions().remember_root(store)  # by which the objects' owner is known
    running = running_document(document(plan), shared_gateway())
    if running is None:
        raise ConfigurationError("The connection of these objects is no longer there.")
    urls = dict(zip(_sources(document(plan)), _sources(running)))
    few = [urls[source] for source in samples]
    return build_virtual_layer(store, running, name, few or [running])


def _sources(text: str) -> list[str]:
    return [one.source for one in objects_of(text)]
