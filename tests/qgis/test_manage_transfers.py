# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Files up and objects down in the panel, on a real Swift."""

from __future__ import annotations

import errno
import os
import re
import time
from contextlib import closing
from functools import partial

import pytest
from qgis.PyQt.QtCore import QMimeData, QPoint, Qt, QUrl
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QFileDialog, QToolButton

from cog_browser.gui.manage.chosen import chosen_in_table
from cog_browser.gui.manage.transfer_work import files_in
from cog_browser.gui.manage.transfers_dialog import (
    DONE,
    FAILED,
    RUNNING,
    STOPPED,
    TransfersDialog,
)
from cog_browser.gui.place import Place
from cog_browser.storage.errors import ConfigurationError, TransportError
from cog_browser.storage.progress import report
from cog_browser.storage.swift.store import SwiftStore
from cog_browser.storage.transfers import download_many
from cog_browser.storage.transfers.local_names import why_unusable
from tests.qgis.manage_fixtures import manager, shoot  # noqa: F401 (fixtures)


@pytest.fixture
def files(tmp_path):
    """A file and a folder with two."""
    folder = tmp_path / "scenes"
    (folder / "deep").mkdir(parents=True)
    (tmp_path / "one é.tif").write_bytes(b"one")
    (folder / "two.tif").write_bytes(b"two")
    (folder / "deep" / "three.tif").write_bytes(b"three")
    return [str(tmp_path / "one é.tif"), str(folder)]


@pytest.fixture
def transfers(controller):
    return controller.manage.up_and_down.transfers


