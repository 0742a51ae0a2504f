#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what `make demo` and `make test` need, and nothing that is there already:
#   1. Debian packages (QGIS 3.40 from bookworm-backports, Xvfb, …), as root or with sudo
#   2. .venv        the system Python + pinned test tools (sees the system's PyQGIS and GDAL)
#   3. .venv-stack  OpenStack Swift and Keystone, isolated from everything else
# Each part leaves a stamp with a checksum of its inputs, so a second run takes no time.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(qgis python3-qgis qgis-providers gdal-bin python3-gdal python3-requests python3-venv
  xvfb xauth xdotool libgl1-mesa-dri qttools5-dev-tools pyqt5-dev-tools
  python3-pyqt5.qtsvg fonts-dejavu-core)
stamps=.setup
log=$stamps/setup.log
mkdir -p "$stamps"

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() { printf '\nSet-up failed: %s\n' "$*" >&2; exit 1; }

manual() {
  cat >&2 <<TEXT

This script installs by itself on Debian 12 (bookworm) only; here: ${PRETTY_NAME:-unknown system}.
Install these yourself and run the same make target again:
  - QGIS 3.40 or newer with its Python bindings (package names: qgis, python3-qgis) and
    GDAL with its Python bindings (gdal-bin, python3-gdal)
  - Python 3.9 or newer with the venv module (python3-venv) and requests (python3-requests)
  - Xvfb and xauth (xvfb, xauth), xdotool, Qt's lrelease (qttools5-dev-tools) and pylupdate5
    (pyqt5-dev-tools)
The set-up is satisfied when qgis, qgis_process, gdalinfo, Xvfb and xdotool are on the PATH and
'python3 -c "import qgis.core, osgeo.gdal, requests, venv"' works.
TEXT
  exit 1
}

system_python() {   # the Python that QGIS's bindings were built for
  for candidate in "${PYTHON:-}" /usr/bin/python3 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import qgis.core, osgeo.gdal, requests, venv' 2>/dev/null; then
      command -v "$candidate"; return 0
    fi
  done
  return 1
}

tools_present() {
  local tool
  for tool in qgis qgis_process gdalinfo Xvfb xdotool; do command -v "$tool" >/dev/null || return 1; done
  system_python >/dev/null
}

backports_source() {   # bookworm-backports from the very mirror this machine takes Debian from
  local target=/etc/apt/sources.list.d/cog-browser-backports.sources uri='' signed=''
  local file
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] && [ "$file" != "$target" ] || continue
    uri=$(awk '/^URIs:/{u=$2} /^Suites:/ && / bookworm( |$)/{print u; exit}' "$file")
    signed=$(awk '/^Signed-By:/{print $2; exit}' "$file")
    [ -z "$uri" ] || break
  done
  if [ -z "$uri" ] && [ -e /etc/apt/sources.list ]; then
    uri=$(awk '$1=="deb"{for(i=2;i<NF;i++) if($i ~ /^[a-z+]+:/ && $(i+1)=="bookworm"){print $i; exit}}' /etc/apt/sources.list)
  fi
  [ -n "$uri" ] || die "no Debian bookworm source found in /etc/apt; add one, then run this again."
  printf 'Types: deb\nURIs: %s\nSuites: bookworm-backports\nComponents: main\nSigned-By: %s\n' \
    "$uri" "${signed:-/usr/share/keyrings/debian-archive-keyring.gpg}" | $sudo tee "$target" >/dev/null
}

install_packages() {
  local missing=() package
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if dpkg-query -W -f='${Version}' qgis 2>/dev/null | grep -qE '^1?:?3\.(2|3[0-9])'; then
    missing+=(qgis python3-qgis qgis-providers)   # Debian 12's own QGIS 3.22 is too old
  fi
  [ ${#missing[@]} -gt 0 ] || return 0
  sudo=''
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "these packages are missing and need root: ${missing[*]}"
    sudo=sudo
  fi
  say "Installing ${#missing[@]} Debian packages (a minute or two): ${missing[*]}"
  apt-cache policy qgis 2>/dev/null | grep -q bookworm-backports || backports_source
  $sudo apt-get update >>"$log" 2>&1 || die "apt-get update; see $log"
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y --no-install-recommends \
    -t bookworm-backports "${missing[@]}" >>"$log" 2>&1 ||
    die "apt-get install ${missing[*]}; see $log"
}

venv() {   # venv DIR REQUIREMENTS [venv options]
  local dir=$1 requirements=$2 python sum
  shift 2
  python=$(system_python) || die "no Python that imports qgis.core, osgeo.gdal, requests and venv"
  sum=$(sha256sum "$requirements" | cut -d' ' -f1)-$("$python" -c 'import sys; print(sys.version_info[:3])')
  [ -x "$dir/bin/python" ] && [ "$(cat "$stamps/$dir" 2>/dev/null)" = "$sum" ] && return 0
  say "Installing $requirements into $dir"
  rm -rf "$dir"
  "$python" -m venv "$@" "$dir" >>"$log" 2>&1 || die "python -m venv $dir; see $log"
  "$dir/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >>"$log" 2>&1 ||
    die "pip install -r $requirements; see $log"
  printf '%s\n' "$sum" >"$stamps/$dir"
}

. /etc/os-release 2>/dev/null || true
if [ "${ID:-}-${VERSION_ID:-}" = debian-12 ]; then
  install_packages
fi
tools_present || manual
venv .venv-stack requirements/stack.txt
venv .venv requirements/test.txt --system-site-packages
