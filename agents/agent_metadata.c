/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "agents/agent.h"

static const char metadata[] =
#include "postgresql_metadata.h"
	;

enum ocf_exitcode agent_metadata(void)
{
	return fputs(metadata, stdout) >= 0 && fflush(stdout) == 0 ?
		       PCMK_OCF_OK :
		       PCMK_OCF_UNKNOWN_ERROR;
}
