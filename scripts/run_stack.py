# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the object store of the tests in the foreground, until Ctrl-C."""

from __future__ import annotations

import contextlib
import signal

from tests.support.stack.settings import TOTP_KEY
from tests.support.stack_client import Stack


def main() -> None:
    for ending in (signal.SIGINT, signal.SIGTERM):  # jobs in the background ignore the first
        signal.signal(ending, signal.default_int_handler)  # so that all is removed
    print("Starting OpenStack Keystone and Swift …", flush=True)
    with Stack() as stack:
        print(f"Keystone  {stack.auth_url}")
        for region in stack.regions.values():
            print(f"Swift     {region.storage_urls['demo']}  ({region.name})")
        print("\nAccounts, each a file to source or to open in the panel (begin with demo-openrc):")
        for openrc in sorted(stack.folder.glob("*-openrc.sh")):
            print(f"  source {openrc}")
        print(f"  export OS_CLIENT_CONFIG_FILE={stack.clouds_yaml}")
        print(f"  source {stack.folder / 'aws-demo.sh'}  (the same by S3)")
        print(f"\nKey of the accounts with a passcode, for an authenticator app: {TOTP_KEY}")
        print("\nCtrl-C stops it and removes all that it holds.", flush=True)
        signal.pause()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
