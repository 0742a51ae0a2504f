# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""“Earth Engine asset…” in the menu of objects of a bucket on moto, and what is warned of."""

from __future__ import annotations

import json
import logging
import uuid
from contextlib import closing

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import QgsSettings
from qgis.gui import QgsBrowserGuiModel
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication, QComboBox, QLineEdit, QRadioButton

from cog_browser.adapters.earth_engine_settings import last_folder
from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.cog.earth_engine.gs_uri import GsUri
from cog_browser.cog.earth_engine.prepare import read_sources
from cog_browser.gui.earth_engine.asset_dialog import AssetDialog
from cog_browser.gui.earth_engine.assets import EarthEngineAssets
from cog_browser.gui.earth_engine.bands_table import ID, INDEX, MISSING, POLICY, TILESET
from cog_browser.gui.manage.chosen import Chosen
from cog_browser.gui.manage.task_dialog import TaskDialog
from cog_browser.gui.menus import objects_menu
from cog_browser.gui.objects.repair_dialog import RepairDialog
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.earth_engine.registered import object_url, registered_objects
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import account_in
from tests.qgis.manage_fixtures import manager, shoot  # noqa: F401 (fixtures)
from tests.qgis.processing_fixtures import RecordingFeedback, provider, run  # noqa: F401 (fixtures)
from tests.support.earth_engine_service import EarthEngineService
from tests.support.faults import Fault
from tests.support.patience import WAIT

PASTED = "ya29.planted-token-0123456789"
ASSET = "projects/maps-123/assets/sentinel"


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    """Nothing that was registered elsewhere is known."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    QgsSettings().remove("plugins/cog_browser/earth_engine")
    yield
    QgsSettings().remove("plugins/cog_browser/earth_engine")


@pytest.fixture
def service():
    with EarthEngineService() as running:
        QgsSettings().setValue("plugins/cog_browser/earth_engine/endpoint", running.url)
        yield running


@pytest.fixture(scope="module")
def cogs(tmp_path_factory):
    """The guide's two files: one of 10 m, one of 20 m, and one that is no COG for Earth Engine."""
    folder, made = tmp_path_factory.mktemp("cogs"), {}
    for name, bands, metres, profile in (
        ("S2_20240131_b4b3b2.tif", ("B4", "B3", "B2"), 10, "earth-engine"),
        ("S2_20240131_b5b6b7.tif", ("B5", "B6", "B7"), 20, "earth-engine"),
        ("small_tiles.tif", ("a",), 10, "science"),
    ):
        size = 6000 // metres
        source = folder / f"source-{name}"
        dataset = gdal.GetDriverByName("GTiff").Create(
            str(source), size, size, len(bands), gdal.GDT_UInt16
        )
        crs = osr.SpatialReference()
        crs.ImportFromEPSG(32633)
        dataset.SetProjection(crs.ExportToWkt())
        dataset.SetGeoTransform((400000, metres, 0, 5000000, 0, -metres))
        for number, text in enumerate(bands, 1):
            dataset.GetRasterBand(number).SetDescription(text)
            dataset.GetRasterBand(number).WriteArray(
                np.arange(size * size, dtype="u4").reshape(size, size) % 5000
            )
        dataset = None
        options = {"BLOCKSIZE": "128"} if profile == "science" else {}
        convert_to_cog(source, folder / name, profile=profile, **options)
        made[name] = folder / name
    return made


@pytest.fixture
def google_proxy(amazon, fault_proxy):
    """A store that tells generations, as Google's does."""
    proxy = fault_proxy(amazon.url)
    told = {"x-goog-generation": "1700000000000001"}
    proxy.add(Fault(headers=told), method="HEAD", times=None)
    return proxy


@pytest.fixture
def google(sessions, google_proxy):
    """A saved connection to it."""
    connection, credentials = account_in("gs-moto", google_proxy)
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    return connection


@pytest.fixture
def bucket(google, amazon, cogs):
    name = f"maps-{uuid.uuid4().hex[:12]}"
    with closing(open_store(*account_in("gs-moto", amazon))) as store:
        store.create_container(name)
        for key, path in cogs.items():
            store.upload(path, name, f"demo/{key}")
    return name


