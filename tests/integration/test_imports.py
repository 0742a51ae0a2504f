# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that a provider hands out lead to stores that really list containers."""

from __future__ import annotations

import dataclasses

import pytest

from cog_browser.storage.config_files.export import to_clouds_yaml, to_openrc
from cog_browser.storage.config_files.imports import find_candidates
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import CogBrowserError
from cog_browser.storage.stores import open_store


@pytest.fixture(scope="module")
def containers(stack):
    """One container in each account that the files lead to; by account."""
    found = {}
    for account, name, region in [
        ("demo", "demo", "RegionOne"),
        ("demo RegionTwo", "demo", "RegionTwo"),
        ("calibration", "calibration", "RegionOne"),
        ("v1", "v1", "RegionOne"),
    ]:
        found[account] = stack.unique_name("import")
        stack.connection(name, region).put_container(found[account])
    return found


def listed(connection, credentials):
    store = open_store(connection, credentials)
    try:
        return {container.name for container in store.list_containers()}
    finally:
        store.close()


@pytest.mark.parametrize(
    ("name", "account"),
    [("demo", "demo"), ("calibration", "calibration"), ("app-cred-demo-app", "demo"), ("v1", "v1")],
)
def test_an_openrc_leads_to_its_account(stack, containers, name, account):
    (candidate,) = find_candidates(stack.openrc(name))
    assert candidate.problem is None
    assert containers[account] in listed(candidate.connection, candidate.credentials)


def test_an_openrc_that_prompts_leads_there_once_the_password_is_typed(stack, containers):
    (candidate,) = find_candidates(stack.folder / "demo-openrc-prompt.sh")
    assert not candidate.credentials
    typed = Credentials(password=stack.users["demo"]["password"])
    assert containers["demo"] in listed(candidate.connection, typed)


def test_every_cloud_of_a_clouds_yaml_leads_to_its_project_and_region(stack, containers):
    found = {candidate.name: candidate for candidate in find_candidates(stack.clouds_yaml)}
    accounts = {
        "demo-RegionOne": "demo",
        "demo-RegionTwo": "demo RegionTwo",
        "calibration": "calibration",
        "app-cred-demo-app": "demo",
    }
    assert set(accounts) <= set(found)
    for name, account in accounts.items():
        names = listed(found[name].connection, found[name].credentials)
        assert {key for key, value in containers.items() if value in names} == {account}


def test_every_swift_remote_of_an_rclone_conf_leads_to_its_account(stack, containers):
    found = {candidate.name: candidate for candidate in find_candidates(stack.rclone_conf)}
    assert "only swift remotes" in found.pop("s3").problem
    accounts = {
        "swift": "demo",
        "swift-calibration": "calibration",
        "swift-app-credential": "demo",
        "swift-v1": "v1",
    }
    assert set(found) == set(accounts)
    for name, account in accounts.items():
        names = listed(found[name].connection, found[name].credentials)
        assert {key for key, value in containers.items() if value in names} == {account}


def test_secrets_in_secure_yaml_and_regions_in_a_list_lead_there_too(stack, containers, tmp_path):
    (tmp_path / "clouds.yaml").write_text(
        f"clouds:\n  mine:\n    profile: here\n    auth: {{username: demo, project_name: demo}}\n"
        f"    regions: [{', '.join(stack.regions)}]\n"
    )
    (tmp_path / "clouds-public.yaml").write_text(
        f"public-clouds:\n  here:\n    auth: {{auth_url: '{stack.auth_url}'}}\n"
    )
    (tmp_path / "secure.yaml").write_text(
        f"clouds:\n  mine:\n    auth: {{password: {stack.users['demo']['password']}}}\n"
    )
    first, second = find_candidates(tmp_path / "clouds.yaml")
    assert (first.name, second.name) == ("mine RegionOne", "mine RegionTwo")
    assert containers["demo"] in listed(first.connection, first.credentials)
    assert containers["demo RegionTwo"] in listed(second.connection, second.credentials)


@pytest.mark.parametrize("name", ["demo", "app-cred-demo-app", "v1"])
def test_what_is_exported_leads_back_and_holds_no_secret(stack, containers, name, tmp_path):
    (original,) = find_candidates(stack.openrc(name))
    written = [to_openrc(original.connection), to_clouds_yaml([original.connection])]
    for text in written:
        assert not [secret for secret in stack.secrets() if secret in text]
        (candidate,) = find_candidates(text)
        assert not candidate.credentials
        account = "v1" if name == "v1" else "demo"
        assert containers[account] in listed(candidate.connection, original.credentials)


def test_no_secret_of_the_files_is_in_any_representation_or_error(stack):
    for path in (stack.clouds_yaml, stack.rclone_conf, stack.openrc("demo"), stack.openrc("v1")):
        for candidate in find_candidates(path):
            shown = [repr(candidate), str(candidate.connection.to_dict()), candidate.problem or ""]
            if candidate.problem is None:
                wrong = dataclasses.replace(candidate.connection, auth_url="http://127.0.0.1:1/v3")
                with pytest.raises(CogBrowserError) as caught:
                    listed(wrong, candidate.credentials)
                shown.append(str(caught.value))
            assert not [secret for secret in stack.secrets() if secret in "".join(shown)]
