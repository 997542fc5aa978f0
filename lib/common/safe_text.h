/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that came from somewhere else, made harmless to whoever shows it. */
#ifndef VOUCH_COMMON_SAFE_TEXT_H
#define VOUCH_COMMON_SAFE_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Bytes of a character that a terminal or a browser would obey rather than
 * show, 0 for any other: control characters of both kinds, those that
 * reverse the order in which what follows is shown, and those that no document
 * may hold. The text is valid UTF-8. */
size_t vouch__unsafe_length(const char *text);
/* What is unsafe is shown as a dot. */
void vouch__text_write(FILE *out, const char *text);
/* The same inside HTML, between tags and in quoted attributes. */
void vouch__html_write(FILE *out, const char *text);

#endif
