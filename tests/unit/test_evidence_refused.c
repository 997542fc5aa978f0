/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the evidence document must not be: each corruption has a name, is tried
 * on every field that the table knows, and never leads to a decision. */
#include "tests/unit/evidence_fixture.h"

#include <json-c/json.h>

static struct vouch_evidence *evidence;

static enum vouch_error_code decode_bytes(const char *text, size_t length)
{
	struct vouch_error error = { 0 };
	enum vouch_error_code code =
		vouch__evidence_decode(text, length, evidence, &error);

	assert_int_equal(code, error.code);
	assert_int_equal(code == VOUCH_OK, error.text[0] == '\0');
	/* Without a place for the error the answer is the same. */
	assert_int_equal(vouch__evidence_decode(text, length, evidence, NULL),
			 code);
	return code;
}

static enum vouch_error_code decode(const char *text)
{
	return decode_bytes(text, strlen(text));
}

/* --- documents -------------------------------------------------------------- */

static void texts_that_are_no_document(void **state)
{
	static const char *const bad[] = {
		"", " ", "\n\t \r\n", "null", "true", "1", "-1", "\"format\"", "[]",
		"{", "}", "{}}", "{}{}", "{} {}", "{},", "[{}]", "{\"format\":1",
		"{\"format\":1}x", "{\"format\":1}\n{\"format\":1}",
		"{\"format\":1}//", "{\"format\":1}/**/", "/**/{\"format\":1}",
		"{format:1}", "{'format':1}", "{\"format\":1,}", "{,\"format\":1}",
		"{\"format\" 1}", "{\"format\":01}", "{\"format\":+1}",
		"{\"format\":0x1}", "{\"format\":1 1}", "{\"format\":}",
		"{\"format\"}", "{\"format\":1;}", "{\"format\":NaN}",
		"{\"format\":Infinity}", "{\"format\":TRUE}", "\xef\xbb\xbf{\"format\":1}",
		"{\"format\":1,\"cluster\":\"a\nb\"}", "{\"format\":1]", "[\"format\":1}",
		"{\"format\":1,\"cluster\":\"\\x41\"}",
		"{\"format\":1,\"cluster\":\"\\u00\"}",
		"{\"format\":1,\"cluster\":\"a\" \"b\"}",
		"{\"format\":1,\"cluster\":\"\\ud800\"}",
		"{\"format\":1,\"cluster\":\"\\ud800\\u0041\"}",
		"{\"format\":1,\"cluster\":\"\\udc00\"}",
		"{\"format\":1,\"cluster\":\"\\", "{\"format\":1,\"cluster\":\"\\u0",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (decode(bad[i]) != VOUCH_E_MALFORMED)
			fail_msg("read: %s", bad[i]);
	}
	assert_int_equal(decode("{\"format\":1}"), VOUCH_OK);
	assert_int_equal(decode(" \r\n\t{ \"format\" : 1 } \n"), VOUCH_OK);
	assert_int_equal(decode("{\"format\":1,\"cluster\":"
				"\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\\/\\\"\\\\\"}"),
			 VOUCH_OK);
	assert_string_equal(evidence->cluster,
			    "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80/\"\\");
}

static void other_formats(void **state)
{
	(void)state;
	assert_int_equal(decode("{}"), VOUCH_E_MALFORMED);
	assert_int_equal(decode("{\"format\":0}"), VOUCH_E_MALFORMED);
	assert_int_equal(decode("{\"format\":2}"), VOUCH_E_MALFORMED);
	assert_int_equal(decode("{\"format\":4294967297}"), VOUCH_E_MALFORMED);
}

static void nul_bytes(void **state)
{
	(void)state;
	assert_int_equal(decode_bytes("{\"format\":1}\0", 13), VOUCH_E_MALFORMED);
	assert_int_equal(decode_bytes("\0{\"format\":1}", 13), VOUCH_E_MALFORMED);
	assert_int_equal(decode_bytes("{\"format\":1,\"cluster\":\"a\0b\"}", 28),
			 VOUCH_E_MALFORMED);
	assert_int_equal(decode_bytes("{\"format\"\0:1}", 13), VOUCH_E_MALFORMED);
}

