/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What rules 100 to 140 prove, over the evidence alone: to be read beside proof.h,
 * whose `Form` is what the rules after the first may index.
 */
#ifndef VOUCH_KERNEL_PROOF_FORM_H
#define VOUCH_KERNEL_PROOF_FORM_H

#include "kernel/proof.h"

/* --- form (P6-F1) --- */

/*@
  // Of two rows it is known which came later.
  predicate SerialsApart{L}(struct vouch_evidence *e) =
    (\forall integer i, j; 0 <= i < j < e->contract_count ==>
      e->contracts[i].serial != e->contracts[j].serial) &&
    (\forall integer i, j; 0 <= i < j < e->admission_count ==>
      e->admissions[i].serial != e->admissions[j].serial);

  // A number of the cluster manager is that of one node.
  predicate NumbersApart{L}(struct vouch_evidence *e) =
    \forall integer i, j; 0 <= i < j < e->node_count &&
      e->nodes[j].cluster_id != 0 ==>
      e->nodes[i].cluster_id != e->nodes[j].cluster_id;

  predicate Complete{L}(struct vouch_evidence *e) =
    e->format == VOUCH_EVIDENCE_FORMAT &&
    (e->manager == VOUCH_MANAGER_PACEMAKER || e->manager == VOUCH_MANAGER_NONE) &&
    Form(e) && SerialsApart(e) && NumbersApart(e) &&
    ContractForm(&e->offer.contract, e->node_count);
*/

/* --- somebody asked, and may (P6-A3) --- */

/*@
  predicate Requested{L}(struct vouch_evidence *e) =
    Named(&e->request.id[0]) &&
    (e->request.origin == VOUCH_ORIGIN_PACEMAKER ||
     e->request.origin == VOUCH_ORIGIN_OPERATOR ||
     e->request.origin == VOUCH_ORIGIN_HOOK);

  predicate Authorised{L}(struct vouch_evidence *e) =
    e->request.authorization == VOUCH_AUTHORIZATION_PACEMAKER ||
    (e->request.authorization == VOUCH_AUTHORIZATION_OPERATOR &&
     e->request.authorized == VOUCH_YES);

  predicate IsMember{L}(struct vouch_evidence *e, integer i) =
    e->nodes[i].node_class == VOUCH_CLASS_MEMBER;

  // Every node is a full member of the cluster (P6-F1).
  predicate Classes{L}(struct vouch_evidence *e) =
    Managed(e) ==> \forall integer i; 0 <= i < e->node_count ==> IsMember(e, i);
*/

#endif /* VOUCH_KERNEL_PROOF_FORM_H */
