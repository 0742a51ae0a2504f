# SPDX-License-Identifier: GPL-2.0-or-later
"""Google Earth Engine: sign in, register assets, and remember which objects they read."""
