# SPDX-License-Identifier: GPL-2.0-or-later
"""The files a provider hands out: openrc scripts, clouds.yaml, rclone.conf, stack.json."""

from __future__ import annotations

import json
import shlex
from typing import Any

import yaml

from tests.support.stack.settings import ASSIGNMENTS, PASSWORDS, V1_USERS, Settings, write_private

# The text of Horizon's "OpenStack RC File": this is what users have on their disks.
_OPENRC = """\
#!/usr/bin/env bash

# To use an OpenStack cloud you need to authenticate against the Identity
# service named keystone, which returns a **Token** and **Service Catalog**.
# The catalog contains the endpoints for all services the user/tenant has
# access to - such as Compute, Image Service, Identity, Object Storage, Block
# Storage, and Networking (code-named nova, glance, keystone, swift,
# cinder, and neutron).
#
# *NOTE*: Using the 3 *Identity API* does not necessarily mean any other
# OpenStack API is version 3. For example, your cloud provider may implement
# Image API v1.1, Block Storage API v2, and Compute API v2.0. OS_AUTH_URL is
# only for the Identity API served through keystone.
export OS_AUTH_URL={OS_AUTH_URL}

# With the addition of Keystone we have standardized on the term **project**
# as the entity that owns the resources.
export OS_PROJECT_ID={OS_PROJECT_ID}
export OS_PROJECT_NAME="{OS_PROJECT_NAME}"
export OS_USER_DOMAIN_NAME="{OS_USER_DOMAIN_NAME}"
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
export OS_PROJECT_DOMAIN_ID="{OS_PROJECT_DOMAIN_ID}"
if [ -z "$OS_PROJECT_DOMAIN_ID" ]; then unset OS_PROJECT_DOMAIN_ID; fi

# unset v2.0 items in case set
unset OS_TENANT_ID
unset OS_TENANT_NAME

# In addition to the owning entity (tenant), OpenStack stores the entity
# performing the action as the **user**.
export OS_USERNAME="{OS_USERNAME}"

# With Keystone you pass the keystone password.
{password}
# If your configuration has multiple regions, we set that information here.
# OS_REGION_NAME is optional and only valid in certain environments.
export OS_REGION_NAME="{OS_REGION_NAME}"
# Don't leave a blank variable, unset it if it was empty
if [ -z "$OS_REGION_NAME" ]; then unset OS_REGION_NAME; fi

export OS_INTERFACE={OS_INTERFACE}
export OS_IDENTITY_API_VERSION={OS_IDENTITY_API_VERSION}
"""
_PROMPT = """\
echo "Please enter your OpenStack Password for project $OS_PROJECT_NAME as user $OS_USERNAME: "
read -sr OS_PASSWORD_INPUT
export OS_PASSWORD=$OS_PASSWORD_INPUT
"""
_RCLONE_PASSWORD = """\
[{name}]
type = swift
env_auth = false
auth = {auth_url}
user = demo
key = {password}
domain = Default
tenant = {project}
tenant_domain = Default
region = {region}
auth_version = 3

"""
_RCLONE_OTHERS = """\
[swift-app-credential]
type = swift
env_auth = false
auth = {auth_url}
application_credential_id = {application[id]}
application_credential_secret = {application[secret]}
region = {region}
auth_version = 3

[s3]
type = s3
provider = Other
access_key_id = {ec2[access]}
secret_access_key = {ec2[secret]}
region = {region}
endpoint = {url}
force_path_style = true

[swift-v1]
type = swift
env_auth = false
auth = {url}/auth/v1.0
user = test:tester
key = {v1_password}
auth_version = 1
"""


def write_client_files(settings: Settings) -> None:
    identities = settings.identities()
    environments = _environments(settings, identities)
    folder = settings.folder
    for name, environment in environments.items():
        text = _openrc(environment) if "OS_PROJECT_ID" in environment else _exports(environment)
        write_private(folder / f"{name}-openrc.sh", text)
    prompt = _openrc(environments["demo"], password=_PROMPT)
    write_private(folder / "demo-openrc-prompt.sh", prompt)
    region = settings.regions[0]
    s3_keys = {"v1": ("test:tester", V1_USERS["test:tester"])}
    for project, keys in identities["ec2"].items():
        s3_keys[project] = (keys["access"], keys["secret"])
    for name, (access, secret) in s3_keys.items():
        aws = {
            "AWS_ACCESS_KEY_ID": access,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_DEFAULT_REGION": region.name,
            "AWS_ENDPOINT_URL": region.url,
        }
        environments[f"aws-{name}"] = aws
        write_private(folder / f"aws-{name}.sh", _exports(aws))
    clouds = yaml.safe_dump(_clouds(settings, identities), sort_keys=False)
    write_private(folder / "clouds.yaml", clouds)
    write_private(folder / "rclone.conf", _rclone(settings, identities))
    description = _description(settings, identities, environments)
    write_private(folder / "stack.json", json.dumps(description, indent=1))


