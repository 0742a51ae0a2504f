# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures that need no QGIS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from cog_browser.storage import http
from tests.support.fault_proxy import FaultProxy
from tests.support.faulty_store import FaultyStore
from tests.support.gdal_exceptions import use_exceptions
from tests.support.object_servers import Server, azurite_server, moto
from tests.support.ports import free_port
from tests.support.stack_client import Stack


@pytest.fixture(autouse=True)
def gdals_exceptions() -> Iterator[None]:
    """GDAL's exceptions are off, as in a new QGIS, whatever the tests before have started."""
    use_exceptions(False)
    yield
    use_exceptions(False)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the plugin repeats, it repeats at once: most faults of the tests don't pass by time."""
    monkeypatch.setattr(http, "FIRST_PAUSE", 0.02)


@pytest.fixture(scope="session")
def make_stack() -> Iterator[Callable[..., Stack]]:
    """Starts object stores with special options; equal options share one for the session.

    `make_stack(token_seconds=6)`, `make_stack(tls=True)`; a test that stops or kills its store
    makes a `Stack` of its own instead.
    """
    stacks: dict[tuple[tuple[str, object], ...], Stack] = {}
    with ExitStack() as cleanup:

        def make(**options: object) -> Stack:
            key = tuple(sorted(options.items()))
            if key not in stacks:
                stacks[key] = cleanup.enter_context(Stack(**options))  # type: ignore[arg-type]
            return stacks[key]

        yield make


@pytest.fixture(scope="session")
def stack(make_stack: Callable[..., Stack]) -> Stack:
    """The session's object store: use containers with a `stack.unique_name()`."""
    return make_stack()


@pytest.fixture(scope="session")
def amazon() -> Iterator[Server]:
    """The session's S3 beside the stack's own: use buckets with unique names."""
    with moto() as server:
        yield server


@pytest.fixture(scope="session")
def azurite() -> Iterator[Server]:
    """The session's Azure Blob Storage: use containers with unique names."""
    with azurite_server() as server:
        yield server


@pytest.fixture
def fault_proxy() -> Iterator[Callable[..., FaultProxy]]:
    """Makes `FaultProxy` objects that end with the test."""
    with ExitStack() as cleanup:

        def make(upstream: str | None = None, **options: Any) -> FaultProxy:
            return cleanup.enter_context(FaultProxy(upstream, **options))

        yield make


@pytest.fixture
def faulty_store(stack: Stack) -> Iterator[FaultyStore]:
    """The session's object store behind fault proxies."""
    store = FaultyStore(stack)
    yield store
    store.stop()


@pytest.fixture
def unused_port() -> int:
    """A loopback port that nobody listens on."""
    return free_port()
