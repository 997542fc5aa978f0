/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"
#include "vouch.h"

const char *vouch_version(void)
{
	return PACKAGE_VERSION;
}
