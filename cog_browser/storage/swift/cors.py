# SPDX-License-Identifier: GPL-2.0-or-later
"""Which web pages may read a Swift container (CORS): the container's metadata that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cog_browser.storage.cors import (
    EXPOSED,
    MAX_AGE,
    CorsSetting,
    check_unchanged,
    checked_origins,
    only_the_owner,
)
from cog_browser.storage.errors import PermissionDeniedError, ProtocolError

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore

_PREFIX = "X-Container-Meta-Access-Control-"


@dataclass(frozen=True)
class CorsRules:
    """``origins`` are “https://host”, or “*” for all; none means that no page may read.

    ``max_age`` is in seconds; None where nothing is said.
    """

    origins: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int | None = None

    @property
    def text(self) -> str:
        lines = (f"{name}: {value}" for name, value in cors_headers(self).items() if value)
        return "\n".join(lines)

    def with_origins(self, origins: tuple[str, ...]) -> CorsRules:
        return cors_rules(origins)


def cors_rules(origins: tuple[str, ...]) -> CorsRules:
    """What these origins need to read COGs; raises `ConfigurationError` where one is none."""
    return CorsRules(checked_origins(origins), EXPOSED, MAX_AGE) if origins else CorsRules()


def cors_headers(rules: CorsRules) -> dict[str, str]:
    """The metadata as it is sent; an empty value removes an entry."""
    return {
        f"{_PREFIX}Allow-Origin": " ".join(rules.origins),
        f"{_PREFIX}Expose-Headers": " ".join(rules.exposed),
        f"{_PREFIX}Max-Age": "" if rules.max_age is None else str(rules.max_age),
    }


def read_cors(store: SwiftStore, container: str) -> CorsRules:
    """What the container says now."""
    doing = f"read the CORS metadata of container “{container}”"
    response = store.call("HEAD", (container,), doing)
    response.close()
    age = response.headers.get(f"{_PREFIX}Max-Age", "")
    return CorsRules(
        tuple(response.headers.get(f"{_PREFIX}Allow-Origin", "").split()),
        tuple(response.headers.get(f"{_PREFIX}Expose-Headers", "").replace(",", " ").split()),
        int(age[:20]) if age.isdecimal() else None,
    )


def write_cors(
    store: SwiftStore, container: str, now: CorsSetting, origins: tuple[str, ...]
) -> CorsRules:
    """Replace the container's CORS metadata, and nothing else. See `SetsCors`."""
    doing = f"set the CORS metadata of container “{container}”"
    rules = cors_rules(origins)
    check_unchanged(read_cors(store, container), now, doing)
    try:
        headers = cors_headers(rules)
        store.call("POST", (container,), doing, headers=headers, accept=(200, 202, 204)).close()
    except PermissionDeniedError as error:
        raise only_the_owner(doing, "the owner of the project", error) from None
    found = read_cors(store, container)
    if found != rules:
        raise ProtocolError(f"Could not {doing}: the store has accepted it, but not kept it.")
    return found
