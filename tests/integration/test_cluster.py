# SPDX-License-Identifier: GPL-2.0-or-later
"""Publishing and judging on a Dask cluster of real processes, into a real Swift."""

from __future__ import annotations

import gzip
import json
import pickle
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import distributed
import pytest
from osgeo import gdal

from cog_browser import api
from cog_browser.cog.cluster import worker
from cog_browser.cog.cluster.settings import ENVIRONMENT, ClusterSettings
from cog_browser.cog.cluster.validation import validate_on_cluster
from cog_browser.cog.cluster.worker import Account, Failure, PushedToken, Tick
from cog_browser.cog.publish.folder import publish_folder
from cog_browser.cog.publish.plan import FolderJob
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    Cancelled,
    ConfigurationError,
    InvalidCogError,
    NotFoundError,
    TransportError,
)
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.stores import open_store
from tests.support.dask_cluster import ROOT, dask_cluster, kill, worker_pids
from tests.support.faults import Fault
from tests.support.rasters import checksums, make_cog

FILES = 6


@pytest.fixture(scope="module")
def cluster():
    with dask_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def settings(cluster):
    return ClusterSettings(cluster.scheduler_address)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "scenes"
    folder.mkdir()
    for number in range(FILES):
        cog = make_cog(folder / "cog.tmp", 600 + number, 550)
        gdal.GetDriverByName("GTiff").CreateCopy(
            str(folder / f"{number}.tif"), gdal.Open(str(cog)), options=["TILED=NO"]
        )
        cog.unlink()
    return folder


@pytest.fixture
def store(stack):
    with closing(open_store(*Connection.from_environment(stack.environment("demo")))) as store:
        yield store


@pytest.fixture
def container(stack, store):
    return store.create_container(stack.unique_name()).name


@pytest.fixture
def publish(settings, folder, store, container, tmp_path):
    def publish(store=store, cluster=settings, **options):
        job = FolderJob(folder, container, "p")
        return publish_folder(store, job, journal=tmp_path / "j", cluster=cluster, **options)

    return publish


def _assert_all_there(folder, store, container, tmp_path):
    keys = [e.key for page in store.list_objects(container, delimiter="") for e in page.objects]
    assert sorted(keys) == [f"p/{number}.tif" for number in range(FILES)]
    for number in range(FILES):
        copy = tmp_path / "copy.tif"
        store.download(container, f"p/{number}.tif", copy)
        expected = checksums(gdal.Open(str(folder / f"{number}.tif")))
        assert checksums(gdal.Open(str(copy))) == expected
        assert api.validate_cog(copy).is_valid


def _events(journal):
    lines = [json.loads(line) for line in journal.read_text().splitlines()][1:]
    return Counter((line["event"], line["path"]) for line in lines)


def test_workers_publish_a_folder_and_judge_it(
    publish, settings, folder, store, container, tmp_path, monkeypatch
):
    steps = []
    result = publish(progress=lambda done, total: steps.append(done) is None)
    assert result.count("done") == FILES, result.outcomes
    _assert_all_there(folder, store, container, tmp_path)
    assert steps == sorted(steps)
    assert steps[-1] == 100
    events = _events(tmp_path / "j")
    assert set(events.values()) == {1}
    assert len(events) == 2 * FILES
    assert publish(cluster=None).count("skipped") == FILES  # it is the same journal

    store.upload(folder / "0.tif", container, "p/plain.tif")
    monkeypatch.setenv("COG_BROWSER_SCHEDULER", settings.scheduler)
    local = {j.source.key: j.report for j in api.validate_folder(store, container)}
    there = {j.source.key: j.report for j in api.validate_folder(store, container, executor="dask")}
    assert there == local
    assert [key for key, report in there.items() if not report.is_valid] == ["p/plain.tif"]
    sources = [ObjectRef(store, container, "p/none.tif")]
    (missing,) = validate_on_cluster(settings, sources)
    assert isinstance(missing.error, NotFoundError)
    (file,) = validate_on_cluster(settings, [folder / "0.tif"])
    assert file.verdict == "invalid"


