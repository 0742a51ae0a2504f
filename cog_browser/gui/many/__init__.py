# SPDX-License-Identifier: GPL-2.0-or-later
"""What is done with several selected objects together."""
