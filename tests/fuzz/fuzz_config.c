/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file, with any bytes in it: refused with a reason, or read
 * into values that hold what the header promises. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
	if (!condition)
		abort();
}

static void config_check(const struct vouch_config *config)
{
	uint32_t i;

	must(config->member_count >= 2 &&
	     config->member_count <= VOUCH_NODES_MAX);
	must(config->k >= 0 && (uint32_t)config->k < config->member_count);
	must(config->uid != 0);
	must(config->pgdata[0] == '/' && config->bindir[0] == '/' &&
	     config->state_dir[0] == '/' && config->socket_dir[0] == '/');
	must(config->probe_timeout_ms >= 100);
	must(config->slot_keep_mb >= 1);
	for (i = 0; i < config->member_count; i++) {
		must(memchr(config->members[i].name, '\0', VOUCH_NAME_SIZE) !=
		     NULL);
		must(config->members[i].name[0] != '\0' &&
		     config->members[i].host[0] != '\0' &&
		     config->members[i].port != 0);
		must(strpbrk(config->members[i].host, " '\"\\=\n") == NULL);
	}
	must(vouch__config_member(config, config->node) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vouch_config config;
	static int fd = -1;
	struct vouch_error error = { 0 };
	char path[64];

	if (fd < 0) {
		fd = memfd_create("fuzz_config", MFD_CLOEXEC);
		must(fd >= 0 && fchmod(fd, 0600) == 0);
	}
	must(ftruncate(fd, 0) == 0 &&
	     pwrite(fd, data, size, 0) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (vouch__config_from_file(&config, path, "n1", &error) == VOUCH_OK)
		config_check(&config);
	else
		must(error.code != VOUCH_OK && error.text[0] != '\0');
	return 0;
}
