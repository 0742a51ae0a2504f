# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the buckets of a connection are, and how their names stand in URLs."""

from __future__ import annotations

import logging
import re
from urllib.parse import urlsplit

from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.object_names import encoded_path

log = logging.getLogger(__name__)

#: Google's XML API speaks S3's protocol, and signs for any region.
_GOOGLE = "https://storage.googleapis.com"
#: What a service signs for that has no regions, and Amazon's first.
_FIRST_REGION = "us-east-1"
_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
#: A name that fits a host's label, so that it can stand in the host.
_LABEL = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


class Place:
    """Regions are learnt from the service's answers: for Amazon by bucket. Thread: any."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._regions: dict[str, str] = {}
        self.is_amazon = connection.kind == "s3" and not connection.endpoint
        self._in_host = connection.addressing == "virtual" or (
            self.is_amazon and connection.addressing != "path"
        )

    @property
    def base(self) -> str:
        """The service's URL, by which the connection names its objects."""
        return self._base(self._connection.region)

    def region(self, bucket: str = "") -> str:
        """What requests are signed for."""
        given = self._connection.region or ("auto" if self._is_google else _FIRST_REGION)
        return self._regions.get(self._known_by(bucket), given)

    @property
    def learnt_region(self) -> str:
        """That of an end point whose buckets are all in one; empty where nobody has said."""
        return self._regions.get("", "")

    def learn_region(self, bucket: str, region: str) -> bool:
        """What the service says; False where that is no region."""
        is_fit = bool(_REGION.fullmatch(region) if self.is_amazon else _WORD.fullmatch(region))
        if is_fit and region != self.region(bucket):
            self._regions[self._known_by(bucket)] = region
            log.info("Requests for %s are signed for the region %s", bucket or "buckets", region)
        return is_fit

    def url(self, bucket: str | None = None, key: str | None = None) -> str:
        """Of an object, a bucket or, without both, of the service. No name may be empty."""
        base = self._base(self.region(bucket or "")) if self.is_amazon else self.base
        if bucket is None:
            return base + "/"
        path = encoded_path((bucket,) if key is None else (bucket, key))
        if not self._stands_in_host(bucket, base):
            return base + path
        if key is not None and key.startswith("/"):  # which HTTP libraries take for a host
            raise ConfigurationError(
                f"“{key}” begins with a slash, which can't be sent where the bucket stands in the "
                "host's name; choose to address buckets by path in the connection."
            )
        scheme, _, rest = base.partition("://")
        return f"{scheme}://{bucket}.{rest}" + (path[path.index("/", 1) :] if key else "/")

    def named_url(self, bucket: str, key: str) -> str:
        """The URL that names an object in files: always with the bucket in the path."""
        return self.base + encoded_path((bucket, key))

    @property
    def _is_google(self) -> bool:
        return self._connection.kind == "gs"

    def _known_by(self, bucket: str) -> str:
        return bucket if self.is_amazon else ""

    def _base(self, region: str) -> str:
        if self._connection.endpoint:
            return self._connection.endpoint
        if self._is_google:
            return _GOOGLE
        if region and not _REGION.fullmatch(region):
            raise ConfigurationError(
                f"“{region}” is no region of Amazon's; one looks like eu-west-1. For another "
                "provider, fill in the end point."
            )
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        return f"https://s3.{region}.{suffix}" if region else f"https://s3.{suffix}"

    def _stands_in_host(self, bucket: str, base: str) -> bool:
        """A wildcard certificate covers one label, so that a dotted name can't."""
        is_bare = not urlsplit(base).path.strip("/")
        return self._in_host and is_bare and bool(_LABEL.fullmatch(bucket))
