/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A journal of any bytes: what is damaged is said, nothing good is changed, and
 * what is appended is found again (P6-F2, P6-F1). */
#include "tests/fuzz/fuzz_state.h"

#include "authority/records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int records_count(void *context, uint64_t sequence,
			 struct json_object *record)
{
	must(sequence > 0 && json_object_is_type(record, json_type_object));
	(*(unsigned int *)context)++;
	return 0;
}

/* Every reader: an answer, or an error with words. */
static void records_read(struct vouch_journal *journal)
{
	static struct vouch_cluster_grant grants[VOUCH_GRANTS_MAX];
	uint32_t count = VOUCH_GRANTS_MAX, i;
	struct vouch_error error = { 0 };
	struct vouch_snapshot snapshot;
	struct vouch_cluster_seal seal;
	enum vouch_error_code code;

	code = vouch__records_grants(journal, grants, &count, &error);
	must(code == VOUCH_OK || error.text[0] != '\0');
	for (i = 0; code == VOUCH_OK && i < count; i++)
		must(grants[i].epoch != 0 && grants[i].holder[0] != '\0' &&
		     grants[i].member_count <= VOUCH_NODES_MAX);
	must(code == VOUCH_OK || count == 0);
	error.text[0] = '\0';
	code = vouch__records_snapshot(journal, &snapshot, &error);
	must(code == VOUCH_OK || error.text[0] != '\0');
	(void)vouch__snapshot_has(&snapshot, "x");
	vouch__snapshot_release(&snapshot);
	error.text[0] = '\0';
	code = vouch__records_seal(journal, &seal, &error);
	must(code == VOUCH_OK || error.text[0] != '\0');
	must(code != VOUCH_OK || (seal.epoch != 0 && seal.node[0] != '\0'));
}

static void record_append(const struct vouch_config *config,
			  enum vouch_error_code readable)
{
	struct json_object *fields = json_object_new_object();
	struct json_object *record = NULL;
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	enum vouch_error_code code;

	(void)json_object_object_add(fields, "value",
				     json_object_new_string("fuzz-own"));
	must(vouch__journal_open(config, 1, &journal, &error) == VOUCH_OK);
	code = vouch__journal_append(journal, "note", fields, NULL, &error);
	json_object_put(fields);
	/* Every damage that stops an append is seen by readers, too. */
	must(code == VOUCH_OK || readable != VOUCH_OK);
	must(code == VOUCH_OK || error.text[0] != '\0');
	if (code == VOUCH_OK)
		must(vouch__journal_find(journal, "note", "value", "fuzz-own",
					 &record, &error) == VOUCH_OK);
	json_object_put(record);
	vouch__journal_close(journal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char bytes[STATE_MAX];
	static struct vouch_config config;
	size_t length = state_build(data, size, NULL, bytes);
	struct disk *disk = state_disk(&config, "journal", bytes, length);
	struct vouch_journal *journal = NULL;
	struct vouch_error error = { 0 };
	enum vouch_error_code code;
	unsigned int count = 0;

	must(vouch__journal_open(&config, 0, &journal, &error) == VOUCH_OK);
	code = vouch__journal_visit(journal, NULL, records_count, &count, &error);
	must(code == VOUCH_OK || error.text[0] != '\0');
	records_read(journal);
	vouch__journal_close(journal);
	record_append(&config, code);
	disk_free(disk);
	return 0;
}