static void cut_at_every_byte(void **state)
{
	static const char *const names[] = { "fenced-in-sync", "same-holder",
					     "asserted-without-cluster" };
	size_t i, length;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct evidence_case *it = case_find(names[i]);
		size_t end = it->length;

		while (end > 0 && it->text[end - 1] != '}')
			end--;
		for (length = 0; length < end; length++) {
			struct vouch_error error = { 0 };
			char *verdict;
			/* Exactly so much memory: a look further is seen. */
			char *copy = malloc(length + 1);

			assert_non_null(copy);
			memcpy(copy, it->text, length);
			copy = realloc(copy, length ? length : 1);
			assert_int_equal(vouch_decide(copy, length, &verdict,
						      &error),
					 VOUCH_UNDECIDED);
			assert_null(verdict);
			assert_int_equal(error.code, VOUCH_E_MALFORMED);
			free(copy);
		}
	}
}

/* A flipped bit may leave a good document with another fact in it; it must
 * never crash, and what is read must be writable again. */
static void every_byte_changed(void **state)
{
	const struct evidence_case *it = case_find("fenced-in-sync");
	static const unsigned char bits[] = { 0x01, 0x20, 0x80 };
	char *copy = malloc(it->length);
	size_t i, j;

	(void)state;
	assert_non_null(copy);
	memcpy(copy, it->text, it->length);
	for (i = 0; i < it->length; i++) {
		for (j = 0; j < sizeof(bits); j++) {
			size_t length;
			char *text;

			copy[i] = (char)(copy[i] ^ bits[j]);
			if (vouch__evidence_decode(copy, it->length, evidence,
						   NULL) == VOUCH_OK) {
				assert_int_equal(vouch__evidence_encode(
							 evidence, &text,
							 &length, NULL),
						 VOUCH_OK);
				free(text);
			}
			copy[i] = it->text[i];
		}
	}
	free(copy);
}

static void too_deep(void **state)
{
	size_t depth = 200000, i;
	char *text = malloc(depth + 1);

	(void)state;
	assert_non_null(text);
	(void)strcpy(text, "{\"nodes\":");
	memset(text + 9, '[', depth - 9);
	text[depth] = '\0';
	assert_int_equal(decode(text), VOUCH_E_LIMIT);
	for (i = 0; i + 5 < depth; i += 5)
		memcpy(text + i, "{\"a\":", 5);
	text[i] = '\0';
	assert_int_equal(decode(text), VOUCH_E_LIMIT);
	free(text);
}

static void too_large(void **state)
{
	size_t size = 5 * 1024 * 1024;
	char *text = malloc(size + 1);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', size);
	text[size] = '\0';
	memcpy(text, "{\"format\":1}", 12);
	assert_int_equal(decode(text), VOUCH_E_LIMIT);
	text[VOUCH_DOCUMENT_MAX] = '\0';
	assert_int_equal(decode(text), VOUCH_OK);
	memset(text, 'x', VOUCH_DOCUMENT_MAX);
	memcpy(text, "{\"cluster\":\"", 12);
	text[VOUCH_DOCUMENT_MAX - 2] = '"';
	text[VOUCH_DOCUMENT_MAX - 1] = '}';
	assert_int_equal(decode(text), VOUCH_E_LIMIT);
	memset(text, '1', VOUCH_DOCUMENT_MAX);
	memcpy(text, "{\"format\":", 10);
	text[VOUCH_DOCUMENT_MAX - 1] = '}';
	assert_int_equal(decode(text), VOUCH_E_MALFORMED);
	free(text);
}

static void too_many_fields(void **state)
{
	char text[4096] = "{\"format\":1";
	int i;

	(void)state;
	for (i = 0; i < VOUCH_DOCUMENT_KEYS; i++)
		(void)sprintf(text + strlen(text), ",\"f%d\":1", i);
	(void)strcat(text, "}");
	assert_int_equal(decode(text), VOUCH_E_LIMIT);
}

