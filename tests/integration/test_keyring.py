# SPDX-License-Identifier: GPL-2.0-or-later
"""Secrets in a real Secret Service (gnome-keyring), between it and QGIS's real database.

A step runs in a process of its own, with a QGIS profile, a D-Bus and a keyring of its own. All are
forks of one that has loaded QGIS, but not started it: loading takes longest.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import pytest
import secretstorage
from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

from tests.support.stack_client import ROOT

SECRET = "planted-battery-staple"
ID = "00000000-0000-4000-8000-000000000001"
_STEP_SECONDS = 300  # more than one takes on a busy machine


#: Plays a step (name, arguments, environment); returns its process's status, output and errors.
PlayStep = Callable[..., tuple[int, str, str]]


class Player:
    """Plays steps in a new QGIS process and returns what they say."""

    def __init__(self, play_step: PlayStep, folder: Path, bus: str | None = None) -> None:
        self._play_step, self.folder, self.bus = play_step, folder, bus

    def __call__(self, step: Callable[..., Any], *arguments: Any, **variables: str) -> Any:
        environment = {**profile_environment(self.folder), **variables}
        if self.bus:
            environment["DBUS_SESSION_BUS_ADDRESS"] = self.bus
        status, output, errors = self._play_step(step.__name__, arguments, environment)
        assert status == 0, errors
        assert SECRET not in errors
        return json.loads(output.splitlines()[-1])


@contextmanager
def step_server(folder: Path) -> Iterator[PlayStep]:
    """Loads QGIS once for many steps."""
    # without a thread of numpy's: a fork would lose it
    environment = {**profile_environment(folder), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True
    ) as server:
        assert server.stdin and server.stdout
        answers = server.stdout

        def play_step(*request: Any) -> tuple[int, str, str]:
            print(json.dumps(request), file=server.stdin, flush=True)
            status, output, errors = json.loads(answers.readline())
            return status, output, errors

        yield play_step
        server.stdin.close()


@pytest.fixture(scope="module")
def play_step(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayStep]:
    with step_server(tmp_path_factory.mktemp("server")) as play_step:
        yield play_step


def serve() -> None:
    """The other process: loads QGIS, and then for each step makes one that starts it."""
    import qgis.core  # noqa: F401

    from cog_browser.adapters import path_translation, secret_store  # noqa: F401

    for request in iter(sys.stdin.readline, ""):
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            if os.fork() == 0:
                signal.alarm(_STEP_SECONDS)
                os.dup2(output.fileno(), 1)
                os.dup2(errors.fileno(), 2)
                play(*json.loads(request))
            _, status = os.wait()
            for file in (output, errors):
                file.seek(0)
            print(json.dumps([status, output.read(), errors.read()]), flush=True)


def profile_environment(folder: Path) -> dict[str, str]:
    """An environment that keeps everything below the folder."""
    for name in ("run", "data", "config", "cache", "auth"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "QGIS_AUTH_DB_DIR_PATH": str(folder / "auth"),
        "QT_QPA_PLATFORM": "offscreen",
    }


def play(name: str, arguments: list[Any], environment: dict[str, str]) -> NoReturn:
    """A step's process: starts QGIS, plays the step with a new store, and prints its answer."""
    from qgis.core import QgsApplication, QgsSettings

    from cog_browser.adapters.secret_store import SecretStore

    os.environ.clear()
    os.environ.update(environment)
    application = QgsApplication([], False)
    application.setOrganizationName("QGIS")
    application.setApplicationName("QGIS3")
    application.initQgis()
    answer = globals()[name](SecretStore(), *arguments)
    QgsSettings().sync()
    print("\n" + json.dumps(answer), flush=True)
    os._exit(0)  # QGIS without a window may crash while it shuts down


def save(store: Any, where: str, secret: str = SECRET, master: str | None = None) -> list[Any]:
    """Returns where it went, or what was refused; where it is; the notice; the questions."""
    from cog_browser.storage.credentials import Credentials
    from cog_browser.storage.errors import ConfigurationError

    questions = _answer_master_password(master)
    try:
        kept = store.save(ID, Credentials(password=secret), where)
    except ConfigurationError as error:
        kept = str(error)
    return [kept, store.where(ID), store.notice(ID), len(questions)]


