# SPDX-License-Identifier: GPL-2.0-or-later
"""What a Swift takes, as its ``/info`` says. Many operators don't show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cog_browser.storage.errors import QuotaExceededError

_MIB = 1 << 20


@dataclass(frozen=True)
class SwiftLimits:
    """Sizes in bytes. The defaults are Swift's own, for where nothing is said.

    ``digests`` are those that may sign links; ``has_temp_urls`` is None where nothing is said.
    """

    max_put: int = 5368709122
    max_segments: int = 1000
    max_key: int = 1024
    has_large_objects: bool = True
    has_temp_urls: bool | None = None
    digests: tuple[str, ...] = ()

    @classmethod
    def from_info(cls, info: Mapping[str, Any]) -> SwiftLimits:
        def number(section: str, name: str, otherwise: int) -> int:
            part = info.get(section)
            value = part.get(name) if isinstance(part, dict) else None
            return value if isinstance(value, int) and value > 0 else otherwise

        links = info.get("tempurl")
        digests = links.get("allowed_digests") if isinstance(links, dict) else None

        return cls(
            number("swift", "max_file_size", cls.max_put),
            number("slo", "max_manifest_segments", cls.max_segments),
            number("swift", "max_object_name_length", cls.max_key),
            "slo" in info or "swift" not in info,
            "tempurl" in info if _is_whole(info) else None,
            tuple(d for d in digests if isinstance(d, str)) if isinstance(digests, list) else (),
        )

    def segment_size(self, size: int, wanted: int, doing: str) -> int:
        """``wanted``, or as much more as a file of ``size`` bytes needs to fit a manifest."""
        least = -(-size // self.max_segments)
        if least > wanted:
            wanted = min(-(-least // _MIB) * _MIB, self.max_put)
        wanted = min(wanted, self.max_put)
        if least > wanted:
            raise QuotaExceededError(
                f"Could not {doing}: the file has {size} bytes, and this server takes at most "
                f"{self.max_segments * self.max_put}."
            )
        return wanted


def _is_whole(info: Mapping[str, Any]) -> bool:
    """Whether it is what a Swift writes: what it leaves out then isn't there."""
    about = info.get("swift")
    return isinstance(about, dict) and "version" in about
