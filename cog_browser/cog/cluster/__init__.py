# SPDX-License-Identifier: GPL-2.0-or-later
"""Work on a Dask cluster, for what outgrows one machine."""
