/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <string.h>
#include "engines/engine.h"

extern const struct vouch_engine vouch__postgresql;

static const struct vouch_engine *const engines[] = {
	&vouch__postgresql,
};

const struct vouch_engine *vouch__engine_find(const char *name)
{
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (name != NULL && strcmp(engines[i]->name, name) == 0)
			return engines[i];
	return NULL;
}
