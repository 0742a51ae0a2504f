# SPDX-License-Identifier: GPL-2.0-or-later
"""QGIS's network settings as plain values for our own HTTP client."""

from __future__ import annotations

from urllib.parse import quote

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery

from cog_browser.storage.http import HttpSettings

_SCHEMES = {
    QNetworkProxy.ProxyType.HttpProxy: "http",
    QNetworkProxy.ProxyType.HttpCachingProxy: "http",
    QNetworkProxy.ProxyType.Socks5Proxy: "socks5h",
}


def http_settings() -> HttpSettings:
    """Proxy, exceptions and time-out as set under Options › Network. Thread: main."""
    manager = QgsNetworkAccessManager.instance()
    proxy = manager.fallbackProxy()
    if proxy.type() == QNetworkProxy.ProxyType.DefaultProxy:
        query = QNetworkProxyQuery(QUrl("https://example.org"))
        proxy = next(iter(QNetworkProxyFactory.systemProxyForQuery(query)), proxy)
    scheme = _SCHEMES.get(proxy.type())
    proxies = None
    if scheme and proxy.hostName():
        user = ""
        if proxy.user():
            user = f"{quote(proxy.user(), safe='')}:{quote(proxy.password(), safe='')}@"
        url = f"{scheme}://{user}{proxy.hostName()}:{proxy.port()}"
        proxies = {"http": url, "https": url}
    return HttpSettings(
        proxies=proxies,
        no_proxy=tuple(h for h in [*manager.excludeList(), *manager.noProxyList()] if h),
        read_timeout=max(5.0, QgsNetworkAccessManager.timeout() / 1000),
    )
