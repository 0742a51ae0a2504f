# SPDX-License-Identifier: GPL-2.0-or-later
"""The test object store is a real one, and leaves nothing behind."""

from __future__ import annotations

import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import swiftclient
import yaml
from osgeo import gdal

from tests.support.faults import Fault
from tests.support.faulty_store import FaultyStore
from tests.support.stack.settings import TOTP_KEY
from tests.support.stack_client import INTERPRETER, ROOT, Stack

MakeStack = Callable[..., Stack]


@pytest.fixture
def container(stack: Stack) -> str:
    name = stack.unique_name()
    stack.connection().put_container(name)
    return name


@pytest.fixture(scope="module")
def short_tokens(make_stack: MakeStack) -> Stack:
    return make_stack(token_seconds=3, regions="RegionOne")


def _exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _family(pid: int) -> list[int]:
    """A process and its children, as the kernel knows them."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _listens(url: str) -> bool:
    port = int(url.rpartition(":")[2].partition("/")[0])
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def _wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def _addresses(stack: Stack) -> list[str]:
    return [stack.auth_url, *(region.url for region in stack.regions.values())]


# --- identities ---


def test_catalogue_has_two_regions_with_data_of_their_own(stack: Stack, container: str) -> None:
    _, token = stack.sign_in("demo")
    (store,) = (entry for entry in token["catalog"] if entry["type"] == "object-store")
    public = {e["region"]: e["url"] for e in store["endpoints"] if e["interface"] == "public"}
    assert public == {name: stack.storage_url("demo", name) for name in ("RegionOne", "RegionTwo")}
    names = [
        {entry["name"] for entry in stack.connection("demo", region).get_account()[1]}
        for region in ("RegionOne", "RegionTwo")
    ]
    assert container in names[0]
    assert container not in names[1]


def test_one_user_has_two_projects_with_data_of_their_own(stack: Stack, container: str) -> None:
    with stack.session() as session:
        token, _ = stack.sign_in("demo")
        url = f"{stack.auth_url}/auth/projects"
        projects = session.get(url, headers={"X-Auth-Token": token}).json()["projects"]
    assert {project["name"] for project in projects} == {"demo", "calibration"}
    other = stack.connection("calibration")
    other.put_container(container)
    assert other.head_container(container)["x-container-object-count"] == "0"
    stack.connection("demo").put_object(container, "a", b"x")
    assert list(other.get_container(container)[1]) == []
    assert stack.storage_url("demo") != stack.storage_url("calibration")


@pytest.mark.parametrize(
    ("name", "may_write"),
    [
        ("demo", True),
        ("operator", True),
        ("reader", False),
        ("app-cred-demo-app", True),
        ("app-cred-demo-reader", False),
        ("app-cred-demo-unrestricted", True),
        ("other", False),
        ("reseller", True),
    ],
)
def test_accounts_may_do_what_their_roles_say(
    stack: Stack, container: str, name: str, may_write: bool
) -> None:
    token, _ = stack.sign_in(name)
    connection = swiftclient.Connection(
        preauthurl=stack.storage_url("demo"), preauthtoken=token, retries=0
    )
    if may_write:
        connection.put_object(container, "key", b"x")
    else:
        with pytest.raises(swiftclient.ClientException) as caught:
            connection.put_object(container, "key", b"x")
        assert caught.value.http_status == 403


def test_v1_sign_in(stack: Stack) -> None:
    connection = stack.connection("v1")
    name = stack.unique_name()
    connection.put_container(name)
    connection.put_object(name, "a", b"data")
    assert connection.get_object(name, "a")[1] == b"data"
    assert connection.url == stack.regions["RegionOne"].url + "/v1/V1_test"


@pytest.mark.parametrize("name", ["demo", "calibration", "app-cred-demo-app", "v1"])
def test_openrc_files_say_what_environment_says(stack: Stack, name: str) -> None:
    environment = _sourced(stack.openrc(name))
    assert environment == stack.environment(name)


def test_openrc_prompts_as_horizon_does(stack: Stack) -> None:
    environment = _sourced(stack.folder / "demo-openrc-prompt.sh", answer="typed\n")
    assert environment == {**stack.environment("demo"), "OS_PASSWORD": "typed"}


def _sourced(file: Path, answer: str = "") -> dict[str, str]:
    result = subprocess.run(
        ["bash", "-c", 'source "$0" >/dev/null && env', str(file)],
        env={"PATH": os.environ["PATH"]},
        input=answer,
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = (line.split("=", 1) for line in result.stdout.splitlines())
    return {name: value for name, value in pairs if name.startswith(("OS_", "ST_"))}


def test_clouds_yaml_names_the_same_secrets(stack: Stack) -> None:
    clouds = yaml.safe_load(stack.clouds_yaml.read_text())["clouds"]
    assert clouds["demo-RegionTwo"]["region_name"] == "RegionTwo"
    assert clouds["calibration"]["auth"]["project_name"] == "calibration"
    secret = clouds["app-cred-demo-app"]["auth"]["application_credential_secret"]
    assert secret == stack.application_credentials["demo-app"]["secret"]
    files = [file for file in stack.folder.iterdir() if file.is_file() and file.stat().st_size]
    assert {oct(file.stat().st_mode & 0o077) for file in files} <= {"0o0", "0o44"}
    assert stack.folder.stat().st_mode & 0o777 == 0o700


# --- what the plugin relies on ---


def test_tokens_expire(short_tokens: Stack) -> None:
    stack = short_tokens
    token, description = stack.sign_in()
    url = stack.storage_url()
    v1 = stack.connection("v1").get_auth()
    with stack.session() as session:
        headers = {"X-Auth-Token": token}
        assert session.get(url, headers=headers).status_code in (200, 204)
        assert session.get(v1[0], headers={"X-Auth-Token": v1[1]}).status_code in (200, 204)
        _wait_until(lambda: session.get(url, headers=headers).status_code == 401)
        _wait_until(lambda: session.get(v1[0], headers={"X-Auth-Token": v1[1]}).status_code == 401)
    assert stack.token_seconds == 3
    assert description["expires_at"] > description["issued_at"]


def test_static_large_object(stack: Stack, container: str) -> None:
    connection = stack.connection()
    segments = []
    for number in range(3):
        etag = connection.put_object(container, f".segments/{number}", bytes([number]) * 1000)
        path = f"/{container}/.segments/{number}"
        segments.append({"path": path, "etag": etag, "size_bytes": 1000})
    connection.put_object(
        container,
        "big",
        json.dumps(segments),
        query_string="multipart-manifest=put",
    )
    mark = stack.mark()
    headers, body = connection.get_object(container, "big", headers={"Range": "bytes=999-1000"})
    assert (headers["x-static-large-object"], body) == ("True", b"\x00\x01")
    (request,) = stack.swift_requests(since=mark, within=container)
    assert (request.method, request.status, request.range) == ("GET", 206, "bytes=999-1000")
    assert request.bytes_sent == 2
    assert request.path.endswith(f"/{container}/big")
    internal = stack.swift_requests(since=mark, internal=True, within=container)
    assert [each.source for each in internal].count("SLO") == 2


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_temporary_url(stack: Stack, container: str, digest: str) -> None:
    connection = stack.connection()
    connection.post_account({"X-Account-Meta-Temp-URL-Key": "tempkey"})
    connection.put_object(container, "a b", b"shared")
    base, _, account = stack.storage_url().rpartition("/v1/")
    path = f"/v1/{account}/{container}/a b"

    def status(expires: int, key: bytes = b"tempkey") -> int:
        signature = hmac.new(key, f"GET\n{expires}\n{path}".encode(), digest).hexdigest()
        query = {"temp_url_sig": signature, "temp_url_expires": str(expires)}
        with stack.session() as session:
            return session.get(base + path, params=query).status_code

    now = int(time.time())
    assert [status(now + 60), status(now - 1), status(now + 60, b"wrong")] == [200, 401, 401]


def test_s3_with_ec2_keys_of_each_project(stack: Stack) -> None:
    bucket = stack.unique_name("bucket")
    for project in ("demo", "calibration"):
        connection = stack.connection(project)
        connection.put_container(bucket)
        connection.put_object(bucket, f"{project}.txt", project.encode())
        environment = stack.environment(f"aws-{project}")
        prefix = f"/vsis3/{bucket}/"
        options = {
            "AWS_ACCESS_KEY_ID": environment["AWS_ACCESS_KEY_ID"],
            "AWS_SECRET_ACCESS_KEY": environment["AWS_SECRET_ACCESS_KEY"],
            "AWS_REGION": environment["AWS_DEFAULT_REGION"],
            "AWS_S3_ENDPOINT": environment["AWS_ENDPOINT_URL"].partition("://")[2],
            "AWS_HTTPS": "NO",
            "AWS_VIRTUAL_HOSTING": "FALSE",
        }
        for name, value in options.items():
            gdal.SetThreadLocalConfigOption(name, value)
        try:
            gdal.VSICurlPartialClearCache(prefix)
            assert gdal.ReadDir(prefix) == [f"{project}.txt"]
        finally:
            gdal.VSICurlPartialClearCache(prefix)
            for name in options:
                gdal.SetThreadLocalConfigOption(name, None)


def test_expired_objects_and_container_counts_are_kept_up(stack: Stack, container: str) -> None:
    connection = stack.connection()
    connection.put_object(container, "a", b"12345")

    def account_sees_it() -> bool:
        listing = {entry["name"]: entry for entry in connection.get_account()[1]}
        return listing[container]["bytes"] == 5

    _wait_until(account_sees_it)


def test_client_requests_are_told_from_internal_ones(stack: Stack, container: str) -> None:
    mark = stack.mark()
    assert stack.swift_requests(since=mark, within=container) == []
    assert stack.keystone_requests(since=mark) == []
    token, _ = stack.sign_in()  # a new one, which Swift asks Keystone about
    url = f"{stack.storage_url()}/{container}"
    answer = stack.session().head(url, headers={"X-Auth-Token": token}, timeout=60)
    assert answer.status_code == 204
    assert [(r.method, r.path, r.status) for r in stack.keystone_requests(since=mark)] == [
        ("POST", "/v3/auth/tokens", 201)
    ]
    (request,) = stack.swift_requests(since=mark, within=container)
    assert (request.method, request.status) == ("HEAD", 204)
    assert stack.swift_requests("RegionTwo", since=mark, within=container) == []


def test_tls(make_stack: MakeStack) -> None:
    stack = make_stack(tls=True, regions="RegionOne")
    assert stack.auth_url.startswith("https://localhost:")
    connection = stack.connection()
    name = stack.unique_name()
    connection.put_container(name)
    connection.put_object(name, "a", b"data")
    assert connection.get_object(name, "a")[1] == b"data"
    assert len(stack.swift_requests(within=name)) == 3
    assert stack.environment()["OS_CACERT"] == str(stack.ca_file)
    with stack.session() as session, pytest.raises(requests.exceptions.SSLError):
        session.get(stack.auth_url, verify=True)


def test_behind_fault_proxies(faulty_store: FaultyStore) -> None:
    store, stack = faulty_store, faulty_store.stack
    assert store.environment()["OS_AUTH_URL"] == store.keystone.url + "/v3"
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": {
        "name": "demo", "domain": {"id": "default"}, "password": "demopw"}}}}}  # fmt: skip
    with stack.session() as session:
        answer = session.post(store.auth_url + "/auth/tokens", json=body)
        catalogue = answer.json()["token"]["catalog"]
        urls = {e["url"] for entry in catalogue for e in entry["endpoints"]
                if e["region"] == "RegionOne"}  # fmt: skip
        assert urls == {store.auth_url, store.swift.url, store.storage_url()}
        token = {"X-Auth-Token": answer.headers["X-Subject-Token"]}
        store.swift.add(Fault(status=503))
        statuses = [session.get(store.storage_url(), headers=token).status_code for _ in "12"]
    assert statuses == [503, 200]
    connection = swiftclient.Connection(
        **dict(zip(("authurl", "user", "key"), list(store.environment("v1").values())[1:]))
    )
    assert connection.get_auth()[0].startswith(store.swift.url)


# --- start and stop ---


def test_starts_soon_and_stops_without_a_trace(stack: Stack) -> None:
    token_of_another, _ = stack.sign_in("demo")
    begin = time.monotonic()
    with Stack() as new:
        assert time.monotonic() - begin < 60
        # made from the same template, but for URLs and for the keys of tokens
        _, description = new.sign_in("demo")
        urls = [e["url"] for service in description["catalog"] for e in service["endpoints"]]
        assert len(urls) == 15
        assert {url.partition("/v")[0] for url in urls} == {
            address.partition("/v")[0] for address in _addresses(new)
        }
        headers = {"X-Auth-Token": token_of_another}
        assert requests.get(new.storage_url(), headers=headers, timeout=60).status_code == 401
        family, addresses = _family(new.pid), _addresses(new)
        assert len(family) == 4
        assert all(map(_listens, addresses))
    assert not any(map(_exists, family))
    assert not any(map(_listens, addresses))
    assert not new.folder.exists()


def test_dead_server_ends_the_stack() -> None:
    with Stack(regions="RegionOne") as stack:
        family = _family(stack.pid)
        os.kill(family[1], signal.SIGKILL)
        _wait_until(lambda: not any(map(_exists, family[1:])))


def test_killed_tests_leave_nothing(tmp_path: Path) -> None:
    """The stack ends, and deletes its folder, when the process that started it is killed."""
    script = (
        "from tests.support.stack_client import Stack; import time\n"
        "stack = Stack(regions='RegionOne'); print(stack.pid, stack.folder, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as tests:
        assert tests.stdout
        pid, folder = tests.stdout.readline().split()
        family = _family(int(pid))
        tests.kill()
    _wait_until(lambda: not any(map(_exists, family)))
    assert not Path(folder).exists()


def test_killed_supervisor_leaves_no_process_and_a_restart_keeps_all(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with Stack(folder, regions="RegionOne") as stack:
        family, addresses = _family(stack.pid), _addresses(stack)
        stack.connection().put_container("kept")
        os.kill(stack.pid, signal.SIGKILL)
        _wait_until(lambda: not any(map(_exists, family[1:])))
        assert not any(map(_listens, addresses))
    with Stack(folder, regions="RegionOne") as stack:
        assert _addresses(stack) == addresses
        assert [entry["name"] for entry in stack.connection().get_account()[1]] == ["kept"]
        refused = _command("run", folder)
        assert "already running" in refused.stdout
        assert _command("status", folder).returncode == 0
        _command("stop", folder, "--purge")
        assert not folder.exists()
    assert _command("status", folder).returncode == 3


def test_refuses_a_folder_that_holds_other_files(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    result = _command("run", tmp_path, "--fresh", "--purge")
    assert result.returncode != 0
    assert "holds other files" in result.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["precious"]


def _command(command: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [INTERPRETER, "-m", "tests.support.stack", command, "--dir", folder, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_make_stack_prints_all_that_a_sign_in_takes():
    command = [sys.executable, "-u", "-m", "scripts.run_stack"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as running:
        said = ""
        for line in running.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        running.terminate()
    assert "demo-openrc.sh" in said
    assert f"Key of the accounts with a passcode, for an authenticator app: {TOTP_KEY}\n" in said
