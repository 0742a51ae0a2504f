# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may read a container without signing in, as a store of any kind tells and changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from cog_browser.storage.progress import Progress


class Access(Protocol):
    """Who may read a container now. A plain value."""

    @property
    def is_public(self) -> bool: ...

    @property
    def has_locked_parts(self) -> bool:
        """Public, but its large objects can't be read."""
        ...

    def others(self, to_public: bool) -> Sequence[str]:
        """Who else may read it, and stays."""
        ...

    def changes(self, to_public: bool) -> list[str]:
        """What would be set where, in the store's own words."""
        ...


@runtime_checkable
class CanBePublic(Protocol):
    """A store that has a switch for it, and no other than for this container."""

    def read_access(self, container: str) -> Access:
        """Changes nothing. Raises `PermissionDeniedError` for those who may not see it."""
        ...

    def set_public(self, container: str, is_public: bool) -> Access:
        """Let anybody list and read it, or nobody without a sign-in; others stay."""
        ...

    def prove_access(
        self, container: str, is_public: bool, progress: Progress | None = None
    ) -> tuple[str, ...]:
        """Read one byte as a stranger; the keys that were tried.

        Raises `ProtocolError` where the answer is another than was set; no objects, no proof.
        """
        ...