def drop(widget, paths):
    """From the desktop onto a widget; whether it was taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    copy, button, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    where = QPoint(20, 20)
    enter = QDragEnterEvent(where, copy, data, button, none)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(widget, QDropEvent(where, copy, data, button, none))
    return True


def test_files_and_folders_are_dropped_into_the_panel(
    ui, dock, manager, transfers, saved, container, put, files, stack
):
    ui.open(Place(saved.id, container))
    assert dock.notice.isVisible()  # an empty container takes them, too
    assert drop(dock.notice, files)
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert manager.keys(container) == ["one é.tif", "scenes/deep/three.tif", "scenes/two.tif"]
    ui.wait(lambda: ui.rows() == ["scenes", "one é.tif"])
    assert transfers.isVisible()
    shoot(transfers, "transfers-done")
    shoot(dock, "dock-upload")
    assert "3 objects" in transfers.table.topLevelItem(0).text(0)
    # again, into a folder, over what is there
    ui.open(Place(saved.id, container, "scenes/"))
    assert drop(dock.table.viewport(), [f"{files[1]}/two.tif"])
    dialog = manager.asked()
    assert dialog.names.toPlainText() == "scenes/two.tif"
    shoot(dialog, "upload-replace")
    dialog.ok_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE, DONE])
    transfers.clear_button.click()
    assert transfers.rows == []


def test_where_nothing_can_be_put_nothing_is_taken(ui, dock, manager, saved, container, files):
    assert not drop(dock.table.viewport(), files)
    ui.open(Place(saved.id))
    assert not drop(dock.table.viewport(), files)


def test_files_are_chosen_with_the_button(
    ui, dock, manager, controller, transfers, saved, container, files
):
    action = controller.manage.up_and_down.upload_action
    assert not action.isEnabled()
    ui.open(Place(saved.id, container))
    assert action.isEnabled()
    action.trigger()
    [chooser] = dock.findChildren(QFileDialog)
    chooser.filesSelected.emit(files[:1])
    chooser.reject()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert manager.keys(container) == ["one é.tif"]


def test_a_folder_is_chosen_in_the_buttons_menu(
    ui, dock, manager, controller, transfers, saved, container, files
):
    action = controller.manage.up_and_down.upload_folder_action
    assert not action.isEnabled()
    ui.open(Place(saved.id, container))
    [button] = [b for b in dock.findChildren(QToolButton) if b.menu() in action.associatedWidgets()]
    assert button.isEnabled() and button.text() == "Upload files…"
    action.trigger()
    [chooser] = dock.findChildren(QFileDialog)
    assert chooser.fileMode() == QFileDialog.FileMode.Directory
    chooser.fileSelected.emit(files[1])
    chooser.reject()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert manager.keys(container) == ["scenes/deep/three.tif", "scenes/two.tif"]


def test_names_that_can_not_be_are_refused_before_anything_is_sent(
    ui, dock, manager, controller, transfers, saved, container, tmp_path
):
    (tmp_path / "a\nb.tif").write_bytes(b"x")
    ui.open(Place(saved.id, container))
    controller.manage.up_and_down.upload(dock.current_place, [str(tmp_path / "a\nb.tif")])
    assert "line break" in manager.ended(manager.dialog())
    assert transfers.rows == []


def test_what_failed_is_sent_again_and_only_that(
    ui, dock, manager, controller, transfers, saved, container, files, monkeypatch, qtbot
):
    real, sent = SwiftStore.upload_many, []

    def broken(store, wanted, *arguments, **options):
        sent.append(sorted(wanted))
        if len(sent) == 1:
            [first, *rest] = sorted(wanted)
            yield first, TransportError("The line broke.")
            wanted = {key: wanted[key] for key in rest}
        yield from real(store, wanted, *arguments, **options)

    monkeypatch.setattr(SwiftStore, "upload_many", broken)
    ui.open(Place(saved.id, container))
    controller.manage.up_and_down.upload(dock.current_place, files)
    ui.wait(lambda: [row.state for row in transfers.rows] == [FAILED])
    transfers.table.topLevelItem(0).setSelected(True)
    assert "The line broke." in transfers.table.topLevelItem(0).text(1)
    shoot(transfers, "transfers-failed")
    transfers.retry_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert sent[1] == ["one é.tif"]
    assert len(manager.keys(container)) == 3


def test_a_transfer_is_stopped_within_a_second_and_retried(
    ui, dock, manager, controller, transfers, saved, container, files, monkeypatch
):
    real, is_slow = SwiftStore.upload_many, [True]

    def slow(store, *arguments, progress=None, **options):
        while is_slow[0]:
            report(progress, 1, 10)
            time.sleep(0.05)
        yield from real(store, *arguments, progress=progress, **options)

    monkeypatch.setattr(SwiftStore, "upload_many", slow)
    ui.open(Place(saved.id, container))
    for path in files:
        controller.manage.up_and_down.upload(dock.current_place, [path])
    ui.wait(lambda: [row.state for row in transfers.rows] == [RUNNING, RUNNING])
    ui.wait(lambda: transfers.table.topLevelItem(0).text(1) == "10 %")
    transfers.table.selectAll()
    started = time.monotonic()
    transfers.stop_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [STOPPED, STOPPED])
    assert time.monotonic() - started < 10
    is_slow[0] = False
    transfers.retry_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE, DONE])
    assert len(manager.keys(container)) == 3


def test_objects_and_folders_are_downloaded(
    ui, dock, manager, controller, transfers, saved, container, put, tmp_path
):
    for key in ("in/a.tif", "in/deep/b.tif", "in/left.tif"):
        put(key, key.encode())
    target = tmp_path / "here"
    target.mkdir()
    ui.open(Place(saved.id, container, "in/"))
    manager.select("a.tif", "deep")
    manager.choose("Download…")
    ui.wait(lambda: bool(dock.findChildren(QFileDialog)))
    [chooser] = dock.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(target))
    chooser.reject()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    found = {p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*.tif")}
    assert found == {"a.tif": b"in/a.tif", "b.tif": b"in/deep/b.tif"}


def test_a_whole_container_is_downloaded(
    ui, dock, manager, transfers, saved, container, put, tmp_path
):
    for key in ("a.tif", "deep/b.tif"):
        put(key, key.encode())
    place = Place(saved.id, container)
    ui.open(place)
    manager.choose("Download…", place=place)
    ui.wait(lambda: bool(dock.findChildren(QFileDialog)))
    [chooser] = dock.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "here"))
    chooser.reject()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert (tmp_path / "here" / "deep" / "b.tif").read_bytes() == b"deep/b.tif"
    assert (tmp_path / "here" / "a.tif").read_bytes() == b"a.tif"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("in/a.tif", "in/CON"), "CON"),
        (("in/a.tif", "in/b:c.tif"), "b:c.tif"),
        (("in/a", "in/a/b.tif"), "would be the same file or folder here"),
        (("in/A.tif", "in/a.tif"), "would be the same file or folder here"),
    ],
)
def test_names_that_can_be_no_files_are_told_before_the_first_byte(
    ui, dock, manager, transfers, saved, container, put, tmp_path, keys, said, monkeypatch
):
    """As on Windows, and on disks that know no case."""
    monkeypatch.setattr(download_many, "why_unusable", partial(why_unusable, is_windows=True))
    monkeypatch.setattr(download_many, "folding", lambda _folder: str.casefold)
    for key in keys:
        put(key)
    place = Place(saved.id, container, "in/")
    ui.open(place)
    manager.choose("Download…", place=place)
    ui.wait(lambda: bool(dock.findChildren(QFileDialog)))
    [chooser] = dock.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "here"))
    chooser.reject()
    dialog = manager.dialog()
    assert said in manager.ended(dialog)
    assert transfers.rows == []
    assert not list((tmp_path / "here").glob("*"))


def test_uploads_and_downloads_are_paused_and_go_on(
    ui, dock, manager, controller, transfers, saved, container, put, tmp_path, monkeypatch
):
    data = bytes(range(256)) * 8192
    (tmp_path / "up.tif").write_bytes(data)
    put("down.tif", data)
    real = TransfersDialog._start

    def slowly(dialog, row):
        real(dialog, row)
        row.control.bandwidth = 200_000  # as if the line was slow

    monkeypatch.setattr(TransfersDialog, "_start", slowly)
    ui.open(Place(saved.id, container))
    manager.select("down.tif")
    deed, chosen = controller.manage.up_and_down, chosen_in_table(dock)
    controller.accounts.with_store(
        saved.id, lambda store: deed.download_to(chosen, store, tmp_path)
    )
    deed.upload(dock.current_place, [str(tmp_path / "up.tif")])
    ui.wait(lambda: [row.state for row in transfers.rows] == [RUNNING, RUNNING])
    ui.wait(lambda: all(0 < row.percent < 100 for row in transfers.rows))
    transfers.table.selectAll()
    assert transfers.pause_button.text() == "Pause"
    transfers.pause_button.click()
    texts = [transfers.table.topLevelItem(n).text(1) for n in range(2)]
    assert all(text.startswith("paused at ") for text in texts), texts
    shoot(transfers, "transfers-paused-both")
    assert manager.keys(container) == ["down.tif"]
    assert not (tmp_path / "down.tif").exists()
    for row in transfers.rows:
        row.control.bandwidth = None
    before = [row.percent for row in transfers.rows]
    QTest.qWait(700)  # what was on its way has passed
    held = [row.percent for row in transfers.rows]
    QTest.qWait(700)
    assert [row.percent for row in transfers.rows] == held
    assert all(now < 100 for now in held) and before <= held
    assert transfers.pause_button.text() == "Go on"
    transfers.pause_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE, DONE])
    assert (tmp_path / "down.tif").read_bytes() == data
    assert manager.keys(container) == ["down.tif", "up.tif"]


def test_other_files_are_replaced_only_after_a_question(
    ui, dock, manager, controller, transfers, saved, container, put, tmp_path, account
):
    put("a.tif", b"of the store")
    (tmp_path / "a.tif").write_bytes(b"mine")
    ui.open(Place(saved.id, container))
    manager.select("a.tif")
    deed = controller.manage.up_and_down
    chosen = chosen_in_table(dock)
    controller.accounts.with_store(
        saved.id, lambda store: deed.download_to(chosen, store, tmp_path)
    )
    dialog = manager.asked()
    assert dialog.ok_button.text() == "Replace"
    assert "a.tif" in dialog.names.toPlainText()
    assert (tmp_path / "a.tif").read_bytes() == b"mine"
    dialog.ok_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert (tmp_path / "a.tif").read_bytes() == b"of the store"


def test_files_get_the_keys_of_their_folders(files, tmp_path):
    (tmp_path / "scenes" / "link.tif").symlink_to(tmp_path / "one é.tif")
    (tmp_path / "scenes" / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "scenes" / "deep" / "up").symlink_to(tmp_path / "scenes")  # a folder, in a circle
    found = files_in(files, "p/")
    assert sorted(found.by_key) == ["p/one é.tif", "p/scenes/deep/three.tif", "p/scenes/two.tif"]
    assert found.links == 3
    assert files_in([str(tmp_path / "scenes" / "link.tif")], "").links == 0  # chosen by itself


def test_links_that_are_left_out_of_an_upload_are_told(
    ui, dock, manager, controller, transfers, saved, container, files, tmp_path
):
    (tmp_path / "only").mkdir()
    for folder in ("only", "scenes", "scenes/deep"):
        (tmp_path / folder / "link.tif").symlink_to(tmp_path / "one é.tif")
    ui.open(Place(saved.id, container))
    upload, place = controller.manage.up_and_down.upload, dock.current_place
    said = "Symbolic links in a folder are not followed, so they are left out: {}."
    upload(place, files[1:])
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    assert transfers.rows[0].item.text(1) == f"done. {said.format(2)}"
    assert said.format(2) in transfers.rows[0].item.toolTip(1)
    assert manager.keys(container) == ["scenes/deep/three.tif", "scenes/two.tif"]
    upload(place, files[1:])  # again: the question says it as well
    dialog = manager.asked()
    assert said.format(2) in dialog.warning.text()
    dialog.reject()
    ui.wait(lambda: not dock.findChildren(type(dialog)))
    upload(place, [str(tmp_path / "only")])
    assert manager.ended(manager.dialog()).endswith(f"There is no file in it. {said.format(1)}")


def test_two_files_never_become_one_object(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.tif").write_bytes(b"x")
    both = [str(tmp_path / name / "same.tif") for name in ("a", "b")]
    with pytest.raises(ConfigurationError, match=r"would both become “p/same.tif”"):
        files_in(both, "p/")
    assert list(files_in([both[0], both[0]], "").by_key) == ["same.tif"]


def test_a_folder_that_can_not_be_read_is_not_left_out(tmp_path, monkeypatch):
    (tmp_path / "scenes" / "closed").mkdir(parents=True)
    listed = os.scandir

    def scandir(path):
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(ConfigurationError, match=r"closed” can't be read: Permission denied"):
        files_in([str(tmp_path / "scenes")], "")


def test_stopping_ends_what_runs(
    ui, dock, manager, controller, transfers, saved, container, files, monkeypatch, stack
):
    seen = []

    def endless(store, *arguments, progress=None, **options):
        seen.append("begun")
        try:
            while True:
                report(progress, 1, 10)
                time.sleep(0.02)
        finally:
            seen.append("ended")
        yield

    monkeypatch.setattr(SwiftStore, "upload_many", endless)
    ui.open(Place(saved.id, container))
    controller.manage.up_and_down.upload(dock.current_place, files)
    ui.wait(lambda: [row.state for row in transfers.rows] == [RUNNING] and seen == ["begun"])
    controller.stop()
    ui.wait(lambda: seen == ["begun", "ended"])
    with closing(stack.connection("demo")) as behind:
        assert behind.get_container(container)[1] == []


@pytest.mark.parametrize("is_there", [False, True], ids=["new", "and another one is there"])
def test_names_that_are_too_long_are_offered_shorter(
    ui, dock, manager, transfers, saved, container, put, tmp_path, is_there
):
    long = "x" * 300 + ".tif"
    put(f"in/{long}", b"long")
    put("in/a.tif", b"a")
    if is_there:
        (tmp_path / "a.tif").write_bytes(b"another")
    place = Place(saved.id, container, "in/")
    ui.open(place)
    manager.choose("Download…", place=place)
    ui.wait(lambda: bool(dock.findChildren(QFileDialog)))
    [chooser] = dock.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path))
    chooser.reject()
    dialog = manager.asked()
    assert "Names that are too long for this folder will be shortened: 1." in dialog.text.text()
    assert ("there already" in dialog.text.text()) == is_there
    assert dialog.ok_button.text() == ("Replace" if is_there else "Download")
    proposed = dialog.names.toPlainText().rpartition("…")[2]
    assert re.fullmatch(r"x*~[0-9a-f]{10}\.tif", proposed)
    shoot(dialog, "download-shorter")
    dialog.ok_button.click()
    ui.wait(lambda: [row.state for row in transfers.rows] == [DONE])
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found.pop("a.tif") == b"a"
    [(name, data)] = found.items()
    assert (name.endswith(proposed), data) == (True, b"long")