static void text_that_is_no_utf8(void **state)
{
	static const char *const bad[] = {
		"\xff", "\xc3", "\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82",
		"\xf0\x9f\x98", "a\xc3" "a",
	};
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)sprintf(text, "{\"format\":1,\"cluster\":\"%s\"}", bad[i]);
		if (decode(text) != VOUCH_E_MALFORMED)
			fail_msg("row %zu was read", i);
		(void)sprintf(text, "{\"format\":1,\"%s\":1}", bad[i]);
		assert_int_equal(decode(text), VOUCH_E_MALFORMED);
	}
	assert_int_equal(decode("{\"format\":1,\"cluster\":\"\xf4\x8f\xbf\xbf\"}"),
			 VOUCH_OK);
}

/* --- fields ------------------------------------------------------------------ */

/* The document of one case as a tree, and one object of it per shape: where the
 * case has no element, one is made. */
struct trial {
	struct json_object *document;
	unsigned int tried;
};

typedef void (*object_visit)(struct trial *trial, struct json_object *object,
			     const struct vouch_shape *shape, const char *path);

static void objects_walk(struct trial *trial, struct json_object *object,
			 const struct vouch_shape *shape, const char *path,
			 object_visit visit)
{
	uint32_t i;

	visit(trial, object, shape, path);
	for (i = 0; i < shape->count; i++) {
		const struct vouch_field *field = &shape->fields[i];
		struct json_object *inner, *element;
		char inner_path[PATH_MAX_BYTES];

		if (!field->shape)
			continue;
		(void)snprintf(inner_path, sizeof(inner_path), "%.120s.%.60s",
			       path, field->name);
		if (!json_object_object_get_ex(object, field->name, &inner)) {
			inner = field->type == VOUCH_FIELD_ARRAY ?
					json_object_new_array() :
					json_object_new_object();
			(void)json_object_object_add(object, field->name, inner);
		}
		if (field->type == VOUCH_FIELD_ARRAY) {
			if (json_object_array_length(inner) == 0)
				(void)json_object_array_add(
					inner, json_object_new_object());
			element = json_object_array_get_idx(
				inner, json_object_array_length(inner) - 1);
		} else {
			element = inner;
		}
		objects_walk(trial, element, field->shape, inner_path, visit);
	}
}

static void trial_run(const char *name, object_visit visit)
{
	const struct evidence_case *it = case_find(name);
	struct trial trial = { NULL, 0 };

	trial.document = json_tokener_parse(it->text);
	assert_non_null(trial.document);
	/* The walk adds empty elements; once through without a change. */
	objects_walk(&trial, trial.document, &vouch__evidence_shape, "document",
		     visit);
	assert_true(trial.tried > 10);
	json_object_put(trial.document);
}

static void trial_refused(struct trial *trial, const char *path,
			  const char *what)
{
	const char *text = json_object_to_json_string_ext(
		trial->document, JSON_C_TO_STRING_PLAIN);
	enum vouch_error_code code = decode(text);

	trial->tried++;
	if (code != VOUCH_E_MALFORMED && code != VOUCH_E_LIMIT)
		fail_msg("%s: %s was read", path, what);
}

static void trial_read(struct trial *trial, const char *path)
{
	struct vouch_error error = { 0 };
	const char *text = json_object_to_json_string_ext(
		trial->document, JSON_C_TO_STRING_PLAIN);

	if (vouch__evidence_decode(text, strlen(text), evidence, &error) !=
	    VOUCH_OK)
		fail_msg("%s: %s", path, error.text);
}

static void unknown_add(struct trial *trial, struct json_object *object,
			const struct vouch_shape *shape, const char *path)
{
	static const char *const names[] = { "surprise", "Format", "", "condition ",
					     "x\x1b[2J" };
	size_t i;

	(void)shape;
	trial_read(trial, path);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)json_object_object_add(object, names[i],
					     json_object_new_int(1));
		trial_refused(trial, path, names[i]);
		json_object_object_del(object, names[i]);
	}
}

static void unknown_fields_at_every_level(void **state)
{
	(void)state;
	trial_run("fenced-in-sync", unknown_add);
}

