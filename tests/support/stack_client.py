# SPDX-License-Identifier: GPL-2.0-or-later
"""The object store of `tests.support.stack` as tests see it: start, addresses, requests, stop."""

from __future__ import annotations

import dataclasses
import http.client
import json
import os
import selectors
import shutil
import ssl
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import unquote

import requests
import swiftclient

ROOT = Path(__file__).resolve().parents[2]
INTERPRETER = ROOT / ".venv-stack" / "bin" / "python"
_START_SECONDS = 330.0  # more than the stack gives itself
_STOP_SECONDS = 20.0
_LONG_TOKEN_SECONDS = 600


@dataclasses.dataclass(frozen=True)
class Request:
    """One request as a server logged it.

    Swift logs a path decoded and encoded again; what was on the wire only a `FaultProxy` knows.
    """

    method: str
    path: str  # with its query
    status: int  # what the server meant: 499 where the client went away
    wire_status: int = 0  # what it had sent by then
    bytes_received: int = 0
    bytes_sent: int = 0
    source: str = ""  # which part of Swift sent it (SLO, S3, …); empty: the client
    transaction_id: str = ""
    started: float = 0.0
    ended: float = 0.0
    user_agent: str = ""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)  # Range and such, title case

    @property
    def range(self) -> str | None:
        return self.headers.get("Range")


@dataclasses.dataclass(frozen=True)
class Mark:
    """A point in the servers' logs: only what was logged after it counts."""

    offsets: dict[str, int]


@dataclasses.dataclass(frozen=True)
class Region:
    name: str
    url: str
    v1_auth_url: str
    storage_urls: dict[str, str]  # by project
    access_log: Path
    log: Path


