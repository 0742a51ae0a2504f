# SPDX-License-Identifier: GPL-2.0-or-later
"""Which web pages may read an S3 bucket (CORS): one rule of ours among the bucket's others.

Source: Amazon S3 API Reference, "PutBucketCors"; Google's XML API wants another document.
"""

from __future__ import annotations

import hashlib
import time
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape  # nosec B406 - it only writes

from cog_browser.storage.cors import (
    EXPOSED,
    MAX_AGE,
    CorsSetting,
    check_unchanged,
    checked_origins,
    only_the_owner,
)
from cog_browser.storage.errors import ConfigurationError, PermissionDeniedError, ProtocolError
from cog_browser.storage.http import Response
from cog_browser.storage.s3.answers import error_of
from cog_browser.storage.xml_answers import MAX_XML, Element, parse

if TYPE_CHECKING:
    from cog_browser.storage.s3.store import S3Store

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_QUERY = "cors="
_NONE_YET = ("NoSuchCORSConfiguration", "NoSuchCORSConfigurationError")
#: Amazon may show a bucket's former setting for a moment: pauses before another look, in seconds.
_LOOKS = (0.0, 0.3, 0.7, 1.0)
#: A rule is pairs of an element's name and text, e.g. ("AllowedMethod", "GET").
_Rule = tuple[tuple[str, str], ...]
_ORIGIN = "AllowedOrigin"
#: In the order that old servers insist on.
_OURS: _Rule = (
    *(("AllowedMethod", name) for name in ("GET", "HEAD")),
    *(("AllowedHeader", name) for name in ("Range", "If-Match", "If-Range")),
    *(("ExposeHeader", name) for name in EXPOSED),
    ("MaxAgeSeconds", str(MAX_AGE)),
)


@dataclass(frozen=True)
class BucketCors:
    """Rules in their order: for each request, the first that fits counts."""

    rules: tuple[_Rule, ...] = ()

    @property
    def origins(self) -> tuple[str, ...]:
        """Those of our rule."""
        at = self._ours
        return () if at is None else _values(self.rules[at], _ORIGIN)

    @property
    def text(self) -> str:
        return "\n\n".join(map(_text, self.rules))

    def with_origins(self, origins: tuple[str, ...]) -> BucketCors:
        """With our rule for them in its place, or as the last; without it where there are none."""
        at = self._ours
        ours: tuple[_Rule, ...] = ()
        if origins:
            before = self.rules[at] if at is not None else ()
            number = tuple(pair for pair in before if pair[0] == "ID")
            allowed = tuple((_ORIGIN, origin) for origin in checked_origins(origins))
            ours = ((*number, *allowed, *_OURS),)
        if at is None:
            return BucketCors(self.rules + ours)
        return BucketCors(self.rules[:at] + ours + self.rules[at + 1 :])

    @property
    def _ours(self) -> int | None:
        """Where our rule is. Not every server keeps an ID, so that its content tells."""
        return next((i for i, rule in enumerate(self.rules) if _is_ours(rule)), None)


def read_cors(store: S3Store, bucket: str) -> BucketCors:
    """All rules of the bucket."""
    doing = f"read the CORS rules of bucket “{bucket}”"
    try:
        response = store.call("GET", (bucket,), doing, query=_QUERY, accept=(200, 404))
    except PermissionDeniedError as error:
        raise _for_the_owner(doing, error) from None
    except ProtocolError as error:
        raise _unsupported(doing, error) from None
    found = _document(response)
    if response.status == 404:
        if found.value("Code") in _NONE_YET:
            return BucketCors()
        raise error_of(response, found, doing)
    if found.name != "CORSConfiguration":
        raise ProtocolError(
            f"Could not {doing}: this store can't set CORS by bucket. Ask its provider."
        )
    return BucketCors(tuple(_rule(row, doing) for row in found.all("CORSRule")))


def write_cors(
    store: S3Store, bucket: str, now: CorsSetting, origins: tuple[str, ...]
) -> BucketCors:
    """Put our rule among the bucket's, which S3 replaces all at once. See `SetsCors`."""
    doing = f"set the CORS rules of bucket “{bucket}”"
    before = read_cors(store, bucket)
    check_unchanged(before, now, doing)
    wanted = before.with_origins(origins)
    try:
        if wanted.rules:
            body = _body(wanted)
            digest = hashlib.md5(body, usedforsecurity=False).digest()
            store.call(
                "PUT", (bucket,), doing, query=_QUERY, body=body,
                headers={
                    "Content-Type": "application/xml",
                    "Content-MD5": b64encode(digest).decode(),  # S3 takes no rules without
                },
                payload=hashlib.sha256(body).hexdigest(),
            ).close()  # fmt: skip
        else:
            store.call("DELETE", (bucket,), doing, query=_QUERY).close()
    except PermissionDeniedError as error:
        raise _for_the_owner(doing, error) from None
    except ProtocolError as error:
        raise _unsupported(doing, error) from None
    for pause in _LOOKS:
        time.sleep(pause)
        found = read_cors(store, bucket)
        if list(map(_plain, found.rules)) == list(map(_plain, wanted.rules)):
            return found
    raise ProtocolError(
        f"Could not {doing}: the store has accepted it, but says something else. Look again in a "
        "minute."
    )


def _rule(row: Element, doing: str) -> _Rule:
    pairs = tuple((part.name, part.text.strip()) for part in row.children if part.text.strip())
    if not pairs or any(part.children for part in row.children):
        raise ConfigurationError(
            f"Could not {doing}: it has one that this version doesn't understand, and would lose. "
            "Set CORS at the provider."
        )
    return pairs


def _is_ours(rule: _Rule) -> bool:
    if _plain(tuple(pair for pair in rule if pair[0] != _ORIGIN)) != _plain(_OURS):
        return False
    try:  # another's may have patterns such as https://*.example.org
        return bool(checked_origins(_values(rule, _ORIGIN)))
    except ConfigurationError:
        return False


def _plain(rule: _Rule) -> list[tuple[str, str]]:
    """Servers may sort what is in a rule, change the case of headers, and drop or make IDs."""
    return sorted((name, text.lower()) for name, text in rule if name != "ID")


def _values(rule: _Rule, name: str) -> tuple[str, ...]:
    return tuple(text for found, text in rule if found == name)


def _text(rule: _Rule) -> str:
    names = dict.fromkeys(name for name, _text in rule)
    return "\n".join(f"{name}: {', '.join(_values(rule, name))}" for name in names)


def _body(setting: BucketCors) -> bytes:
    rules = "".join(
        f"<CORSRule>{''.join(f'<{n}>{escape(text)}</{n}>' for n, text in rule)}</CORSRule>"
        for rule in setting.rules
    )
    return f'<CORSConfiguration xmlns="{_NAMESPACE}">{rules}</CORSConfiguration>'.encode()


def _document(response: Response) -> Element:
    try:
        return parse(response.read(MAX_XML))
    except (ValueError, IndexError):
        return Element("")


def _for_the_owner(doing: str, error: PermissionDeniedError) -> PermissionDeniedError:
    return only_the_owner(doing, "the bucket's owner, and whom they let set CORS,", error)


def _unsupported(doing: str, error: ProtocolError) -> ProtocolError:
    if error.status not in (405, 501):
        return error
    return ProtocolError(
        f"Could not {doing}: this store can't set CORS by bucket ({error.status}). Ask its "
        "provider.",
        status=error.status,
        request_id=error.request_id,
    )