/* Values of every kind, as JSON. What fits a type is left out for it below. */
static const char *const values[] = {
	"null", "true", "false", "-1", "1", "4294967295", "4294967296",
	"9223372036854775806", "9223372036854775807", "9223372036854775808",
	"18446744073709551615", "18446744073709551616",
	"99999999999999999999999999", "1e3", "1.5", "1.0", "-9223372036854775808",
	"\"1\"", "\"\"", "\"-1\"", "\" 1\"", "\"0x1\"", "\"1 \"",
	"\"18446744073709551615\"", "\"18446744073709551616\"", "\"0/0\"",
	"\"0/5000000\"", "\"FFFFFFFF/FFFFFFFF\"", "\"100000000/0\"", "\"0/\"",
	"\"/0\"", "\"0\"", "\"0/a\"", "\"0/0/0\"", "\"-1/0\"", "\"yes\"",
	"\"YES\"", "\"present\"", "\"unknown\"", "\"?\"", "\"n2\"", "\"N2\"",
	"\"n9\"", "\"a\\u0000b\"", "\"\\u0000\"", "\"\\u001b[2J\"", "\"a\\nb\"",
	"\"\\u007f\"", "\"\\u009b2J\"", "\"\\u0080\"", "{}", "[]", "[[]]", "[{}]",
	"[null]", "[1]", "[-1]", "[4294967296]", "[1.5]", "[\"n2\"]", "[\"n9\"]",
	"[\"1\"]", "{\"surprise\":1}", "[{\"surprise\":1}]",
	/* 63 and 64 bytes */
	"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
	"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
};

static int is_word_of(const struct vouch_names *names, const char *json)
{
	uint32_t i, length = (uint32_t)strlen(json);

	for (i = 0; i < names->count; i++) {
		if (strlen(names->names[i]) + 2 == length &&
		    strncmp(json + 1, names->names[i], length - 2) == 0)
			return 1;
	}
	return 0;
}

static int is_one_of(const char *json, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(*list, json) == 0)
			return 1;
	}
	return 0;
}

/* By hand, so that the decoder is not its own witness. */
static int value_fits(const struct vouch_field *field, const char *json)
{
	static const char *const u32[] = { "1", "4294967295", NULL };
	static const char *const u64[] = { "1", "4294967295", "4294967296",
					   "9223372036854775806", NULL };
	static const char *const id[] = { "\"1\"", "\"0\"",
					  "\"18446744073709551615\"", NULL };
	static const char *const lsn[] = { "\"0/0\"", "\"0/5000000\"",
					   "\"FFFFFFFF/FFFFFFFF\"", NULL };
	static const char *const node[] = { "\"n2\"", NULL };
	static const char *const object[] = { "{}", NULL };
	static const char *const array[] = { "[]", "[{}]", NULL };
	static const char *const nodes[] = { "[]", "[\"n2\"]", NULL };
	static const char *const u32s[] = { "[]", "[1]", NULL };

	switch (field->type) {
	case VOUCH_FIELD_U32:
		return is_one_of(json, u32);
	case VOUCH_FIELD_U64:
		return is_one_of(json, u64);
	case VOUCH_FIELD_ID:
		return is_one_of(json, id);
	case VOUCH_FIELD_LSN:
		return is_one_of(json, lsn);
	case VOUCH_FIELD_NAME:
		return json[0] == '"' && strlen(json) - 2 < field->size &&
		       !strchr(json, '\\');
	case VOUCH_FIELD_ENUM:
		return json[0] == '"' && is_word_of(field->names, json);
	case VOUCH_FIELD_NODE:
		return is_one_of(json, node);
	case VOUCH_FIELD_OBJECT:
		return is_one_of(json, object);
	case VOUCH_FIELD_ARRAY:
		return is_one_of(json, array);
	case VOUCH_FIELD_NODES:
		return is_one_of(json, nodes);
	case VOUCH_FIELD_U32S:
		return is_one_of(json, u32s);
	}
	return 0;
}

/* Without these as they were, the rest of the document cannot be read. */
static int is_needed_elsewhere(const char *path)
{
	return strcmp(path, "document.nodes") == 0 ||
	       strcmp(path, "document.nodes.name") == 0 ||
	       strcmp(path, "document.format") == 0;
}

