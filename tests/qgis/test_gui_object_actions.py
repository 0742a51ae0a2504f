# SPDX-License-Identifier: GPL-2.0-or-later
"""“Check server…” and “Make it a proper COG…” in the menu of an object, on a real Swift."""

from __future__ import annotations

import dataclasses
import os
import uuid
from contextlib import closing
from pathlib import Path

import pytest
import requests
from osgeo import gdal
from qgis.PyQt.QtWidgets import QApplication

from cog_browser.cog.report import ERROR, Finding
from cog_browser.gui.menus import objects_menu
from cog_browser.gui.objects import object_actions
from cog_browser.gui.objects.cors_dialog import CorsDialog, cors_elsewhere
from cog_browser.gui.objects.findings_view import FindingsView
from cog_browser.gui.objects.object_actions import CHECK_SERVER, REPAIR
from cog_browser.gui.objects.repair_dialog import RepairDialog
from cog_browser.gui.objects.server_dialog import ServerDialog
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.stores import open_store
from cog_browser.storage.swift.cors import CorsRules, cors_rules
from tests.integration.store_accounts import account_in
from tests.support.faults import Fault
from tests.support.patience import WAIT
from tests.support.rasters import make_cog


@pytest.fixture(scope="module")
def strips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strips")
    cog = make_cog(folder / "cog.tif", 1300, 700)
    path = folder / "strips.tif"
    gdal.GetDriverByName("GTiff").CreateCopy(str(path), gdal.Open(str(cog)), options=["TILED=NO"])
    return path


