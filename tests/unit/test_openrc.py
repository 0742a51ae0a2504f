# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cog_browser.storage.config_files.openrc import parse_openrc
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError

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
        ("two\\\nlines", "twolines"),
        ("'two\nlines'", "two\nlines"),
        ('"two\\\nlines"', "twolines"),
        (r'"a\qb"', r"a\qb"),
        ("''", ""),
        ('${OS_NONE:-"De fault"}', "De fault"),
        ("${OS_NONE:-$OS_USERNAME}", "demo"),
        ('"${OS_USERNAME:-other}"', "demo"),
        ("a b=c".replace(" ", "\\ "), "a b=c"),
        ("x OS_REGION_NAME=y", "x"),
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
        "OS_PASSWORD=two words",
        "export OS_PASSWORD=a&b",
        "export OS_PASSWORD=a|b",
        "export OS_PASSWORD=pa$$word",
        "export OS_PASSWORD=${OS_USERNAME:?no}",
        "export OS_PASSWORD=${OS_USERNAME:=x}",
        "export OS_PASSWORD=${OS_USERNAME//a/b}",
        "export OS_PASSWORD=${OS_NONE:-$(id)}",
        "export OS_PASSWORD=$'a\\nb'",
        "export OS_PASSWORD={a,b}",
        "export OS_CACERT=~root/ca.pem",
        "OS_PASSWORD+=more",
        "OS_PASSWORD=(a b)",
        "OS_PASSWORD=x curl evil.example.org",
        "echo $(id)",
        "echo `id`",
        "printf -v OS_PASSWORD x",
        "cat <<EOF",
        "read OS_PASSWORD <(id)",
        "eval x",
        "fi",
        "then",
        'if [ -z "$OS_X" ]; then',
        'if [ -z "$OS_X" ]; echo; then echo; fi',
        "export OS_A=1;; export OS_B=2",
        "f() { id; }",
        "for key in $( set | awk 1 ); do unset $key ; done",
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


def test_the_file_that_ovhcloud_hands_out_takes_its_defaults():
    values = parse_openrc(
        "export OS_AUTH_URL=https://auth.cloud.example.net/v3\n"
        'export OS_USER_DOMAIN_NAME=${OS_USER_DOMAIN_NAME:-"Default"}\n'
        'export OS_TENANT_NAME="123"\nread -sr OS_PASSWORD_INPUT\n'
        "export OS_PASSWORD=$OS_PASSWORD_INPUT\nunset OS_PASSWORD_INPUT\n"
    )
    assert values["OS_USER_DOMAIN_NAME"] == "Default"
    assert "OS_PASSWORD" not in values


@pytest.mark.parametrize(
    "prompt",
    [
        "read -s OS_PASSWORD",
        'read -rsp "Password: " OS_PASSWORD',
        "read -s -p Password: -t 60 OS_PASSWORD </dev/tty",
        'echo "Password: " >&2; stty -echo 2>/dev/null; read -r OS_PASSWORD; stty echo',
        'read -sr X\nexport OS_PASSWORD="$X"',
        'if [ -z "$OS_PASSWORD" ]; then\n  read -sr X\n  export OS_PASSWORD=$X\nfi',
    ],
)
def test_a_prompt_is_recognised_however_it_is_written(prompt):
    values = parse_openrc(f"export OS_USERNAME=demo\n{prompt}\nexport OS_REGION_NAME=GRA\n")
    assert {k: v for k, v in values.items() if k.startswith("OS_")} == {
        "OS_USERNAME": "demo",
        "OS_REGION_NAME": "GRA",
    }


def test_a_file_saved_on_windows_means_the_same():
    assert parse_openrc("\ufeff" + HORIZON.replace("\n", "\r\n")) == parse_openrc(HORIZON)


def test_a_file_for_keystone_v2_is_refused_with_the_reason():
    text = (
        "export OS_AUTH_URL=https://a.example.net:5000/v2.0\nexport OS_TENANT_NAME=demo\n"
        "export OS_USERNAME=demo\nexport OS_PASSWORD=secret-word\n"
    )
    for changed in (
        text,
        text.replace("v2.0", "v2.0/"),
        text.replace("/v2.0", "") + "export OS_IDENTITY_API_VERSION=2.0\n",
        text.replace("/v2.0", "") + "export OS_AUTH_TYPE=v2password\n",
    ):
        with pytest.raises(ConfigurationError, match="Keystone v2, which OpenStack removed"):
            Connection.from_openrc_text(changed)


def test_a_quote_that_is_never_closed_is_reported_where_it_opens():
    with pytest.raises(ConfigurationError, match="Line 2: a quote is not closed"):
        parse_openrc("export OS_A=1\necho Don't forget\nexport OS_B=2\n")


@pytest.mark.parametrize(
    "bomb",
    [
        "OS_A=0123456789\n" + "OS_A=$OS_A$OS_A\n" * 60,
        "OS_A=" + "x" * 1000 + "\n" + "OS_B=$OS_A" + "$OS_A" * 100_000,
        "OS_A=" + "${OS_B:-" * 50_000,
        "OS_A=" + '"${OS_B:-' * 50_000,
        'if [ -z "$OS_A" ]\nthen\n' * 20_000,
        "OS_A=1\n" * 1_000_000,
        "\\\n" * 400_000,
        "'" * 999_999,
        "OS_A=1\0",
    ],
    ids=["doubling", "wide", "deep", "deep quotes", "ifs", "long", "joined", "quotes", "binary"],
)
def test_a_hostile_file_is_refused_at_once(bomb):
    started = time.monotonic()
    with pytest.raises(ConfigurationError):
        parse_openrc(bomb)
    assert time.monotonic() - started < 60  # what is not linear would take hours


# What bash makes of it