class Stack:
    """A running Keystone and Swift, started as a child process and ended with this one.

    Args:
        folder: where its files go; without one, a temporary folder that `stop` deletes.
        options: the stack's command line options with `_` for `-`, e.g. `token_seconds=6`,
            `tls=True`, `regions="RegionOne"`.
    """

    def __init__(self, folder: Path | None = None, **options: object) -> None:
        self._keeps_folder = folder is not None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="cog-browser-stack-"))
        self._process = _start(self.folder, options, purge=not self._keeps_folder)
        description = json.loads((self.folder / "stack.json").read_text())
        self.description: dict[str, Any] = description
        self.auth_url: str = description["auth_url"]
        self.token_seconds: int = description["token_seconds"]
        self.v1_token_seconds: int = description["v1_token_seconds"]
        self.users: dict[str, dict[str, Any]] = description["users"]
        self.v1_users: dict[str, str] = description["v1_users"]
        self.projects: dict[str, str] = description["projects"]  # name: id
        self.application_credentials: dict[str, dict[str, str]] = description[
            "application_credentials"
        ]
        self.ec2: dict[str, dict[str, str]] = description["ec2"]  # project: access, secret
        self.regions = {
            region["name"]: Region(
                region["name"],
                region["url"],
                region["v1_auth_url"],
                region["storage_urls"],
                Path(region["access_log"]),
                Path(region["log"]),
            )
            for region in description["regions"]
        }
        self.ca_file = Path(description["ca_file"]) if description["ca_file"] else None
        self.keystone_access_log = Path(description["keystone_access_log"])
        self._tokens: dict[str, tuple[str, str, float]] = {}  # by account: with project and end
        self.clouds_yaml = self.folder / "clouds.yaml"
        self.rclone_conf = self.folder / "rclone.conf"

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def verify(self) -> str | bool:
        """What `requests` takes as its `verify`."""
        return str(self.ca_file) if self.ca_file else True

    def openrc(self, name: str = "demo") -> Path:
        """The openrc file of an account: a user's name, `calibration`, `app-cred-…` or `v1`."""
        return self.folder / f"{name}-openrc.sh"

    def environment(self, name: str = "demo", region: str | None = None) -> dict[str, str]:
        """The variables that `openrc(name)` exports; also those of `aws-demo`, `aws-v1`, …"""
        environment = dict(self.description["environments"][name])
        if region:
            if name.startswith("aws-"):
                environment["AWS_DEFAULT_REGION"] = region
                environment["AWS_ENDPOINT_URL"] = self.regions[region].url
            elif name == "v1":
                environment["ST_AUTH"] = self.regions[region].v1_auth_url
            else:
                environment["OS_REGION_NAME"] = region
        return environment

    def secrets(self) -> set[str]:
        """Every secret a client can hold, for tests that look for leaks."""
        secrets = {user["password"] for user in self.users.values()} | set(self.v1_users.values())
        secrets |= {credential["secret"] for credential in self.application_credentials.values()}
        return secrets | {keys["secret"] for keys in self.ec2.values()}

    def sign_in(self, name: str = "demo") -> tuple[str, dict[str, Any]]:
        """Signs an account in at Keystone; returns its token and the token's description."""
        environment = self.environment(name)
        identity: dict[str, Any]
        auth: dict[str, Any] = {}
        if "OS_APPLICATION_CREDENTIAL_ID" in environment:
            credential = {
                "id": environment["OS_APPLICATION_CREDENTIAL_ID"],
                "secret": environment["OS_APPLICATION_CREDENTIAL_SECRET"],
            }
            identity = {"methods": ["application_credential"], "application_credential": credential}
        else:
            user = {
                "name": environment["OS_USERNAME"],
                "domain": {"name": environment["OS_USER_DOMAIN_NAME"]},
                "password": environment["OS_PASSWORD"],
            }
            identity = {"methods": ["password"], "password": {"user": user}}
            auth["scope"] = {"project": {"id": environment["OS_PROJECT_ID"]}}
        with self.session() as session:
            url = f"{self.auth_url}/auth/tokens"
            response = session.post(url, json={"auth": {"identity": identity, **auth}}, timeout=60)
        response.raise_for_status()
        return response.headers["X-Subject-Token"], response.json()["token"]

    def session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # neither the shell's proxy nor its CA
        session.verify = self.verify
        return session

    def storage_url(self, project: str = "demo", region: str = "RegionOne") -> str:
        return self.regions[region].storage_urls[project]

    def connection(
        self, name: str = "demo", region: str = "RegionOne", **options: Any
    ) -> swiftclient.Connection:
        """A python-swiftclient connection of an account (also `v1`), for what tests prepare."""
        if self.ca_file:
            options.setdefault("cacert", str(self.ca_file))
        if name == "v1":
            variables = self.environment("v1", region)
            return swiftclient.Connection(
                variables["ST_AUTH"], variables["ST_USER"], variables["ST_KEY"], **options
            )
        # swiftclient's own Keystone sign-in needs python-keystoneclient
        token, project = self._shared_token(name)
        url = self.regions[region].storage_urls[project]
        return swiftclient.Connection(preauthurl=url, preauthtoken=token, **options)

    def _shared_token(self, name: str) -> tuple[str, str]:
        """A token for what tests prepare, and its project: most tests need one, for a moment.

        Keystone issues it once, and Swift asks once whether it is good.
        """
        now = time.monotonic()
        token, project, until = self._tokens.get(name, ("", "", now))
        if until <= now:
            token, description = self.sign_in(name)
            project = description["project"]["name"]
            lasts = self.token_seconds >= _LONG_TOKEN_SECONDS
            self._tokens[name] = token, project, now + (self.token_seconds / 2 if lasts else 0)
        return token, project

    def unique_name(self, prefix: str = "container") -> str:
        return f"{prefix}-{uuid.uuid4().hex[:12]}"

    def mark(self) -> Mark:
        """Remembers where the logs end now; pass it to `swift_requests(since=…)`."""
        for region in self.regions.values():
            self._settle(region)
        logs = [region.access_log for region in self.regions.values()]
        logs.append(self.keystone_access_log)
        return Mark({str(log): log.stat().st_size for log in logs})

    def swift_requests(
        self,
        region: str = "RegionOne",
        since: Mark | None = None,
        internal: bool = False,
        within: str = "",
    ) -> list[Request]:
        """The requests that a region's proxy server has finished, in the order they ended.

        Args:
            internal: also those that Swift sends itself, e.g. for the segments of an SLO.
            within: what the path must hold, e.g. the test's own container, where layers of
                other tests may still be read in the background.
        """
        self._settle(self.regions[region])
        lines = _lines(self.regions[region].access_log, since)
        logged = (_swift_request(line) for line in lines)
        return [
            request
            for request in logged
            if (internal or not request.source)
            and _SENTINEL not in request.path
            and within in request.path
        ]

    def keystone_requests(self, since: Mark | None = None, internal: bool = False) -> list[Request]:
        """The requests that Keystone has answered.

        Args:
            internal: also Swift's own, which sign its service user in and check tokens.
        """
        logged = [_keystone_request(line) for line in _lines(self.keystone_access_log, since)]
        return [request for request in logged if internal or not request.source]

    def _settle(self, region: Region) -> None:
        """Waits until the log holds what was answered before: Swift logs after the answer."""
        sentinel = f"{_SENTINEL}={uuid.uuid4().hex}"
        host, _, port = region.url.partition("://")[2].partition(":")
        connection: http.client.HTTPConnection
        if self.ca_file:
            context = ssl.create_default_context(cafile=str(self.ca_file))
            connection = http.client.HTTPSConnection(host, int(port), timeout=60, context=context)
        else:
            connection = http.client.HTTPConnection(host, int(port), timeout=60)
        offset = region.access_log.stat().st_size
        connection.request("GET", f"/info?{sentinel}", headers={"Connection": "close"})
        connection.getresponse().read()
        connection.close()
        deadline = time.monotonic() + 60
        while True:
            with region.access_log.open() as log:
                log.seek(offset)
                if sentinel in unquote(log.read()):
                    return
            if time.monotonic() > deadline:
                raise TimeoutError(f"{region.access_log} does not grow")
            time.sleep(0.002)

    def stop(self) -> None:
        """Ends the servers and, where it was a temporary one, deletes the folder."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # the servers die with it
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        if not self._keeps_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Stack:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


_SENTINEL = "settle"
_INTERNAL_AGENTS = ("stack-probe", "keystonemiddleware", "python-keystoneclient")


def _start(folder: Path, options: dict[str, object], purge: bool) -> subprocess.Popen[str]:
    if not INTERPRETER.exists():
        raise RuntimeError(f"{INTERPRETER} is missing: run scripts/setup.sh")
    command = [str(INTERPRETER), "-m", "tests.support.stack", "run", "--dir", str(folder)]
    command += ["--die-with-parent", str(os.getpid())] + ["--purge"] * purge
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            command.append(option)
        elif value is not False:
            command.append(f"{option}={value}")
    # PYTHONPATH: a test's own must not reach the other interpreter
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "OS_"))}
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # Ctrl-C is for the tests; they stop the stack afterwards
        )
        line = _first_line(process)
        if line.startswith("READY"):
            return process
        process.kill()
        process.wait()
        errors.seek(0)
        tails = [errors.read()[-2000:]]
    logs = sorted((folder / "logs").glob("*.out"))
    tails += [f"{log.name}: …{log.read_text()[-2000:]}" for log in logs]
    if purge:
        shutil.rmtree(folder, ignore_errors=True)
    details = "\n".join(tails)
    raise RuntimeError(f"the object store did not start: {line or 'no answer'}\n{details}")


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(_START_SECONDS):
            return ""
        return process.stdout.readline().strip()


def _lines(log: Path, since: Mark | None) -> list[str]:
    with log.open() as stream:
        stream.seek(since.offsets[str(log)] if since else 0)
        return stream.read().splitlines()


def _swift_request(line: str) -> Request:
    # the fields of configuration.ACCESS_LOG_LINE, which tests cannot import: other interpreter
    fields = ["" if field == "-" else unquote(field) for field in line.split(" ")]
    method, path, status, wire_status, received, sent = fields[:6]
    source, transaction_id, started, ended, user_agent, headers = fields[6:]
    pairs = (header.partition(": ") for header in headers.splitlines())
    return Request(
        method=method,
        path=path,
        status=int(status or 0),
        wire_status=int(wire_status or 0),
        bytes_received=int(received or 0),
        bytes_sent=int(sent or 0),
        source=source,
        transaction_id=transaction_id,
        started=float(started or 0),
        ended=float(ended or 0),
        user_agent=user_agent,
        headers={name: value for name, _, value in pairs},
    )


def _keystone_request(line: str) -> Request:
    started, status, method, path, _, user_agent = line.split(" ", 5)
    is_internal = user_agent.startswith(_INTERNAL_AGENTS) or path.startswith("/v3/s3tokens")
    return Request(
        method=method,
        path=path,
        status=int(status),
        source="swift" if is_internal else "",
        started=float(started),
        user_agent=user_agent,
    )
