# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads and writes ``clouds.yaml``. The only module that knows PyYAML.

Source: openstacksdk, "Configuring OpenStack SDK Applications".
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cog_browser.storage.config_files.text_file import read_text
from cog_browser.storage.errors import ConfigurationError

try:
    import yaml
except ImportError:  # QGIS on Windows and macOS bundles it, a bare Python may not
    yaml = None

_AUTH_NAMES = (
    "auth_url", "username", "user_id", "password", "passcode", "token", "endpoint",
    "project_name", "project_id", "user_domain_name", "user_domain_id", "project_domain_name",
    "project_domain_id", "application_credential_id", "application_credential_name",
    "application_credential_secret", "identity_provider", "protocol", "discovery_endpoint",
    "client_id", "client_secret", "access_token",
)  # fmt: skip
#: Older and other spellings; the first that is there counts.
_SPELLINGS = {
    "username": ("username", "user_name"),
    "token": ("token", "auth_token"),
    "project_name": ("project_name", "tenant_name"),
    "project_id": ("project_id", "tenant_id"),
    "user_domain_name": ("user_domain_name", "domain_name"),
    "user_domain_id": ("user_domain_id", "domain_id"),
    "project_domain_name": ("project_domain_name", "domain_name"),
    "project_domain_id": ("project_domain_id", "domain_id"),
}
#: The vendor profiles of openstacksdk 4 with Swift's sign-in at a fixed, public address. Their
#: lists of regions are left out where the catalogue tells them.
_DEFAULT = {"user_domain_name": "Default", "project_domain_name": "Default"}
_VENDORS: Mapping[str, dict[str, Any]] = {
    "binero": {"auth": {"auth_url": "https://auth.binero.cloud:5000/v3"}},
    "otc": {
        "auth": {"auth_url": "https://iam.{region_name}.otc.t-systems.com/v3"},
        "regions": ["eu-de"],
    },
    "ovh": {"auth": {"auth_url": "https://auth.cloud.ovh.net/", **_DEFAULT}},
    "ovh-us": {"auth": {"auth_url": "https://auth.cloud.ovh.us/", **_DEFAULT}},
    "switchcloud": {"auth": {"auth_url": "https://identity.compute.cloud.switch.ch/v3"}},
}
_CONVERTED = {f"tag:yaml.org,2002:{k}" for k in ("int", "float", "bool", "timestamp", "value")}
_SUFFIXES = (".yaml", ".yml", ".json")
_LARGEST = 1 << 20
#: So many keys may a file have after `<<`; one that multiplies them would never end loading.
_MOST_KEYS = 100_000


@dataclass(frozen=True)
class CloudRegion:
    """A cloud in one of its regions, under the names of openrc's variables.

    ``title`` is the cloud's name, with the region where it has several.
    """

    cloud: str
    title: str
    values: dict[str, str] = field(default_factory=dict, repr=False)
    problem: str | None = None


def read_cloud(path: str | os.PathLike[str], cloud: str) -> dict[str, str]:
    """One cloud's variables, or one region's by its title; of several regions the first."""
    found = read_clouds(path)
    wanted = next((c for c in found if cloud in (c.title, c.cloud)), None)
    if wanted is None:
        names = ", ".join(sorted({c.cloud for c in found})) or "none"
        raise ConfigurationError(f"{path} has no cloud “{cloud}”. It has: {names}.")
    if wanted.problem:
        raise ConfigurationError(wanted.problem)
    return wanted.values


def read_clouds(path: str | os.PathLike[str]) -> list[CloudRegion]:
    """All clouds of a file, completed from secure.yaml and clouds-public.yaml beside it."""
    folder = Path(path).parent
    documents = [_load(read_text(Path(path)), str(path))]
    for name in ("secure", "clouds-public"):
        beside = next((p for s in _SUFFIXES if (p := folder / f"{name}{s}").is_file()), None)
        documents.append(_load(read_text(beside), str(beside)) if beside else {})
    return _clouds(*documents, origin=str(path))


def parse_clouds(text: str) -> list[CloudRegion]:
    """All clouds of a text."""
    return _clouds(_load(text, "The text"), {}, {}, origin="The text")


