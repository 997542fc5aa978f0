/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority/log_systemd.h"

#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A value with a line break needs its length in front of it, or it would begin
 * a field of its own. */
static void field_write(FILE *out, const struct vouch_log_field *field)
{
	uint64_t length;

	if (!field->value || field->value[0] == '\0')
		return;
	if (!strchr(field->value, '\n')) {
		(void)fprintf(out, "%s=%s\n", field->name, field->value);
		return;
	}
	length = htole64(strlen(field->value));
	(void)fprintf(out, "%s\n", field->name);
	(void)fwrite(&length, sizeof(length), 1, out);
	(void)fprintf(out, "%s\n", field->value);
}

static int datagram_send(const char *path, const char *data, size_t size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	ssize_t sent;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return 0;
	(void)strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return 0;
	sent = sendto(fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL,
		      (const struct sockaddr *)&address, sizeof(address));
	(void)close(fd);
	return sent == (ssize_t)size;
}

int vouch__systemd_send(const char *path, const struct vouch_log_field *fields,
			size_t count)
{
	char *data = NULL;
	size_t size = 0, i;
	FILE *out;
	int sent;

	/* Most machines without systemd end here. */
	if (access(path, W_OK) != 0)
		return 0;
	out = open_memstream(&data, &size);
	if (!out)
		return 0;
	for (i = 0; i < count; i++)
		field_write(out, &fields[i]);
	sent = fclose(out) == 0 && size > 0 && datagram_send(path, data, size);
	free(data);
	return sent;
}
