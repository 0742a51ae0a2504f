# SPDX-License-Identifier: GPL-2.0-or-later
"""What makes a Cloud Optimized GeoTIFF: the rules, and the facts they judge by."""
