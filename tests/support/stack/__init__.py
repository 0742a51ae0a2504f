# SPDX-License-Identifier: GPL-2.0-or-later
"""Real OpenStack Swift and Keystone on loopback, without root, containers or system services.

One command, run with the interpreter that has Swift and Keystone installed, from the repo's root:

    .venv-stack/bin/python -m tests.support.stack start|run|stop|status [--dir DIR] [options]

One supervisor runs Keystone (threads) and one Swift process per region (proxy, account,
container and object server in one event loop). Linux only.
"""
