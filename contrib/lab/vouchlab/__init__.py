# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of vouch-lab: one file per thing a lab is made of."""
