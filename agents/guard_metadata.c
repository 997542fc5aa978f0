/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Meta-data: the guard's own parameters, and where the wrapped agent is named
 * also that one's, with its actions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "agents/guard.h"

enum { METADATA_MAX = 1024 * 1024, METADATA_MS = 5000 };

static const char own[] =
#include "guard_metadata.h"
	;

/* No network, no file: what an agent prints may name what it likes. */
static xmlDocPtr parse(const char *text, size_t length)
{
	return xmlReadMemory(text, (int)length, "meta-data", NULL,
			     XML_PARSE_NONET | XML_PARSE_NOERROR |
				     XML_PARSE_NOWARNING);
}

static xmlNodePtr child(xmlNodePtr node, const char *name)
{
	for (node = node ? node->children : NULL; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE &&
		    strcmp((const char *)node->name, name) == 0)
			return node;
	}
	return NULL;
}

static char *text_of(struct wrapped *wrapped, size_t *length,
		     struct vouch_error *error)
{
	int fd = memfd_create("meta-data", MFD_CLOEXEC);
	char *text = malloc(METADATA_MAX + 1);
	ssize_t got = -1;

	if (fd < 0 || !text)
		(void)vouch__error_set(error, VOUCH_E_MEMORY, "out of memory");
	else if (wrapped_act(wrapped, "meta-data", fd,
			     vouch__deadline_in(METADATA_MS),
			     error) == VOUCH_OK)
		got = pread(fd, text, METADATA_MAX + 1, 0);
	if (fd >= 0)
		(void)close(fd);
	if (got > 0 && got <= METADATA_MAX && wrapped->code == PCMK_OCF_OK) {
		*length = (size_t)got;
		return text;
	}
	free(text);
	if (error->code == VOUCH_OK)
		(void)vouch__error_set(error, VOUCH_E_MALFORMED,
				       "%s:%s answered meta-data with %d and no "
				       "text of a sensible length",
				       wrapped->provider, wrapped->type,
				       wrapped->code);
	return NULL;
}

/* The guard's parameters before the other's, and its name; the rest is theirs. */
static int merge(xmlDocPtr into, xmlDocPtr guard)
{
	xmlNodePtr root = xmlDocGetRootElement(into);
	xmlNodePtr theirs = child(root, "parameters");
	xmlNodePtr first = theirs ? theirs->children : NULL;
	xmlNodePtr node = child(xmlDocGetRootElement(guard), "parameters");

	if (!root || strcmp((const char *)root->name, "resource-agent") != 0 ||
	    !theirs || !node ||
	    !xmlSetProp(root, BAD_CAST "name", BAD_CAST "guard"))
		return 0;
	for (node = node->children; node; node = node->next) {
		xmlNodePtr copy = xmlDocCopyNode(node, into, 1);

		if (!copy)
			return 0;
		if (first ? !xmlAddPrevSibling(first, copy) :
			    !xmlAddChild(theirs, copy)) {
			xmlFreeNode(copy);
			return 0;
		}
	}
	return 1;
}

static enum ocf_exitcode print(xmlDocPtr document)
{
	xmlChar *text = NULL;
	int length = 0, printed;

	xmlDocDumpMemoryEnc(document, &text, &length, "UTF-8");
	printed = text && fwrite(text, 1, (size_t)length, stdout) ==
				  (size_t)length &&
		  fflush(stdout) == 0;
	xmlFree(text);
	return printed ? PCMK_OCF_OK : PCMK_OCF_UNKNOWN_ERROR;
}

static enum ocf_exitcode merged(struct wrapped *wrapped, const char *text,
				size_t length)
{
	xmlDocPtr theirs = parse(text, length);
	xmlDocPtr ours = parse(own, strlen(own));
	enum ocf_exitcode code = PCMK_OCF_UNKNOWN_ERROR;

	if (theirs && ours && merge(theirs, ours))
		code = print(theirs);
	else
		agent_reason("what %s:%s prints as meta-data cannot be read",
			     wrapped->provider, wrapped->type);
	xmlFreeDoc(theirs);
	xmlFreeDoc(ours);
	return code;
}

enum ocf_exitcode guard_metadata(struct wrapped *wrapped)
{
	struct vouch_error error = { 0 };
	size_t length = 0;
	enum ocf_exitcode code;
	char *text;

	if (!wrapped)
		return fputs(own, stdout) >= 0 && fflush(stdout) == 0 ?
			       PCMK_OCF_OK :
			       PCMK_OCF_UNKNOWN_ERROR;
	text = text_of(wrapped, &length, &error);
	if (!text) {
		agent_reason("%s", error.text);
		return PCMK_OCF_UNKNOWN_ERROR;
	}
	code = merged(wrapped, text, length);
	free(text);
	return code;
}
