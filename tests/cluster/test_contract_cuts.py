#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""P6-S1, P6-F2: a few of the campaign's power cuts in the middle of a change of
the contract; contract_campaign takes every change at every step."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from contract_cuts import Cluster, nodes_of, summary, walk  # noqa: E402
from labtest import lab, main  # noqa: E402

SOME = [(1, 2, "before-start"), (2, 1, "in-promote-20"), (1, 2, "announced")]


def cuts(report):
    with lab("cc") as it:
        results, left = [], list(SOME)
        walk(Cluster(it, nodes_of(3)), report, left, results, 600)
        print("# contract cuts: " + summary(results, left), flush=True)
        report.check("contract cuts: all were taken", not left, left)


if __name__ == "__main__":
    sys.exit(main({"contract-cuts": cuts}))
