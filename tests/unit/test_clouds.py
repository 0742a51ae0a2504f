# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cog_browser.storage.config_files import clouds
from cog_browser.storage.config_files.imports import find_candidates
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError

PROD = """\
clouds:
  prod:
    auth:
      auth_url: https://a.example.net/v3
      username: demo
      project_name: archive
      user_domain_name: Default
      project_domain_name: Default
    region_name: GRA
"""


def variables(text):
    return {cloud.title: cloud.values for cloud in clouds.parse_clouds(text)}


def problems(text):
    return {cloud.title: cloud.problem for cloud in clouds.parse_clouds(text)}


def test_the_file_that_horizon_hands_out_becomes_a_connection(tmp_path):
    path = tmp_path / "clouds.yaml"
    path.write_text(
        "clouds:\n  openstack:\n    auth:\n      auth_url: https://a.example.net/v3\n"
        '      username: "demo"\n      project_id: 97e2e750f1904b41b76f80a50dabde0a\n'
        '      project_name: "archive"\n      user_domain_name: "Default"\n'
        '    regions:\n    - GRA\n    interface: "public"\n    identity_api_version: 3\n'
    )
    connection, credentials = Connection.from_clouds_yaml(path, "openstack")
    assert (connection.name, connection.region) == ("openstack", "GRA")
    assert connection.project_id == "97e2e750f1904b41b76f80a50dabde0a"
    assert not credentials


def test_secure_yaml_beside_it_adds_the_secrets_and_wins(tmp_path):
    (tmp_path / "clouds.yaml").write_text(PROD.replace("demo", "demo\n      password: old"))
    (tmp_path / "secure.yaml").write_text(
        "clouds:\n  prod:\n    auth: {password: s3cr3t-word}\n    interface: internal\n"
        "  elsewhere:\n    auth: {password: x}\n"
    )
    (candidate,) = find_candidates(tmp_path / "clouds.yaml")
    assert candidate.credentials.password == "s3cr3t-word"
    assert candidate.connection.user_name == "demo"
    assert candidate.connection.interface == "internal"


def test_a_broken_secure_yaml_is_named_and_not_quoted(tmp_path):
    (tmp_path / "clouds.yaml").write_text(PROD)
    (tmp_path / "secure.yaml").write_text("clouds: {prod: {auth: {password: s3cr3t-word\n")
    (candidate,) = find_candidates(tmp_path / "clouds.yaml")
    assert "secure.yaml is not valid YAML, line" in candidate.problem
    assert "s3cr3t" not in candidate.problem


def test_a_vendor_profile_comes_from_the_file_beside_it_before_the_known_ones(tmp_path):
    path = tmp_path / "clouds.yaml"
    path.write_text(
        "clouds:\n  a:\n    profile: ovh\n    auth: {username: x}\n"
        "  b:\n    cloud: site\n    auth: {username: y}\n"
    )
    assert clouds.read_cloud(path, "a")["OS_AUTH_URL"] == "https://auth.cloud.ovh.net/"
    with pytest.raises(ConfigurationError, match="vendor profile “site” is not known here"):
        clouds.read_cloud(path, "b")
    (tmp_path / "clouds-public.yaml").write_text(
        "public-clouds:\n  ovh:\n    auth: {auth_url: https://mirror.example.net/v3}\n"
        "  site:\n    auth: {auth_url: https://site.example.net/v3}\n    regions: [R1, R2]\n"
    )
    assert clouds.read_cloud(path, "a")["OS_AUTH_URL"] == "https://mirror.example.net/v3"
    assert [c.title for c in clouds.read_clouds(path)] == ["a", "b R1", "b R2"]


def test_a_profile_with_the_region_in_its_address_is_filled_in():
    found = variables("clouds: {t: {profile: otc, auth: {username: x}}}")
    assert found["t"]["OS_AUTH_URL"] == "https://iam.eu-de.otc.t-systems.com/v3"
    assert found["t"]["OS_REGION_NAME"] == "eu-de"


@pytest.mark.parametrize("url", ["https://vexxhost.com", "http://x.example.net", "//x.example.net"])
def test_a_profile_that_would_be_fetched_is_refused(url):
    found = problems(f"clouds: {{t: {{profile: '{url}', auth: {{username: x}}}}}}")
    assert "Its profile is a URL" in found["t"]


def test_each_region_is_one_candidate_with_its_own_values():
    text = PROD.replace(
        "region_name: GRA",
        "regions:\n    - GRA\n    - name: SBG\n      values:\n"
        "        auth: {project_name: other}\n        interface: internal",
    )
    first, second = find_candidates(text)
    assert (first.name, first.connection.region) == ("prod GRA", "GRA")
    assert (first.connection.project_name, first.connection.interface) == ("archive", "public")
    assert (second.name, second.connection.region) == ("prod SBG", "SBG")
    assert (second.connection.project_name, second.connection.interface) == ("other", "internal")
    assert second.connection.user_name == "demo"


