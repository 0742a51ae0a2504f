# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import pytest

from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.openrc import parse_openrc

HORIZON = r"""#!/usr/bin/env bash
# To use an OpenStack cloud you need to authenticate against the Identity service
export OS_AUTH_URL=https://auth.cloud.example.net/v3
# With the addition of Keystone we have standardized on the term **project**
export OS_PROJECT_ID=97e2e750f1904b41b76f80a50dabde0a
export OS_PROJECT_NAME="my project"
export OS_USER_DOMAIN_NAME="Default"
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
export OS_PROJECT_DOMAIN_ID="default"
if [ -z "$OS_PROJECT_DOMAIN_ID" ]; then unset OS_PROJECT_DOMAIN_ID; fi
# unset v2.0 items in case set
unset OS_TENANT_ID
unset OS_TENANT_NAME
export OS_USERNAME="user-AbC"
# With Keystone you pass the keystone password.
echo "Please enter your OpenStack Password for project $OS_PROJECT_NAME as user $OS_USERNAME: "
read -sr OS_PASSWORD_INPUT
export OS_PASSWORD=$OS_PASSWORD_INPUT
export OS_REGION_NAME="SBG"
# Don't leave a blank variable, unset it if it was empty
if [ -z "$OS_REGION_NAME" ]; then unset OS_REGION_NAME; fi
export OS_INTERFACE=public
export OS_IDENTITY_API_VERSION=3
"""


def test_the_file_that_horizon_hands_out_is_understood():
    values = parse_openrc(HORIZON)
    assert values["OS_AUTH_URL"] == "https://auth.cloud.example.net/v3"
    assert values["OS_PROJECT_NAME"] == "my project"
    assert values["OS_REGION_NAME"] == "SBG"
    assert values["OS_USER_DOMAIN_NAME"] == "Default"


def test_a_prompted_password_is_absent_rather_than_the_prompts_variable():
    assert "OS_PASSWORD" not in parse_openrc(HORIZON)


def test_an_empty_variable_is_unset_as_the_file_says():
    test = 'if [ -z "$OS_REGION_NAME" ]; then unset OS_REGION_NAME; fi'
    text = f'OS_AUTH_URL=x\nexport OS_REGION_NAME=""\n{test}'
    assert "OS_REGION_NAME" not in parse_openrc(text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("plain", "plain"),
        ("'sin gle $x `y`'", "sin gle $x `y`"),
        ('"dou ble"', "dou ble"),
        (r'"a\"b\$c\\d"', 'a"b$c\\d'),
        (r"back\ slash\#1", "back slash#1"),
        ("hash#inside", "hash#inside"),
        ("before # a comment", "before"),
        ("'mixed'\"quotes\"bare", "mixedquotesbare"),
        ("${OS_USERNAME}-x", "demo-x"),
        ('"$OS_USERNAME/y"', "demo/y"),
        ("é'ü'", "éü"),
        ("a;echo nothing", "a"),
    ],
)
def test_values_mean_what_a_shell_would_make_of_them(written, meant):
    assert parse_openrc(f"OS_USERNAME=demo\nexport OS_PASSWORD={written}")["OS_PASSWORD"] == meant


@pytest.mark.parametrize(
    "line",
    [
        "export OS_PASSWORD=$(cat /etc/passwd)",
        "export OS_PASSWORD=`id`",
        'export OS_PASSWORD="$(id)"',
        "export OS_PASSWORD=$NOT_SET",
        "curl http://evil.example.org",
        "source /etc/profile",
        "export OS_PASSWORD='not closed",
        "if grep -q x /etc/passwd; then",
        "export OS_PASSWORD=two words",
    ],
)
def test_what_would_need_a_shell_is_refused_with_its_line_number(line):
    with pytest.raises(ConfigurationError, match="Line 2"):
        parse_openrc(f"export OS_USERNAME=demo\n{line}\n")


def test_a_refusal_does_not_quote_the_line_that_may_hold_a_password():
    with pytest.raises(ConfigurationError) as caught:
        parse_openrc("export OS_USERNAME=demo\nexport OS_PASSWORD=tell me\nmysecret -x")
    assert "tell" not in str(caught.value)
    assert "mysecret" not in str(caught.value)


def test_a_file_without_openstack_variables_is_no_openrc():
    with pytest.raises(ConfigurationError, match="no openrc file"):
        parse_openrc("PATH=/bin\n")
