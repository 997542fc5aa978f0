#!/bin/sh
# Two nodes. Every commit waits for the other node (k=1): nothing is lost with either, and without the standby
# writes wait until it is back. Corosync needs two_node and wait_for_all, or a quorum device: see ../corosync.
# Clients get both hosts: 'host=n1,n2 target_session_attrs=read-write'.
# Change: node names and addresses, pgdata, the fence devices. Then: vouch adopt on the running primary,
# sh two-nodes.sh, and vouch doctor on each node. password_script is a script that prints the password.
set -eu
pcs cluster cib vouch.xml
pcs -f vouch.xml property set stonith-enabled=true no-quorum-policy=stop priority-fencing-delay=15s
pcs -f vouch.xml resource defaults update resource-stickiness=1
pcs -f vouch.xml stonith create fence-n1 fence_ipmilan \
	pcmk_host_list=n1 ip=10.0.1.1 username=fence password_script=/etc/vouch/ipmi-password lanplus=1 \
	op monitor interval=60s timeout=20s
pcs -f vouch.xml constraint location fence-n1 avoids n1
pcs -f vouch.xml stonith create fence-n2 fence_ipmilan \
	pcmk_host_list=n2 ip=10.0.1.2 username=fence password_script=/etc/vouch/ipmi-password lanplus=1 \
	op monitor interval=60s timeout=20s
pcs -f vouch.xml constraint location fence-n2 avoids n2
# A veto is an answer: with on-fail=block it is asked for once, and the standby goes on.
pcs -f vouch.xml resource create pgsql ocf:vouch:postgresql \
	pgdata=/var/lib/postgresql/15/main passfile=/etc/vouch/passfile \
	members="n1=10.0.0.1 n2=10.0.0.2" \
	op start timeout=60s \
	op stop timeout=60s \
	op promote timeout=30s on-fail=block \
	op demote timeout=90s \
	op notify timeout=60s \
	op monitor interval=10s timeout=20s role=Promoted \
	op monitor interval=11s timeout=20s role=Unpromoted \
	meta priority=10 \
	promotable promoted-max=1 notify=true interleave=true
pcs -f vouch.xml alert create id=vouch-alert path=/usr/libexec/vouch/vouch-alert
pcs -f vouch.xml alert recipient add vouch-alert value=pgsql
pcs cluster cib-push vouch.xml