@pytest.fixture
def google_store(sessions, google):
    return sessions.store(google, sessions.credentials(google))


@pytest.fixture
def listed(ui, controller, google, bucket):
    ui.open(Place(google.id, bucket, "demo/"))
    return bucket


@pytest.fixture
def dialog_of(ui, manager, listed):
    def opened(*names):
        manager.select(*names)
        manager.choose("Earth Engine asset…")
        dialog = manager.dialog(AssetDialog)
        ui.wait(lambda: bool(dialog.images))
        return dialog

    return opened


B4, B5, SMALL = "S2_20240131_b4b3b2.tif", "S2_20240131_b5b6b7.tif", "small_tiles.tif"


def manifest_of(dialog):
    dialog.update_manifest()
    return json.loads(dialog.json.toPlainText())


def menu_entry(dock, text):
    menu = objects_menu(dock)
    [action] = [action for action in menu.actions() if action.text() == text]
    found = action.isEnabled(), action.toolTip()
    menu.deleteLater()
    return found


def test_the_guide_s_manifest_is_made_by_hand(ui, qtbot, dialog_of, listed, tmp_path):
    dialog = dialog_of(B4, B5)
    assert not dialog.isModal()
    assert "PROJECT" in dialog.asset.text()
    assert not dialog.register_button.isEnabled()
    assert "is no name of an asset" in dialog.verdict.text()
    dialog.asset.setText(ASSET)
    ui.wait(lambda: dialog.manifest is not None)  # by itself
    assert dialog.register_button.isEnabled()
    assert dialog.verdict.text().startswith("Nothing speaks against it here. The bucket")

    table = dialog.bands.table
    assert [table.item(row, ID).text() for row in range(6)] == ["B4", "B3", "B2", "B5", "B6", "B7"]
    for row, name in enumerate(("red", "green", "rededge1", "blue", "rededge2", "rededge3")):
        table.item(row, ID).setText(name)
    for row, step in ((5, -4), (5, -3), (3, 0), (5, -1)):
        table.clearSelection()
        table.setCurrentCell(row, ID)
        for _ in range(-step):
            dialog.bands.move(-1)
    table.item(0, POLICY).setText("MODE")
    table.item(1, MISSING).setText("-9999, 0")
    table.item(2, MISSING).setText("none")
    dialog.properties.add("version", "1.1")
    dialog.properties.add("place", "Zürich, 007")
    made = manifest_of(dialog)
    shoot(dialog, "ee-bands")
    assert made["name"] == ASSET
    assert made["uriPrefix"] == f"gs://{listed}/demo/"
    assert made["tilesets"] == [
        {"id": "0", "sources": [{"uris": [B4]}]},
        {"id": "1", "sources": [{"uris": [B5]}]},
    ]
    order = [(b["id"], b["tilesetId"], b["tilesetBandIndex"]) for b in made["bands"]]
    assert order == [
        ("red", "0", 0),
        ("rededge3", "1", 2),
        ("rededge2", "1", 1),
        ("green", "0", 1),
        ("blue", "1", 0),
        ("rededge1", "0", 2),
    ]
    assert made["bands"][0]["pyramidingPolicy"] == "MODE"
    assert made["bands"][1]["missingData"] == {"values": [-9999, 0]}
    assert made["bands"][2]["missingData"] == {}
    assert made["properties"] == {"version": 1.1, "place": "Zürich, 007"}
    assert (made["startTime"], made["endTime"]) == ("2024-01-31T00:00:00Z", "2024-02-01T00:00:00Z")
    assert dialog.times_note.text() == "Found in the name: 20240131."

    dialog.prefix.setChecked(False)
    dialog.start.clear()
    dialog.end.clear()
    dialog.policy.setCurrentText("MEDIAN")
    dialog.missing.setText("-1")
    made = manifest_of(dialog)
    assert made["tilesets"][0]["sources"] == [{"uris": [f"gs://{listed}/demo/{B4}"]}]
    assert "uriPrefix" not in made
    assert "startTime" not in made
    assert made["pyramidingPolicy"] == "MEDIAN"
    assert made["missingData"] == {"values": [-1]}

    dialog.copy_button.click()
    assert QApplication.clipboard().text() == (
        "earthengine upload external_image --manifest manifest.json"
    )
    path = tmp_path / "my manifest.json"
    assets_of(dialog).save(dialog, path)
    ui.wait(lambda: dialog.saved_path == str(path))
    assert json.loads(path.read_text()) == made
    dialog.copy_button.click()
    assert QApplication.clipboard().text().endswith(f"--manifest '{path}'")
    assert assets_of(dialog).save(dialog, tmp_path / "no" / "x.json") is None
    ui.wait(lambda: "be used: No such file" in ui.told())