def load(store: Any, may_prompt: bool = True, master: str | None = None) -> list[Any]:
    """Returns the secret, where it is, the notice, and how often QGIS asked."""
    questions = _answer_master_password(master)
    found = store.load(ID, may_prompt)
    return [found and found.password, store.where(ID), store.notice(ID), len(questions)]


def load_in_a_thread(store: Any) -> list[Any]:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.extend([store.open("keyring"), store.load(ID)]))
    thread.start()
    thread.join()
    return [found[0], found[1].password]


def load_with_an_unverified_master_password(store: Any) -> list[Any]:
    from qgis.core import QgsApplication

    questions = _answer_master_password("master")
    QgsApplication.authManager().setMasterPassword("wrong", False)
    return [store.load(ID, may_prompt=False), store.notice(ID), len(questions)]


def save_in_the_open_database(store: Any, where: str) -> list[Any]:
    from qgis.core import QgsApplication

    _answer_master_password("master")
    QgsApplication.authManager().setMasterPassword(True)
    return save(store, where)


def open_database(store: Any, master: str | None = None) -> list[Any]:
    """Returns what was refused, if anything, and how often QGIS asked."""
    from cog_browser.storage.errors import ConfigurationError

    questions = _answer_master_password(master)
    try:
        store.open("qgis")
    except ConfigurationError as error:
        return [str(error), len(questions)]
    store.open("qgis")  # it is open: nobody is asked again
    return ["", len(questions)]


def open_project(store: Any, path: str) -> list[Any]:
    """Returns what the project's layers are read from, and how often QGIS asked."""
    from qgis.core import QgsProject

    from cog_browser.adapters import path_translation

    questions = _answer_master_password(None)
    path_translation.install()
    QgsProject.instance().read(path)
    sources = [layer.source() for layer in QgsProject.instance().mapLayers().values()]
    return [sources, len(questions)]


def move(store: Any, where: str, master: str | None = None) -> list[Any]:
    from qgis.core import QgsApplication

    _answer_master_password(master)
    store.move(ID, where)
    in_database = QgsApplication.authManager().existsAuthSetting(f"cog_browser/{ID}")
    return [store.where(ID), in_database, store.notice(ID)]


def remove(store: Any) -> list[Any]:
    store.remove(ID)
    return [store.where(ID), store.notice(ID)]


def available(store: Any) -> list[Any]:
    return [[place.name, place.label, place.usable, place.why_not] for place in store.available()]


def back_end(store: Any) -> str:
    import keyring

    return type(keyring.get_keyring()).__name__


def save_in_a_small_keyring(store: Any, where: str, length: int) -> list[Any]:
    """The encrypted file with the limit of Windows."""
    import keyring
    from keyrings.alt.file import EncryptedKeyring

    from cog_browser.adapters.keyring_store import BACK_ENDS, BackEnd

    class Small(EncryptedKeyring):
        def set_password(self, service: str, username: str, password: str) -> None:
            assert len(password.encode("utf-16-le")) <= 2560
            super().set_password(service, username, password)

    BACK_ENDS[f"{Small.__module__}.{Small.__qualname__}"] = BackEnd("a small one", limit=2560)
    small = Small()
    small.keyring_key = "file-password"
    keyring.set_keyring(small)
    return save(store, where, SECRET.ljust(length, "x"), "master")


def _answer_master_password(answer: str | None) -> list[str]:
    """Replaces QGIS's dialog: gives the answer, or declines. Notes that it was asked."""
    from qgis.core import QgsCredentials

    questions: list[str] = []

    class Dialog(QgsCredentials):
        def requestMasterPassword(self, _password: str, _stored: bool) -> tuple[bool, str]:
            questions.append("master password")
            return answer is not None, answer or ""

    dialog = Dialog()
    dialog.setInstance(dialog)
    _kept.append(dialog)
    return questions


_kept: list[Any] = []  # QGIS holds no reference of its own


