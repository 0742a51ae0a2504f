# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Many objects into a folder: planned before the first byte, and gone on with later."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

import pytest

from cog_browser.storage.errors import (
    AlreadyExistsError,
    Cancelled,
    ConfigurationError,
    NotFoundError,
    TransportError,
)
from cog_browser.storage.transfers import download_many
from cog_browser.storage.transfers.download_many import (
    NamesTooLongError,
    download_planned,
    plan_download,
)
from tests.integration.transfer_fixtures import (  # noqa: F401 (fixtures)
    SIZE,
    behind,
    container,
    file,
    store,
    through,
)
from tests.support.faults import Fault


@pytest.fixture
def put(stack, container):
    def put(*keys):
        """As they are: most clients resolve dot segments."""
        token, _ = stack.sign_in("demo")
        parts = urlsplit(stack.storage_url())
        with closing(HTTPConnection(parts.hostname, parts.port)) as raw:
            for key in keys:
                path = f"{parts.path}/{container}/{quote(key, safe='').replace('.', '%2E')}"
                raw.request("PUT", path, key.encode(), {"X-Auth-Token": token})
                answer = raw.getresponse()
                answer.read()
                assert answer.status == 201

    return put


def files_in(folder):
    """Relative names and contents; none are hidden."""
    found = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def fetch(store, container, wishes, folder, **options):
    plan = plan_download(store, container, wishes, folder, **options)
    return plan, [error for _, error in download_planned(store, plan) if error]


def test_keys_and_prefixes_become_files(store, container, put, tmp_path):
    put("a/b.bin", "a/c/ü d.bin", "a/", "z.bin", "other")
    plan, errors = fetch(store, container, ["a/", "z.bin"], tmp_path / "new" / "folder")
    assert errors == []
    assert plan.size == sum(len(k.encode()) for k in ("a/b.bin", "a/c/ü d.bin", "z.bin"))
    assert files_in(tmp_path / "new" / "folder") == {
        "b.bin": b"a/b.bin",
        "c/ü d.bin": "a/c/ü d.bin".encode(),
        "z.bin": b"z.bin",
    }


def test_a_second_run_fetches_only_what_is_missing(
    stack, store, behind, container, put, file, tmp_path
):
    put("a", "b")
    store.upload(file, container, "large")  # of segments: its ETag is no checksum of its bytes
    folder = tmp_path / "back"
    fetch(store, container, [""], folder)
    (folder / "b").unlink()
    mark = stack.mark()
    plan, errors = fetch(store, container, [""], folder)
    assert errors == []
    assert [f.name for f in plan.fetched] == ["b"]
    assert [f.name for f in plan.there] == ["a", "large"]
    assert (folder / "large").read_bytes() == file.read_bytes()
    requests = stack.swift_requests(since=mark, within=container)
    got = [r.path for r in requests if r.method == "GET" and r.range]
    assert len(got) <= 1, got


def test_other_files_are_kept_unless_overwriting_is_asked_for(
    stack, store, container, put, file, tmp_path
):
    put("a", "b", "c")
    store.upload(file, container, "large")
    folder = tmp_path / "back"
    folder.mkdir()
    (folder / "a").write_bytes(b"mine")
    (folder / "b").write_bytes(b"x")  # of the same size
    (folder / "large").write_bytes(os.urandom(SIZE))
    mark = stack.mark()
    with pytest.raises(AlreadyExistsError, match=r"“a”, “b”, “large” in .* would be replaced"):
        fetch(store, container, [""], folder)
    assert not any(r.range for r in stack.swift_requests(since=mark, within=container))
    assert (folder / "a").read_bytes() == b"mine"
    assert not (folder / "c").exists()
    fetch(store, container, [""], folder, overwrite=True)
    assert (folder / "a").read_bytes() == b"a"
    assert (folder / "large").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (["p/a//b"], "empty part"),
        (["p/../x"], "“.” or “..” segment"),
        (["p//etc/passwd"], "empty part"),
        (["p/a\tb"], "control character"),
        (["p/" + "x" * 300], "longer than 255 bytes can't be taken in this folder"),
        (["p/" + "x" * 300, "p/a\tb"], "too long, and could be saved as “xxx"),
        (["p/a", "p/a/b"], "same file or folder"),
    ],
)
def test_names_that_cannot_be_files_are_said_before_the_first_byte(
    stack, store, container, put, tmp_path, keys, why
):
    put("p/good", *keys)
    mark = stack.mark()
    with pytest.raises(ConfigurationError, match=why):
        fetch(store, container, ["p/"], tmp_path / "in")
    assert not any(r.range for r in stack.swift_requests(since=mark, within=container))
    assert files_in(tmp_path) == {}


def test_names_that_are_too_long_are_shortened_if_that_is_allowed(store, container, put, tmp_path):
    keys = [f"p/{'x' * 300}{end}.tif" for end in "ab"]
    keys += [f"p/{'d' * 300}/{name}.tif" for name in "cd"]
    put("p/good.tif", *keys)
    with pytest.raises(NamesTooLongError) as refused:
        plan_download(store, container, ["p/"], tmp_path)
    proposed = refused.value.names
    assert sorted(proposed) == sorted(keys)
    plan, errors = fetch(store, container, ["p/"], tmp_path, shorten=True)
    assert errors == []
    assert plan.shortened == proposed
    found = files_in(tmp_path)
    assert found == {"good.tif": b"p/good.tif"} | {proposed[k]: k.encode() for k in keys}
    again, _ = fetch(store, container, ["p/"], tmp_path, shorten=True)
    assert (again.fetched, len(again.there)) == ((), 5)


