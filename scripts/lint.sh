#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs all checks that need no test, says which failed, and fails if any did.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
shipped=build/shipped
failed=()

check() {   # check NAME COMMAND…: quiet unless it fails
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    printf '  ok      %s\n' "$name"
  else
    printf '  FAILED  %s\n%s\n' "$name" "$output"
    failed+=("$name")
  fi
}

secrets() {   # detect-secrets itself always exits with 0
  "$bin/python" -m detect_secrets -C "$shipped" scan --all-files | "$bin/python" -c '
import json, sys
found = json.load(sys.stdin)["results"]
for file, hits in found.items():
    for hit in hits:
        print(file, hit["line_number"], hit["type"], sep=": ")
sys.exit(bool(found))'
}

check 'style (ruff check)'               "$bin/ruff" check --quiet
check 'format (ruff format)'             "$bin/ruff" format --check --quiet --diff cog_browser tests scripts benchmarks
check 'types (mypy)'                     "$bin/python" -m mypy
check 'layers (import-linter)'           "$bin/python" "$bin/lint-imports"
check 'plugin tree (stage.py)'           "$bin/python" scripts/stage.py "$shipped"
check 'shipped code (bandit)'            "$bin/python" -m bandit --quiet --recursive "$shipped"
check 'shipped secrets (detect-secrets)' secrets

if [ ${#failed[@]} -gt 0 ]; then
  printf 'lint: %s failed\n' "${#failed[@]}" >&2
  exit 1
fi
