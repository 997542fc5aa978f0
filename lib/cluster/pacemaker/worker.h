/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cluster calls run in a process of their own, one for each call.
 *
 * The client libraries of Corosync and Pacemaker wait without limit in places
 * where no timeout can be given: a connection to a stopped daemon is accepted by
 * the kernel, and the handshake that follows waits for ever. A signal handler or
 * a thread cannot get out of there safely; a process can be ended. It also keeps
 * what these libraries do on bad input, abort() included, away from a promotion
 * that is under way, and starts each observation from a fresh connection.
 *
 * The price is one fork of a small process, well below a millisecond.
 */
#ifndef VOUCH_CLUSTER_PACEMAKER_WORKER_H
#define VOUCH_CLUSTER_PACEMAKER_WORKER_H

#include <stddef.h>

#include "common/deadline.h"
#include "common/error.h"

/* The work: fills `output` and, when it fails, `error`. */
typedef enum vouch_error_code vouch_work(const void *input, void *output,
					 struct vouch_deadline deadline,
					 struct vouch_error *error);

/* Runs the work and takes its output, `size` bytes, which is also handed in.
 * VOUCH_E_TIMEOUT: the deadline passed, the process and all its children were
 * killed. Without success `output` is as it was. `what` names the work in
 * errors: "reading the fencing history". */
VOUCH_MUST_CHECK enum vouch_error_code
vouch__worker_run(vouch_work *work, const char *what, const void *input,
		  void *output, size_t size, struct vouch_deadline deadline,
		  struct vouch_error *error);

#endif