def test_a_cloud_with_regions_is_opened_by_its_name_and_by_the_regions(tmp_path):
    path = tmp_path / "clouds.yaml"
    path.write_text(PROD.replace("region_name: GRA", "region_name: GRA, SBG"))
    assert clouds.read_cloud(path, "prod")["OS_REGION_NAME"] == "GRA"
    assert clouds.read_cloud(path, "prod SBG")["OS_REGION_NAME"] == "SBG"
    with pytest.raises(ConfigurationError, match=r"has no cloud “x”\. It has: prod"):
        clouds.read_cloud(path, "x")


KEYSTONE = "auth_url: https://a.example.net"
OIDC = f"{KEYSTONE}, identity_provider: i, protocol: openid"


@pytest.mark.parametrize(
    ("kind", "auth", "mode", "secrets"),
    [
        ("password", f"{KEYSTONE}, username: x, password: p", "password", "password"),
        ("v3password", f"{KEYSTONE}, username: x, password: p", "password", "password"),
        (
            "v3applicationcredential",
            f"{KEYSTONE}, application_credential_id: i, application_credential_secret: s",
            "application_credential",
            "application_credential_secret",
        ),
        ("v3token", f"{KEYSTONE}, token: t", "keystone_token", "token"),
        ("token", f"{KEYSTONE}, token: t", "keystone_token", "token"),
        ("none", "endpoint: https://s.example.net/v1/AUTH_x", "anonymous", ""),
        ("admin_token", "endpoint: https://s.example.net/v1/A, token: t", "token", "token"),
        (
            "v3totp",
            f"{KEYSTONE}, username: x, password: p, passcode: 012345",
            "totp",
            "password passcode",
        ),
        (
            "v3multifactor\n    auth_methods: [v3password, v3totp]",
            f"{KEYSTONE}, username: x, password: p, passcode: 012345",
            "totp",
            "password passcode",
        ),
        ("v1password", f"{KEYSTONE}/auth/v1.0, username: 'a:x', password: p", "v1", "password"),
        (
            "v3oidcclientcredentials",
            f"{OIDC}, discovery_endpoint: https://i.example.net, client_id: c, client_secret: s",
            "oidc_client_credentials",
            "client_secret",
        ),
        ("v3oidcaccesstoken", f"{OIDC}, access_token: t", "oidc_access_token", "token"),
    ],
)
def test_the_type_of_sign_in_is_carried_over(kind, auth, mode, secrets):
    text = f"clouds:\n  c:\n    auth_type: {kind}\n    auth: {{{auth}}}\n"
    (candidate,) = find_candidates(text)
    assert candidate.problem is None
    assert candidate.connection.auth_mode == mode
    held = {name for name in secrets.split() if getattr(candidate.credentials, name)}
    assert held == set(secrets.split())
    if mode == "totp":
        assert candidate.credentials.passcode == "012345"


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("auth_type: v3oidcauthcode", "type “v3oidcauthcode” is not supported"),
        ("auth_type: v3kerberos", "type “v3kerberos” is not supported"),
        ("auth_type: v2password", "Keystone v2, which OpenStack removed"),
        ("identity_api_version: 2", "Keystone v2, which OpenStack removed"),
        ("auth_type: v3multifactor\n    auth_methods: [v3password, v3kerberos]", "several factors"),
        ("regions: {a: b}", "regions are not a list"),
        ("regions: [{values: {}}]", "has no name"),
        ("interface: [public]", "“interface” is not a text"),
        ("interface: outside", "must be one of public"),
    ],
)
def test_what_cannot_be_used_says_why_and_hides_no_other_cloud(entry, sentence):
    text = (
        PROD + f"  odd:\n    auth: {{auth_url: https://a.example.net, username: x}}\n    {entry}\n"
    )
    good, odd = find_candidates(text)
    assert good.problem is None
    assert sentence in odd.problem
    assert odd.name == "odd"


def test_values_mean_the_text_that_stands_in_the_file():
    found = variables(
        "clouds:\n  NO:\n    auth:\n      password: 0123\n      username: 1_000\n"
        "      project_id: 1e5\n      project_name: yes\n      user_id: 2024-01-01\n"
        "      project_domain_id: =\n      user_domain_name: 12:30:45\n    region_name: NO\n"
    )
    assert found["NO"] == {
        "OS_PASSWORD": "0123",
        "OS_USERNAME": "1_000",
        "OS_PROJECT_ID": "1e5",
        "OS_PROJECT_NAME": "yes",
        "OS_USER_ID": "2024-01-01",
        "OS_PROJECT_DOMAIN_ID": "=",
        "OS_USER_DOMAIN_NAME": "12:30:45",
        "OS_REGION_NAME": "NO",
    }


