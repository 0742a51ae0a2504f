# SPDX-License-Identifier: GPL-2.0-or-later
"""What several test suites share: servers, clients and fault injection."""
