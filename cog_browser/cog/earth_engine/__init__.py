# SPDX-License-Identifier: GPL-2.0-or-later
"""Assets of Google Earth Engine that are backed by COGs in Google Cloud Storage.

``source_image.py`` reads headers, ``builder.py`` makes a `Manifest` of them, ``preflight.py`` says
what Earth Engine would refuse. Sources of all rules: Earth Engine's guides "Cloud GeoTiff-Backed
Earth Engine Assets" and "Image manifest", its REST reference (v1, ImageManifest), and the messages
of the service itself.
"""