_TOKENS = [
    *(
        "OS_A",
        "OS_B",
        "=",
        "'",
        '"',
        "$",
        "{",
        "}",
        ":-",
        "-",
        "\\",
        "\n",
        ";",
        " ",
        "\t",
        "#",
        "a",
    ),
    *("export ", "unset ", 'if [ -z "$OS_A" ]', "if [ -n $OS_B ]", "if [[ -n $OS_A ]]", "fi\n"),
    *("; then ", "\nthen\n", "\nelse ", "\nelif test -z ", "echo ", "read -sr OS_C\n", "é", "~"),
    *("&", "|", "(", ")", "<", ">", "`", "!", "*", "?", "[", "]", "$OS_A", '"$OS_B"', "$'"),
    *("${OS_A:-", "${OS_C-", "2>", "printf ", "OS_A=", "\nOS_B=", "\nexport OS_A=", "/", ":", ","),
]
_PIECES = st.one_of(
    st.text("ab #*?[]!=:,%^é/.-~", max_size=6).map(lambda t: f"'{t}'"),
    st.text("ab #*?[]!=:,%^é/.~'\n", max_size=6).map(lambda t: f'"{t}"'),
    st.text("abc:,%^é/.=#*?[]-@+", max_size=6),
    st.sampled_from(
        ["$OS_A", "${OS_A}", '"$OS_B"', "${OS_X:-a}", '"${OS_B:-"b c"}"', "\\ ", "\\'"]
    ),
    st.sampled_from(["${OS_A:-$OS_B}", "${OS_B-'c d'}", '"\\a\\"\\$\\\\"', "\\\n", "''", "\\é"]),
)
_VALUES = st.lists(_PIECES, max_size=4).map("".join)
_NAMES = st.sampled_from(["OS_A", "OS_B", "OS_C"])
_SIMPLE = st.one_of(
    st.builds("export {}={}".format, _NAMES, _VALUES),
    st.builds("export {}={} {}={}".format, _NAMES, _VALUES, _NAMES, _VALUES),
    st.builds("{}={}".format, _NAMES, _VALUES),
    st.builds("{}={} {}={}".format, _NAMES, _VALUES, _NAMES, _VALUES),
    st.builds("unset {}".format, _NAMES),
    st.builds("export {}".format, _NAMES),
    st.builds("echo {}".format, _VALUES),
)
_TESTED = st.sampled_from(
    ['"$OS_A"', "$OS_B", "''", "a", '"${OS_X:-}"', "$OS_A", '"a $OS_C"', "$OS_X"]
)
_STATEMENTS = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(
        st.builds("{}; {}".format, inner, inner),
        st.builds("if [ -z {} ]; then {}; fi".format, _TESTED, inner),
        st.builds("if [ -n {} ]\nthen {}\nelse {}\nfi".format, _TESTED, inner, inner),
        st.builds(
            "if [[ -z {} ]]\nthen\n{}\nelif test -n {}\nthen {}\nfi".format,
            *(_TESTED, inner, _TESTED, inner),
        ),
    ),
    max_leaves=5,
)
_LINES = st.one_of(
    _STATEMENTS,
    st.builds("{} # it's".format, _STATEMENTS),
    st.just("# a comment with ' and \" and `"),
)


def in_bash(text: str) -> dict[str, str]:
    """The variables after bash has sourced the text, where it can run no program."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "openrc.sh").write_bytes(text.encode())
        done = subprocess.run(
            [
                "/usr/bin/bash",
                "--norc",
                "-c",
                "set -a; . ./openrc.sh >/dev/null; exec /usr/bin/env -0",
            ],
            cwd=folder,
            env={"HOME": os.path.expanduser("~"), "PATH": "/nonexistent", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=20,
            check=True,
        )
    entries = done.stdout.decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if entry)


def agrees_with_bash(text: str) -> bool:
    try:
        values = parse_openrc(text)
    except ConfigurationError:
        return False
    seen = {name: value for name, value in in_bash(text).items() if name.startswith("OS_")}
    if "read" in text:  # a value that was typed may be in any of them
        seen = {name: seen.get(name) for name in values}
    assert {name: value for name, value in values.items() if name.startswith("OS_")} == seen
    return True


@settings(max_examples=300, deadline=None)
@given(st.lists(_LINES, max_size=6).map("\n".join))
def test_harmless_files_mean_what_bash_makes_of_them(text):
    agrees_with_bash(f"export OS_A='a b' OS_B=\n{text}\n")


@settings(max_examples=600, deadline=None)
@given(
    st.tuples(
        st.sampled_from(["", "OS_A=", "OS_A=x\n"]),
        st.lists(st.sampled_from(_TOKENS), max_size=12).map("".join),
    ).map("".join)
)
@example("OS_A=1\nif [ -n $OS_B ]; then OS_A=2; fi")
@example("export OS_A=1 OS_B=$OS_A")
@example("OS_A=1 OS_B=$OS_A")
@example("OS_A=x\\\ny")
@example("export OS_A=~/ca.pem")
@example("export OS_A=a~/ca.pem")
@example("OS_A=a{b OS_B=}")
def test_whatever_is_understood_means_what_bash_makes_of_it(text):
    agrees_with_bash(text)


@pytest.mark.parametrize("name", ["OS_A=1", "export OS_A='a b'\nOS_B=\"$OS_A\"\n", HORIZON])
def test_the_comparison_with_bash_compares_something(name):
    assert agrees_with_bash(name)


@settings(max_examples=500, deadline=2000)
@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from(_TOKENS), max_size=60).map("".join))
)
def test_no_text_makes_the_reader_stumble(text):
    try:
        values = parse_openrc(text)
    except ConfigurationError as error:
        assert str(error)
    else:
        assert all(isinstance(value, str) for value in values.values())
