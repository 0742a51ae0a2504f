# SPDX-License-Identifier: GPL-2.0-or-later
"""Where secrets go, which keyrings are refused, and what the user reads.

The keyring is the encrypted file of keyrings.alt. QGIS's real authentication database is tried in
processes of their own, like the Secret Service in tests/integration/test_keyring.py.
"""

from __future__ import annotations

import base64
import getpass
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import PasswordSetError
from keyrings.alt.file import EncryptedKeyring, PlaintextKeyring
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters.keyring_store import Question
from cog_browser.adapters.secret_store import SECRET_STORES, SecretStore
from cog_browser.adapters.sessions import Sessions
from cog_browser.gui.accounts.secret_fields import SecretStoreBox
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from tests.integration import test_keyring as steps
from tests.integration.test_keyring import Player, PlayStep, files_in_clear, step_server

SECRET = steps.SECRET
CREDENTIALS = Credentials(password=SECRET)


class Unheard(KeyringBackend):
    """A back end that nobody knows."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("used")

    set_password = get_password


class Gossip(EncryptedKeyring):
    """An error that quotes the secret."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if service == "keyring-setting":
            super().set_password(service, username, password)
        else:
            raise PasswordSetError(f"can't store {password}")


def chain(*backends: object) -> chainer.ChainerBackend:
    class Chain(chainer.ChainerBackend):
        pass

    Chain.backends = list(backends)
    return Chain()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "crypted_pass.cfg"


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, file: Path) -> Callable[..., object]:
    """Makes a keyring this computer's, writing to `file`; nothing may ask on the terminal."""

    def no_terminal(*_arguments: object) -> str:
        raise AssertionError("asked on the terminal")

    monkeypatch.setattr(getpass, "getpass", no_terminal)

    def use(backend: object) -> object:
        for one in getattr(backend, "backends", [backend]):
            one.file_path = str(file)
        monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
        return backend

    return use


@pytest.fixture
def connection(sessions: Sessions) -> Iterator[Connection]:
    """A saved connection; its note of where the secret is goes with it."""
    made = Connection(name="Somewhere", kind="swift", auth_url="https://example.org/v3")
    sessions.repository.save(made)
    yield made
    sessions.repository.remove(made.id)


def store(answer: str | None = None, questions: list[Question] | None = None) -> SecretStore:
    """A store as after a restart. Its user, if there is one, answers so; notes the questions."""
    made = SecretStore()

    def ask(question: Question) -> str | None:
        if questions is not None:
            questions.append(question)
        return answer

    made.set_ask(None if answer is None else ask)
    return made


def is_clear(data: bytes) -> bool:
    plain = SECRET.encode()
    forms = [plain, SECRET.encode("utf-16-le"), base64.b64encode(plain)[:-4]]
    return any(form in data for form in forms)


@pytest.fixture(scope="module")
def play_step(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayStep]:
    with step_server(tmp_path_factory.mktemp("server")) as play_step:
        yield play_step


@pytest.fixture
def play(play_step: PlayStep, tmp_path: Path) -> Player:
    """Another QGIS, without D-Bus, as over SSH."""
    return Player(play_step, tmp_path)


REFUSED = [
    (fail.Keyring, "There is no keyring in this session: neither Secret Service nor KWallet"),
    (null.Keyring, "set to “keyring.backends.null.Keyring”, which keeps nothing."),
    (
        PlaintextKeyring,
        "set to “keyrings.alt.file.PlaintextKeyring”, which writes secrets in clear",
    ),
    (lambda: chain(PlaintextKeyring()), "a chain of which no part is known to encrypt (keyrings."),
    (chain, "a chain of which no part is known to encrypt (–)"),
    (Unheard, "test_secret_store.Unheard”, which isn't known to encrypt, so it isn't used."),
    (EncryptedKeyring, "is locked, and nobody can be asked for its password here."),
]


@pytest.mark.parametrize(("make", "sentence"), REFUSED)
def test_a_keyring_that_is_not_safe_is_refused_with_a_sentence(
    use: Callable[..., object],
    connection: Connection,
    file: Path,
    make: Callable[[], object],
    sentence: str,
) -> None:
    use(make())
    secrets = store()
    place = secrets.available()[0]
    assert (place.name, place.usable) == ("keyring", False)
    assert sentence in place.why_not
    with pytest.raises(ConfigurationError) as raised:
        secrets.save(connection.id, CREDENTIALS, "keyring")
    assert str(raised.value) == place.why_not
    assert secrets.where(connection.id) is None
    assert secrets.save(connection.id, CREDENTIALS, "auto") == "session"
    assert not file.exists()


def test_without_the_library_the_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, qgis_app: object
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "The Python library “keyring” isn't installed" in store().available()[0].why_not


def test_a_back_end_that_can_not_start_says_why(
    monkeypatch: pytest.MonkeyPatch, qgis_app: object
) -> None:
    def broken() -> object:
        raise RuntimeError("no such back end.")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    sentence = "This computer's keyring can't be used: no such back end."
    assert store().available()[0].why_not == sentence
    with pytest.raises(ConfigurationError, match=sentence):
        store().open("keyring")


