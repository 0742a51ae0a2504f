# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import os
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cog_browser.storage.config_files.imports import Candidate, find_candidates

OPENRC = (
    "export OS_AUTH_URL=https://a.example.net/v3\nexport OS_USERNAME=demo\n"
    "export OS_PROJECT_NAME=archive\nexport OS_PASSWORD='s3cr3t-word'\n"
)
CLOUDS = "clouds:\n  prod: {auth: {auth_url: 'https://a.example.net', password: s3cr3t-word}}\n"
RCLONE = "[r]\ntype = swift\nauth = https://a.example.net/v3\nuser = u\nkey = s3cr3t-word\n"
ENCRYPTED = "# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nabc=\n"


@pytest.mark.parametrize(("text", "name"), [(OPENRC, "archive"), (CLOUDS, "prod"), (RCLONE, "r")])
@pytest.mark.parametrize("file", ["openrc.sh", "clouds.yaml", "rclone.conf", "what.ever", "x.txt"])
def test_a_format_is_told_by_its_content_whatever_the_file_is_called(tmp_path, text, name, file):
    path = tmp_path / file
    path.write_text(text)
    for found in (find_candidates(path), find_candidates(str(path)), find_candidates(text)):
        (candidate,) = found
        assert (candidate.name, candidate.problem) == (name, None)
        assert candidate.connection.name == name
        assert candidate.credentials.password == "s3cr3t-word"
    assert find_candidates(path)[0].origin == str(path)
    assert find_candidates(text)[0].origin == ""


def test_no_representation_of_a_candidate_shows_a_secret():
    for text in (OPENRC, CLOUDS, RCLONE):
        assert "s3cr3t" not in repr(find_candidates(text))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "none of the files"),
        ("hello", "none of the files"),
        ("<html></html>\n", "none of the files"),
        (ENCRYPTED, "encrypted"),
        (OPENRC + "curl evil.example.org\n", "Line 5: this command would have to be run"),
        (OPENRC + "export OS_CACERT=$HOME/ca.pem\n", r"Line 5: $HOME is not set"),
        (OPENRC.replace("https://a", "s3cr3t-word"), "must look like https"),
        (OPENRC.replace("/v3", "/v2.0"), "Keystone v2"),
        (CLOUDS + "  prod: [\n", "not valid YAML"),
        (RCLONE + "s3cr3t-word\n", "Line 6"),
    ],
)
def test_what_cannot_be_read_is_one_candidate_with_the_reason(text, sentence):
    (candidate,) = find_candidates(text)
    assert sentence in candidate.problem
    assert "s3cr3t" not in repr(candidate)
    assert not candidate.credentials
    assert candidate.name


def test_a_name_alone_tells_the_format_of_an_empty_or_unusual_file(tmp_path):
    for name, sentence in [
        ("clouds.yml", "no “clouds:”"),
        ("demo-openrc.sh", "no openrc file"),
        ("picture.tif", "none of the files"),
    ]:
        (tmp_path / name).write_text("# nothing\n")
        (candidate,) = find_candidates(tmp_path / name)
        assert candidate.name == name
        assert sentence in candidate.problem


def test_files_that_are_none_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large.sh").write_bytes(b"#" * 5_000_000)
    (tmp_path / "binary.sh").write_bytes(b"OS_A=\xff\xfe\x00")
    started = time.monotonic()
    for path, sentence in [
        (tmp_path / "pipe", "is not a file"),
        (tmp_path, "is not a file"),
        (tmp_path / "absent", "doesn't exist"),
        (tmp_path / "large.sh", "too large"),
        (tmp_path / "binary.sh", "not UTF-8"),
    ]:
        (candidate,) = find_candidates(path)
        assert sentence in candidate.problem
        assert candidate.name == path.name
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", [OPENRC, CLOUDS, RCLONE])
def test_files_saved_by_windows_programs_are_read(tmp_path, text, encoding):
    path = tmp_path / "saved"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    (candidate,) = find_candidates(path)
    assert candidate.problem is None
    assert candidate.credentials.password == "s3cr3t-word"


def test_several_accounts_keep_their_order():
    (first, second, third) = find_candidates(
        RCLONE + "[s]\ntype=s3\n" + RCLONE.replace("[r]", "[t]")
    )
    assert [c.name for c in (first, second, third)] == ["r", "s", "t"]
    assert [bool(c.problem) for c in (first, second, third)] == [False, True, False]


@settings(max_examples=500, deadline=None)
@given(
    st.one_of(
        st.text(max_size=120),
        st.tuples(
            st.sampled_from([OPENRC, CLOUDS, RCLONE, "OS_AUTH_URL=", "clouds:", "[r]\n"]),
            st.integers(0, 160),
            st.text(max_size=20),
        ).map(lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]),
    )
)
@example("x" * 100_000)
@example("OS_AUTH_URL=http://[\n")
@example("OS_AUTH_URL=https://a:b\n")
def test_whatever_is_pasted_the_answer_is_a_list_of_candidates(text):
    found = find_candidates(text)
    assert all(isinstance(candidate, Candidate) for candidate in found)
    assert all(candidate.problem != "" for candidate in found)
