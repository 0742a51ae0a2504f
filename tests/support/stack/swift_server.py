# SPDX-License-Identifier: GPL-2.0-or-later
"""One Swift region in one process: proxy, account, container and object server, and daemons."""

from __future__ import annotations

import os
import signal
import socket
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

from tests.support.stack import configuration, swift_hooks
from tests.support.stack.settings import SERVICE_PASSWORD, Region, Settings, write_private

_KINDS = ("account", "container", "object")


def serve_swift(settings: Settings, region: Region, listener: socket.socket) -> None:
    os.environ["STACK_SWIFT_LOG"] = str(settings.logs / f"swift-{region.name}.log")
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"
    warnings.simplefilter("ignore")
    import eventlet
    from swift.common import utils

    utils.monkey_patch()
    _skip_fsync(utils)
    sockets = _prepare(settings, region, listener)
    _spawn_servers(settings, region, sockets)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        eventlet.sleep(3600)


def _skip_fsync(utils: Any) -> None:
    os.fsync = os.fdatasync = lambda fd: None  # test data need not survive a power cut
    utils.fsync = utils.fdatasync = lambda fd: None
    utils.fsync_dir = lambda path: None


def _prepare(settings: Settings, region: Region, listener: socket.socket) -> dict[str, Any]:
    """Writes rings and configuration; returns the listening sockets by server."""
    folder = region.folder
    (folder / "srv" / "d1").mkdir(parents=True, exist_ok=True)
    (folder / "recon").mkdir(exist_ok=True)
    write_private(
        folder / "swift.conf", configuration.SWIFT.format(max_file_size=settings.max_file_size)
    )
    from swift.common import storage_policy, utils

    utils.set_swift_dir(str(folder))
    storage_policy.reload_storage_policies()
    import eventlet
    from eventlet.greenio import GreenSocket

    sockets: dict[str, Any] = {
        kind: eventlet.listen(("127.0.0.1", 0), backlog=1024, reuse_port=False) for kind in _KINDS
    }
    sockets["proxy"] = GreenSocket(listener)
    for sock in sockets.values():  # as swift.common.wsgi.get_socket() does
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ports = {kind: sock.getsockname()[1] for kind, sock in sockets.items()}
    _build_rings(folder, ports)
    _write_configuration(settings, region, ports)
    return sockets


def _build_rings(folder: Path, ports: dict[str, int]) -> None:
    from swift.common.ring import RingBuilder

    for ring in (*_KINDS, "object-1"):
        port = ports[ring.partition("-")[0]]
        builder = RingBuilder(part_power=4, replicas=1, min_part_hours=0)
        device = {"id": 0, "region": 1, "zone": 1, "device": "d1", "weight": 1.0, "meta": ""}
        address = {"ip": "127.0.0.1", "port": port}
        replication = {"replication_ip": "127.0.0.1", "replication_port": port}
        builder.add_dev({**device, **address, **replication})
        builder.rebalance()
        builder.get_ring().save(str(folder / f"{ring}.ring.gz"))


def _write_configuration(settings: Settings, region: Region, ports: dict[str, int]) -> None:
    folder = region.folder
    hooks = swift_hooks.__name__
    cafile = f"cafile = {settings.ca_file}" if settings.tls else ""
    proxy = configuration.PROXY.format(
        port=ports["proxy"],
        folder=folder,
        hooks=hooks,
        cors=settings.cors,
        pipeline=configuration.PIPELINE.format(ratelimit="ratelimit " * bool(settings.ratelimit)),
        ratelimit=settings.ratelimit,
        access_log=settings.logs / f"swift-{region.name}-access.log",
        access_log_headers=configuration.ACCESS_LOG_HEADERS,
        access_log_line=configuration.ACCESS_LOG_LINE,
        region=region.name,
        auth_url=settings.auth_url,
        service_password=SERVICE_PASSWORD,
        token_cache_time=settings.token_cache_time,
        s3token_tls=f"certfile = {settings.ca_file}\n{cafile}" if settings.tls else "",
        authtoken_tls=cafile,
        v1_token_seconds=settings.v1_token_seconds or settings.token_seconds,
        scheme="https" if settings.tls else "http",
    )
    write_private(folder / "proxy-server.conf", proxy)
    for kind in _KINDS:
        text = configuration.STORAGE.format(kind=kind, port=ports[kind], folder=folder, hooks=hooks)
        write_private(folder / f"{kind}-server.conf", text)
    write_private(
        folder / "object-expirer.conf", configuration.EXPIRER.format(folder=folder, hooks=hooks)
    )


def _spawn_servers(settings: Settings, region: Region, sockets: dict[str, Any]) -> None:
    import eventlet
    from eventlet import hubs
    from swift.common import utils, wsgi

    if settings.tls:
        import ssl

        from eventlet.green import ssl as green_ssl

        context = green_ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, settings.server_certificate))
        sockets["proxy"] = context.wrap_socket(sockets["proxy"], server_side=True)
    # run_server() selects a hub each time it is called, but four servers in one process must
    # share the hub that is already running; worker threads still get one of their own.
    use_hub = hubs.use_hub
    hubs.use_hub = lambda *args: None if hasattr(hubs._threadlocal, "hub") else use_hub(*args)
    for kind in (*_KINDS, "proxy"):
        file = str(region.folder / f"{kind}-server.conf")
        conf = wsgi.appconfig(file, name=f"{kind}-server")
        conf["__file__"] = file
        logger = utils.get_logger(conf, f"{kind}-server", log_route=kind)
        eventlet.spawn(wsgi.run_server, conf, logger, sockets[kind], ready_callback=lambda: None)
    if settings.daemons:
        eventlet.spawn_after(settings.daemons, _run_daemons, settings, region)


def _run_daemons(settings: Settings, region: Region) -> None:
    """Passes of container updater (account byte counts), object updater and object expirer."""
    import eventlet
    from swift.common.utils import readconf
    from swift.obj.expirer import ObjectExpirer
    from swift.obj.updater import ObjectUpdater

    from tests.support.stack.container_updates import ChangedContainers

    folder = region.folder
    common = {"recon_cache_path": str(folder / "recon"), "concurrency": "1"}

    def conf(file: str, section: str) -> dict[str, str]:
        return {**readconf(str(folder / file), section), **common}

    container_updater = ChangedContainers(conf("container-server.conf", "container-updater"))
    object_updater = ObjectUpdater(conf("object-server.conf", "object-updater"))
    expirer_conf = conf("object-expirer.conf", "object-expirer")
    expirer_conf["__file__"] = str(folder / "object-expirer.conf")
    expirer = ObjectExpirer(expirer_conf)

    def sweep() -> None:
        # run_once() would fork a child per device, which must not happen inside a server
        object_updater.begin = time.time()
        object_updater.get_container_ring().get_nodes("")
        object_updater.object_sweep(str(folder / "srv" / "d1"))

    accounts = folder / "srv" / "d1" / "accounts"
    while True:
        if not accounts.exists():  # as long as nobody has used this region
            eventlet.sleep(settings.daemons)
            continue
        for one_pass in (container_updater.run_once, sweep, expirer.run_once):
            try:
                one_pass()
            except (Exception, SystemExit):
                with (settings.logs / "daemons.log").open("a") as log:
                    traceback.print_exc(file=log)
        eventlet.sleep(settings.daemons)
