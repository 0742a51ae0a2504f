# SPDX-License-Identifier: GPL-2.0-or-later
"""What one stack consists of: folder, ports, regions, users and time-outs."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

ADMIN_PASSWORD = "adminpw"
SERVICE_PASSWORD = "swiftpw"
PROJECTS = ("service", "demo", "calibration", "other")
PASSWORDS = {
    "admin": ADMIN_PASSWORD,
    "swift": SERVICE_PASSWORD,
    "demo": "demopw",
    "operator": "operatorpw",
    "reader": "readerpw",
    "other": "otherpw",
    "reseller": "resellerpw",
    "mfa": "mfapw",
    "homeless": "homelesspw",
}
#: Base32, as an authenticator app takes it: the user "mfa" must give a passcode too.
TOTP_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
#: Users without a default project.
WITHOUT_DEFAULT_PROJECT = ("homeless",)
# (user, project, role); a user's first project is the default one
ASSIGNMENTS = (
    ("swift", "service", "service"),
    ("swift", "service", "admin"),
    ("demo", "demo", "member"),
    ("demo", "calibration", "member"),
    ("operator", "demo", "swiftoperator"),
    ("reader", "demo", "reader"),
    ("other", "other", "member"),
    ("reseller", "demo", "ResellerAdmin"),
    ("mfa", "demo", "member"),
    ("homeless", "demo", "member"),
    ("homeless", "calibration", "member"),
)
V1_USERS = {
    "admin:admin": "admin",
    "test:tester": "testing",
    "test:tester3": "testing3",
    "test2:tester2": "testing2",
}
_MARKER = ".cog-browser-stack"


@dataclasses.dataclass
class Region:
    name: str
    folder: Path
    port: int = 0
    url: str = ""


@dataclasses.dataclass
class Settings:
    folder: Path
    region_names: tuple[str, ...] = ("RegionOne", "RegionTwo")
    keystone_port: int = 0
    swift_port: int = 0
    tls: bool = False
    token_seconds: int = 3600
    v1_token_seconds: int = 0
    token_cache_time: int = 300
    cors: str = ""
    ratelimit: int = 0
    max_file_size: int = 5368709122
    daemons: float = 1.0
    regions: list[Region] = dataclasses.field(default_factory=list)

    @property
    def auth_root(self) -> str:
        return self.url(self.keystone_port)

    @property
    def auth_url(self) -> str:
        return self.auth_root + "/v3"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def ca_file(self) -> Path:
        return self.folder / "tls" / "ca.pem"

    @property
    def server_certificate(self) -> tuple[Path, Path]:
        return self.folder / "tls" / "server.pem", self.folder / "tls" / "server.key"

    @property
    def identities_file(self) -> Path:
        return self.folder / "keystone" / "identities.json"

    def url(self, port: int) -> str:
        return f"https://localhost:{port}" if self.tls else f"http://127.0.0.1:{port}"

    def adopt_previous_start(self) -> None:
        """Keeps ports and scheme of a restarted stack: its catalogue names them."""
        file = self.folder / "stack.json"
        if not file.exists() or not self.identities_file.exists():
            self.identities_file.unlink(missing_ok=True)  # a first start was interrupted
            return
        saved = json.loads(file.read_text())
        self.tls = saved["tls"]
        self.region_names = tuple(region["name"] for region in saved["regions"])
        self.keystone_port = saved["keystone_port"]
        self.regions = [
            Region(region["name"], self.region_folder(region["name"]), region["port"])
            for region in saved["regions"]
        ]

    def region_folder(self, name: str) -> Path:
        return self.folder / f"swift-{name}"

    def identities(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.identities_file.read_text())
        return content


def default_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"cog-browser-stack-{os.getuid()}"


def make_folder(folder: Path) -> None:
    """Makes the stack's folder, readable by its owner only: it will hold secrets."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise SystemExit(f"{folder} belongs to another user; choose another --dir")
    if not is_stack_folder(folder) and any(folder.iterdir()):
        raise SystemExit(f"{folder} holds other files; choose an empty or a new --dir")
    folder.chmod(0o700)
    (folder / _MARKER).touch()
    (folder / "logs").mkdir(exist_ok=True)


def is_stack_folder(folder: Path) -> bool:
    return (folder / _MARKER).exists()


def remove_folder(folder: Path) -> None:
    """Deletes a stack's folder, and never a folder that is something else."""
    if is_stack_folder(folder):
        shutil.rmtree(folder, ignore_errors=True)


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(descriptor, "w") as stream:
        stream.write(text)
    temporary.replace(path)
