#!/bin/sh
# Five nodes, two acknowledgements of four: any two nodes may be lost, the primary among them.
# Clients get all hosts: 'host=n1,n2,n3,n4,n5 target_session_attrs=read-write'.
# Change: node names and addresses, pgdata, the fence devices. Then: vouch adopt on the running primary,
# sh five-nodes.sh, and vouch doctor on each node. password_script is a script that prints the password.
set -eu
pcs cluster cib vouch.xml
pcs -f vouch.xml property set stonith-enabled=true no-quorum-policy=stop
pcs -f vouch.xml resource defaults update resource-stickiness=1
pcs -f vouch.xml stonith create fence-n1 fence_ipmilan \
	pcmk_host_list=n1 ip=10.0.1.1 username=fence password_script=/etc/vouch/ipmi-password lanplus=1 \
	op monitor interval=60s timeout=20s
pcs -f vouch.xml constraint location fence-n1 avoids n1
pcs -f vouch.xml stonith create fence-n2 fence_ipmilan \
	pcmk_host_list=n2 ip=10.0.1.2 username=fence password_script=/etc/vouch/ipmi-password lanplus=1 \
	op monitor interval=60s timeout=20s
pcs -f vouch.xml constraint location fence-n2 avoids n2
pcs -f vouch.xml stonith create fence-n3 fence_ipmilan \
	pcmk_host_list=n3 ip=10.0.1.3 username=fence password_script=/etc/vouch/ipmi-password lanplus=1 \
	op monitor interval=60s timeout=20s
pcs -f vouch.xml constraint location fence-n3 avoids n3
pcs -f vouch.xml stonith create fence-n4 fence_ipmilan \
	pcmk_host_list=n4 ip=10.0.1.4 username=fence password_script=/etc/vouch/ipmi-password lanplus=1 \
	op monitor interval=60s timeout=20s
pcs -f vouch.xml constraint location fence-n4 avoids n4
pcs -f vouch.xml stonith create fence-n5 fence_ipmilan \
	pcmk_host_list=n5 ip=10.0.1.5 username=fence password_script=/etc/vouch/ipmi-password lanplus=1 \
	op monitor interval=60s timeout=20s
pcs -f vouch.xml constraint location fence-n5 avoids n5
# A veto is an answer: with on-fail=block it is asked for once, and the standby goes on.
pcs -f vouch.xml resource create pgsql ocf:vouch:postgresql \
	pgdata=/var/lib/postgresql/15/main passfile=/etc/vouch/passfile \
	members="n1=10.0.0.1 n2=10.0.0.2 n3=10.0.0.3 n4=10.0.0.4 n5=10.0.0.5" \
	op start timeout=60s \
	op stop timeout=60s \
	op promote timeout=30s on-fail=block \
	op demote timeout=90s \
	op notify timeout=60s \
	op monitor interval=10s timeout=20s role=Promoted \
	op monitor interval=11s timeout=20s role=Unpromoted \
	promotable promoted-max=1 notify=true interleave=true
pcs -f vouch.xml alert create id=vouch-alert path=/usr/libexec/vouch/vouch-alert
pcs -f vouch.xml alert recipient add vouch-alert value=pgsql
pcs cluster cib-push vouch.xml