def test_the_encrypted_file_asks_once_and_survives_a_restart(
    use: Callable[..., object], connection: Connection, file: Path
) -> None:
    use(EncryptedKeyring())
    questions: list[Question] = []
    secrets = store("file-password", questions)
    assert secrets.available()[0].label == f"In this computer's keyring (encrypted file {file})"
    assert secrets.save(connection.id, CREDENTIALS, "keyring") == "keyring"
    assert secrets.where(connection.id) == "keyring"
    assert questions == [Question(str(file), is_new=True)]
    assert file.stat().st_size > 100
    assert not is_clear(file.read_bytes())

    use(EncryptedKeyring())
    questions.clear()
    secrets = store("file-password", questions)
    assert secrets.where(connection.id) == "keyring"
    assert secrets.load(connection.id, may_prompt=False) is None
    assert questions == []
    assert "may be locked" in secrets.notice(connection.id)
    assert secrets.load(connection.id) == CREDENTIALS
    assert questions == [Question(str(file))]
    assert secrets.notice(connection.id) == ""

    assert store().load(connection.id, may_prompt=False) == CREDENTIALS  # it is open now
    assert store().save(connection.id, CREDENTIALS, "auto") == "keyring"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("another", "That is not the password of the encrypted keyring file"),
        ("", "stays locked: no password was given."),
        (None, "nobody can be asked for its password here."),
    ],
)
def test_an_encrypted_file_that_stays_locked_says_why(
    use: Callable[..., object], connection: Connection, answer: str | None, sentence: str
) -> None:
    use(EncryptedKeyring())
    store("file-password").save(connection.id, CREDENTIALS, "keyring")
    use(EncryptedKeyring())
    secrets = store(answer)
    assert secrets.load(connection.id) is None
    assert sentence in secrets.notice(connection.id)
    with pytest.raises(ConfigurationError, match=sentence.partition(":")[0]):
        secrets.move(connection.id, "session")
    assert secrets.where(connection.id) == "keyring"
    assert secrets.save(connection.id, Credentials(password="new"), "auto") == "session"
    assert secrets.notice(connection.id).startswith("The secret was not deleted where it was. ")
    use(EncryptedKeyring())
    assert store("file-password").where(connection.id) is None


def test_a_chain_is_looked_into(
    use: Callable[..., object], connection: Connection, file: Path
) -> None:
    use(chain(PlaintextKeyring(), EncryptedKeyring()))
    assert store("file-password").save(connection.id, CREDENTIALS, "keyring") == "keyring"
    assert not is_clear(file.read_bytes())