def shoot(widget, name: str) -> None:
    """A picture for who looks at the dialogs: SCREENSHOTS=folder."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        QApplication.processEvents()
        widget.grab().save(str(Path(folder) / f"{name}.png"))


def only(dock, kind):
    found = [dialog for dialog in dock.findChildren(kind) if dialog.isVisible()]
    assert len(found) == 1, found
    return found[0]


def choose(dock, text):
    menu = objects_menu(dock)
    [action] = [action for action in menu.actions() if action.text() == text]
    assert action.isEnabled()
    action.trigger()
    menu.deleteLater()


def test_the_menu_offers_both_for_one_object_only(ui, dock, controller, saved, container, put):
    put("a.tif")
    put("b.tif")
    ui.open(Place(saved.id, container))
    for names, is_offered in (([], False), (["a.tif"], True), (["a.tif", "b.tif"], False)):
        dock.table.clearSelection()
        if len(names) == 2:
            dock.table.selectAll()
        elif names:
            ui.click(names[0])
        menu = objects_menu(dock)
        states = {action.text(): action.isEnabled() for action in menu.actions()}
        assert states["Check server…"] is is_offered
        assert states["Make it a proper COG…"] is is_offered
        menu.deleteLater()


def test_a_server_is_checked_and_cors_set_with_consent(
    ui, dock, controller, saved, container, put, cog, qtbot, stack
):
    put("munich.tif", cog.read_bytes(), "image/tiff")
    ui.open(Place(saved.id, container))
    ui.click("munich.tif")
    choose(dock, "Check server…")
    qtbot.waitUntil(
        lambda: any(d.isVisible() for d in dock.findChildren(ServerDialog)), timeout=WAIT
    )
    dialog = only(dock, ServerDialog)
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=WAIT)
    shoot(dialog, "server")
    assert "not for web maps" in dialog.verdict.text()
    assert "H-CORS-O" in dialog.findings.toPlainText()
    dialog.copy_button.click()
    assert "X-Container-Meta-Access-Control-Allow-Origin" in QApplication.clipboard().text()

    dialog.cors_button.click()
    qtbot.waitUntil(lambda: bool(dialog.findChildren(CorsDialog)), timeout=WAIT)
    [consent] = dialog.findChildren(CorsDialog)
    assert consent.now.toPlainText() == "nothing"
    consent.origins.setPlainText("https://maps.example.org")
    assert "Allow-Origin: https://maps.example.org" in consent.preview.toPlainText()
    shoot(consent, "cors")
    with closing(stack.connection("demo")) as connection:
        assert "x-container-meta-access-control-allow-origin" not in connection.head_container(
            container
        )  # nothing before the consent
    consent.ok_button.click()
    qtbot.waitUntil(lambda: "CORS metadata" in ui.told(), timeout=WAIT)
    qtbot.waitUntil(lambda: dialog.report is not None and dialog.report.is_web_ready, timeout=WAIT)
    shoot(dialog, "server-good")
    url = f"{stack.storage_url()}/{container}/munich.tif"
    asked = {"Origin": "https://maps.example.org", "Access-Control-Request-Method": "GET"}
    assert requests.options(url, headers=asked, timeout=60).status_code == 200
    dialog.reject()


def test_a_check_ends_with_its_dialog(
    ui, dock, controller, saved, container, put, qtbot, monkeypatch
):
    seen = []

    def slow(_ref, *, origin, progress):
        while progress(1, 10):
            seen.append(origin)
            qtbot_free_sleep()
        seen.append("stopped")

    def qtbot_free_sleep():
        import time

        time.sleep(0.02)

    monkeypatch.setattr(object_actions, "check_server", slow)
    controller.object_actions.run(CHECK_SERVER, ObjectAddress(saved.id, container, "a.tif"))
    qtbot.waitUntil(lambda: len(seen) > 2, timeout=WAIT)
    only(dock, ServerDialog).reject()
    qtbot.waitUntil(lambda: seen[-1] == "stopped", timeout=WAIT)


def test_a_server_that_can_not_be_judged_is_told(dock, controller, saved, container, qtbot):
    controller.object_actions.run(CHECK_SERVER, ObjectAddress(saved.id, container, "gone.tif"))
    qtbot.waitUntil(lambda: bool(dock.findChildren(ServerDialog)), timeout=WAIT)
    dialog = only(dock, ServerDialog)
    qtbot.waitUntil(lambda: "does not exist" in dialog.note.text(), timeout=WAIT)
    assert dialog.verdict.text() == "Not found"
    assert dialog.again_button.isEnabled()
    assert not dialog.copy_button.isEnabled()
    dialog.reject()


def test_an_object_is_repaired_step_by_step(
    ui, dock, controller, saved, container, put, strips, qtbot, stack
):
    put("dem.tif", strips.read_bytes(), "image/tiff")
    ui.open(Place(saved.id, container))
    ui.click("dem.tif")
    choose(dock, "Make it a proper COG…")
    qtbot.waitUntil(lambda: bool(dock.findChildren(RepairDialog)), timeout=WAIT)
    dialog = only(dock, RepairDialog)
    assert not dialog.prepare_button.isEnabled()
    assert not dialog.replace_button.isEnabled()
    assert dialog.profile.currentText() == "science"
    assert "web" not in [dialog.profile.itemText(i) for i in range(dialog.profile.count())]
    qtbot.waitUntil(dialog.prepare_button.isEnabled, timeout=WAIT)
    shoot(dialog, "repair-before")
    assert "Error:" in dialog.findings.toPlainText()

    dialog.prepare_button.click()
    assert not dialog.prepare_button.isEnabled()
    qtbot.waitUntil(dialog.replace_button.isEnabled, timeout=WAIT)
    shoot(dialog, "repair-after")
    assert "The new COG" in dialog.findings.toPlainText()
    assert "Replace the object “dem.tif”" in dialog.step.text()
    with closing(stack.connection("demo")) as connection:
        assert connection.get_object(container, "dem.tif")[1] == strips.read_bytes()

    dialog.replace_button.click()
    qtbot.waitUntil(lambda: "is a proper COG now" in ui.told(), timeout=WAIT)
    with closing(stack.connection("demo")) as connection:
        assert connection.get_object(container, "dem.tif")[1] != strips.read_bytes()


def test_a_repair_that_is_closed_leaves_all_as_it_was(
    dock, controller, saved, container, put, strips, qtbot, stack, tmp_path, monkeypatch
):
    monkeypatch.setattr(object_actions.QgsProcessingUtils, "tempFolder", lambda: str(tmp_path))
    put("dem.tif", strips.read_bytes(), "image/tiff")
    controller.object_actions.run(REPAIR, ObjectAddress(saved.id, container, "dem.tif"))
    qtbot.waitUntil(lambda: bool(dock.findChildren(RepairDialog)), timeout=WAIT)
    dialog = only(dock, RepairDialog)
    qtbot.waitUntil(dialog.prepare_button.isEnabled, timeout=WAIT)
    dialog.prepare_button.click()
    qtbot.waitUntil(dialog.replace_button.isEnabled, timeout=WAIT)
    assert list(tmp_path.iterdir())
    dialog.reject()
    qtbot.waitUntil(lambda: not list(tmp_path.iterdir()), timeout=WAIT)
    with closing(stack.connection("demo")) as connection:
        assert connection.get_object(container, "dem.tif")[1] == strips.read_bytes()


def test_unloading_throws_the_new_cog_away(
    dock, controller, saved, container, put, strips, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setattr(object_actions.QgsProcessingUtils, "tempFolder", lambda: str(tmp_path))
    put("dem.tif", strips.read_bytes(), "image/tiff")
    controller.object_actions.run(REPAIR, ObjectAddress(saved.id, container, "dem.tif"))
    qtbot.waitUntil(lambda: bool(dock.findChildren(RepairDialog)), timeout=WAIT)
    dialog = only(dock, RepairDialog)
    qtbot.waitUntil(dialog.prepare_button.isEnabled, timeout=WAIT)
    dialog.prepare_button.click()
    qtbot.waitUntil(dialog.replace_button.isEnabled, timeout=WAIT)
    controller.stop()
    assert not list(tmp_path.iterdir())


def test_a_foreign_change_is_told_and_not_overwritten(
    dock, controller, saved, container, put, strips, qtbot, stack
):
    put("dem.tif", strips.read_bytes(), "image/tiff")
    controller.object_actions.run(REPAIR, ObjectAddress(saved.id, container, "dem.tif"))
    qtbot.waitUntil(lambda: bool(dock.findChildren(RepairDialog)), timeout=WAIT)
    dialog = only(dock, RepairDialog)
    qtbot.waitUntil(dialog.prepare_button.isEnabled, timeout=WAIT)
    dialog.prepare_button.click()
    qtbot.waitUntil(dialog.replace_button.isEnabled, timeout=WAIT)
    put("dem.tif", b"somebody else's")
    dialog.replace_button.click()
    qtbot.waitUntil(lambda: "somebody else" in dialog.step.text(), timeout=WAIT)
    with closing(stack.connection("demo")) as connection:
        assert connection.get_object(container, "dem.tif")[1] == b"somebody else's"
    dialog.reject()


# S3 and others


@pytest.fixture
def s3_object(sessions, amazon, cog):
    """A connection with keys, and the store behind it with an object in a bucket of its own."""
    bucket = f"cors-{uuid.uuid4().hex[:12]}"
    connection = Connection("s3", kind="s3", endpoint=amazon.url)
    credentials = Credentials(access_key="AKIAEXAMPLE", secret_key="example")
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    with closing(open_store(connection, credentials)) as store:
        store.create_container(bucket)
        store.upload(cog, bucket, "munich.tif")
        yield store, ObjectAddress(connection.id, bucket, "munich.tif")


def checked(dock, controller, address, qtbot):
    controller.object_actions.run(CHECK_SERVER, address)
    qtbot.waitUntil(lambda: bool(dock.findChildren(ServerDialog)), timeout=WAIT)
    dialog = only(dock, ServerDialog)
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=WAIT)
    return dialog


def test_cors_of_a_bucket_is_set_beside_the_rules_of_others(ui, dock, controller, s3_object, qtbot):
    store, address = s3_object
    theirs = (("AllowedOrigin", "https://theirs.org"), ("AllowedMethod", "PUT"))
    body = "".join(f"<{name}>{text}</{name}>" for name, text in theirs)
    document = f"<CORSConfiguration><CORSRule>{body}</CORSRule></CORSConfiguration>".encode()
    store.call("PUT", (address.container,), "set", query="cors=", body=document).close()

    dialog = checked(dock, controller, address, qtbot)
    assert dialog.cors_button.isVisible()
    dialog.cors_button.click()
    qtbot.waitUntil(lambda: bool(dialog.findChildren(CorsDialog)), timeout=WAIT)
    [consent] = dialog.findChildren(CorsDialog)
    before = consent.now.toPlainText()
    assert "AllowedOrigin: https://theirs.org" in before
    consent.origins.setPlainText("https://maps.example.org")
    assert consent.preview.toPlainText().startswith(before)
    assert "AllowedOrigin: https://maps.example.org" in consent.preview.toPlainText()
    shoot(consent, "cors-s3")
    assert store.read_cors(address.container).text == before  # nothing before the consent
    consent.ok_button.click()
    qtbot.waitUntil(lambda: "CORS metadata" in ui.told(), timeout=WAIT)
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=WAIT)
    assert "Origin: https://maps.example.org" in dialog.report.exchanges[-1].asked
    assert "H-EXPOSE" not in dialog.findings.toPlainText()  # a read by that page is answered
    found = store.read_cors(address.container)
    assert found.origins == ("https://maps.example.org",)
    assert found.text.startswith(before)
    dialog.reject()


def test_a_refusal_to_set_cors_leaves_the_findings(
    dock, controller, s3_object, qtbot, sessions, fault_proxy, amazon
):
    _store, address = s3_object
    proxy = fault_proxy(amazon.url)
    connection = dataclasses.replace(
        sessions.repository.find(address.connection_id), endpoint=proxy.url
    )
    sessions.repository.save(connection)
    body = b"<Error><Code>NotImplemented</Code></Error>"
    proxy.add(Fault(status=501, body=body), path=r"\?cors", times=None)
    dialog = checked(dock, controller, address, qtbot)
    found = dialog.findings.toPlainText()
    dialog.cors_button.click()
    qtbot.waitUntil(lambda: "can't set CORS by bucket (501)" in dialog.note.text(), timeout=WAIT)
    assert dialog.findings.toPlainText() == found
    assert "web maps" in dialog.verdict.text()
    assert dialog.cors_button.isEnabled()
    assert not dialog.findChildren(CorsDialog)
    dialog.reject()


def test_azure_s_setting_is_its_account_s(dock, controller, sessions, azurite, qtbot, cog):
    connection, credentials = account_in("azure", azurite)
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    name = f"cors-{uuid.uuid4().hex[:12]}"
    with closing(open_store(connection, credentials)) as store:
        store.create_container(name)
        store.upload(cog, name, "munich.tif")
    address = ObjectAddress(connection.id, name, "munich.tif")
    dialog = checked(dock, controller, address, qtbot)
    assert not dialog.cors_button.isVisible()
    assert "Azure sets CORS for a whole storage account" in dialog.note.text()
    shoot(dialog, "cors-azure")
    dialog.reject()


def test_google_s_setting_has_its_own_tool():
    assert "gcloud" in cors_elsewhere("gs")
    assert cors_elsewhere("s3") == cors_elsewhere("swift") == ""


# The consent


def test_the_consent_refuses_what_is_no_origin(qtbot):
    dialog = CorsDialog("c", CorsRules())
    qtbot.addWidget(dialog)
    assert dialog.origins.names() == ("*",)
    assert dialog.ok_button.text() == "Set CORS"
    dialog.origins.setPlainText("maps.example.org")
    assert "no origin of web pages" in dialog.note.text()
    assert not dialog.ok_button.isEnabled()


def test_without_origins_the_permission_is_removed(qtbot):
    dialog = CorsDialog("c", cors_rules(("https://a.org",)))
    qtbot.addWidget(dialog)
    assert "https://a.org" in dialog.now.toPlainText()
    dialog.origins.setPlainText("")
    assert dialog.ok_button.text() == "Remove CORS"
    with qtbot.waitSignal(dialog.submitted, timeout=WAIT) as submitted:
        dialog.ok_button.click()
    assert submitted.args == [()]


def test_findings_are_text_and_fetch_nothing(qtbot):
    view = FindingsView()
    qtbot.addWidget(view)
    evil = '<img src="file:///etc/passwd"><b>bold</b>\u202e'
    view.show_parts([(evil, [Finding("X", ERROR, evil, evil, evil, evil)]), ("Empty", [])])
    text = view.toPlainText()
    assert text.count('<img src="file:///etc/passwd"><b>bold</b>\ufffd') == 5
    assert "No findings." in text