def assets_of(dialog):
    [found] = dialog.parent().findChildren(EarthEngineAssets)
    return found


def test_what_is_wrong_is_said_and_nothing_can_be_sent(dialog_of):
    dialog = dialog_of(B4, B5)
    dialog.asset.setText(ASSET)
    table = dialog.bands.table
    for row, column, text, said in (
        (0, ID, "B3", "Two bands have the id “B3”"),
        (0, ID, "4th", "A band can't be called “4th”"),
        (0, INDEX, "3", "has 3, numbered from 0"),
        (0, INDEX, "x", "is number “x” of its COG"),
        (0, MISSING, "a", "The missing value “a” is no number"),
    ):
        before = table.item(row, column).text()
        table.item(row, column).setText(text)
        dialog.update_manifest()
        assert said in dialog.verdict.text()
        assert not dialog.json.toPlainText()
        assert not dialog.save_button.isEnabled()
        table.item(row, column).setText(before)
    for row in range(3):
        table.item(row, TILESET).setText(table.item(5, TILESET).text())
        table.item(row, INDEX).setText(str(row))
    dialog.update_manifest()
    assert "No band is of tileset “0”" in dialog.verdict.text()
    dialog.bands.reset()
    dialog.start.setText("2024-01-31")
    dialog.end.setText("2024-01-30")
    dialog.update_manifest()
    assert "is not after the start time" in dialog.verdict.text()
    dialog.end.setText("")
    dialog.update_manifest()
    assert dialog.save_button.isEnabled()
    table.selectAll()
    dialog.bands.remove()
    dialog.update_manifest()
    assert "The asset has no band" in dialog.verdict.text()


def test_it_is_used_by_keys_and_named_for_readers(qtbot, dialog_of):
    dialog = dialog_of(B4)
    assert [dialog.tabs.tabText(n) for n in range(4)] == [
        "&Bands",
        "&Time and properties",
        "&Checks",
        "&Manifest",
    ]
    table = dialog.bands.table
    table.setCurrentCell(0, ID)
    dialog.bands.move(1)
    assert [table.item(row, ID).text() for row in range(3)] == ["B3", "B4", "B2"]
    assert sorted({index.row() for index in table.selectedIndexes()}) == [1]
    for widget in (dialog.asset, table, dialog.properties.table, dialog.json):
        assert widget.accessibleName()
    index = table.model().index(0, POLICY)
    table.setCurrentIndex(index)
    table.edit(index)
    [box] = [box for box in table.findChildren(QComboBox) if box.isVisible()]
    box.setCurrentText("MODE")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: table.item(0, POLICY).text() == "MODE", timeout=WAIT)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_menu_says_for_what_it_is(ui, dock, manager, listed, saved, container, put):
    manager.select(B4)
    assert menu_entry(dock, "Earth Engine asset…")[0]
    dock.table.clearSelection()
    put("a.tif")
    ui.open(Place(saved.id, container))
    manager.select("a.tif")
    is_enabled, why = menu_entry(dock, "Earth Engine asset…")
    assert not is_enabled
    assert why.startswith("Earth Engine reads COGs from Google Cloud Storage only.")