def test_two_keys_never_get_one_shortened_name(store, container, put, tmp_path, monkeypatch):
    put(*(f"p/{'x' * 300}{end}.tif" for end in "ab"))
    monkeypatch.setattr(download_many, "shortened", lambda _name, _longest: "same.tif")
    with pytest.raises(ConfigurationError, match="would be the same file"):
        plan_download(store, container, ["p/"], tmp_path, shorten=True)
    assert files_in(tmp_path) == {}


def test_an_encrypted_disk_takes_less(store, container, put, tmp_path, monkeypatch):
    key = f"p/{'x' * 150}.tif"
    put(key)
    monkeypatch.setattr(download_many, "longest_name", lambda _folder: 143)
    with pytest.raises(NamesTooLongError, match="longer than 143 bytes"):
        plan_download(store, container, ["p/"], tmp_path)
    fetch(store, container, ["p/"], tmp_path, shorten=True)
    [(name, data)] = files_in(tmp_path).items()
    assert data == key.encode()
    assert len(name) == 143 - 16


@pytest.mark.parametrize("length", [240, 255])
def test_a_name_that_just_fits_is_taken_as_it_is(store, container, put, tmp_path, length):
    """The name of what has arrived until then is longer than the name itself."""
    name = "x" * length
    put(f"p/{name}")
    _, errors = fetch(store, container, ["p/"], tmp_path)
    assert errors == []
    assert files_in(tmp_path) == {name: f"p/{name}".encode()}


def test_cases_collide_where_the_disk_does_not_tell_them_apart(
    store, container, put, tmp_path, monkeypatch
):
    put("p/A.tif", "p/a.TIF")
    monkeypatch.setattr(download_many, "folding", lambda _folder: str.casefold)
    with pytest.raises(ConfigurationError, match=r"“p/A.tif” and “p/a.TIF” would be the same file"):
        fetch(store, container, ["p/"], tmp_path)


def test_two_keys_of_one_name_collide(store, container, put, tmp_path):
    put("x/a", "y/a")
    with pytest.raises(ConfigurationError, match="“x/a” and “y/a” would be the same file"):
        fetch(store, container, ["x/a", "y/a"], tmp_path)


def test_a_link_does_not_lead_out_of_the_folder(store, container, put, tmp_path):
    put("p/out/a", "p/b")
    folder, outside = tmp_path / "in", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "out").symlink_to(outside)
    with pytest.raises(ConfigurationError, match="“out/a” would be saved outside"):
        fetch(store, container, ["p/"], folder)
    assert files_in(outside) == {}


def test_a_file_in_the_way_of_a_folder_is_said(store, container, put, tmp_path):
    put("p/a/b")
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(ConfigurationError, match="over a file in it"):
        fetch(store, container, ["p/"], tmp_path, overwrite=True)
    assert (tmp_path / "a").read_bytes() == b"mine"


def test_room_for_all_files_is_looked_up_first(stack, store, container, put, tmp_path, monkeypatch):
    put("aaaa", "bbbb")
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(100, 93, 7))
    mark = stack.mark()
    with pytest.raises(ConfigurationError, match=r"have 8 bytes, and .* has room for 7"):
        fetch(store, container, [""], tmp_path)
    assert not any(r.range for r in stack.swift_requests(since=mark, within=container))


def test_what_is_not_there_is_said(store, container, put, tmp_path):
    put("a")
    for wish in ("none", "none/"):
        with pytest.raises(NotFoundError):
            fetch(store, container, [wish], tmp_path)


def test_one_that_fails_fails_alone_and_the_next_run_goes_on(
    faulty_store, through, container, put, tmp_path
):
    put("a", "b", "c")
    faulty_store.swift.add(Fault(reset_after=0), method="GET", path="/b$", times=None)
    _, errors = fetch(through, container, [""], tmp_path / "in")
    assert [type(e) for e in errors] == [TransportError]
    assert files_in(tmp_path / "in") == {"a": b"a", "c": b"c"}
    faulty_store.clear()
    plan, errors = fetch(through, container, [""], tmp_path / "in")
    assert [f.name for f in plan.fetched] == ["b"]
    assert errors == []


def test_cancelling_ends_within_a_second_and_leaves_whole_files_only(
    faulty_store, through, container, put, tmp_path
):
    put("a", *(f"slow{n}" for n in range(6)))
    faulty_store.swift.add(Fault(delay_s=20), method="GET", path="/slow", times=None)
    plan = plan_download(through, container, [""], tmp_path / "in")
    begun = []

    def progress(done, total):
        if done >= 1 and not begun:
            begun.append(time.monotonic())
        return not begun or time.monotonic() < begun[0] + 0.5

    with pytest.raises(Cancelled):
        for _ in download_planned(through, plan, progress):
            pass
    assert time.monotonic() - begun[0] < 10
    assert files_in(tmp_path / "in") == {"a": b"a"}