static void values_set(struct trial *trial, struct json_object *object,
		       const struct vouch_shape *shape, const char *path)
{
	uint32_t i;
	size_t j;

	for (i = 0; i < shape->count; i++) {
		const struct vouch_field *field = &shape->fields[i];
		struct json_object *was = NULL;
		char inner[PATH_MAX_BYTES];

		(void)snprintf(inner, sizeof(inner), "%.120s.%.60s", path,
			       field->name);
		was = json_object_get(json_object_object_get(object, field->name));
		for (j = 0; j < sizeof(values) / sizeof(values[0]); j++) {
			struct json_tokener *tokener = json_tokener_new();
			struct json_object *value = json_tokener_parse_ex(
				tokener, values[j],
				(int)strlen(values[j]) + 1);

			json_tokener_free(tokener);
			/* json-c cannot hold it: below, as text. */
			if (!value && strcmp(values[j], "null") != 0)
				continue;
			(void)json_object_object_add(object, field->name, value);
			if (!value_fits(field, values[j]))
				trial_refused(trial, inner, values[j]);
			else if (!is_needed_elsewhere(inner))
				trial_read(trial, inner);
			json_object_object_del(object, field->name);
		}
		if (was)
			(void)json_object_object_add(object, field->name, was);
	}
}

static void wrong_values_in_every_field(void **state)
{
	(void)state;
	trial_run("sealed-asynchronous", values_set);
}

/* As json-c would round or cut these before anybody looks. */
static void numbers_out_of_range_as_text(void **state)
{
	static const char *const bad[] = {
		"18446744073709551616", "99999999999999999999999999", "-0.0",
		"1e3", "1E3", "1e400", "-1", "1.0", "9223372036854775807",
		"-9223372036854775809", "0x10", "1_000", "--1", "1-", "1e", ".5",
	};
	char text[160];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)sprintf(text, "{\"format\":1,\"seal\":{\"epoch\":%s}}", bad[i]);
		if (decode(text) != VOUCH_E_MALFORMED)
			fail_msg("read: %s", text);
		(void)sprintf(text, "{\"format\":1,\"seal\":{\"timeline\":%s}}",
			      bad[i]);
		if (decode(text) != VOUCH_E_MALFORMED)
			fail_msg("read: %s", text);
	}
}

static void elements_overfill(struct trial *trial, struct json_object *object,
			      const struct vouch_shape *shape, const char *path)
{
	uint32_t i, j;

	for (i = 0; i < shape->count; i++) {
		const struct vouch_field *field = &shape->fields[i];
		struct json_object *was, *array = json_object_new_array();
		struct vouch_error error = { 0 };
		const char *text;

		if (field->type != VOUCH_FIELD_ARRAY &&
		    field->type != VOUCH_FIELD_NODES &&
		    field->type != VOUCH_FIELD_U32S) {
			json_object_put(array);
			continue;
		}
		for (j = 0; j <= field->max; j++)
			(void)json_object_array_add(
				array,
				field->type == VOUCH_FIELD_ARRAY ?
					json_object_new_object() :
				field->type == VOUCH_FIELD_NODES ?
					json_object_new_string("n2") :
					json_object_new_int((int)j));
		was = json_object_get(json_object_object_get(object, field->name));
		(void)json_object_object_add(object, field->name, array);
		text = json_object_to_json_string(trial->document);
		if (vouch__evidence_decode(text, strlen(text), evidence,
					   &error) != VOUCH_E_LIMIT)
			fail_msg("%s.%s: %u elements were read", path,
				 field->name, field->max + 1);
		trial->tried += 10;
		if (was)
			(void)json_object_object_add(object, field->name, was);
		else
			json_object_object_del(object, field->name);
	}
}

static void too_many_elements_in_every_array(void **state)
{
	(void)state;
	trial_run("sealed-asynchronous", elements_overfill);
}