def test_objects_are_repaired_by_workers(settings, folder, store, container, tmp_path, monkeypatch):
    for number in range(FILES):
        store.upload(folder / f"{number}.tif", container, f"p/{number}.tif")
    monkeypatch.setenv("COG_BROWSER_SCHEDULER", settings.scheduler)
    result = api.publish_container(
        store, container, "p", overwrite=True, journal=tmp_path / "j", executor="dask"
    )
    assert result.count("done") == FILES, result.outcomes
    _assert_all_there(folder, store, container, tmp_path)


def test_a_killed_worker_costs_no_file(publish, cluster, folder, store, container, tmp_path):
    pids = list(worker_pids(cluster).values())
    killed = []

    def progress(done, total):
        if done > 25 and not killed:
            killed.append(kill(pids[0]))
        return True

    result = publish(progress=progress)
    assert killed
    assert result.count("done") == FILES, result.outcomes
    _assert_all_there(folder, store, container, tmp_path)
    done = {path: n for (event, path), n in _events(tmp_path / "j").items() if event == "done"}
    assert set(done.values()) == {1}


def test_no_secret_is_in_the_state_of_scheduler_and_workers(
    publish, cluster, settings, store, stack, container, tmp_path
):
    found = []

    def look(client):
        client.dump_cluster_state(str(tmp_path / "dump"))
        with gzip.open(tmp_path / "dump.msgpack.gz") as dump:
            found.append(dump.read().decode(errors="replace"))
        found.extend(
            repr(part)
            for part in (client.get_worker_logs(), client.get_scheduler_logs(), client.get_events())
        )
        found.append(repr(client.run_on_scheduler(_memory_of_scheduler)))

    def progress(done, total):
        if done and "make_there" not in "".join(found):  # nothing may be under way just now
            with distributed.Client(cluster, set_as_default=False) as client:
                look(client)
        return True

    assert publish(progress=progress).count("done") == FILES
    with distributed.Client(cluster, set_as_default=False) as client:
        look(client)
    text = "".join(found)
    assert "make_there" in text  # it is the state of this run
    assert container in text
    token = store.token()
    secrets = {s for s in stack.secrets() if len(s) > 5} | {token, token[20:60]}
    assert stack.environment("demo")["OS_PASSWORD"] in secrets
    assert not [secret for secret in secrets if secret in text]
    account = Account("r", "a", store.connection, "u", Credentials(token=token))
    assert token not in repr(account)
    assert token not in (tmp_path / "j").read_text()


def _memory_of_scheduler(dask_scheduler):
    """Everything that a task consists of, as the scheduler keeps it."""
    parts = [
        (key, pickle.dumps(task.run_spec), task.annotations)
        for key, task in dask_scheduler.tasks.items()
    ]
    return parts, dask_scheduler.worker_plugins, dask_scheduler.extensions.keys()


def test_a_refused_token_is_renewed_by_the_client(
    publish, faulty_store, folder, store, container, tmp_path
):
    faulty_store.swift.add(Fault(status=401), method="PUT", path=container, times=3)
    environment = faulty_store.environment("demo")
    with closing(open_store(*Connection.from_environment(environment))) as proxied:
        result = publish(proxied)
    assert result.count("done") == FILES, result.outcomes
    _assert_all_there(folder, store, container, tmp_path)