def files_in_clear(folder: Path) -> list[Path]:
    """The files that hold the secret unencrypted."""
    plain = SECRET.encode()
    forms = [plain, SECRET.encode("utf-16-le"), base64.b64encode(plain)[:-4], plain.hex().encode()]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path for path in files if any(form in path.read_bytes() for form in forms)]


class Prompter:
    """GNOME's password prompt, whose user always declines. Counts how often it is shown."""

    def __init__(self, bus: str) -> None:
        self.shown = 0
        self._stopped = threading.Event()
        self._connection = open_dbus_connection(bus)
        name = "org.gnome.keyring.SystemPrompter"
        self._connection.send_and_get_reply(message_bus.RequestName(name))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(60)
        self._connection.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                message = self._connection.receive(timeout=0.1)
            except TimeoutError:
                continue
            fields = message.header.fields
            if message.header.message_type != MessageType.method_call:
                continue
            self._connection.send(new_method_return(message))
            method = fields.get(HeaderFields.member)
            callback = DBusAddress(
                message.body[0],
                fields[HeaderFields.sender],
                "org.gnome.keyring.internal.Prompter.Callback",
            )
            if method == "StopPrompting":
                self._connection.send(new_method_call(callback, "PromptDone"))
            else:
                begins = method == "BeginPrompting"
                self.shown += not begins
                answer = ("", {}, "") if begins else ("no", {}, "")
                ready = new_method_call(callback, "PromptReady", "sa{sv}s", answer)
                self._connection.send(ready)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """The address of a D-Bus with a Secret Service whose collection is open."""
    environment = profile_environment(tmp_path)
    with ended(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
        stdout=subprocess.PIPE,
        env=environment,
    ) as daemon:
        address = daemon.stdout.readline().decode().strip()
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        with ended(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env={**environment, "DBUS_SESSION_BUS_ADDRESS": address},
        ) as keyring:
            keyring.stdin.write(b"login-password")
            keyring.stdin.close()
            wait_for_collection(address)
            yield address


