# SPDX-License-Identifier: GPL-2.0-or-later
"""S3, and Google Cloud Storage where it speaks S3's protocol."""