def test_checks_say_what_earth_engine_would_refuse_and_lead_to_the_conversion(
    ui, dialog_of, listed, run, google_store, qgis_iface, monkeypatch
):
    model = QgsBrowserGuiModel()  # which QGIS's main window has
    monkeypatch.setattr(qgis_iface, "browserModel", lambda: model)
    dialog = dialog_of(SMALL)
    dialog.asset.setText(ASSET)
    dialog.update_manifest()
    assert dialog.verdict.text().startswith("It would be refused:")
    text = dialog.checks.findings.toPlainText()
    assert "128" in text
    assert "roles/storage.legacyBucketReader" in text
    dialog.tabs.setCurrentIndex(2)
    shoot(dialog, "ee-checks")
    [action] = dialog.checks.menu.actions()
    action.trigger()
    [form] = [d for d in assets_of(dialog)._dialogs if not isinstance(d, AssetDialog)]
    values = form.createProcessingParameters()
    assert values["PROFILE"] == "earth-engine"
    assert values["KEY"] == "demo/small_tiles-earth-engine.tif"
    assert (values["CONNECTION"], values["CONTAINER"]) == ("gs-moto", listed)
    assert f"/{listed}/demo/small_tiles.tif" in values["INPUT"]
    form.close()
    run("publishcog", **values)
    made = read_sources(google_store, [GsUri(listed, values["KEY"])])
    assert made[0].report.earth_engine_ready


def test_a_generation_is_pinned_on_request(ui, dialog_of, listed):
    dialog = dialog_of(B4)
    dialog.asset.setText(ASSET)
    dialog.bands.table.item(0, ID).setText("red")
    dialog.pin.setChecked(True)
    ui.wait(lambda: "#1700000000000001" in json.dumps(manifest_of(dialog)))
    assert manifest_of(dialog)["bands"][0]["id"] == "red"  # what was written stays
    dialog.pin.setChecked(False)
    ui.wait(lambda: dialog.manifest is not None and "#17" not in json.dumps(manifest_of(dialog)))


def register(ui, manager, dialog, token=PASTED):
    dialog.asset.setText(ASSET)
    dialog.update_manifest()
    dialog.register_button.click()
    task = task_of(ui, dialog)
    [pasted] = [f for f in task.findChildren(QLineEdit) if f.accessibleName() == "Access token"]
    [choice] = [b for b in task.findChildren(QRadioButton) if b.text() == "An access token"]
    choice.setChecked(True)
    assert not task.ok_button.isEnabled()
    pasted.setText(token)
    assert task.ok_button.isEnabled()
    return task


def task_of(ui, dialog):
    """The question that was opened from it."""

    def found():
        return [d for d in dialog.parent().findChildren(TaskDialog) if d.isVisible()]

    ui.wait(lambda: len(found()) == 1)
    return found()[0]


def test_an_asset_is_registered_and_its_objects_remembered(
    ui, manager, dialog_of, service, listed, google, caplog
):
    dialog = dialog_of(B4)
    task = register(ui, manager, dialog)
    shoot(task, "ee-register")
    assert f"gs://{listed}/demo/{B4}" in task.names.toPlainText()
    assert not task.ok_button.isDefault()
    assert service.registrations == []  # nothing before the consent
    service.refuse(403, "Permission 'earthengine.imports.create' denied.", "PERMISSION_DENIED")
    task.ok_button.click()
    ui.wait(lambda: "earthengine.imports.create" in task.warning.text())
    assert task.ok_button.isEnabled()  # to be tried again, with the same token
    assert registered_objects().all() == ()
    shoot(task, "ee-refused")
    service.status, service.answer = 200, "{}"
    task.ok_button.click()
    ui.wait(lambda: task.text.text().startswith(f"Registered: {ASSET}."))
    shoot(task, "ee-registered")
    assert not task.trouble.isVisible()
    assert [f for f in task.findChildren(QLineEdit) if f.isVisible()] == []
    sent = service.registrations[-1]
    assert json.loads(sent.body)["imageManifest"] == manifest_of(dialog)
    assert sent.headers["authorization"] == f"Bearer {PASTED}"
    [known] = registered_objects().all()
    assert known.url == object_url(google, listed, f"demo/{B4}")
    assert (known.asset, known.generation) == (ASSET, "1700000000000001")
    assert PASTED not in caplog.text
    assert last_folder() == "projects/maps-123/assets/"


