#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what `make demo` needs, and with --tests what the tests need beyond it; nothing that is
# there already:
#   1. Debian packages (QGIS 3.40 from bookworm-backports, Xvfb, …), as root or with sudo
#   2. .venv        the system Python + pinned test tools (sees the system's PyQGIS and GDAL)
#   3. .venv-stack  OpenStack Swift and Keystone, isolated from everything else
#   4. for tests: web servers, and in .venv-servers other object stores
# Each part leaves a stamp with a checksum of its inputs, so a second run takes no time.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(qgis python3-qgis qgis-providers gdal-bin python3-gdal python3-requests python3-venv
  xvfb libgl1-mesa-dri qttools5-dev-tools python3-pyqt5.qtsvg fonts-dejavu-core fonts-open-sans
  dbus gnome-keyring)
tools=(qgis qgis_process gdalinfo Xvfb setpriv lrelease)
stamps=.setup
checked=$stamps/system
if [ "${1:-}" = --tests ]; then
  packages+=(nginx-light apache2-bin)
  command -v npm >/dev/null || packages+=(nodejs npm)
  tools+=(nginx apache2 npm)
  checked=$stamps/system-tests
fi
log=$stamps/setup.log
mkdir -p "$stamps"

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() { printf '\nSet-up failed: %s\n' "$*" >&2; exit 1; }

manual() {
  cat >&2 <<TEXT

Something that the set-up needs is missing: $1
It is installed automatically on Debian 12 (bookworm) only; this is ${PRETTY_NAME:-an unknown system}.
Install these yourself and run the same make target again:
  - QGIS 3.40 or newer with its Python bindings (Debian's names: qgis, python3-qgis) and
    GDAL with its Python bindings (gdal-bin, python3-gdal)
  - Python 3.9 or newer with the venv module (python3-venv) and requests (python3-requests)
  - for the tests: nginx and Apache (nginx-light, apache2-bin; neither need run), and Node.js with
    npm (nodejs, npm)
  - Xvfb (xvfb), setpriv (util-linux) and Qt's lrelease (qttools5-dev-tools)
The set-up is satisfied when ${tools[*]} are on the PATH and
  python3 -c "import qgis.core, osgeo.gdal, requests, venv"
works; where QGIS brings a Python of its own, name it: PYTHON=/path/to/python3 make …
TEXT
  exit 1
}

find_python() {   # the Python that QGIS's bindings were built for
  local candidate
  for candidate in "${PYTHON:-}" /usr/bin/python3 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import qgis.core, osgeo.gdal, requests, venv' 2>/dev/null; then
      command -v "$candidate"; return 0
    fi
  done
  return 1
}

check_tools() {
  local tool PATH=$PATH:/usr/sbin   # where Debian keeps servers, for root alone
  for tool in "${tools[@]}"; do
    command -v "$tool" >/dev/null || manual "the command $tool"
  done
  python=$(find_python) || manual "a Python that imports qgis.core, osgeo.gdal, requests and venv"
}

targets() {   # targets FORMAT FIELD…: the main package lists that apt has fetched from Debian
  local format=$1
  shift
  apt-get indextargets --format "$format" 'Identifier: Packages' 'Component: main' "$@" 2>/dev/null |
    head -n 1
}

backports_source() {   # bookworm-backports from the very mirror this machine takes Debian from
  local target=/etc/apt/sources.list.d/cog-browser-backports.sources found uri file number key
  [ -z "$(targets '$(REPO_URI)' 'Codename: bookworm-backports' || true)" ] || return 0
  found=$(targets '$(REPO_URI)|$(SOURCESENTRY)' 'Origin: Debian' 'Codename: bookworm' || true)
  [ -n "$found" ] || die "apt knows no Debian bookworm mirror; add one to /etc/apt, then run this again."
  uri=${found%|*} file=${found##*|}
  number=${file##*:} file=${file%:*}
  case $file in   # its entry: a paragraph of a .sources file, a line of a .list file
    *.sources) key=$(awk -v RS= -v n="$number" 'NR == n' "$file") ;;
    *) key=$(sed -n "${number}p" "$file") ;;
  esac
  key=$(sed -nE 's/^[^#]*[Ss]igned-[Bb]y[:=] *(\/[^] ]+).*/\1/p' <<<"$key")
  {
    printf 'Types: deb\nURIs: %s\nSuites: bookworm-backports\nComponents: main\n' "$uri"
    [ -z "$key" ] || printf 'Signed-By: %s\n' "$key"   # else apt's own keys, as for its source
  } | $sudo tee "$target" >/dev/null
  update_lists
}

update_lists() {
  $sudo apt-get -o DPkg::Lock::Timeout=120 update >>"$log" 2>&1 || say "apt-get update had errors, see $log; going on"
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
  [ -z "$sudo" ] || command -v sudo >/dev/null ||
    die "these packages are missing and need root: apt-get install ${missing[*]}"
  say "Installing ${#missing[@]} Debian packages (a minute or two): ${missing[*]}"
  update_lists
  backports_source
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y \
    --no-install-recommends -t bookworm-backports "${missing[@]}" >>"$log" 2>&1 ||
    die "apt-get install ${missing[*]}; see $log"
}

venv() {   # venv DIR REQUIREMENTS [venv options]
  local dir=$1 requirements=$2 sum known=''
  shift 2
  sum=$(sha256sum "$requirements" | cut -d' ' -f1)-$("$python" -c 'import sys; print(sys.version_info[:3])')
  [ ! -x "$dir/bin/python" ] || known=$(cat "$stamps/$dir" 2>/dev/null || true)
  [ "$known" != "$sum" ] || return 0
  say "Installing $requirements into $dir"
  rm -f "$stamps/$dir"
  if [ "${known#*-}" != "${sum#*-}" ]; then   # another Python, or an installation that failed
    rm -rf "$dir"
    "$python" -m venv "$@" "$dir" >>"$log" 2>&1 || die "python -m venv $dir; see $log"
  fi
  "$dir/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" >>"$log" 2>&1 ||
    die "pip install -r $requirements; see $log"
  printf '%s\n' "$sum" >"$stamps/$dir"
}

azurite() {   # Azure Blob Storage for the tests, in the folder of the other servers
  local version=3.35.0
  [ "$(cat "$stamps/azurite" 2>/dev/null)" != "$version" ] || [ ! -d .venv-servers/node_modules ] || return 0
  say "Installing Azurite $version into .venv-servers"
  npm install --prefix .venv-servers --no-package-lock --no-save --no-audit --no-fund --silent \
    "azurite@$version" >>"$log" 2>&1 || die "npm install azurite@$version; see $log"
  printf '%s\n' "$version" >"$stamps/azurite"
}

system() {   # what the rest depends on: this script and whatever dpkg did last
  sha256sum scripts/setup.sh | cut -d' ' -f1
  stat -c %Y /var/lib/dpkg/status 2>/dev/null || date +%s   # no dpkg: look every time
  echo "${PYTHON:-}"
}

sudo=''
[ "$(id -u)" = 0 ] || sudo=sudo
. /etc/os-release 2>/dev/null || true
if [ "$(system)" != "$(sed '$d' "$checked" 2>/dev/null)" ]; then
  [ "${ID:-}-${VERSION_ID:-}" != debian-12 ] || install_packages
  check_tools
  { system; echo "$python"; } >"$checked"
fi
python=$(tail -n 1 "$checked")
venv .venv-stack requirements/stack.txt
venv .venv requirements/test.txt --system-site-packages
if [ "${1:-}" = --tests ]; then
  venv .venv-servers requirements/servers.txt
  azurite
fi