def _environments(settings: Settings, identities: dict[str, Any]) -> dict[str, dict[str, str]]:
    common = {
        "OS_AUTH_URL": settings.auth_url,
        "OS_REGION_NAME": settings.regions[0].name,
        "OS_INTERFACE": "public",
        "OS_IDENTITY_API_VERSION": "3",
        **({"OS_CACERT": str(settings.ca_file)} if settings.tls else {}),
    }
    accounts = {user: (user, project) for user, project, _ in reversed(ASSIGNMENTS)}
    accounts.update({"calibration": ("demo", "calibration"), "admin": ("admin", "admin")})
    environments = {
        name: {
            **common,
            "OS_PROJECT_ID": identities["projects"][project],
            "OS_PROJECT_NAME": project,
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_ID": "default",
            "OS_USERNAME": user,
            "OS_PASSWORD": PASSWORDS[user],
        }
        for name, (user, project) in accounts.items()
    }
    for name, credential in identities["application_credentials"].items():
        environments[f"app-cred-{name}"] = {
            "OS_AUTH_TYPE": "v3applicationcredential",
            **common,
            "OS_APPLICATION_CREDENTIAL_ID": credential["id"],
            "OS_APPLICATION_CREDENTIAL_SECRET": credential["secret"],
        }
    environments["v1"] = {
        "ST_AUTH_VERSION": "1.0",
        "ST_AUTH": settings.regions[0].url + "/auth/v1.0",
        "ST_USER": "test:tester",
        "ST_KEY": V1_USERS["test:tester"],
        **({"OS_CACERT": str(settings.ca_file)} if settings.tls else {}),
    }
    return environments


def _openrc(environment: dict[str, str], password: str = "") -> str:
    password = password or f"export OS_PASSWORD={shlex.quote(environment['OS_PASSWORD'])}\n"
    text = _OPENRC.format(**environment, password=password)
    if "OS_CACERT" in environment:
        text += f"export OS_CACERT={shlex.quote(environment['OS_CACERT'])}\n"
    return text


def _exports(environment: dict[str, str]) -> str:
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
    return "#!/usr/bin/env bash\n\n" + "".join(lines)


def _clouds(settings: Settings, identities: dict[str, Any]) -> dict[str, Any]:
    extra: dict[str, Any] = {"interface": "public", "identity_api_version": 3}
    if settings.tls:
        extra["cacert"] = str(settings.ca_file)

    def password(project: str, region: str) -> dict[str, Any]:
        return {
            "auth_type": "v3password",
            "auth": {
                "auth_url": settings.auth_url,
                "username": "demo",
                "password": PASSWORDS["demo"],
                "project_name": project,
                "user_domain_name": "Default",
                "project_domain_name": "Default",
            },
            "region_name": region,
            **extra,
        }

    clouds = {f"demo-{region.name}": password("demo", region.name) for region in settings.regions}
    first = settings.regions[0].name
    clouds["calibration"] = password("calibration", first)
    for name, credential in identities["application_credentials"].items():
        clouds[f"app-cred-{name}"] = {
            "auth_type": "v3applicationcredential",
            "auth": {
                "auth_url": settings.auth_url,
                "application_credential_id": credential["id"],
                "application_credential_secret": credential["secret"],
            },
            "region_name": first,
            **extra,
        }
    return {"clouds": clouds}


def _rclone(settings: Settings, identities: dict[str, Any]) -> str:
    region = settings.regions[0]
    remotes = [
        _RCLONE_PASSWORD.format(
            name=name,
            auth_url=settings.auth_url,
            password=PASSWORDS["demo"],
            project=project,
            region=region.name,
        )
        for name, project in (("swift", "demo"), ("swift-calibration", "calibration"))
    ]
    others = _RCLONE_OTHERS.format(
        auth_url=settings.auth_url,
        application=identities["application_credentials"]["demo-app"],
        ec2=identities["ec2"]["demo"],
        region=region.name,
        url=region.url,
        v1_password=V1_USERS["test:tester"],
    )
    return "".join(remotes) + others


def _description(
    settings: Settings, identities: dict[str, Any], environments: dict[str, dict[str, str]]
) -> dict[str, Any]:
    projects = identities["projects"]
    users = {
        user: {
            "id": identities["user_ids"].get(user),
            "password": password,
            "projects": [project for name, project, _ in ASSIGNMENTS if name == user] or ["admin"],
        }
        for user, password in PASSWORDS.items()
    }
    return {
        "folder": str(settings.folder),
        "tls": settings.tls,
        "ca_file": str(settings.ca_file) if settings.tls else None,
        "auth_url": settings.auth_url,
        "keystone_port": settings.keystone_port,
        "regions": [
            {
                "name": region.name,
                "url": region.url,
                "port": region.port,
                "v1_auth_url": region.url + "/auth/v1.0",
                "storage_urls": {
                    project: f"{region.url}/v1/AUTH_{projects[project]}" for project in projects
                },
                "access_log": str(settings.logs / f"swift-{region.name}-access.log"),
                "log": str(settings.logs / f"swift-{region.name}.log"),
            }
            for region in settings.regions
        ],
        "keystone_access_log": str(settings.logs / "keystone-access.log"),
        "token_seconds": settings.token_seconds,
        "v1_token_seconds": settings.v1_token_seconds or settings.token_seconds,
        "users": users,
        "v1_users": V1_USERS,
        "projects": projects,
        "roles": identities["roles"],
        "application_credentials": identities["application_credentials"],
        "ec2": identities["ec2"],
        "environments": environments,
    }