/* json-c takes the last of two; whoever reads the document takes the first. */
static void fields_given_twice(struct trial *trial, struct json_object *object,
			       const struct vouch_shape *shape, const char *path)
{
	uint32_t i;

	for (i = 0; i < shape->count; i++) {
		const char *name = shape->fields[i].name;
		struct json_object *value;
		char *text, *mark, *doubled;
		const char *again;

		if (!json_object_object_get_ex(object, name, &value))
			continue;
		/* A field that is not there yet marks the place. */
		(void)json_object_object_add(object, "MARK", NULL);
		text = strdup(json_object_to_json_string_ext(
			trial->document, JSON_C_TO_STRING_PLAIN));
		json_object_object_del(object, "MARK");
		again = json_object_to_json_string_ext(value,
						       JSON_C_TO_STRING_PLAIN);
		mark = strstr(text, "\"MARK\":null");
		assert_non_null(mark);
		doubled = malloc(strlen(text) + strlen(again) + strlen(name) + 8);
		assert_non_null(doubled);
		(void)sprintf(doubled, "%.*s\"%s\":%s%s", (int)(mark - text),
			      text, name, again, mark + strlen("\"MARK\":null"));
		if (decode(doubled) != VOUCH_E_MALFORMED)
			fail_msg("%s.%s was read twice", path, name);
		trial->tried++;
		free(doubled);
		free(text);
	}
}

static void duplicate_fields_at_every_level(void **state)
{
	(void)state;
	trial_run("sealed-asynchronous", fields_given_twice);
	assert_int_equal(decode("{\"format\":2,\"format\":1}"),
			 VOUCH_E_MALFORMED);
	assert_int_equal(decode("{\"format\":1,\"for\\u006dat\":1}"),
			 VOUCH_E_MALFORMED);
	/* The same name in another object is another field. */
	assert_int_equal(decode("{\"format\":1,\"seal\":{\"epoch\":1},"
				"\"fencing\":{\"snapshot_epoch\":1},"
				"\"grants\":[{\"epoch\":1},{\"epoch\":1}]}"),
			 VOUCH_OK);
}

/* A name that no node has, wherever a node is named; and references only make
 * sense after the nodes, wherever those stand in the text. */
static void references(void **state)
{
	(void)state;
	assert_int_equal(decode("{\"format\":1,\"request\":{\"candidate\":\"n1\"}}"),
			 VOUCH_E_MALFORMED);
	assert_int_equal(decode("{\"format\":1,\"request\":{\"candidate\":\"\"}}"),
			 VOUCH_E_MALFORMED);
	assert_int_equal(decode("{\"format\":1,\"nodes\":[],"
				"\"request\":{\"candidate\":\"n1\"}}"),
			 VOUCH_E_MALFORMED);
	assert_int_equal(decode("{\"format\":1,\"request\":{\"candidate\":\"n1\"},"
				"\"nodes\":[{\"name\":\"n1\"}]}"),
			 VOUCH_OK);
	assert_int_equal(evidence->request.candidate, 0);
	/* Nobody is not node 0. */
	assert_int_equal(decode("{\"format\":1,\"nodes\":[{\"name\":\"n1\"}]}"),
			 VOUCH_OK);
	assert_int_equal(evidence->request.candidate, VOUCH_NO_NODE);
	assert_int_equal(evidence->seal.node, VOUCH_NO_NODE);
	assert_int_equal(evidence->fencing.snapshot_holder, VOUCH_NO_NODE);
}

static int setup(void **state)
{
	evidence = malloc(sizeof(*evidence));
	return evidence ? cases_load(state) : -1;
}

static int teardown(void **state)
{
	free(evidence);
	return cases_free(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_that_are_no_document),
		cmocka_unit_test(other_formats),
		cmocka_unit_test(nul_bytes),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(every_byte_changed),
		cmocka_unit_test(too_deep),
		cmocka_unit_test(too_large),
		cmocka_unit_test(too_many_fields),
		cmocka_unit_test(text_that_is_no_utf8),
		cmocka_unit_test(unknown_fields_at_every_level),
		cmocka_unit_test(wrong_values_in_every_field),
		cmocka_unit_test(numbers_out_of_range_as_text),
		cmocka_unit_test(too_many_elements_in_every_array),
		cmocka_unit_test(duplicate_fields_at_every_level),
		cmocka_unit_test(references),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
