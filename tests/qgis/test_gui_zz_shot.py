"""Look at the dock."""
import os
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.connection import Connection
import pytest
@pytest.fixture(autouse=True, params=["light","dark"])
def theme(request, qgis_app):
    from qgis.PyQt.QtCore import QLocale
    from qgis.PyQt.QtGui import QPalette, QColor, QFont
    from qgis.PyQt.QtWidgets import QApplication
    QLocale.setDefault(QLocale("en_GB"))
    old=QApplication.palette(); QApplication.setStyle("fusion")
    f=QFont("DejaVu Sans"); f.setPixelSize(13); QApplication.setFont(f)
    if request.param=="dark":
        p=QPalette(); R=QPalette.ColorRole
        for r,c in ((R.Window,"#2d2d2d"),(R.Base,"#232323"),(R.AlternateBase,"#2d2d2d"),(R.Text,"#e6e6e6"),(R.WindowText,"#e6e6e6"),(R.Button,"#3a3a3a"),(R.ButtonText,"#e6e6e6"),(R.Highlight,"#2f6ea5"),(R.HighlightedText,"#fff"),(R.PlaceholderText,"#999")): p.setColor(r,QColor(c))
        QApplication.setPalette(p)
    yield request.param
    QApplication.setPalette(old)
def test_shot(theme, controller, dock, saved, stack, cog, put, container, qtbot, sessions):
    sessions.repository.save(Connection(name="archive (Dresden)", auth_url="https://keystone.example.org/v3", user_name="x"))
    data=cog.read_bytes()
    for k in ("munich.tif","vienna_2024-06.tif","innsbruck.tif","README.md","<b>bold</b> & Co.txt","2023/a.tif","2024/06/b.tif","2024/07/c.tif","landsat/scene.tif"):
        put(k, data*(3 if 'vienna' in k else 1), "image/tiff" if k.endswith("tif") else "text/plain")
    dock.select(Place(saved.id)); dock.expand(Place(saved.id))
    qtbot.waitUntil(lambda: dock.state is NodeState.READY, timeout=10000)
    dock.grab().save("/tmp/"+theme+"s1.png")
    dock.select(Place(saved.id, container)); 
    qtbot.waitUntil(lambda: dock.state is NodeState.READY, timeout=10000)
    dock.expand(Place(saved.id, container)); dock.expand(Place(saved.id, container,"2024/"))
    qtbot.wait(500)
    dock.table.selectRow(6); dock.table.setFocus()
    qtbot.wait(200)
    dock.grab().save("/tmp/"+theme+"s2.png")
    dock.resize(900,420); qtbot.wait(100); dock.grab().save("/tmp/"+theme+"s3.png")
    dock.resize(380,720)
    from cog_browser.gui.connection_dialog import ConnectionDialog
    d=ConnectionDialog(taken_names=["demo"],tester=lambda *a:None,reader=lambda *a:None); qtbot.addWidget(d); d.show()
    qtbot.wait(100); d.grab().save("/tmp/"+theme+"s4.png")
    d.show_openrc(stack.openrc("demo").read_text()); qtbot.wait(100); d.grab().save("/tmp/"+theme+"s5.png")
    from cog_browser.gui.sign_in_dialog import SignInDialog
    e=SignInDialog(saved); qtbot.addWidget(e); e.show(); qtbot.wait(100); e.grab().save("/tmp/"+theme+"s6.png")
def test_welcome(theme,controller, dock, qtbot):
    qtbot.wait(100); dock.grab().save("/tmp/"+theme+"s7.png")
def test_error(theme,controller, dock, sessions, qtbot, message_bar):
    from cog_browser.storage.credentials import Credentials
    c=Connection(name="archive", auth_url="http://127.0.0.1:1/v3", user_name="x",user_domain_id="default")
    sessions.repository.save(c); sessions.secrets.save(c.id, Credentials(password="x"),"session")
    dock.select(Place(c.id)); dock.expand(Place(c.id))
    qtbot.waitUntil(lambda: dock.state is NodeState.FAILED, timeout=30000)
    qtbot.wait(100); dock.grab().save("/tmp/"+theme+"s8.png")
