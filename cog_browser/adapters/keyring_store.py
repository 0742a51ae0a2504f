# SPDX-License-Identifier: GPL-2.0-or-later
"""The computer's keyring, through the optional library ``keyring``. No other module imports it.

``keyring`` takes whatever back end it finds, also one that writes in clear; here only those of
`BACK_ENDS` are used. Every call may wait for D-Bus, and those that unlock for the user as well.
"""

from __future__ import annotations

import copy
import enum
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cog_browser.adapters.i18n import tr
from cog_browser.storage.errors import ConfigurationError

_SERVICE = "QGIS COG Browser"
_ATTEMPTS = 3  # at the password of an encrypted file


@dataclass(frozen=True)
class Question:
    """What a user is asked: the password of the encrypted keyring file ``path``."""

    path: str
    #: There is no such file yet: the password is to be chosen.
    is_new: bool = False
    #: The answer before this one was not the password.
    was_wrong: bool = False


#: Asks the user; None where that was declined. Called in the thread that needs the answer.
Ask = Callable[[Question], "str | None"]


@dataclass(frozen=True)
class BackEnd:
    label: str
    #: The most bytes that one secret may have, in UTF-16.
    limit: int | None = None


_FREEDESKTOP = "keyring.backends.SecretService.Keyring"
_WINDOWS = "keyring.backends.Windows.WinVaultKeyring"
_FILE = "keyrings.alt.file.EncryptedKeyring"
#: What is known to encrypt: the class in ``keyring`` → its name for people.
BACK_ENDS = {
    _FREEDESKTOP: BackEnd("Secret Service"),
    "keyring.backends.libsecret.Keyring": BackEnd("Secret Service"),
    "keyring.backends.kwallet.DBusKeyring": BackEnd("KWallet"),
    "keyring.backends.kwallet.DBusKeyringKWallet4": BackEnd("KWallet"),
    "keyring.backends.macOS.Keyring": BackEnd("macOS Keychain"),
    _WINDOWS: BackEnd("Windows Credential Manager", limit=2560),
    _FILE: BackEnd("keyrings.alt"),
}

_FAIL = "keyring.backends.fail.Keyring"
_CHAIN = "keyring.backends.chainer.ChainerBackend"
_NULL = "keyring.backends.null.Keyring"

# How keyrings.alt recognises the password of its file.
_REFERENCE = ("keyring-setting", "password reference")
_REFERENCE_TEXT = "password reference value"

# Some back ends read everything, change one entry and write everything.
_writing = threading.Lock()


class Lock(enum.Enum):
    """UNKNOWN: the back end can't be asked without a chance that it asks the user."""

    OPEN = enum.auto()
    LOCKED = enum.auto()
    UNKNOWN = enum.auto()


