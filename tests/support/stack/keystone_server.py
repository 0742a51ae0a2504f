# SPDX-License-Identifier: GPL-2.0-or-later
"""Keystone in one process: schema, keys, users and endpoints on the first start, then WSGI."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import sys
import time
import types
import warnings
from pathlib import Path
from typing import Any

from tests.support.stack import configuration
from tests.support.stack.keystone_template import (
    ENDPOINT_PATHS,
    keep_template,
    start_from_template,
)
from tests.support.stack.settings import (
    ADMIN_PASSWORD,
    ASSIGNMENTS,
    PASSWORDS,
    PROJECTS,
    TOTP_KEY,
    WITHOUT_DEFAULT_PROJECT,
    Settings,
    write_private,
)

_APP_CREDENTIALS: dict[str, dict[str, Any]] = {
    "demo-app": {},
    "demo-reader": {"roles": [{"name": "reader"}]},
    "demo-unrestricted": {"unrestricted": True},
}
_LASTING_SECONDS = 600  # longer than everything here takes


def serve_keystone(settings: Settings, listener: socket.socket) -> None:
    app = _application(settings)
    from werkzeug import serving

    access_log = settings.logs / "keystone-access.log"

    class Handler(serving.WSGIRequestHandler):
        protocol_version = "HTTP/1.1"  # keep-alive
        disable_nagle_algorithm = True

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            with access_log.open("a") as log:
                agent = self.headers.get("User-Agent", "-")
                log.write(f"{time.time():.3f} {int(code)} {self.requestline} {agent}\n")

        def log_error(self, *_: Any) -> None:
            pass

    certificate = tuple(str(path) for path in settings.server_certificate)
    server = serving.make_server(
        "127.0.0.1",
        settings.keystone_port,
        app,
        threaded=True,
        request_handler=Handler,
        ssl_context=certificate if settings.tls else None,
        fd=listener.fileno(),
    )
    server.daemon_threads = True
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server.serve_forever()


def _application(settings: Settings) -> Any:
    warnings.simplefilter("ignore")
    folder = settings.folder / "keystone"
    file = folder / "keystone.conf"
    write_private(
        file,
        configuration.KEYSTONE.format(
            folder=settings.folder,
            auth_root=settings.auth_root,
            token_seconds=settings.token_seconds,
        ),
    )
    os.environ["OS_KEYSTONE_CONFIG_FILES"] = str(file)
    must_set_up = False
    if not settings.identities_file.exists():
        _prepare_database(folder)
        _make_keys(folder / "fernet-keys")
        must_set_up = not start_from_template(settings, folder)
    if must_set_up:
        _make_keys(folder / "credential-keys")
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"
    _skip_saml_schemas()
    sys.argv = ["keystone"]  # Keystone parses the command line of whoever imports it
    import keystone.server
    from keystone.server import wsgi

    if must_set_up:
        from keystone.common.sql import upgrades

        set_up_backends = keystone.server.setup_backends

        def with_schema(*args: Any, **options: Any) -> Any:
            # before the back ends load: one of them reads the project table
            upgrades.offline_sync_database_to_version()
            return set_up_backends(*args, **options)

        keystone.server.setup_backends = with_schema
    app = wsgi.initialize_public_application()
    if must_set_up:
        _bootstrap(settings)
        identities = _Entities(app, settings.token_seconds).create(settings)
        write_private(settings.identities_file, json.dumps(identities, indent=1))
        keep_template(settings, folder)
    return app


def _skip_saml_schemas() -> None:
    """Nobody signs in through SAML here, and compiling its schemas is a third of the start."""
    schema: Any = types.ModuleType("saml2.xml.schema")
    schema.XMLSchemaError, schema.validate = ValueError, None
    sys.modules[schema.__name__] = schema


def _prepare_database(folder: Path) -> None:
    # In WAL mode a reader in another thread never blocks a commit ("database is locked")
    for file in folder.glob("keystone.db*"):
        file.unlink()  # what an interrupted first start left
    database = sqlite3.connect(folder / "keystone.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.close()


def _make_keys(repository: Path) -> None:
    from cryptography.fernet import Fernet

    repository.mkdir(mode=0o700, exist_ok=True)
    for number in "01":
        write_private(repository / number, Fernet.generate_key().decode())


def _bootstrap(settings: Settings) -> None:
    from keystone.cmd import bootstrap

    bootstrap.backends.load_backends = lambda: None  # the application has loaded them already
    bootstrapper = bootstrap.Bootstrapper()
    bootstrapper.admin_username = bootstrapper.project_name = bootstrapper.admin_role_name = "admin"
    bootstrapper.admin_password = ADMIN_PASSWORD
    bootstrapper.service_name = "keystone"
    bootstrapper.public_url = settings.auth_url
    bootstrapper.internal_url = bootstrapper.admin_url = settings.auth_url
    bootstrapper.region_id = settings.regions[0].name
    bootstrapper.bootstrap()


class _Entities:
    """Everything beyond the bootstrap, made through Keystone's own REST interface."""

    def __init__(self, app: Any, token_seconds: int) -> None:
        from werkzeug.test import Client
        from werkzeug.wrappers import Response

        self._client = Client(app, Response)
        self._tokens_last = token_seconds >= _LASTING_SECONDS
        self._token = ""
        self._who = ("admin", "admin")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        response = self._client.open(
            "/v3" + path,
            method=method,
            headers={"X-Auth-Token": self._token} if self._token else {},
            data=None if body is None else json.dumps(body),
            content_type="application/json",
        )
        if response.status_code not in (200, 201, 204):
            raise RuntimeError(f"{method} {path}: {response.status} {response.get_data()!r}")
        if path == "/auth/tokens":
            self._token = response.headers["X-Subject-Token"]
        data = response.get_data()
        return json.loads(data) if data else None

    def _create(self, path: str, kind: str, **attributes: Any) -> Any:
        if not self._tokens_last:  # it may have ended already: this machine may be busy
            self._login(*self._who)
        return self._call("POST", path, {kind: attributes})[kind]

    def _login(self, user: str, project: str) -> None:
        self._who = (user, project)
        domain = {"id": "default"}
        credentials = {"name": user, "domain": domain, "password": PASSWORDS[user]}
        self._token = ""
        self._call(
            "POST",
            "/auth/tokens",
            {
                "auth": {
                    "identity": {"methods": ["password"], "password": {"user": credentials}},
                    "scope": {"project": {"name": project, "domain": domain}},
                }
            },
        )

    def create(self, settings: Settings) -> dict[str, Any]:
        self._login("admin", "admin")
        roles = {role["name"]: role["id"] for role in self._call("GET", "/roles")["roles"]}
        for name in ("service", "swiftoperator", "ResellerAdmin"):
            if name not in roles:
                roles[name] = self._create("/roles", "role", name=name)["id"]
        projects = {
            name: self._create("/projects", "project", name=name, domain_id="default")["id"]
            for name in PROJECTS
        }
        users = self._create_users(projects, roles)
        self._require_passcode(users["mfa"])
        self._create_endpoints(settings)
        existing = self._call("GET", "/projects")["projects"]
        projects.update({p["name"]: p["id"] for p in existing if p["name"] == "admin"})
        return {
            "projects": projects,
            "user_ids": users,
            "roles": roles,
            **self._create_credentials(users["demo"], projects),
        }

    def _create_users(self, projects: dict[str, str], roles: dict[str, str]) -> dict[str, str]:
        users: dict[str, str] = {}
        for name, project, role in ASSIGNMENTS:
            if name not in users:
                home = (
                    {}
                    if name in WITHOUT_DEFAULT_PROJECT
                    else {"default_project_id": projects[project]}
                )
                users[name] = self._create(
                    "/users",
                    "user",
                    name=name,
                    password=PASSWORDS[name],
                    domain_id="default",
                    **({} if name in WITHOUT_DEFAULT_PROJECT else home),
                )["id"]
            self._call(
                "PUT", f"/projects/{projects[project]}/users/{users[name]}/roles/{roles[role]}"
            )
        return users

    def _require_passcode(self, user: str) -> None:
        self._create("/credentials", "credential", user_id=user, type="totp", blob=TOTP_KEY)
        rules = {
            "multi_factor_auth_enabled": True,
            # rules hold for every method, so those without a passcode are named too
            "multi_factor_auth_rules": [["password", "totp"], ["application_credential"]],
        }
        self._call("PATCH", f"/users/{user}", {"user": {"options": rules}})

    def _create_endpoints(self, settings: Settings) -> None:
        services = {
            kind: self._create("/services", "service", name=name, type=kind)["id"]
            for name, kind in (("swift", "object-store"), ("s3", "s3"))
        }
        for number, region in enumerate(settings.regions):
            if number:  # the bootstrap has made the first one
                self._create("/regions", "region", id=region.name)
            for kind, service in services.items():
                for interface in ("public", "internal", "admin"):
                    self._create(
                        "/endpoints",
                        "endpoint",
                        service_id=service,
                        interface=interface,
                        region_id=region.name,
                        url=region.url + ENDPOINT_PATHS[kind],
                    )

    def _create_credentials(self, user: str, projects: dict[str, str]) -> dict[str, Any]:
        applications, ec2 = {}, {}
        self._login("demo", "demo")
        for name, extra in _APP_CREDENTIALS.items():
            secret = f"appsecret-{name}"
            made = self._create(
                f"/users/{user}/application_credentials",
                "application_credential",
                name=name,
                secret=secret,
                **extra,
            )
            applications[name] = {"id": made["id"], "secret": secret}
        for project in ("demo", "calibration"):
            self._login("demo", project)
            body = {"tenant_id": projects[project]}
            made = self._call("POST", f"/users/{user}/credentials/OS-EC2", body)["credential"]
            ec2[project] = {"access": made["access"], "secret": made["secret"]}
        return {"application_credentials": applications, "ec2": ec2}