@contextmanager
def ended(command: list[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, **options) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(10)


def wait_for_collection(address: str) -> None:
    end = time.monotonic() + 20
    with closing(open_dbus_connection(address)) as bus:
        while time.monotonic() < end:
            # Only then: a call to a name without an owner starts another, locked daemon.
            if bus.send_and_get_reply(message_bus.NameHasOwner("org.freedesktop.secrets")).body[0]:
                with suppress(secretstorage.ItemNotFoundException):
                    return secretstorage.Collection(bus).ensure_not_locked()
            time.sleep(0.02)
    raise AssertionError("gnome-keyring-daemon did not start")


@pytest.fixture
def play_here(play_step: PlayStep, tmp_path: Path, bus: str) -> Player:
    """With an open Secret Service."""
    return Player(play_step, tmp_path, bus)


@pytest.fixture
def prompter(bus: str) -> Iterator[Prompter]:
    made = Prompter(bus)
    yield made
    made.stop()


def entries(bus: str) -> list[str]:
    """What the Secret Service keeps for the plugin."""
    with closing(open_dbus_connection(bus)) as connection:
        found = secretstorage.Collection(connection).search_items({"service": "QGIS COG Browser"})
        return [item.get_secret().decode() for item in found]


def lock(bus: str) -> None:
    with closing(open_dbus_connection(bus)) as connection:
        secretstorage.Collection(connection).lock()


def test_the_secret_service_is_chosen_by_itself_and_survives_a_restart(
    play_here: Player, bus: str
) -> None:
    assert play_here(back_end) == "ChainerBackend"  # keyrings.alt is there as well
    name, label, usable, _ = play_here(available)[0]
    assert (name, usable) == ("keyring", True)
    assert label == "In this computer's keyring (Secret Service)"
    assert play_here(save, "auto") == ["keyring", "keyring", "", 0]
    assert play_here(load, False) == [SECRET, "keyring", "", 0]
    assert play_here(load_in_a_thread) == [None, SECRET]
    assert len(entries(bus)) == 1
    assert files_in_clear(play_here.folder) == []
    assert play_here(remove) == [None, ""]
    assert entries(bus) == []
    assert play_here(load) == [None, None, "", 0]


def test_a_locked_keyring_is_not_asked_while_a_project_opens(
    play_here: Player, bus: str, prompter: Prompter
) -> None:
    play_here(save, "keyring")
    lock(bus)
    locked = "This computer's keyring (Secret Service) may be locked."
    assert play_here(load, False) == [None, "keyring", locked, 0]
    assert prompter.shown == 0


@pytest.mark.parametrize("where", ["keyring", "qgis"])
def test_opening_a_project_asks_nothing(
    play_here: Player, bus: str, prompter: Prompter, where: str
) -> None:
    """Of a private object whose connection's secret is in a locked keyring or database."""
    assert play_here(save, where, SECRET, "master")[:2] == [where, where]
    lock(bus)
    source = "/vsicurl/http://127.0.0.1:9/v1/AUTH_x/rasters/scene.tif"
    path = play_here.folder / "project.qgs"
    path.write_text(
        '<qgis version="3.40.0"><projectlayers><maplayer type="raster"><id>scene</id>'
        f"<datasource>{source}</datasource><layername>scene</layername><provider>gdal</provider>"
        f'<customproperties><Option type="Map"><Option type="QString" value="{ID}" '
        'name="cog_browser/connection"/></Option></customproperties>'
        "</maplayer></projectlayers></qgis>"
    )
    assert play_here(open_project, str(path)) == [[source], 0]
    assert prompter.shown == 0


def test_a_declined_prompt_has_a_sentence(play_here: Player, bus: str, prompter: Prompter) -> None:
    play_here(save, "keyring", "older")
    lock(bus)
    declined = (
        "This computer's keyring (Secret Service) stayed locked: its question was declined, or "
        "could not be shown. Unlock it and try again, or choose another place for the secret."
    )
    assert play_here(load) == [None, "keyring", declined, 0]
    assert prompter.shown == 1
    assert play_here(save, "keyring") == [declined, "keyring", "", 0]
    assert prompter.shown == 2
    kept, where, notice, _ = play_here(save, "auto")
    assert (kept, where) == ("session", "session")
    assert notice == f"The secret was not deleted where it was. {declined}"
    assert prompter.shown == 3  # to delete the older one, not to keep the new one
    assert files_in_clear(play_here.folder) == []


def test_a_prompt_that_can_not_be_shown_has_a_sentence(play_here: Player, bus: str) -> None:
    play_here(save, "keyring")
    lock(bus)
    password, _, notice, _ = play_here(load)
    assert password is None
    assert "could not be shown" in notice


def test_a_secret_moves_between_the_real_places(play_here: Player, bus: str) -> None:
    play_here(save, "keyring")
    assert play_here(move, "qgis", "master") == ["qgis", True, ""]
    assert entries(bus) == []
    # QGIS has put its master password into the keyring by itself, so it needn't ask.
    assert play_here(load, True, "master") == [SECRET, "qgis", "", 0]
    assert play_here(move, "keyring", "master") == ["keyring", False, ""]
    assert len(entries(bus)) == 1
    assert files_in_clear(play_here.folder) == []
    assert play_here(move, "session") == ["session", False, ""]
    assert entries(bus) == []
    assert play_here(load) == [None, None, "", 0]


def test_what_is_too_large_for_the_keyring_goes_to_the_database(
    play_step: PlayStep, tmp_path: Path
) -> None:
    play_alone = Player(play_step, tmp_path)
    assert play_alone(save_in_a_small_keyring, "keyring", 1000)[:2] == ["keyring", "keyring"]
    kept, where, notice, _ = play_alone(save_in_a_small_keyring, "keyring", 1300)
    assert (kept, where) == ("qgis", "qgis")
    assert notice == (
        "The secret takes 2632 bytes, and this computer's keyring (a small one) keeps 2560 at "
        "most, so it isn't kept there."
    )
    assert play_alone(load, True, "master")[0] == SECRET.ljust(1300, "x")
    assert files_in_clear(play_alone.folder) == []
