# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Open layers whose objects are overwritten or deleted; on the real store."""

from __future__ import annotations

from tests.qgis.open_layers_fixtures import (  # noqa: F401 (fixtures)
    add,
    failing,
    file,
    forget_pixels,
    iface,
    in_worker,
    marks,
    read,
    reviver,
    saved,
    seen,
    states,
    store,
    told,
)
from tests.support.patience import WAIT
from tests.support.rasters import make_cog


def test_overwritten_by_the_plugin_many_layers_are_renewed_with_one_message(
    seen, iface, add, store, container, tmp_path, qtbot
):
    layers = [add(f"{number}.tif") for number in range(5)]
    before = [layer.source() for layer in layers]
    other = make_cog(tmp_path / "other.tif", 640, 480)
    for number in range(5):
        in_worker(lambda n=number: store.upload(other, container, f"{n}.tif", overwrite=True))
    qtbot.waitUntil(lambda: all(x.width() == 640 for x in layers), timeout=WAIT)
    assert all(x.source() != y for x, y in zip(layers, before))
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: len(told(bar)) >= 1, timeout=WAIT)
    qtbot.wait(700)
    assert len(told(bar)) < 5  # the first may come before the last is renewed
    assert all("replaced in the store" in text for text in told(bar))


def test_deleted_by_the_plugin_a_layer_says_so(seen, iface, add, store, container, states, qtbot):
    layer = add()
    in_worker(lambda: store.delete_object(container, "scene.tif"))
    qtbot.waitUntil(lambda: failing(states, layer), timeout=WAIT)
    qtbot.waitUntil(lambda: len(marks(iface, layer)) == 1, timeout=WAIT)
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    assert "“scene.tif”" in told(bar)[0]


def test_reload_says_that_nothing_has_changed(seen, iface, add, qtbot):
    layer = add()
    before = layer.source()
    seen.actions.reload([layer])
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: told(bar) == ["“scene.tif” is unchanged in the store."], timeout=WAIT)
    assert layer.source() == before


def test_reload_shows_what_others_have_put_there_keeps_the_style_and_says_so_once(
    seen, iface, add, put, tmp_path, qtbot
):
    layer = add()
    layer.setOpacity(0.4)
    layer.renderer().setOpacity(0.5)
    put("scene.tif", make_cog(tmp_path / "other.tif", 640, 480).read_bytes())
    seen.actions.reload([layer])
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: layer.width() == 640, timeout=WAIT)
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    assert "“scene.tif” had been replaced in the store" in told(bar)[0]
    assert (layer.opacity(), layer.renderer().opacity()) == (0.5, 0.5)
    qtbot.wait(700)
    assert len(told(bar)) == 1


def test_a_change_by_others_is_noticed_when_pixels_are_read(seen, iface, add, put, tmp_path, qtbot):
    layer = add()
    forget_pixels(layer)
    put("scene.tif", make_cog(tmp_path / "other.tif", 640, 480).read_bytes())
    assert not read(layer)
    qtbot.waitUntil(lambda: layer.width() == 640, timeout=WAIT)
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    assert "“scene.tif” was replaced in the store" in told(bar)[0]
    assert read(layer)
