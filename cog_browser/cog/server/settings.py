# SPDX-License-Identifier: GPL-2.0-or-later
"""What to write into the settings of a web server so that COGs on it can be read by ranges.

docs/server-check.md has the same texts; a test keeps them equal.
"""

from __future__ import annotations

from collections.abc import Mapping

NGINX, APACHE, IIS, SWIFT, S3 = "nginx", "Apache", "IIS", "Swift", "S3"

#: Server → settings that answer all findings of the check.
SETTINGS: Mapping[str, str] = {
    NGINX: """\
location /cogs/ {
    gzip off;                      # ranges are of the file, not of its compressed form
    types { image/tiff tif tiff; }
    # only in front of another server or a script:
    #   proxy_force_ranges on;
    add_header Access-Control-Allow-Origin "*" always;
    add_header Access-Control-Expose-Headers "Content-Range, Content-Length, Accept-Ranges, ETag" always;
    if ($request_method = OPTIONS) {
        add_header Access-Control-Allow-Origin "*";
        add_header Access-Control-Allow-Methods "GET, HEAD";
        add_header Access-Control-Allow-Headers "Range, If-Match, If-Range";
        add_header Access-Control-Max-Age 3600;
        return 204;
    }
}""",  # noqa: E501 - a setting is one line
    APACHE: """\
# a2enmod headers mime rewrite
<Directory "/var/www/cogs">
    SetEnv no-gzip 1
    AddType image/tiff .tif .tiff
    MaxRanges default
    Header always set Access-Control-Allow-Origin "*"
    Header always set Access-Control-Allow-Methods "GET, HEAD"
    Header always set Access-Control-Allow-Headers "Range, If-Match, If-Range"
    Header always set Access-Control-Expose-Headers "Content-Range, Content-Length, Accept-Ranges, ETag"
    Header always set Access-Control-Max-Age "3600"
    RewriteEngine On
    RewriteCond %{REQUEST_METHOD} OPTIONS
    RewriteRule ^ - [R=204,L]
</Directory>""",  # noqa: E501 - a setting is one line
    IIS: """\
<!-- web.config; <cors> needs Microsoft's IIS CORS module -->
<configuration>
  <system.webServer>
    <staticContent>
      <remove fileExtension=".tif" />
      <mimeMap fileExtension=".tif" mimeType="image/tiff" />
    </staticContent>
    <urlCompression doStaticCompression="false" doDynamicCompression="false" />
    <cors enabled="true">
      <add origin="*" maxAge="3600">
        <allowMethods><add method="GET" /><add method="HEAD" /></allowMethods>
        <allowHeaders><add header="Range" /><add header="If-Match" /><add header="If-Range" /></allowHeaders>
        <exposeHeaders><add header="Content-Range" /><add header="Content-Length" /><add header="Accept-Ranges" /><add header="ETag" /></exposeHeaders>
      </add>
    </cors>
  </system.webServer>
</configuration>""",  # noqa: E501 - a setting is one line
    SWIFT: """\
swift post rasters \\
    -H "X-Container-Meta-Access-Control-Allow-Origin: *" \\
    -H "X-Container-Meta-Access-Control-Expose-Headers: Content-Range Content-Length Accept-Ranges ETag" \\
    -H "X-Container-Meta-Access-Control-Max-Age: 3600\"""",  # noqa: E501 - a setting is one line
    S3: """\
# aws s3api put-bucket-cors --bucket rasters --cors-configuration file://cors.json
{"CORSRules": [{
    "AllowedOrigins": ["*"],
    "AllowedMethods": ["GET", "HEAD"],
    "AllowedHeaders": ["Range", "If-Match", "If-Range"],
    "ExposeHeaders": ["Content-Range", "Content-Length", "Accept-Ranges", "ETag"],
    "MaxAgeSeconds": 3600
}]}""",
}


def kind_of(headers: Mapping[str, str]) -> str:
    """Which of `SETTINGS` a server is, by an answer's headers; "" for any other."""
    if "X-Trans-Id" in headers and "X-Openstack-Request-Id" in headers:
        return SWIFT  # often behind one of the others
    name = headers.get("Server", "").lower()
    if "x-amz-request-id" in headers or "amazons3" in name:
        return S3
    for mark, kind in (("nginx", NGINX), ("apache", APACHE), ("iis", IIS)):
        if mark in name:
            return kind
    return ""
