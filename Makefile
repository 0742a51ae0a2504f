# SPDX-License-Identifier: GPL-2.0-or-later
# The one entry point. Recipes that need tools run scripts/setup.sh first; it takes a moment.
.DEFAULT_GOAL := help
python := .venv/bin/python
PROFILE ?= default
WORKERS ?= 4

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## install what is missing for the demo: Debian packages, .venv, .venv-stack
	@scripts/setup.sh

demo: setup  ## publish real imagery to a local Swift and open it in QGIS (build/demo.png without a display)
	@$(python) -m scripts.demo

setup-tests:  ## install what only the tests need as well: web servers, other object stores
	@scripts/setup.sh --tests

test: setup-tests  ## run every test (TESTS=path or ARGS="-k word" for some), in four processes (WORKERS=0: in one)
	@WORKERS=$(WORKERS) scripts/run_tests.sh $(ARGS) $(TESTS)

lint: setup  ## check style, types, layers and what the plugin site's scanners say
	@scripts/lint.sh

check: lint test  ## lint and test

stack: setup  ## run the object store in the foreground; prints how to use it, Ctrl-C stops it
	@$(python) -m scripts.run_stack

bench: setup  ## measure how fast a remote COG is drawn, with and without the plugin
	@$(python) benchmarks/view.py $(ARGS)

bench-convert: setup  ## measure conversion beside GDAL's tools and rio-cogeo
	@test -x .venv-bench/bin/rio || { python3 -m venv .venv-bench && .venv-bench/bin/pip install -q -r requirements/bench.txt; }
	@$(python) benchmarks/convert.py $(ARGS)

bench-publish: setup  ## measure publishing beside GDAL and the usual clients, and on a cluster
	@test -x .venv-bench/bin/rclone || { python3 -m venv .venv-bench && .venv-bench/bin/pip install -q -r requirements/bench.txt; }
	@$(python) benchmarks/publish.py $(ARGS)

bench-listing: setup  ## measure the listing of a million objects beside rclone and swift, and the panel
	@test -x .venv-bench/bin/swift || { python3 -m venv .venv-bench && .venv-bench/bin/pip install -q -r requirements/bench.txt; }
	@$(python) benchmarks/listing.py $(ARGS)

bench-kill: setup  ## kill the publishing of 200 files ten times, then break a fifth of all requests
	@$(python) benchmarks/kill_publish.py $(ARGS)
	@$(python) benchmarks/faulty_publish.py

package: setup  ## build dist/cog_browser-X.Y.Z.zip
	@$(python) scripts/stage.py --zip dist

dev-install:  ## stage the plugin into a QGIS profile (PROFILE=default)
	@python3 -m scripts.dev_install "$(PROFILE)"

translations: setup  ## update i18n/*.ts from the sources
	@$(python) -m scripts.translations

screenshots: setup  ## draw the pictures of the README and of docs/ anew
	@$(python) -m scripts.demo --screenshot docs/images/demo.png
	@$(python) -m scripts.gallery

clean:  ## remove what was built (not .venv…)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .setup/keystone-*
	find cog_browser tests scripts -name __pycache__ -prune -exec rm -rf {} +

.PHONY: help setup setup-tests demo test lint check stack bench bench-convert bench-publish bench-listing bench-kill package dev-install translations screenshots clean
