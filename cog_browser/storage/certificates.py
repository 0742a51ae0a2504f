# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows a server's certificate, and trusts exactly that one where the user says so.

The handshake that fetches it checks nothing and sends nothing: the connection is closed right after
it. A trusted certificate is a PEM file that becomes the connection's CA bundle. It may be signed by
an authority that nobody knows, so OpenSSL has to take it for the end of the chain
(``X509_V_FLAG_PARTIAL_CHAIN``); host name, dates and signature are checked as ever.
"""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cog_browser.storage.errors import ConfigurationError, TransportError
from cog_browser.storage.transfers.local_files import whole_file_or_nothing

#: ``ssl.VERIFY_X509_PARTIAL_CHAIN``, which Python knows by name from 3.10 on.
PARTIAL_CHAIN = 0x80000
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True)
class ServerCertificate:
    """What a server shows about itself.

    ``problem`` says why trusting it would not help, e.g. that it is for another host; then the
    other texts may be empty, as an untrusted certificate is not read. Times are GMT, as in the
    certificate.
    """

    host: str
    pem: str = field(repr=False)
    fingerprint: str  # SHA-256, AB:CD:…
    subject: str = ""
    issuer: str = ""
    valid_from: str = ""
    valid_until: str = ""
    names: tuple[str, ...] = ()
    problem: str = ""


def fetch_certificate(url: str, timeout: float = 10.0) -> ServerCertificate:
    """The certificate of the server of a URL, straight from it: no proxy is asked.

    Raises `ConfigurationError` unless the URL is https, `TransportError` where none comes.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    if parts.scheme != "https" or not host:
        raise ConfigurationError("Only https servers have a certificate.")
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE  # nothing is sent; see above
    try:
        with _connected(host, port, timeout, careless) as server:
            der = server.getpeercert(binary_form=True) or b""
    except OSError as error:
        raise TransportError(
            f"{parts.netloc} shows no certificate ({_reason(error)}); check the URL."
        ) from None
    pem = ssl.DER_cert_to_PEM_cert(der)
    digest = hashlib.sha256(der).hexdigest().upper()
    fingerprint = ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))
    try:
        found = _trusted_details(host, port, timeout, pem)
    except OSError as error:
        return ServerCertificate(parts.netloc, pem, fingerprint, problem=_why_useless(host, error))
    return ServerCertificate(
        parts.netloc,
        pem,
        fingerprint,
        subject=_name(found.get("subject", ())),
        issuer=_name(found.get("issuer", ())),
        valid_from=str(found.get("notBefore", "")),
        valid_until=str(found.get("notAfter", "")),
        names=tuple(str(value) for _, value in found.get("subjectAltName", ())),
    )


def distrust(url: str, ca_bundle: str = "", timeout: float = 10.0) -> str:
    """Why the certificate of an https URL is not trusted, in OpenSSL's words; empty if it is.

    Empty also where the server can't be reached: then that is the problem.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return ""
    try:
        context = trusting_context(ca_bundle)
        with _connected(parts.hostname, parts.port or 443, timeout, context):
            return ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError:
        return ""


def trusting_context(ca_bundle: str = "") -> ssl.SSLContext:
    """A verifying context in which each certificate of the bundle ends a chain."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= PARTIAL_CHAIN
    if ca_bundle:
        context.load_verify_locations(cafile=ca_bundle)
    else:
        context.load_default_certs()
    return context


def trust(certificate: ServerCertificate, folder: Path, ca_bundle: str = "") -> Path:
    """Write a CA bundle that trusts the certificate, and what ``ca_bundle`` trusts; its path.

    Files in the folder are named by their content and never changed: another connection that uses
    one trusts no more than before.
    """
    kept: Iterable[str] = ()
    if ca_bundle:
        try:
            kept = _PEM.findall(Path(ca_bundle).read_text(encoding="ascii", errors="replace"))
        except OSError:
            raise ConfigurationError(f"The CA bundle {ca_bundle} can't be read.") from None
    own = certificate.pem.strip()
    text = "\n".join(dict.fromkeys([*kept, own])) + "\n"
    name = re.sub(r"[^A-Za-z0-9.-]", "_", certificate.host)
    target = folder / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.pem"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file_or_nothing(target) as file:
            file.write(text.encode("ascii", "replace"))
    except OSError as error:
        raise ConfigurationError(f"{target} can't be written: {error.strerror}.") from None
    return target


def _connected(host: str, port: int, timeout: float, context: ssl.SSLContext) -> ssl.SSLSocket:
    connection = socket.create_connection((host, port), timeout=timeout)
    try:
        return context.wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def _trusted_details(host: str, port: int, timeout: float, pem: str) -> dict[str, Any]:
    """What is in the certificate, by a second handshake that trusts it alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= PARTIAL_CHAIN
    context.load_verify_locations(cadata=pem)
    with _connected(host, port, timeout, context) as server:
        return dict(server.getpeercert() or {})


def _why_useless(host: str, error: OSError) -> str:
    said = getattr(error, "verify_message", "")
    if "mismatch" in said:
        return f"The certificate is not for {host}. Ask the provider for the right address."
    if "expired" in said:
        return "The certificate has expired. Only the provider can renew it."
    if "not yet valid" in said:
        return "The certificate is not valid yet. Check this computer's clock."
    return f"The certificate can't be used ({said or _reason(error)})."


def _reason(error: OSError) -> str:
    return getattr(error, "reason", None) or error.strerror or type(error).__name__


def _name(parts: Iterable[Iterable[tuple[str, str]]]) -> str:
    """“commonName, organizationName” and so on, of ssl's nested pairs."""
    return ", ".join(value for part in parts for _, value in part)
