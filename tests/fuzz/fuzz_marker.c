/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A marker of any bytes: refused with a reason, or read into values that would be
 * written again as they are (P6-F1, P6-A1). */
#include "tests/fuzz/fuzz_state.h"

#include "authority/marker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char bytes[STATE_MAX];
	static struct vouch_config config;
	size_t length = state_build(data, size, "marker", bytes);
	struct disk *disk = state_disk(&config, "marker", bytes, length);
	struct vouch_error error = { 0 };
	struct vouch_marker marker, again;

	if (vouch__marker_read(&config, &marker, &error) == VOUCH_OK) {
		must(marker.epoch != 0);
		must(strcmp(marker.cluster, "pgsql") == 0 &&
		     strcmp(marker.node, "n1") == 0);
		must(vouch__marker_write(&config, &marker, &error) == VOUCH_OK);
		must(vouch__marker_read(&config, &again, &error) == VOUCH_OK);
		must(memcmp(&marker, &again, sizeof(marker)) == 0);
	} else {
		must(error.code != VOUCH_OK && error.code != VOUCH_E_NOT_FOUND &&
		     error.text[0] != '\0');
		must(marker.epoch == 0 && marker.node[0] == '\0');
	}
	/* What is refused can be replaced. */
	must(vouch__marker_remove(&config, &error) == VOUCH_OK);
	must(vouch__marker_read(&config, &marker, &error) == VOUCH_E_NOT_FOUND);
	disk_free(disk);
	return 0;
}
