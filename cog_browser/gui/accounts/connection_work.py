# SPDX-License-Identifier: GPL-2.0-or-later
"""What the connection dialog has done in workers: tests, files, certificates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.network_settings import http_settings
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.sign_in_modes import is_enough
from cog_browser.storage.certificates import ServerCertificate, fetch_certificate, trust
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.diagnosis import AccountOptions, Diagnosis, Step
from cog_browser.storage.errors import CogBrowserError, ConfigurationError

_MAX_OPENRC = 1 << 20
Say = Callable[[str], None]


class ConnectionWork(QObject):
    """One for each dialog. Callbacks come on the main thread, and never after `cancel`."""

    def __init__(self, sessions: Sessions, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sessions, self._workers = sessions, workers

    def test(
        self,
        connection: Connection,
        credentials: Credentials | None,
        step: Callable[[Step], None],
        done: Callable[[AccountOptions], None],
        failed: Say,
    ) -> None:
        """Try a connection; ``None`` stands for its saved secret. `done` comes in any case."""
        secrets, settings = self._sessions.secrets, http_settings()
        in_keyring = secrets.where(connection.id) == "keyring"  # which a worker asks
        given = credentials
        if given is None and not in_keyring:
            given = self._sessions.find_credentials(connection)

        def work(job: Job) -> AccountOptions:
            known = given
            if known is None and in_keyring:
                known = secrets.load(connection.id)
            if known is None or not is_enough(connection, known):
                raise ConfigurationError(_missing(connection, known))
            run = Diagnosis(connection, known, settings)
            for taken in run.steps():
                job.emit(taken)
            job.check()
            try:
                return run.options()
            except CogBrowserError:  # the steps have said it
                return AccountOptions()

        self._run("test", work, done, failed, item=step)

    def read(self, path: Path, done: Say, failed: Say) -> None:
        """The text of a file."""

        def work(_job: Job) -> str:
            try:
                with path.open(encoding="utf-8-sig") as file:
                    text = file.read(_MAX_OPENRC + 1)
            except (OSError, UnicodeDecodeError) as error:
                raise CogBrowserError(f"{path} can't be read: {error}") from error
            if len(text) > _MAX_OPENRC:
                raise CogBrowserError(f"{path} is too large to be an openrc file.")
            return text

        self._run("read", work, done, failed)

    def certificate(self, url: str, done: Callable[[ServerCertificate], None], failed: Say) -> None:
        """What the server of a URL shows."""
        timeout = http_settings().connect_timeout
        self._run("certificate", lambda _job: fetch_certificate(url, timeout), done, failed)

    def trust(self, certificate: ServerCertificate, ca_bundle: str, done: Say, failed: Say) -> None:
        """Save a certificate beside what ``ca_bundle`` trusts; answers with the file's path."""
        folder = Path(QgsApplication.qgisSettingsDirPath()) / "cog_browser" / "certificates"
        self._run("trust", lambda _job: str(trust(certificate, folder, ca_bundle)), done, failed)

    def cancel(self) -> None:
        """Nothing of what runs is answered any more."""
        for name in ("test", "read", "certificate", "trust"):
            self._workers.cancel((self, name))

    def _run(
        self, name: str, work: Callable[[Job], object], done: Callable[..., None], failed: Say,
        item: Callable[..., None] | None = None,
    ) -> None:  # fmt: skip
        self._workers.run(
            work,
            done=done,
            failed=lambda error: failed(messages.describe(error).full_text),
            item=item,
            key=(self, name),
        )


def _missing(connection: Connection, known: Credentials | None) -> str:
    if connection.auth_mode == "totp" and known:
        return tr("No passcode is saved, as each is good once; fill it in.")
    return tr("No secret is saved; fill it in.")