def test_an_error_that_quotes_the_secret_goes_no_further(
    use: Callable[..., object], connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    use(Gossip())
    secrets = store("file-password")
    secrets.save(connection.id, Credentials(password="old"), "session")
    with pytest.raises(ConfigurationError, match=r"failed \(PasswordSetError\)") as raised:
        secrets.save(connection.id, CREDENTIALS, "keyring")
    assert raised.value.__context__ is None
    assert secrets.load(connection.id) == Credentials(password="old")
    assert secrets.save(connection.id, CREDENTIALS, "auto") == "session"
    assert "failed (PasswordSetError)" in secrets.notice(connection.id)
    assert secrets.notice(connection.id) in caplog.text
    assert SECRET not in caplog.text


def test_a_secret_that_can_not_be_read_is_never_quoted(
    use: Callable[..., object], connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    backend = use(EncryptedKeyring())
    store("file-password").save(connection.id, CREDENTIALS, "keyring")
    backend.set_password("QGIS COG Browser", connection.id, f"{{{SECRET}")
    secrets = store()
    assert secrets.load(connection.id) is None
    assert secrets.notice(connection.id) == "The saved secret can't be read. Sign in again."
    assert SECRET not in caplog.text


def test_a_secret_moves_and_leaves_nothing_behind(
    use: Callable[..., object], connection: Connection
) -> None:
    backend = use(EncryptedKeyring())
    secrets = store("file-password")
    entry = ("QGIS COG Browser", connection.id)
    secrets.save(connection.id, CREDENTIALS, "session")
    assert secrets.where(connection.id) == "session"
    assert secrets.move(connection.id, "keyring") == secrets.where(connection.id) == "keyring"
    assert SECRET in backend.get_password(*entry)
    assert secrets.move(connection.id, "session") == secrets.where(connection.id) == "session"
    assert backend.get_password(*entry) is None
    assert store().where(connection.id) is None

    secrets.move(connection.id, "keyring")
    secrets.remove(connection.id)
    assert backend.get_password(*entry) is None
    assert secrets.where(connection.id) is None
    assert secrets.load(connection.id) is None
    with pytest.raises(ConfigurationError, match="There is no secret to move"):
        secrets.move(connection.id, "session")


def test_an_entry_that_was_deleted_elsewhere_is_simply_gone(
    use: Callable[..., object], connection: Connection
) -> None:
    backend = use(EncryptedKeyring())
    store("file-password").save(connection.id, CREDENTIALS, "keyring")
    backend.delete_password("QGIS COG Browser", connection.id)
    secrets = store()
    assert secrets.load(connection.id) is None
    secrets.remove(connection.id)
    assert secrets.notice(connection.id) == ""


def test_an_unknown_place_is_refused(qgis_app: object) -> None:
    with pytest.raises(ConfigurationError, match="auto, keyring, qgis, session"):
        store().save("id", CREDENTIALS, "drawer")


def test_the_choice_shows_what_this_computer_has(use: Callable[..., object], qtbot: object) -> None:
    use(PlaintextKeyring())
    parent = QWidget()
    qtbot.addWidget(parent)
    box = SecretStoreBox(parent)
    assert [box.itemData(row) for row in range(box.count())] == list(SECRET_STORES)
    box.show_available(store().available())
    row = box.findData("keyring")
    assert not box.model().item(row).isEnabled()
    assert "writes secrets in clear" in box.model().item(row).toolTip()
    assert box.model().item(box.findData("session")).isEnabled()


def test_without_d_bus_the_sentence_says_so(play: Player) -> None:
    fail = "keyring.backends.fail.Keyring"  # what keyring takes when it finds none
    _, label, usable, why_not = play(steps.available, PYTHON_KEYRING_BACKEND=fail)[0]
    assert (label, usable) == ("In this computer's keyring", False)
    assert why_not == (
        "There is no keyring in this session: neither Secret Service nor KWallet answers on "
        "D-Bus, as is usual over SSH and in containers."
    )
    named = "keyring.backends.SecretService.Keyring"  # the user insists
    _, _, usable, why_not = play(steps.available, PYTHON_KEYRING_BACKEND=named)[0]
    assert not usable
    assert why_not.startswith("This computer's keyring can't be used: Unable to initialize Secret")


def test_without_d_bus_a_chain_of_files_is_looked_into(play: Player) -> None:
    assert play(steps.back_end) == "ChainerBackend"
    assert "nobody can be asked for its password here" in play(steps.available)[0][3]
    assert play(steps.save, "auto") == ["session", "session", "", 0]
    assert files_in_clear(play.folder) == []


def test_the_database_survives_a_restart(play: Player) -> None:
    assert play(steps.save, "qgis", SECRET, "master") == ["qgis", "qgis", "", 1]
    locked = "QGIS's authentication database is locked: its master password is not set yet."
    assert play(steps.load, False, "master") == [None, "qgis", locked, 0]
    assert play(steps.load, True, "master") == [SECRET, "qgis", "", 1]
    assert files_in_clear(play.folder) == []
    assert play(steps.remove) == [None, ""]
    assert play(steps.load, True, "master") == [None, None, "", 0]


def test_an_open_database_is_chosen_by_itself(play: Player) -> None:
    assert play(steps.save_in_the_open_database, "auto")[:2] == ["qgis", "qgis"]


def test_a_wrong_or_withheld_master_password_has_a_sentence(play: Player) -> None:
    play(steps.save, "qgis", SECRET, "master")
    wrong = (
        "That is not the master password of QGIS's authentication database. Try again, or choose "
        "another place for the secret."
    )
    declined = (
        "QGIS's authentication database stayed locked: its master password was not given. Try "
        "again, or choose another place for the secret."
    )
    assert play(steps.load, True, "guess") == [None, "qgis", wrong, 1]
    assert play(steps.load, True, None) == [None, "qgis", declined, 1]
    assert play(steps.save, "qgis", "new", "guess") == [wrong, "qgis", "", 1]
    assert play(steps.save, "qgis", "new", None) == [declined, "qgis", "", 1]
    assert play(steps.open_database, "guess") == [wrong, 1]
    assert play(steps.open_database, None) == [declined, 1]
    assert play(steps.open_database, "master") == ["", 1]
    assert play(steps.load_with_an_unverified_master_password) == [None, wrong, 0]
    assert play(steps.load, True, "master") == [SECRET, "qgis", "", 1]


def test_a_database_that_is_off_or_broken_has_a_sentence(play: Player) -> None:
    disabled = (
        "QGIS's authentication database is disabled (QCA's OpenSSL plugin (qca-ossl) is missing)."
    )
    assert play(steps.available, QCA_NO_PLUGINS="1")[1][2:] == [False, disabled]
    assert play(steps.save, "qgis", QCA_NO_PLUGINS="1") == [disabled, None, "", 0]
    path = play.folder / "auth" / "qgis-auth.db"
    path.unlink(missing_ok=True)
    path.mkdir()
    broken = f"QGIS's authentication database {path} can't be opened."
    assert play(steps.available)[1][2:] == [False, broken]
    assert play(steps.save, "qgis") == [broken, None, "", 0]