class KeyringStore:
    """Texts by connection id. Thread: any; see the module."""

    def __init__(self) -> None:
        #: For a back end that asks for its password on a terminal, which QGIS has not.
        self.ask: Ask | None = None

    def why_not(self) -> str:
        """Why there is no keyring to use; empty where there is one."""
        return self._find()[1]

    def name(self) -> str:
        """The back end's name, empty where none is used."""
        backend, _ = self._find()
        return "" if backend is None else _name(backend)

    def why_too_large(self, text: str) -> str:
        """Why the text does not fit; empty where it does."""
        backend, _ = self._find()
        limit = None if backend is None else BACK_ENDS[_known(backend)].limit
        size = len(text.encode("utf-16-le"))
        if limit is None or size <= limit:
            return ""
        return tr(
            "The secret takes {size} bytes, and this computer's keyring ({keyring}) keeps {limit} "
            "at most, so it isn't kept there."
        ).format(size=size, keyring=_name(backend), limit=limit)

    def lock(self, connection_id: str | None = None) -> Lock:
        """Whether the keyring, and the connection's entry in it, opens without a question."""
        backend, _ = self._find()
        if backend is None:
            return Lock.LOCKED
        kind = _known(backend)
        if kind == _FREEDESKTOP:
            return _secret_service_lock(backend, connection_id)
        if kind == _FILE:
            return Lock.OPEN if _file_is_open(backend) else Lock.LOCKED
        return Lock.OPEN if kind == _WINDOWS else Lock.UNKNOWN

    def unlock(self) -> None:
        """Open the keyring, asking the user where needed. Raises `ConfigurationError`."""
        self._unlocked()

    def save(self, connection_id: str, text: str) -> None:
        backend = self._unlocked()
        with _writing:
            _call(backend.set_password, _SERVICE, connection_id, text)

    def load(self, connection_id: str) -> str | None:
        """The text, or None where the keyring has none. Raises `ConfigurationError`."""
        return _call(self._unlocked().get_password, _SERVICE, connection_id)

    def remove(self, connection_id: str) -> None:
        """Delete the text; it is no error that there was none."""
        backend = self._unlocked()
        with _writing:
            if _call(backend.get_password, _SERVICE, connection_id) is not None:
                _call(backend.delete_password, _SERVICE, connection_id)

    def _unlocked(self) -> Any:
        backend, why_not = self._find()
        if backend is None:
            raise ConfigurationError(why_not)
        if _known(backend) == _FILE:
            _open_file(backend, self.ask)
        elif _known(backend) == _FREEDESKTOP:
            with closing(_call(backend.get_preferred_collection).connection):
                pass
        return backend

    def _find(self) -> tuple[Any, str]:
        """The back end, or None and why."""
        backend, why_not = _chosen()
        if backend is None or _known(backend) != _FILE or _file_is_open(backend):
            return backend, why_not
        if self.ask is None:
            return None, tr(
                "The encrypted keyring file {path} is locked, and nobody can be asked for its "
                "password here."
            ).format(path=backend.file_path)
        return backend, ""


def _chosen() -> tuple[Any, str]:
    """What ``keyring`` would use, looked into where it is a chain; or None and why it isn't."""
    try:
        import keyring  # noqa: PLC0415 optional, and slow
    except ImportError:
        return None, tr(
            "The Python library “keyring” isn't installed for QGIS, so this computer's keyring "
            "can't be reached."
        )
    try:
        backend = keyring.get_keyring()
        candidates = list(backend.backends) if _CHAIN in _paths(backend) else [backend]
    except Exception as error:  # a back end set by the user, not yet given a secret
        return None, tr("This computer's keyring can't be used: {reason}.").format(
            reason=str(error).rstrip(".") or type(error).__name__
        )
    for candidate in candidates:
        if _known(candidate):
            return candidate, ""
    return None, _refusal(backend, candidates)


def _refusal(backend: Any, candidates: list[Any]) -> str:
    paths = _paths(backend)
    if _CHAIN in paths:
        names = ", ".join(sorted({_paths(candidate)[0] for candidate in candidates}))
        return tr(
            "The keyring is a chain of which no part is known to encrypt ({names}), so it isn't "
            "used."
        ).format(names=names or "–")
    if _FAIL in paths and sys.platform not in ("win32", "darwin"):
        return tr(
            "There is no keyring in this session: neither Secret Service nor KWallet answers on "
            "D-Bus, as is usual over SSH and in containers."
        )
    if _FAIL in paths:
        return tr("The Python library “keyring” finds no keyring on this computer.")
    if _NULL in paths:
        return tr("The keyring is set to “{name}”, which keeps nothing.").format(name=paths[0])
    if any("plaintext" in path.lower() for path in paths):
        return tr(
            "The keyring is set to “{name}”, which writes secrets in clear, so it isn't used."
        ).format(name=paths[0])
    return tr(
        "The keyring is set to “{name}”, which isn't known to encrypt, so it isn't used."
    ).format(name=paths[0])


