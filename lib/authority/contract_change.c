/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/contract_change.h"

#include <string.h>

static enum vouch_error_code here_check(const struct vouch_change_facts *facts,
					struct vouch_error *error)
{
	struct vouch_terms own;

	if (facts->state != VOUCH_RUN_WRITABLE || !facts->holds_authority) {
		if (facts->holder[0] != '\0' &&
		    strcmp(facts->holder, facts->config->node) != 0)
			return vouch__error_set(error, VOUCH_E_STATE,
						"P6-A3: only the holder changes "
						"its contract; run this on %s",
						facts->holder);
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-A3: this node's server is no primary "
					"that holds authority; see 'vouch "
					"status'");
	}
	if (facts->log.epoch == 0 || !facts->log.in_force_known)
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-S1: the log has no contract in "
					"force; see 'vouch contract show'");
	vouch__terms_of_config(facts->config, &own);
	if (facts->pinned != VOUCH_YES ||
	    !vouch__terms_equal(&own, &facts->log.in_force))
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-S1: the running server does not have "
					"the recorded contract on its command "
					"line (%s); let Pacemaker start it again "
					"first",
					facts->unpinned[0] ? facts->unpinned :
							     "it has another");
	return VOUCH_OK;
}

/* Applying is a restart, which only Pacemaker may do. */
static enum vouch_error_code cluster_check(const struct vouch_change_facts *facts,
					   struct vouch_error *error)
{
	if (facts->managed != VOUCH_YES)
		return vouch__error_set(error, VOUCH_E_STATE,
					"Pacemaker does not manage the resource "
					"on this node now, and a change needs it "
					"to start the server again; end "
					"maintenance first");
	if (facts->quorate != VOUCH_YES)
		return vouch__error_set(error, VOUCH_E_STATE,
					"P6-A1: the partition is not quorate: the "
					"server would be stopped and not be "
					"promoted again");
	return VOUCH_OK;
}

static enum vouch_error_code take_back(const struct vouch_change_facts *facts,
				       enum vouch_change_step *step,
				       struct vouch_error *error)
{
	if (!facts->log.is_announced)
		return vouch__error_set(error, VOUCH_E_STATE,
					"no change of the contract is under way, "
					"so there is nothing to abort");
	*step = VOUCH_CHANGE_TAKE_BACK;
	return VOUCH_OK;
}

/* Otherwise the first commit after the change would wait for ever. */
static enum vouch_error_code supply_check(const struct vouch_change_facts *facts,
					  struct vouch_error *error)
{
	if ((int64_t)facts->streaming < facts->wanted.k)
		return vouch__error_set(error, VOUCH_E_STATE,
					"k = %d, but only %u of the contract's "
					"%u members stream from here now: every "
					"commit would wait; bring the others "
					"back first",
					facts->wanted.k, facts->streaming,
					facts->wanted.member_count);
	return VOUCH_OK;
}

enum vouch_error_code vouch__change_check(const struct vouch_change_facts *facts,
					  enum vouch_change_step *step,
					  struct vouch_error *error)
{
	char text[VOUCH_TERMS_TEXT_SIZE];
	enum vouch_error_code code = VOUCH_OK;

	*step = VOUCH_CHANGE_NOTHING;
	if (!facts->abort)
		code = vouch__terms_check(facts->config, &facts->wanted, error);
	if (code == VOUCH_OK)
		code = here_check(facts, error);
	if (code != VOUCH_OK)
		return code;
	if (facts->abort)
		return take_back(facts, step, error);
	if (facts->log.is_announced &&
	    !vouch__terms_equal(&facts->log.announced, &facts->wanted)) {
		vouch__terms_text(&facts->log.announced, text);
		return vouch__error_set(error, VOUCH_E_BUSY,
					"a change to %.300s is under way; ask "
					"for that again to complete it, or take "
					"it back: vouch contract set --abort",
					text);
	}
	if (!facts->log.is_announced &&
	    vouch__terms_equal(&facts->log.in_force, &facts->wanted))
		return VOUCH_OK;
	code = cluster_check(facts, error);
	if (code == VOUCH_OK)
		code = supply_check(facts, error);
	if (code == VOUCH_OK)
		*step = facts->log.is_announced ? VOUCH_CHANGE_APPLY :
						  VOUCH_CHANGE_ANNOUNCE;
	return code;
}

static void terms_take(const struct vouch_config *config,
		       const struct vouch_contract *contract,
		       struct vouch_terms *terms)
{
	uint32_t i;

	memset(terms, 0, sizeof(*terms));
	terms->method = contract->method;
	terms->k = (int)contract->k;
	for (i = 0; i < contract->member_count; i++)
		(void)vouch__terms_add(terms,
				       config->members[contract->members[i]].name);
}

void vouch__contract_state_of(const struct vouch_config *config,
			      const struct vouch_log_record *record,
			      struct vouch_contract_state *state)
{
	uint32_t i;

	memset(state, 0, sizeof(*state));
	if (record->epoch_count == 0)
		return;
	state->epoch = record->epochs[record->epoch_count - 1].epoch;
	for (i = 0; i < record->contract_count; i++) {
		const struct vouch_contract_row *row = &record->contracts[i];

		if (row->epoch != state->epoch)
			continue;
		/* They come in order: a row in force ends what was announced. */
		state->is_announced = row->phase == VOUCH_PHASE_ANNOUNCED;
		if (state->is_announced) {
			terms_take(config, &row->contract, &state->announced);
		} else {
			terms_take(config, &row->contract, &state->in_force);
			state->in_force_known = 1;
			state->pinned = row->pinned;
		}
	}
}

int vouch__contract_survives(const struct vouch_terms *terms, uint32_t counting)
{
	int64_t spare = (int64_t)counting + terms->k -
			(int64_t)terms->member_count - 1;

	return terms->k == 0 || spare < 0 ? -1 : (int)spare;
}