def test_an_answer_that_got_lost_is_told_and_remembered(ui, manager, dialog_of, service, listed):
    service.held = True
    dialog = dialog_of(B4)
    task = register(ui, manager, dialog)
    task.ok_button.click()
    ui.wait(service.arrived.is_set)
    task.cancel_button.click()
    ui.wait(lambda: "Nobody knows whether the asset was made" in task.warning.text())
    assert [one.asset for one in registered_objects().all()] == [ASSET]


def test_a_registration_goes_on_when_the_asset_s_dialog_is_closed(ui, manager, dialog_of, service):
    service.held = True
    dialog = dialog_of(B4)
    task = register(ui, manager, dialog)
    task.ok_button.click()
    ui.wait(service.arrived.is_set)
    dialog.reject()
    service.released.set()
    ui.wait(lambda: task.text.text().startswith(f"Registered: {ASSET}."))


def test_what_can_t_be_named_is_said(ui, dock, manager, google, google_store, listed, tmp_path):
    (tmp_path / "x").write_bytes(b"")
    google_store.upload(tmp_path / "x", listed, "marked/x#y/")
    google_store.upload(tmp_path / "x", listed, "marked/b.tif")
    ui.open(Place(google.id, listed, "marked/"))
    dock.manage_requested.emit(
        "earth-engine",
        Chosen(dock.current_place, 1, lambda: [google_store.head_object(listed, "marked/x#y/")]),
    )
    ui.wait(lambda: "names no object" in ui.told())
    assert not dock.findChildren(AssetDialog)


# What is warned of


@pytest.fixture
def pinned(google, listed):
    url = object_url(google, listed, f"demo/{B4}")
    registered_objects().remember(ASSET, {url: "17"})
    return f"demo/{B4}"


SAID = (
    "Earth Engine assets read this as it is now, and fail once it is replaced, moved or deleted, "
    f"unless the bucket keeps versions: {ASSET}."
)


def test_the_questions_of_the_panel_warn(ui, dock, manager, pinned, google, listed, cogs):
    manager.select(B4)
    manager.choose("Delete…")
    dialog = manager.asked()
    assert dialog.warning.text() == SAID
    shoot(dialog, "ee-delete")
    dialog.cancel_button.click()

    manager.select(B4)
    manager.choose("Rename or move…")
    dialog = manager.asked()
    assert dialog.warning.text() == SAID
    assert not dialog.ok_button.isDefault()
    dialog.cancel_button.click()

    manager.select(B5)
    manager.choose("Copy to…")
    dialog = manager.asked()
    assert not dialog.warning.isVisible()
    [name] = [f for f in dialog.findChildren(QLineEdit) if f.accessibleName() == "Name"]
    name.setText(pinned)
    dialog.ok_button.click()
    ui.wait(lambda: dialog.ok_button.text() == "Replace")
    assert dialog.warning.text() == SAID
    dialog.cancel_button.click()

    [up] = [c for c in dock.children() if type(c).__name__ == "UpAndDown"]
    up.upload(Place(google.id, listed, "demo/"), [str(cogs[B4])])
    dialog = manager.asked()
    assert dialog.warning.text() == SAID
    dialog.cancel_button.click()

    manager.select(B5)
    manager.choose("Delete…")
    dialog = manager.asked()
    assert not dialog.warning.isVisible()
    dialog.cancel_button.click()


def test_what_is_deleted_is_no_longer_warned_of(ui, manager, pinned, listed, caplog):
    manager.select(B4)
    manager.choose("Delete…")
    dialog = manager.asked()
    with caplog.at_level(logging.WARNING, "cog_browser"):
        dialog.ok_button.click()
        manager.ended(dialog)
    assert f"gs://{listed}/{pinned} is replaced or deleted" in caplog.text
    assert registered_objects().all() == ()


@pytest.mark.parametrize("name", ["upload", "publishcog"])
def test_processing_warns_in_its_log_and_goes_on(run, pinned, google, listed, cogs, name):
    feedback = RecordingFeedback()
    run(
        name,
        feedback,
        INPUT=str(cogs[B5]),
        CONNECTION=google.name,
        CONTAINER=listed,
        KEY=pinned,
        OVERWRITE=True,
    )
    [said] = [text for text in feedback.warnings if "Earth Engine asset" in text]
    assert f"gs://{listed}/{pinned} is replaced" in said
    assert ASSET in said


