# SPDX-License-Identifier: GPL-2.0-or-later
"""Corosync's configuration."""

import os

from .network import COROSYNC_PORT


def configuration(lab):
    # Corosync wants a newline after every "{".
    text = f"""totem {{
    version: 2
    cluster_name: vouch-lab
    transport: {lab.options["transport"]}
    token: 1000
"""
    if lab.options["transport"] == "knet":
        # Links count as up after one answer, asked for often: nodes that boot together find each other at once.
        text += """    crypto_cipher: aes256
    crypto_hash: sha256
    interface {
        linknumber: 0
        knet_ping_interval: 200
        knet_ping_timeout: 600
        knet_pong_count: 1
    }
"""
    text += "}\n\nnodelist {\n"
    for node in lab.nodes:
        text += f"""    node {{
        name: {node}
        nodeid: {lab.number(node)}
        ring0_addr: {lab.address(node)}
    }}
"""
    text += "}\n\nquorum {\n    provider: corosync_votequorum\n"
    text += f"    expected_votes: {len(lab.nodes)}\n"
    if len(lab.nodes) == 2:
        # Two nodes cannot outvote each other: both fence, and wait_for_all (implied) keeps a node that
        # never saw its peer from starting alone.
        text += "    two_node: 1\n"
    text += """}

logging {
    to_syslog: no
    to_stderr: no
    to_logfile: yes
    logfile: /var/log/corosync/corosync.log
    timestamp: hires
}
"""
    assert str(COROSYNC_PORT) == "5405"  # the default; the packet filter rules rely on it
    return text


def write(lab, node, directory, key):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "corosync.conf"), "w") as out:
        out.write(configuration(lab))
    fd = os.open(os.path.join(directory, "authkey"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400)
    with os.fdopen(fd, "wb") as out:
        out.write(key)