def _paths(backend: Any) -> list[str]:
    """The full names of its class and of those it is derived from."""
    return [f"{cls.__module__}.{cls.__qualname__}" for cls in type(backend).__mro__]


def _known(backend: Any) -> str:
    """Which of `BACK_ENDS` it is; empty where it is none."""
    return next((path for path in _paths(backend) if path in BACK_ENDS), "")


def _name(backend: Any) -> str:
    kind = _known(backend)
    if kind == _FILE:
        return tr("encrypted file {path}").format(path=backend.file_path)
    return BACK_ENDS[kind].label


def _call(function: Callable[..., Any], *arguments: str) -> Any:
    """What a back end answers. Its own errors may quote a secret and are never passed on."""
    try:
        return function(*arguments)
    except Exception as error:  # each back end has errors of its own
        problem = _sentence(function.__self__, error)  # type: ignore[attr-defined]
    raise ConfigurationError(problem)


def _sentence(backend: Any, error: Exception) -> str:
    """What went wrong, without a word of the error's own text."""
    names = {cls.__name__ for cls in type(error).__mro__}
    if names & {"KeyringLocked", "InitError", "LockedException", "PromptDismissedException"}:
        return tr(
            "This computer's keyring ({keyring}) stayed locked: its question was declined, or "
            "could not be shown. Unlock it and try again, or choose another place for the secret."
        ).format(keyring=_name(backend))
    return tr(
        "This computer's keyring ({keyring}) failed ({error}). Choose another place for the secret."
    ).format(keyring=_name(backend), error=type(error).__name__)


def _secret_service_lock(backend: Any, connection_id: str | None) -> Lock:
    import secretstorage  # noqa: PLC0415 optional; there, as the back end is

    try:
        with closing(secretstorage.dbus_init()) as bus:
            path = getattr(backend, "preferred_collection", None)
            collection = secretstorage.Collection(bus, *([path] if path else []))
            if collection.is_locked():
                return Lock.LOCKED
            if connection_id is not None:
                words = backend.schemes[backend.scheme]
                query = {words["service"]: _SERVICE, words["username"]: connection_id}
                if any(item.is_locked() for item in collection.search_items(query)):
                    return Lock.LOCKED  # KeePassXC asks for each entry
    except Exception:  # no service, or no collection yet: opening it would ask
        return Lock.LOCKED
    return Lock.OPEN


def _file_is_open(backend: Any) -> bool:
    # A look at the attribute itself would ask for the password on the terminal.
    return "keyring_key" in vars(backend)


def _open_file(backend: Any, ask: Ask | None) -> None:
    """What ``keyrings.alt`` does on a terminal, with ``ask``."""
    path = str(backend.file_path)
    question = Question(path, is_new=not Path(path).exists())
    for _ in range(_ATTEMPTS):
        if _file_is_open(backend):
            return
        password = ask(question) if ask is not None else None
        if not password:
            raise ConfigurationError(
                tr(
                    "The encrypted keyring file {path} stays locked: no password was given. Try "
                    "again, or choose another place for the secret."
                ).format(path=path)
            )
        if _is_password(backend, password):
            backend.keyring_key = password
            return
        question = replace(question, was_wrong=True)
    raise ConfigurationError(
        tr(
            "That is not the password of the encrypted keyring file {path}. Try again, or choose "
            "another place for the secret."
        ).format(path=path)
    )


def _is_password(backend: Any, password: str) -> bool:
    """Whether it opens the file; one that is new takes it."""
    trial = copy.copy(backend)  # another thread must not meet a key that may be wrong
    trial.keyring_key = password
    try:
        with _writing:
            found = trial.get_password(*_REFERENCE)
            if found is None:
                trial.set_password(*_REFERENCE, _REFERENCE_TEXT)
                return True
    except Exception:  # the wrong key gives bytes that are no text
        return False
    return bool(found == _REFERENCE_TEXT)