def test_older_and_hyphenated_spellings_are_understood():
    found = variables(
        "clouds:\n  c:\n    auth-type: password\n    endpoint_type: internal\n    auth:\n"
        "      auth-url: https://a.example.net\n      tenant-name: t\n      domain_id: d\n"
    )["c"]
    assert found["OS_AUTH_TYPE"] == "password"
    assert (found["OS_PROJECT_NAME"], found["OS_INTERFACE"]) == ("t", "internal")
    assert (found["OS_USER_DOMAIN_ID"], found["OS_PROJECT_DOMAIN_ID"]) == ("d", "d")


def test_yaml_merges_work_and_tags_that_make_objects_do_not():
    text = (
        "base: &base\n  auth: {auth_url: https://a.example.net, username: x}\n"
        "clouds:\n  c:\n    <<: *base\n    region_name: GRA\n"
    )
    assert variables(text)["c"]["OS_USERNAME"] == "x"
    for tag in ("!!python/object/apply:os.getcwd []", "!!python/name:os.system", "!foo x"):
        with pytest.raises(ConfigurationError, match="not valid YAML"):
            clouds.parse_clouds(f"clouds:\n  c: {tag}\n")


@pytest.mark.parametrize(
    "bomb",
    [
        "a0: &a0 {k: v}\n"
        + "".join(
            f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 30)
        ),
        "a0: &a0 [x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30))
        + "clouds:\n  c: {region_name: *a29, auth: *a29, regions: *a29}\n",
        "[" * 100_000,
        "{a: " * 100_000,
        "x" * 2_000_000,
        "clouds: &c\n  a: *c\n",
        "clouds: !!timestamp x\n",
        "clouds: {? [a] : b}\n",
    ],
    ids=["merges", "lists", "brackets", "braces", "large", "loop", "timestamp", "key"],
)
def test_a_hostile_file_ends_at_once_and_in_a_sentence(bomb):
    started = time.monotonic()
    assert all(candidate.problem for candidate in find_candidates("clouds: x\n"))
    try:
        found = clouds.parse_clouds(bomb)
    except ConfigurationError:
        found = []
    assert len(found) <= 1
    assert time.monotonic() - started < 60


YAML_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "auth",
                    "regions",
                    "region_name",
                    "profile",
                    "name",
                    "values",
                    "auth_url",
                    "username",
                ]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.text(max_size=4), YAML_VALUES, max_size=3))
def test_no_structure_makes_the_reader_stumble(entries):
    for cloud in find_candidates(yaml.safe_dump({"clouds": entries})):
        assert cloud.problem or cloud.connection


@settings(max_examples=500, deadline=None)
@given(st.text(" \n\t:-[]{}&*!<>|'\"%@#?,clouds0autah_rl", max_size=80))
def test_no_text_makes_the_reader_stumble(text):
    for prefix in ("", "clouds:\n  a:\n    auth: "):
        try:
            clouds.parse_clouds(prefix + text)
        except ConfigurationError as error:
            assert str(error)


def test_a_file_without_clouds_is_refused():
    with pytest.raises(ConfigurationError, match="has no “clouds:”"):
        clouds.parse_clouds("a: b\n")


def test_without_pyyaml_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(clouds, "yaml", None)
    (candidate,) = find_candidates(PROD)
    assert "needs PyYAML" in candidate.problem


# Where the files are


def make(*files):
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("clouds: {}\n")
    return list(files)


def test_linux_looks_in_the_home_and_the_working_folder_only_when_asked(tmp_path):
    home, work = tmp_path / "home", tmp_path / "work"
    chosen, own, local = make(
        tmp_path / "mine.yaml", home / ".config/openstack/clouds.yml", work / "clouds.yaml"
    )
    environ = {"HOME": str(home), "OS_CLIENT_CONFIG_FILE": str(chosen)}
    assert clouds.standard_files(environ=environ, platform="linux")[:2] == [chosen, own]
    assert local not in clouds.standard_files(environ=environ, platform="linux")
    found = clouds.standard_files(work, environ, "linux")
    assert found[:3] == [chosen, local, own]
    moved = {"HOME": str(home), "XDG_CONFIG_HOME": str(work)}
    (other,) = make(work / "openstack" / "clouds.yaml")
    assert clouds.standard_files(environ=moved, platform="linux")[:2] == [other, own]


def test_windows_and_macos_have_their_own_folders(tmp_path):
    windows, mac = make(
        tmp_path / "AppData/Local/OpenStack/openstack/clouds.yaml",
        tmp_path / "Library/Application Support/openstack/clouds.yaml",
    )
    environ = {"USERPROFILE": str(tmp_path), "PROGRAMDATA": str(tmp_path / "none")}
    assert clouds.standard_files(environ=environ, platform="win32") == [windows]
    assert clouds.standard_files(environ={"HOME": str(tmp_path)}, platform="darwin")[0] == mac
