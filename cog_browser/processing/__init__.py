# SPDX-License-Identifier: GPL-2.0-or-later
"""The Processing algorithms. They run in QGIS, in models and in ``qgis_process``; no widgets."""