def standard_files(
    working_folder: str | os.PathLike[str] | None = None,
    environ: Mapping[str, str] | None = None,
    platform: str = sys.platform,
) -> list[Path]:
    """The clouds.yaml files where OpenStack's tools look for them, those that win first.

    ``working_folder`` is searched first, and only when it is given.
    """
    environ = os.environ if environ is None else environ
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    folders = [Path(working_folder)] if working_folder is not None else []
    if platform == "win32":
        local = environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
        shared = environ.get("PROGRAMDATA") or "C:\\ProgramData"
        own, site = Path(local, "OpenStack", "openstack"), Path(shared, "OpenStack", "openstack")
    elif platform == "darwin":
        own = home / "Library" / "Application Support" / "openstack"
        site = Path("/Library/Application Support/openstack")
    else:
        own = Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "openstack")
        site = Path("/etc/xdg/openstack")
    folders += [own, home / ".config" / "openstack", site, Path("/etc/openstack")]
    chosen = environ.get("OS_CLIENT_CONFIG_FILE")
    files = [Path(chosen)] if chosen else []
    files += [folder / f"clouds{suffix}" for folder in folders for suffix in _SUFFIXES]
    return [path for path in dict.fromkeys(files) if path.is_file()]


def dump(document: Mapping[str, Any]) -> str:
    """YAML text of plain values."""
    _require_yaml()
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    if not re.search("[\x85\u2028\u2029]", text):
        return text
    # PyYAML takes these for line ends that it may fold
    escaped: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=False)
    return escaped


def _require_yaml() -> None:
    if yaml is None:
        raise ConfigurationError(
            "Reading or writing clouds.yaml needs PyYAML (package python3-yaml, or pip install "
            "PyYAML). An openrc.sh works without it."
        )


def _load(text: str, origin: str) -> dict[str, Any]:
    """As `yaml.safe_load`, except that every scalar keeps the text that stands in the file.

    A password 0123 would become 83, and a region NO would become False.
    """
    _require_yaml()
    if len(text) > _LARGEST:
        raise ConfigurationError(f"{origin} is too large to be a clouds.yaml.")
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        _keep_text(node)
        document = loader.construct_document(node) if node else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        # PyYAML's own message quotes the text, which may be a password.
        raise ConfigurationError(f"{origin} is not valid YAML{where}.") from None
    except ConfigurationError:
        raise
    except Exception:  # PyYAML's constructors raise whatever they stumble over
        raise ConfigurationError(f"{origin} is not a YAML file that can be read.") from None
    return document if isinstance(document, dict) else {}


def _keep_text(root: Any) -> None:
    """Turn scalars that YAML would convert into text; refuse keys that multiply by ``<<``."""
    keys: dict[int, int] = {}
    todo, seen, total = [(root, False)], set(), 0
    while todo:
        node, is_done = todo.pop()
        if isinstance(node, yaml.ScalarNode) and node.tag in _CONVERTED:
            node.tag = "tag:yaml.org,2002:str"
        if not isinstance(node, yaml.CollectionNode):
            continue
        is_mapping = isinstance(node, yaml.MappingNode)
        if is_done:
            merged = (
                [v for k, v in node.value if k.tag == "tag:yaml.org,2002:merge"]
                if is_mapping
                else node.value
            )
            keys[id(node)] = sum(keys.get(id(n), 1) for n in merged) + len(node.value)
            total += keys[id(node)] if is_mapping else 0
            if total > _MOST_KEYS:
                raise ConfigurationError("This YAML has too many keys to be a clouds.yaml.")
        elif id(node) not in seen:
            seen.add(id(node))
            todo.append((node, True))
            for item in node.value:
                todo += [(part, False) for part in (item if is_mapping else (item,))]


def _clouds(
    main: dict[str, Any], secure: dict[str, Any], public: dict[str, Any], *, origin: str
) -> list[CloudRegion]:
    clouds = main.get("clouds")
    if not isinstance(clouds, dict):
        raise ConfigurationError(f"{origin} has no “clouds:”, so it is no clouds.yaml.")
    secrets = _mapping(secure.get("clouds"))
    vendors = {**_VENDORS, **_mapping(public.get("public-clouds"))}
    found: list[CloudRegion] = []
    for key, entry in clouds.items():
        name = str(key)
        try:
            found += _regions(name, _merged(_keys(entry), _keys(secrets.get(key))), vendors)
        except ConfigurationError as error:
            found.append(CloudRegion(name, name, problem=str(error)))
    return found


