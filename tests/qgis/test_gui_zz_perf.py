import time, sys
from datetime import datetime, timezone
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.place import Place
from cog_browser.storage.models import ObjectEntry
import random
def test_perf(qtbot, qgis_app):
    d=CogBrowserDock(); qtbot.addWidget(d); d.resize(380,720); d.tree_model.rowCount(); d.show()
    from cog_browser.storage.connection import Connection
    d.tree_model.set_connections([Connection("x",id="x")])
    t=datetime.now(timezone.utc)
    pages=[[ObjectEntry("c",f"p/{i*10000+j:07d}.tif",random.randrange(10**9),t,"e","image/tiff") for j in range(10000)] for i in range(100)]
    m=d.objects_model; m.begin(Place("x","c","p/")); d.current_place=Place("x","c","p/")
    worst=0; tot=0
    from qgis.PyQt.QtWidgets import QApplication
    for p in pages:
        a=time.perf_counter(); m.append([],p); QApplication.processEvents(); b=time.perf_counter()-a; worst=max(worst,b); tot+=b
    print("append worst ms",worst*1e3,"mean",tot/100*1e3)
    jobs=[]; m.sort_requested.connect(jobs.append)
    a=time.perf_counter(); d.table.sortByColumn(1,1 and __import__('qgis.PyQt.QtCore',fromlist=['Qt']).Qt.SortOrder.AscendingOrder); print("click",(time.perf_counter()-a)*1e3)
    a=time.perf_counter(); o=jobs[-1].run(); print("sort worker s",time.perf_counter()-a)
    a=time.perf_counter(); m.apply_order(o); QApplication.processEvents(); print("apply ms",(time.perf_counter()-a)*1e3)
    d.table.selectRow(5)
    a=time.perf_counter(); m.apply_order(o); QApplication.processEvents(); print("apply with selection ms",(time.perf_counter()-a)*1e3)
    a=time.perf_counter(); d.table.selectAll(); QApplication.processEvents(); print("select all ms",(time.perf_counter()-a)*1e3)