def test_cancelling_takes_a_moment_and_leaves_nothing_half_done(
    publish, cluster, folder, store, container, tmp_path
):
    asked = []

    def progress(done, total):
        if done > 30:
            asked.append(time.monotonic())
            return False
        return True

    with pytest.raises(Cancelled):
        publish(progress=progress)
    assert time.monotonic() - asked[0] < 15
    with distributed.Client(cluster, set_as_default=False) as client:
        deadline = time.monotonic() + 60
        while any(client.run(_runs_that_go_on).values()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not any(client.run(_runs_that_go_on).values())
        assert not any(client.processing().values())
    assert publish().count("failed") == 0
    _assert_all_there(folder, store, container, tmp_path)


def _runs_that_go_on():
    from cog_browser.cog.cluster import worker

    return [name for name, run in worker._runs.items() if run._folder or not run.is_over]


def test_files_that_the_workers_do_not_have_are_said_so(publish, folder):
    def gone(plan):
        folder.rename(folder.with_name("elsewhere"))

    result = publish(on_plan=gone)
    assert result.count("failed") == FILES
    assert "must be on a disk that all workers share" in result.outcomes[0].message


def test_a_cluster_behind_tls_needs_the_right_certificates(tmp_path, folder, monkeypatch):
    own, other = distributed.Security.temporary(), distributed.Security.temporary()
    files = {}
    for name, security in (("own", own), ("other", other)):
        parts = ("tls_ca_file", "tls_client_cert", "tls_client_key")
        files[name] = [str(tmp_path / f"{name}-{part}.pem") for part in parts]
        for path, part in zip(files[name], parts):
            Path(path).write_text(getattr(security, part))
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        protocol="tls://",
        security=own,
        dashboard_address="127.0.0.1:0",
        env={"PYTHONPATH": str(ROOT)},
    ) as cluster:
        assert cluster.scheduler_address.startswith("tls://")
        settings = ClusterSettings(cluster.scheduler_address, *files["own"])
        (judged,) = validate_on_cluster(settings, [folder / "0.tif"])
        assert judged.verdict == "invalid"
        monkeypatch.setattr("cog_browser.cog.cluster.client._CONNECT", "2s")
        stranger = ClusterSettings(cluster.scheduler_address, *files["other"])
        with pytest.raises(TransportError, match="Check the address and the certificates"):
            list(validate_on_cluster(stranger, [folder / "0.tif"]))


def test_a_cluster_that_is_not_there_is_said_before_any_file(publish, unused_port, monkeypatch):
    monkeypatch.setattr("cog_browser.cog.cluster.client._CONNECT", "1s")
    with pytest.raises(TransportError, match="No Dask scheduler answers at tcp"):
        publish(cluster=ClusterSettings(f"tcp://127.0.0.1:{unused_port}"))


# What needs no cluster


def test_a_worker_with_its_own_environment_refuses_another_account(
    stack, store, monkeypatch, tmp_path, container
):
    def judged(name):
        for variable, value in stack.environment(name).items():
            monkeypatch.setenv(variable, value)
        account = Account(name, "tcp://127.0.0.1:1", store.connection, store.storage_url)
        worker.welcome(account)
        return worker.judge_there(name, 0, (container, "none.tif"), "cog", False)

    assert judged("demo").kind == "NotFoundError"
    refused = judged("calibration")
    assert refused.kind == "ConfigurationError"
    assert "describes another account than" in refused.message
    for name in ("demo", "calibration"):
        worker.stop(name)


def test_a_worker_forgets_runs_that_are_over_with_their_files(monkeypatch, tmp_path):
    monkeypatch.setattr(worker, "gettempdir", lambda: str(tmp_path))
    worker.welcome(Account("one", "a"))
    folder = worker._runs["one"].folder()
    assert folder.is_dir()
    monkeypatch.setattr(worker, "_ABANDONED", -1.0)  # nobody has asked for a while
    worker.welcome(Account("two", "a"))
    assert "one" not in worker._runs
    assert not folder.exists()
    monkeypatch.undo()
    assert isinstance(worker.tick("two"), Tick)
    assert worker.tick("one") is None