def _regions(name: str, entry: dict[str, Any], vendors: Mapping[str, Any]) -> list[CloudRegion]:
    profile = entry.get("profile") or entry.get("cloud")
    vendor = _keys(_vendor(profile, vendors)) if profile else {}
    merged = _merged(vendor, entry)
    if profile and not vendor and not (merged.get("auth_url") or merged["auth"].get("auth_url")):
        raise ConfigurationError(
            f"The vendor profile “{profile}” is not known here. Add the auth_url, or put "
            "clouds-public.yaml beside the file."
        )
    named = entry if {"regions", "region_name"} & set(entry) else merged
    regions = named.get("regions") or named.get("region_name") or [""]
    if isinstance(regions, str):
        regions = [region.strip() for region in regions.split(",")]
    if not isinstance(regions, list):
        raise ConfigurationError("Its regions are not a list.")
    found: list[CloudRegion] = []
    for region in regions:
        values = _keys(region.get("values")) if isinstance(region, dict) else {}
        label = region.get("name") if isinstance(region, dict) else region
        if not isinstance(label, str):
            raise ConfigurationError("One of its regions has no name.")
        title = f"{name} {label}" if len(regions) > 1 else name
        found.append(CloudRegion(name, title, _variables(_merged(merged, values), label)))
    return found


def _vendor(profile: Any, vendors: Mapping[str, Any]) -> Any:
    if not isinstance(profile, str) or re.match(r"\w+:|//", profile):
        raise ConfigurationError(
            "Its profile is a URL; settings that say where to send a password are not loaded from "
            "the network. Write auth_url and region_name into clouds.yaml instead."
        )
    return vendors.get(profile)


def _variables(entry: dict[str, Any], region: str) -> dict[str, str]:
    auth = _mapping(entry.get("auth"))
    values = {}
    for name in _AUTH_NAMES:
        spellings = _SPELLINGS.get(name, (name,))
        found = (_text(part, s) for s in spellings for part in (entry, auth))
        values[f"OS_{name.upper()}"] = next((value for value in found if value), "")
    values["OS_AUTH_URL"] = values["OS_AUTH_URL"].replace("{region_name}", region)
    values["OS_AUTH_TYPE"] = _text(entry, "auth_type") or _text(entry, "auth_plugin")
    methods = _texts(entry.get("auth_methods")) or _texts(auth.get("auth_methods"))
    values["OS_AUTH_METHODS"] = ",".join(methods)
    values["OS_REGION_NAME"] = region
    values["OS_INTERFACE"] = _text(entry, "interface") or _text(entry, "endpoint_type")
    values["OS_CACERT"] = os.path.expanduser(_text(entry, "cacert"))  # noqa: PTH111
    values["OS_IDENTITY_API_VERSION"] = _text(entry, "identity_api_version")
    values["OS_STORAGE_URL"] = _text(entry, "object_store_endpoint_override")
    containers = _mapping(entry.get("cog_browser")).get("containers")
    values["COG_BROWSER_CONTAINERS"] = "/".join(_texts(containers))
    return {name: value for name, value in values.items() if value}


def _text(part: dict[str, Any], name: str) -> str:
    value = part.get(name)
    if value is not None and not isinstance(value, str):
        raise ConfigurationError(f"“{name}” is not a text.")
    return value or ""


def _texts(value: Any) -> list[str]:
    """The texts of a list, or of a comma-separated text."""
    found = value.split(",") if isinstance(value, str) else value
    return [x for x in found if isinstance(x, str)] if isinstance(found, list) else []


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _keys(entry: Any) -> dict[str, Any]:
    """A cloud with its keys, and those of ``auth``, spelled with ``_``."""
    spelled = {str(key).replace("-", "_"): value for key, value in _mapping(entry).items()}
    if isinstance(spelled.get("auth"), dict):
        auth = spelled["auth"].items()
        spelled["auth"] = {str(key).replace("-", "_"): value for key, value in auth}
    return spelled


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Both clouds, ``over`` winning; ``auth`` is the one mapping in them that is read."""
    auth = {**_mapping(under.get("auth")), **_mapping(over.get("auth"))}
    return {**under, **over, "auth": auth}