def test_the_repair_warns_of_what_it_would_break(ui, manager, google, listed, amazon, tmp_path):
    strips = tmp_path / "strips.tif"
    gdal.GetDriverByName("GTiff").Create(str(strips), 1300, 700, 1)
    with closing(open_store(*account_in("gs-moto", amazon))) as store:
        store.upload(strips, listed, "strips/strips.tif")
    url = object_url(google, listed, "strips/strips.tif")
    registered_objects().remember(ASSET, {url: ""})
    ui.open(Place(google.id, listed, "strips/"))
    manager.select("strips.tif")
    manager.choose("Make it a proper COG…")
    dialog = manager.dialog(RepairDialog)
    ui.wait(dialog.prepare_button.isEnabled)
    assert dialog.warning.isVisible()
    assert dialog.warning.text() == SAID
    dialog.reject()


# The bucket


def tells_of(proxy, bucket, **about):
    """Google's JSON API beside the objects: where the bucket is; of rights it says nothing."""
    headers = {"Content-Type": "application/json"}
    body = json.dumps(about).encode()
    path = f"/storage/v1/b/{bucket}"
    proxy.add(Fault(status=200, body=body, headers=headers), path=rf"{path}\?.*", times=None)
    proxy.add(Fault(status=403, headers=headers), path=f"{path}/iam.*", times=None)


def test_the_bucket_is_looked_at_with_a_pasted_token(ui, dialog_of, google_proxy, listed):
    tells_of(google_proxy, listed, location="EU", storageClass="STANDARD")
    dialog = dialog_of(B4)
    dialog.asset.setText(ASSET)
    dialog.update_manifest()
    assert "look yourself" in dialog.checks.findings.toPlainText()
    dialog.checks.buckets_button.click()
    task = task_of(ui, dialog)
    [choice] = [b for b in task.findChildren(QRadioButton) if b.text() == "An access token"]
    choice.setChecked(True)
    [pasted] = [f for f in task.findChildren(QLineEdit) if f.accessibleName() == "Access token"]
    assert pasted.echoMode() == QLineEdit.EchoMode.Password
    assert not task.ok_button.isEnabled()
    pasted.setText(PASTED)
    task.ok_button.click()
    ui.wait(lambda: "E-LOCATION" in dialog.checks.findings.toPlainText())
    assert dialog.verdict.text() == (
        "It would be refused: Earth Engine can't use the bucket where it is."
    )
    text = dialog.checks.findings.toPlainText()
    assert "found: EU" in text
    assert "It is not known whether Earth Engine may read the bucket in your name." in text
    asked = [r for r in google_proxy.requests if r.target.startswith("/storage/v1/")]
    assert {dict(r.headers)["Authorization"] for r in asked} == {f"Bearer {PASTED}"}


def test_a_service_account_looks_unasked(
    ui, sessions, manager, controller, google_proxy, bucket, service
):
    tells_of(google_proxy, bucket, location="US", storageClass="NEARLINE")
    connection = Connection(
        "robot", kind="gs", auth_mode="service_account", endpoint=google_proxy.url
    )
    sessions.repository.save(connection)
    account = Credentials(service_account=service.service_account())
    sessions.secrets.save(connection.id, account, "session")
    ui.open(Place(connection.id, bucket, "demo/"))
    manager.select(B4)
    manager.choose("Earth Engine asset…")
    dialog = manager.dialog(AssetDialog)
    ui.wait(lambda: bool(dialog.images))
    dialog.asset.setText(ASSET)

    def found():
        dialog.update_manifest()
        return "E-STORAGE-CLASS" in dialog.checks.findings.toPlainText()

    ui.wait(found)
    assert dialog.checked.is_ready  # which is a warning
    dialog.register_button.click()
    task = task_of(ui, dialog)
    task.ok_button.click()  # the account is what is chosen
    ui.wait(lambda: task.text.text().startswith(f"Registered: {ASSET}."))
    assert service.registrations[-1].headers["authorization"].startswith("Bearer planted-token-")