@pytest.mark.parametrize("is_stopped", [True, False])
def test_no_token_outlives_its_run(is_stopped):
    access, name = Credentials(token="s3cr3t"), f"over-{is_stopped}"
    worker.welcome(Account(name, "a", Connection("c"), "https://s.example.org/v1/A", access))
    run = worker._runs[name]
    refused = run.auth.access().token
    if is_stopped:
        worker.stop(name)
    else:
        run.seen -= 1000  # its client was lost
        worker.tick("another")
    worker.push(name, access)
    assert not run.account.token
    assert run.auth.current().token == ""
    with pytest.raises(Cancelled):
        run.auth.access(not_token=refused)
    with pytest.raises(Cancelled):
        run.store()  # nor is it the environment's account now
    assert worker.tick(name) is None


def test_a_worker_waits_for_the_next_token():
    auth = PushedToken("first", "https://store.example.org/v1/AUTH_a")
    assert auth.access().token == "first"
    found = []
    waiting = threading.Thread(target=lambda: found.append(auth.access(not_token="first").token))
    waiting.start()
    while not auth.is_wanted:
        time.sleep(0.001)
    auth.push("second")
    waiting.join(60)
    assert found == ["second"]
    assert not auth.is_wanted


def test_errors_survive_the_way_back():
    for error in (NotFoundError("gone", status=404), ConfigurationError("x"), ValueError("odd")):
        failure = pickle.loads(pickle.dumps(Failure.of(error)))
        assert str(error) in str(failure.error())
    assert isinstance(Failure.of(InvalidCogError("bad", None)).error(), InvalidCogError)
    assert Failure.of(NotFoundError("gone", status=404)).error().status == 404


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"scheduler": "tcp://10.0.0.1:8786"}, "is not on this computer, and its connection is n"),
        ({"scheduler": "tcp://localhost.example.org:8786"}, "is not on this computer"),
        ({"scheduler": "tls://host:8786"}, "needs three files"),
        ({"scheduler": "host:8786"}, "is no address of a Dask scheduler"),
        ({"scheduler": "http://127.0.0.1:8786"}, "is no address of a Dask scheduler"),
        ({"scheduler": "tcp://[::1"}, "is no address of a Dask scheduler"),
        ({"scheduler": "tcp://127.0.0.1:8786", "credentials": "password"}, "no way for workers"),
    ],
)
def test_an_address_that_others_can_listen_in_on_is_refused(values, says):
    with pytest.raises(ConfigurationError, match=says):
        ClusterSettings(**values)


def test_the_environment_can_name_the_cluster():
    assert ClusterSettings.from_environment({}) is None
    found = ClusterSettings.from_environment(
        {
            "COG_BROWSER_SCHEDULER": "tls://host:8786",
            "COG_BROWSER_SCHEDULER_CA": "/ca",
            "COG_BROWSER_SCHEDULER_CERT": "/cert",
            "COG_BROWSER_SCHEDULER_KEY": "/key",
            "COG_BROWSER_WORKER_CREDENTIALS": "environment",
        }
    )
    assert found == ClusterSettings("tls://host:8786", "/ca", "/cert", "/key", ENVIRONMENT)
    with pytest.raises(ConfigurationError, match="No Dask scheduler is named"):
        api.publish_folder("x", None, "c", executor="dask")


def test_a_wheel_holds_what_workers_need(tmp_path):
    tree = tmp_path / "tree"  # a build leaves files behind
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "cog_browser", tree / "cog_browser", ignore=ignored)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tree / name)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*command, "-w", str(tmp_path), str(tree)], check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("cog_browser-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
        names = archive.namelist()
        (metadata,) = [n for n in names if n.endswith("/METADATA")]
        assert "Provides-Extra: dask" in archive.read(metadata).decode()
    assert not [name for name in names if name.split("/")[1] in ("gui", "processing", "adapters")]
    version = (ROOT / "metadata.txt").read_text().partition("\nversion=")[2].partition("\n")[0]
    assert wheel.name.startswith(f"cog_browser-{version}-")
    program = (
        "import sys; sys.modules['qgis'] = None; import cog_browser.cog.cluster.worker as w;"
        "from cog_browser import api; print(w.VERSION, w.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.split()[1]).is_relative_to(tmp_path / "site")
