# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin does with layers in the layer tree and on the canvas."""
